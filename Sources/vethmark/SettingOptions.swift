import ArgumentParser
import Plans

/// What was written behind each option, by its long name.
typealias SettingTexts = [String: [String]]

/// Which settings a command takes.
protocol SettingUse: Sendable {
    static func takes(_ row: any SettingRow) -> Bool
    /// What it is where nobody asked, if that is another than in a run.
    static func standard(_ row: any SettingRow) -> String?
    /// What it must be, if that is less than in a run.
    static func allowed(_ row: any SettingRow) -> String?
}

extension SettingUse {
    static func standard(_ row: any SettingRow) -> String? { nil }
    static func allowed(_ row: any SettingRow) -> String? { nil }
}

enum AnyRun: SettingUse {
    static func takes(_ row: any SettingRow) -> Bool { true }
}

enum AnyBakeoff: SettingUse {
    static func takes(_ row: any SettingRow) -> Bool { row.scope.isForBakeoffs }
}

/// A tool of somebody else's receives: what says how we would has no meaning there, nor what its own counters couldn't tell from the load.
enum AnyCapture: SettingUse {
    static func takes(_ row: any SettingRow) -> Bool {
        row.field.section != ReceiveSection.name && !["load.warmup", "run.repeats", "run.latency"].contains(row.field.path)
    }

    static func standard(_ row: any SettingRow) -> String? { row.field == .rate ? "\(CaptureCommand.standardRate)" : nil }
}

/// The options of a section of the table.
///
/// The parser finds options by a mirror of the type that declares them, and hands their values out by the names of the
/// mirror's children: so a table can stand where others have a property for each.
struct SettingOptions<Section: SettingSection, Use: SettingUse>: ParsableArguments, CustomReflectable {
    private(set) var texts: SettingTexts = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: OptionKey.self)
        for (long, rows) in Self.flags {
            let texts = try SettingOption(rows[0]).texts(values, OptionKey(long))
            if !texts.isEmpty { self.texts[long] = texts }
        }
    }

    var customMirror: Mirror {
        Mirror(
            self,
            children: Self.flags.map {
                (
                    label: $0.long,
                    value: SettingOption($0.rows[0], standard: Use.standard($0.rows[0]), allowed: Use.allowed($0.rows[0])).definition as Any
                )
            }, displayStyle: .struct)
    }

    /// An option that two sections share belongs to the first.
    private static var flags: [(long: String, rows: [any SettingRow])] {
        optionGroups.compactMap { long, all in
            let rows = all.filter(Use.takes)
            return rows.first?.field.section == Section.name ? (long, rows) : nil
        }
    }
}

/// The whole table's: the parser asks for options hundreds of times.
private let optionGroups = SettingTable.rows.groupedByFlag

private struct OptionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

extension [any SettingRow] {
    /// In the table's order, rows of the same option together.
    var groupedByFlag: [(long: String, rows: [any SettingRow])] {
        var groups: [(long: String, rows: [any SettingRow])] = []
        var positions: [String: Int] = [:]
        for row in self {
            let long = row.flag.long
            if let position = positions[long] {
                groups[position].rows.append(row)
            } else {
                positions[long] = groups.count
                groups.append((long, [row]))
            }
        }
        return groups
    }
}

/// A row as the argument parser's option, with its help and completions.
private struct SettingOption {
    let row: any SettingRow

    private let ownStandard: String?
    private let ownAllowed: String?

    init(_ row: any SettingRow, standard: String? = nil, allowed: String? = nil) {
        self.row = row
        ownStandard = standard
        ownAllowed = allowed
    }

    // A value is taken as it stands, also with a `-` in front: else `-b -5kpps` would be told as a missing value.
    var definition: any Decodable {
        if row.unit == .truth { return Flag<Bool?>(name: name, inversion: .prefixedNo, help: help) }
        if row.flag.word != nil { return Option<[String]>(wrappedValue: [], name: name, parsing: .upToNextOption, help: help) }
        if row.flag.isRepeatable {
            return Option<[String]>(wrappedValue: [], name: name, parsing: .unconditionalSingleValue, help: help, completion: completion)
        }
        return Option<String?>(name: name, parsing: .unconditional, help: help, completion: completion)
    }

    func texts(_ values: KeyedDecodingContainer<OptionKey>, _ key: OptionKey) throws -> [String] {
        if row.unit == .truth { return try values.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map { ["\($0)"] } ?? [] }
        if row.flag.word != nil || row.flag.isRepeatable { return try values.decode(Option<[String]>.self, forKey: key).wrappedValue }
        return try values.decode(Option<String?>.self, forKey: key).wrappedValue.map { [$0] } ?? []
    }

    private var name: NameSpecification {
        let long = NameSpecification.Element.customLong(String(row.flag.long.dropFirst(2)))
        return row.flag.short.map { [.customShort($0), long] } ?? [long]
    }

    /// `MTU of both ends, in bytes. Must be 68 to 65535 (default: …).`
    private var help: ArgumentHelp {
        let allowed = row.flag.word != nil ? "tx=LIST, rx=LIST, both, or auto" : ownAllowed ?? row.allowed
        let standard = (ownStandard ?? Self.defaults.map(row.standard)).map { " (default: \($0))" } ?? ""
        let text = (row.unit == .truth ? String(row.meaning.dropLast()) : "\(row.meaning) Must be \(allowed)") + standard + "."
        return ArgumentHelp(stringLiteral: text.replacing("`", with: ""))
    }

    private var completion: CompletionKind? { Completion.setting(row) }

    private static let defaults = try? TrialPlan(PlanDraft(), limits: PlanLimits())
}
