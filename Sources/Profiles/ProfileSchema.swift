import FoundationEssentials
import Plans
import Traffic

/// Profiles as JSON Schema (draft 2020-12), made from the table of settings: editors complete and check with it.
///
/// It knows keys, types, words and ranges. What only the plan can tell, such as sizes below the headers, it lets pass.
public enum ProfileSchema {
    /// Ends with a line break.
    public static var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: (try? encoder.encode(JSONDocument(document))) ?? Data(), as: UTF8.self) + "\n"
    }

    private static var document: [String: Any] {
        let plan = try? TrialPlan(PlanDraft(), limits: PlanLimits())
        var properties: [String: Any] = [
            "schema": ["const": Profile.currentSchema, "description": "The version of this schema."],
            "description": ["type": "string", "description": "What the profile is for."]
        ]
        for section in SettingTable.sections {
            let rows = SettingTable.rows(of: section)
            properties[section.name] = [
                "description": section.title, "type": ["object", "null"], "additionalProperties": false,
                "properties": Dictionary(uniqueKeysWithValues: rows.map { ($0.field.key, property($0, plan)) })
            ]
        }
        properties[SweepSection.name] = sweep
        properties[ReplaySection.name] = replay
        properties[CaptureSection.name] = capture
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "vethmark profile", "type": "object", "minProperties": 1,
            "additionalProperties": false, "properties": properties
        ]
    }

    /// Settings by all their names, with lists of values or, in a case, one.
    private static var sweep: [String: Any] {
        var varied: [String: Any] = [:]
        var settings: [String: Any] = [:]
        for name in SettingVariation.names + SettingTable.rows.map(\.field.path) {
            guard let variation = SettingVariation(name), let field = variation.fields.first else { continue }
            let value = property(SettingTable.row(field), nil)
            settings[name] = value
            varied[name] = ["anyOf": [["type": "array", "minItems": 1, "items": value], ["type": "string"], value]]
        }
        let cell: [String: Any] = ["type": ["object", "null"], "additionalProperties": false, "properties": settings]
        let rows = SettingTable.rows(of: SweepSection.self)
        var properties = Dictionary(uniqueKeysWithValues: rows.map { ($0.field.key, property($0, nil)) })
        // `0.02` is a number to YAML.
        properties[SweepSection.shared.precision.field.key]?["type"] = ["string", "number"]
        properties["vary"] = [
            "description": "Settings, each with the values that it takes in turn.", "type": "object", "additionalProperties": false,
            "properties": varied
        ]
        properties["cases"] = [
            "description": "Cells by their names, each with what differs from the plan.", "type": "object", "additionalProperties": cell
        ]
        return [
            "description": "What `vethmark sweep` lays out.", "type": ["object", "null"], "additionalProperties": false,
            "properties": properties
        ]
    }

    private static var replay: [String: Any] {
        let rows = SettingTable.rows(of: ReplaySection.self)
        var properties = Dictionary(uniqueKeysWithValues: rows.map { ($0.field.key, property($0, nil)) })
        properties[ReplaySection.shared.speed.field.key]?["type"] = ["string", "number"]
        return [
            "description": "What `vethmark replay` sends.", "type": ["object", "null"], "additionalProperties": false,
            "properties": properties
        ]
    }

    private static var capture: [String: Any] {
        let rows = CaptureSection.shared
        return [
            "description": "Who listens under `vethmark capture`.", "type": ["object", "null"], "additionalProperties": false,
            "properties": [
                rows.tools.field.key: ["type": "array", "minItems": 1, "items": ["type": "string"], "description": rows.tools.meaning],
                rows.rounds.field.key: property(rows.rounds, nil)
            ]
        ]
    }

    /// A stream as a mapping: what is its own, and what it has of a frame.
    private static var stream: [String: Any] {
        var properties = Dictionary(uniqueKeysWithValues: StreamRequest.rows.map { ($0.field.key, property($0, nil)) })
        properties["name"] = ["type": "string", "description": "What reports call it."]
        properties["share"] = [
            "type": "integer", "minimum": 1, "maximum": StreamProgram.maximumRound, "description": "Frames in a round of all streams."
        ]
        properties["rate"] = ["type": "string", "description": "Frames a second, in place of a share."]
        properties["replay"] = ["type": "string", "description": "A capture file that holds its frames, from the profile's folder on."]
        properties["shape"] = property(SettingTable.shared.load.shape, nil)
        return ["type": "object", "additionalProperties": false, "required": ["name"], "properties": properties]
    }

    private static func property(_ row: any SettingRow, _ plan: TrialPlan?) -> [String: Any] {
        let single = values(row)
        // A list may also be one text with commas.
        let list: [[String: Any]] = [single, ["type": "array", "items": single], ["type": "string", "pattern": ","]]
        var property = row.takesList ? ["anyOf": list] : single
        let standard = plan.map { " Default: \(row.standard($0))." } ?? ""
        property["description"] = "\(row.meaning) Must be \(row.allowed).\(standard)"
        property["examples"] = row.examples
        return property
    }

    /// What one value may be. YAML makes numbers and truths of what looks so; all others are texts.
    private static func values(_ row: any SettingRow) -> [String: Any] {
        if !row.words.isEmpty { return ["enum": row.words] }
        switch row.unit {
        case .truth: return ["enum": [true, false, "true", "false", "yes", "no", "on", "off"]]
        case .number:
            // Where counts are written as in 1M, a range is the loader's to keep.
            guard let range = row.range, !row.examples.contains(where: { $0.contains(where: \.isLetter) }) else {
                return ["type": ["integer", "string"]]
            }
            return ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .bytes, .duration, .rate: return ["type": ["number", "string"]]
        case .word: return ["type": "string"]
        case .stream: return ["anyOf": [["type": "string"], stream]]
        }
    }
}
