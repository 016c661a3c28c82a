/// A setting with the values that it takes in turn; several settings that always have the same value count as one.
public struct SettingVariation: Equatable, Sendable {
    /// One value, and the draft that asks for it.
    public struct Value: Equatable, Sendable {
        /// As a user would write it.
        public let text: String
        public let draft: PlanDraft
    }

    /// The word on the command line: `mtu`; a path where several settings share an option.
    public let name: String
    public let fields: [PlanField]
    public private(set) var values: [Value] = []

    /// What one name means besides the settings of that name: both numbers of queues.
    private static let groups = ["queues": [PlanField.transmitQueues, .receiveQueues]]
    /// What a sweep says itself, or what says nothing of a trial.
    private static let fixed: Set<PlanField> = [.repeats, .interval, SettingTable.shared.run.label.field]

    /// Every name, paths left out.
    public static let names: [String] = {
        let flags = SettingTable.rows.filter { !fixed.contains($0.field) }.map { name(of: $0) }
        return (flags + groups.keys.sorted().filter { !flags.contains($0) })
    }()

    /// Nil if there is no such setting, or none that trials can differ in.
    ///
    /// - Parameter name: an option without its dashes (`mtu`), or a path (`link.mtu`).
    public init?(_ name: String) {
        let rows = SettingTable.rows.filter { $0.field.path == name || Self.name(of: $0) == name }
        if let row = rows.first {
            guard !Self.fixed.contains(row.field) else { return nil }
            self.name = Self.name(of: row)
            fields = [row.field]
        } else if let fields = Self.groups[name] {
            self.name = name
            self.fields = fields
        } else {
            return nil
        }
    }

    /// Adds a value, whose draft asks for it in every field.
    public mutating func add(_ draft: PlanDraft, written: String) {
        values.append(Value(text: SettingTable.row(fields[0]).text(in: draft) ?? written, draft: draft))
    }

    /// Whether a setting is in both.
    public func overlaps(_ other: SettingVariation) -> Bool { !Set(fields).isDisjoint(with: other.fields) }

    private static func name(of row: any SettingRow) -> String {
        row.flag.word == nil ? String(row.flag.long.dropFirst(2)) : row.field.path
    }
}
