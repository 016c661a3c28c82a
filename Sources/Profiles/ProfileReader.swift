import Plans
import YAML

/// Walks the nodes of a profile, and gathers what is wrong with them instead of stopping there.
struct ProfileReader {
    var profile: Profile
    private(set) var problems: [ProfileProblem] = []

    /// In the order in which profiles are best read.
    static let sections = SettingTable.sections.map { $0.name }
    static let topLevel = ["schema", "description"] + sections + [SweepSection.name, ReplaySection.name, CaptureSection.name]
    static let topLevelText = topLevel.joined(separator: ", ")

    init(file: String) {
        profile = Profile(file: file, description: nil, draft: PlanDraft())
    }

    mutating func read(_ root: YAMLNode) {
        guard let mapping = root.pairs else {
            let found = SettingInput(root).problem().found
            refuse(root, field: nil, "a profile must be a mapping with \(Self.topLevelText), but this is \(found)")
            return
        }
        for (key, value) in mapping {
            guard let name = name(of: key, in: nil) else { continue }
            switch name {
            case "schema": readSchema(SettingInput(value))
            case "description": readDescription(SettingInput(value))
            case SweepSection.name: readSweep(value)
            case ReplaySection.name: readReplay(value)
            case CaptureSection.name: readCapture(value)
            default: readSection(name, key, value)
            }
        }
    }

    mutating func refuse(_ node: YAMLNode, field: String?, _ message: String) {
        problems.append(
            ProfileProblem(file: profile.file, place: SourcePlace(node.place), field: field, message: message))
    }

    mutating func refuse(_ problem: SettingProblem, field: String, allowed: String, remedy: String? = nil) {
        problems.append(
            ProfileProblem(
                file: profile.file, place: problem.place, field: field, message: problem.message(allowed: allowed), remedy: remedy))
    }

    /// A key is a plain word.
    mutating func name(of key: YAMLNode, in section: String?) -> String? {
        guard let name = key.text, !SettingInput(key).isNothing else {
            let found = SettingInput(key).problem().found
            refuse(key, field: section, "has a key that is \(found) but must be a word")
            return nil
        }
        return name
    }

    private mutating func readSchema(_ value: SettingInput) {
        guard (try? value.text()) != Profile.currentSchema else { return }
        refuse(value.problem(), field: "schema", allowed: Profile.currentSchema)
    }

    private mutating func readDescription(_ value: SettingInput) {
        do throws(SettingProblem) {
            profile.description = try value.text()
        } catch {
            refuse(error, field: "description", allowed: "a text")
        }
    }

    private mutating func readSection(_ section: String, _ key: YAMLNode, _ value: YAMLNode) {
        guard let rows = SettingTable.sections.first(where: { $0.name == section }).map(SettingTable.rows(of:)) else {
            refuseUnknown(section, key, among: Self.topLevel, path: section.onOneLine)
            return
        }
        // A heading whose keys are all commented out says nothing, which is fine.
        guard !SettingInput(value).isNothing else { return }
        guard let mapping = value.pairs else {
            let found = SettingInput(value).problem().found
            refuse(value, field: section, "is \(found) but must be a mapping, as in \(section): {\(example(rows))}")
            return
        }
        for (key, value) in mapping {
            guard let name = name(of: key, in: section) else { continue }
            if let row = rows.first(where: { $0.field.key == name }) {
                read(row, SettingInput(value))
            } else {
                refuseUnknown(name, key, among: rows.map(\.field.key), path: "\(section).\(name.onOneLine)")
            }
        }
    }

    private func example(_ rows: [any SettingRow]) -> String {
        rows.map { "\($0.field.key): \($0.examples[0])" }.min() ?? ""
    }

    private mutating func read(_ row: any SettingRow, _ value: SettingInput) {
        do throws(SettingProblem) {
            try row.read(value, into: &profile.draft, from: .profile(file: profile.file, place: value.place))
        } catch {
            refuse(error, of: row, value, field: row.field.path)
        }
    }

    mutating func refuse(_ problem: SettingProblem, of row: any SettingRow, _ value: SettingInput, field: String) {
        let remedy = SettingRemedy(row)
        let isRangeTold = problem.allowed == nil
        refuse(
            problem, field: field, allowed: row.allowed,
            remedy: (try? value.text()).map { remedy.text(written: $0, isRangeTold: isRangeTold) } ?? remedy.leaveOut)
    }

    /// The nearest key of the same mapping, or the same key's place elsewhere.
    mutating func refuseUnknown(_ name: String, _ key: YAMLNode, among names: [String], path: String) {
        let hint: String
        if let nearest = Spelling.suggestion(for: name, among: names) {
            hint = "did you mean '\(nearest)'?"
        } else if let elsewhere = PlanField.allCases.first(where: { $0.key == name }) {
            hint = "'\(name)' belongs under '\(elsewhere.section):'"
        } else {
            hint = "allowed are \(names.joined(separator: ", "))"
        }
        refuse(key, field: path, "is not a key that profiles have; \(hint)")
    }
}
