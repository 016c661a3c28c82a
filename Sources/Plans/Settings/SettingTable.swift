/// A heading of a profile, and the settings below it in the order in which they are best read: each a stored `Setting`.
public protocol SettingSection: Sendable {
    static var name: String { get }
    /// Of its options in `--help`.
    static var title: String { get }
    static var shared: Self { get }
}

/// All that can be asked for: profiles, flags, their errors, `--help`, completions and `docs/profiles.md` are made from it.
public struct SettingTable: Sendable {
    public let link = LinkSection.shared
    public let frame = FrameSection.shared
    public let load = LoadSection.shared
    public let transmit = TransmitSection.shared
    public let receive = ReceiveSection.shared
    public let run = RunSection.shared

    package static let shared = SettingTable()

    /// In the order in which profiles are best read.
    public static let sections: [any SettingSection.Type] = [
        LinkSection.self, FrameSection.self, LoadSection.self, TransmitSection.self, ReceiveSection.self, RunSection.self
    ]

    /// Every row, section by section.
    public static let rows: [any SettingRow] = sections.flatMap { rows(of: $0) }

    public static func rows(of section: any SettingSection.Type) -> [any SettingRow] {
        Mirror(reflecting: section.shared).children.compactMap { $0.value as? any SettingRow }
    }

    private static let rowsByField = Dictionary(uniqueKeysWithValues: rows.map { ($0.field, $0) })

    /// - Precondition: There is such a field, as there is for each that the table has made.
    public static func row(_ field: PlanField) -> any SettingRow {
        guard let row = rowsByField[field] else { preconditionFailure("\(field.path) is no setting") }
        return row
    }

    static func hasRow(_ field: PlanField) -> Bool { rowsByField[field] != nil }
}
