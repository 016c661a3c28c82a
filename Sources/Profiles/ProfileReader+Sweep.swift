import Plans
import YAML

/// The `sweep` of a profile: settings by the names that `--vary` knows.
extension ProfileReader {
    static let sweepKeys = ["vary", "cases"] + SettingTable.rows(of: SweepSection.self).map(\.field.key)

    mutating func readSweep(_ value: YAMLNode) {
        guard !SettingInput(value).isNothing else { return }
        guard let mapping = mapping(value, "sweep", as: "vary: {mtu: [1500, 9000]}") else { return }
        var request = SweepRequest()
        let rows = SweepSection.shared
        for (key, value) in mapping {
            guard let name = name(of: key, in: "sweep") else { continue }
            switch name {
            case "vary": request.variations = variations(value)
            case "cases": request.cases = cases(value)
            case rows.zip.field.key: request.zip = read(rows.zip, SettingInput(value))
            case rows.rounds.field.key: request.rounds = read(rows.rounds, SettingInput(value))
            case rows.precision.field.key: request.precision = read(rows.precision, SettingInput(value))
            default: refuseUnknown(name, key, among: Self.sweepKeys, path: "sweep.\(name.onOneLine)")
            }
        }
        if let counts = request.unequalCounts {
            refuse(value, field: "sweep.zip", "needs as many values of each setting, and \(counts); leave it out for all with all")
        }
        profile.sweep = request
    }

    mutating func mapping(_ value: YAMLNode, _ field: String, as example: String) -> [YAMLNode.Pair]? {
        if let mapping = value.pairs { return mapping }
        let key = field.split(separator: ".").last.map(String.init) ?? field
        refuse(value, field: field, "is \(SettingInput(value).problem().found) but must be a mapping, as in \(key): {\(example)}")
        return nil
    }

    // MARK: the grid

    private mutating func variations(_ value: YAMLNode) -> [SettingVariation] {
        guard let mapping = mapping(value, "sweep.vary", as: "mtu: [1500, 9000]") else { return [] }
        var variations: [SettingVariation] = []
        for (key, value) in mapping {
            guard var variation = setting(key, in: "sweep.vary", beside: variations) else { continue }
            let path = "sweep.vary.\(variation.name)"
            for input in values(value, path) {
                guard let draft = draft(variation, input, path) else { continue }
                if variation.values.contains(where: { $0.draft == draft }) {
                    var problem = input.problem()
                    problem.found += ", which stands there twice,"
                    refuse(problem, field: path, allowed: "a list of different values; leave it out once")
                } else {
                    variation.add(draft, written: (try? input.text()) ?? "")
                }
            }
            variations.append(variation)
        }
        return variations
    }

    /// A list, or one text as behind `--vary`.
    private mutating func values(_ node: YAMLNode, _ path: String) -> [SettingInput] {
        let input = SettingInput(node)
        var values: [SettingInput] = []
        switch input.content {
        case .list(let elements): values = elements()
        case .text(let text) where !text.isEmpty:
            values = SettingVariation.parts(text[...]).map { SettingInput(.text($0), place: input.place) }
        default: break
        }
        if values.isEmpty { refuse(input.problem(), field: path, allowed: "a list of values, as in [1500, 9000]") }
        return values
    }

    // MARK: named cells

    private mutating func cases(_ value: YAMLNode) -> [SweepRequest.Case] {
        guard let mapping = mapping(value, "sweep.cases", as: "jumbo: {mtu: 9000, size: 9018}") else { return [] }
        var cases: [SweepRequest.Case] = []
        for (key, value) in mapping {
            guard let name = name(of: key, in: "sweep.cases") else { continue }
            guard (1...60).contains(name.count), name.onOneLine == name else {
                refuse(
                    SettingInput(key).problem(), field: "sweep.cases",
                    allowed: "names of 1 to 60 characters on one line; call the case by a word")
                continue
            }
            let path = "sweep.cases.\(name)"
            // What changes nothing is the plan itself, by a name.
            guard !SettingInput(value).isNothing else {
                cases.append(SweepRequest.Case(name: name, draft: PlanDraft()))
                continue
            }
            guard let settings = self.mapping(value, path, as: "mtu: 9000, size: 9018") else { continue }
            var known: [SettingVariation] = []
            var whole = PlanDraft()
            for (key, value) in settings {
                guard let variation = setting(key, in: path, beside: known) else { continue }
                known.append(variation)
                if let draft = draft(variation, SettingInput(value), "\(path).\(variation.name)") { whole = whole.applying(draft) }
            }
            cases.append(SweepRequest.Case(name: name, draft: whole))
        }
        return cases
    }

    // MARK: both

    private mutating func setting(_ key: YAMLNode, in path: String, beside others: [SettingVariation]) -> SettingVariation? {
        guard let name = name(of: key, in: path) else { return nil }
        guard let variation = SettingVariation(name.lowercased()) else {
            let hint = Spelling.suggestion(for: name, among: SettingVariation.names).map { "did you mean '\($0)'?" }
            refuse(
                key, field: "\(path).\(name.onOneLine)",
                "is no setting that trials of a sweep can differ in; "
                    + (hint ?? "names are those of the options of `vethmark run`, or paths as in link.mtu"))
            return nil
        }
        if let other = others.first(where: { $0.overlaps(variation) }) {
            refuse(key, field: "\(path).\(name)", "stands beside \(other.name), which says the same; leave out one of them")
            return nil
        }
        return variation
    }

    private mutating func draft(_ variation: SettingVariation, _ input: SettingInput, _ path: String) -> PlanDraft? {
        var draft = PlanDraft()
        for row in variation.fields.map(SettingTable.row) {
            do throws(SettingProblem) {
                try row.read(input, into: &draft, from: .profile(file: profile.file, place: input.place))
            } catch {
                refuse(error, of: row, input, field: path)
                return nil
            }
        }
        return draft
    }

    mutating func read<Value>(_ row: Setting<Value>, _ input: SettingInput) -> Value? {
        do throws(SettingProblem) {
            guard let value = try row.kind.parse(input) else { return nil }
            if let bounds = row.kind.bounds, !bounds.contains(value) { throw input.problem() }
            return value
        } catch {
            refuse(error, of: row, input, field: row.field.path)
            return nil
        }
    }
}
