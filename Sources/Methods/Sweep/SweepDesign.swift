import Plans

/// What a sweep lays out: every cell with its plan, and how often each has its turn. Saved before the first trial, so that it can be gone on with.
public struct SweepDesign: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.sweep-design/1"

    /// A setting with its values, in the order in which they were asked for.
    public struct Axis: Codable, Equatable, Sendable {
        public let setting: String
        public let values: [String]
    }

    /// One place of the grid.
    public struct Cell: Codable, Equatable, Sendable {
        /// By the settings' names, as users write them.
        public let settings: [String: String]
        /// Nil if there is none, for the reason in `obstacle`.
        public let plan: TrialPlan?
        public let obstacle: String?
    }

    public let schema: String
    /// What cells differ from, and what calibration trials run: the first possible cell's if it can't be had by itself.
    public let plan: TrialPlan
    public let vary: [Axis]
    /// Whether first values go with first values, second with second.
    public let zip: Bool
    public private(set) var cells: [Cell]
    /// Of each cell, at most.
    public var rounds: Int
    /// Half the interval of each cell's median over the median, below which there are no more rounds; nil for a fixed number.
    public var precision: Double?

    /// With cases every cell has a name, one of the grid by its settings, and `case` is the only axis.
    ///
    /// - Precondition: values of all variations are as many if `zip`; there is a variation or a case.
    /// - Throws: the first cell's `PlanError` if no cell is possible.
    public init(
        base: PlanDraft, varying variations: [SettingVariation], cases: [SweepRequest.Case] = [], zip: Bool = false, rounds: Int,
        precision: Double? = nil,
        limits: PlanLimits = .thisMachine
    ) throws(PlanError) {
        let choices = variations.isEmpty ? [] : Self.choices(variations.map(\.values.count), zip: zip)
        var cells = choices.map { choice in
            let values = choice.enumerated().map { (name: variations[$0].name, value: variations[$0].values[$1]) }
            return (
                settings: Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value.text) }),
                draft: values.reduce(PlanDraft()) { $0.applying($1.value.draft) }
            )
        }
        var vary = variations.map { Axis(setting: $0.name, values: $0.values.map(\.text)) }
        if !cases.isEmpty {
            cells = cells.map { settings, draft in
                (settings.merging([Self.caseName: vary.name(of: settings) ?? ""]) { $1 }, draft)
            }
            cells += cases.map { (Self.settings(of: $0.draft).merging([Self.caseName: $0.name]) { $1 }, $0.draft) }
            vary = [Axis(setting: Self.caseName, values: cells.compactMap { $0.settings[Self.caseName] })]
        }
        try self.init(
            base: base, cells: cells, vary: vary, zip: zip,
            rounds: rounds,
            precision: precision, limits: limits)
    }

    /// Where a cell's name stands among its settings.
    static let caseName = "case"

    private static func settings(of draft: PlanDraft) -> [String: String] {
        let values = SettingTable.rows.compactMap { row -> (String, String)? in
            guard let text = row.text(in: draft), let name = SettingVariation(row.field.path)?.name else { return nil }
            return (name, text)
        }
        return Dictionary(uniqueKeysWithValues: values)
    }

    /// Cells that are no grid: each by what it asks for.
    ///
    /// - Throws: as for a grid.
    init(base: PlanDraft, candidates: [PlanDraft], rounds: Int) throws(PlanError) {
        let rows = SettingTable.rows.filter { row in candidates.contains { $0.isSet(row.field) } }
        let names = rows.compactMap { row in SettingVariation(row.field.path).map { (name: $0.name, row: row) } }
        let vary = names.map { name, row in
            Axis(setting: name, values: candidates.compactMap { row.text(in: $0) }.unique)
        }
        let cells = candidates.map { draft in
            let values = names.compactMap { name, row in row.text(in: draft).map { (name, $0) } }
            return (settings: Dictionary(uniqueKeysWithValues: values), draft: draft)
        }
        try self.init(base: base, cells: cells, vary: vary, zip: true, rounds: rounds, precision: nil, limits: .thisMachine)
    }

    private init(
        base: PlanDraft, cells asked: [(settings: [String: String], draft: PlanDraft)], vary: [Axis], zip: Bool, rounds: Int,
        precision: Double?, limits: PlanLimits
    ) throws(PlanError) {
        schema = Self.currentSchema
        self.vary = vary
        self.zip = zip
        self.rounds = rounds
        self.precision = precision
        var firstError: PlanError?
        var cells: [Cell] = []
        for (settings, draft) in asked {
            do throws(PlanError) {
                cells.append(Cell(settings: settings, plan: try TrialPlan(base.fitted(below: draft), limits: limits), obstacle: nil))
            } catch {
                firstError = firstError ?? error
                cells.append(Cell(settings: settings, plan: nil, obstacle: "\(error.flag) \(error.predicate)"))
            }
        }
        self.cells = cells
        guard let possible = cells.lazy.compactMap(\.plan).first else { throw firstError! }
        plan = (try? TrialPlan(base, limits: limits)) ?? possible
    }

    /// Whether trials of one are trials of the other, however many of them.
    public func isSame(as other: SweepDesign) -> Bool {
        var adapted = other
        (adapted.rounds, adapted.precision) = (rounds, precision)
        return self == adapted
    }

    /// The same with some of its cells: a sweep of its own, whose calibration trials are those of the whole.
    ///
    /// - Parameter places: of cells that there are.
    func part(_ places: [Int]) -> SweepDesign {
        var part = self
        part.cells = places.map { cells[$0] }
        return part
    }

    /// Cells in the order of a round: every second one runs backwards, so that drift hits all alike.
    public func order(ofRound round: Int) -> [Int] {
        round.isMultiple(of: 2) ? Array(cells.indices) : cells.indices.reversed()
    }

    /// Which value of each setting a cell has; the last setting changes first.
    static func choices(_ counts: [Int], zip: Bool) -> [[Int]] {
        guard !zip else { return (0..<(counts.first ?? 0)).map { row in counts.map { _ in row } } }
        return counts.reduce([[]]) { rows, count in rows.flatMap { row in (0..<count).map { row + [$0] } } }
    }
}

extension PlanDraft {
    /// This draft with a cell's settings over it. Where the cell names its engine or receiver, settings that only others have are left to those.
    public func fitted(below cell: PlanDraft) -> PlanDraft {
        let draft = applying(cell)
        guard cell.transmit.engine != nil || cell.receive.receiver != nil, let engine = draft.transmit.engine else {
            return draft
        }
        return fitted(to: engine, draft.receive.receiver ?? engine.abilities.receiver).applying(cell)
    }
}

extension [SweepDesign.Axis] {
    /// A cell by what tells it from others, as on the command line: `mtu 9000, queues 2`. Nil if it has none of these settings.
    public func name(of settings: [String: String]) -> String? {
        let words = compactMap { axis in settings[axis.setting].map { "\(axis.setting) \($0)" } }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
