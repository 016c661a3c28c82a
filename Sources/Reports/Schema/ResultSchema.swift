import FoundationEssentials
import Methods
import Plans
import Results

/// What results hold, as JSON Schema (draft 2020-12): made from the tables beside it, whose types are those of the results themselves.
public struct ResultSchema {
    /// What there is a schema of.
    public enum Subject: Equatable, Sendable {
        case result(ResultKind)
        /// A line of `--json-stream`.
        case stream
        /// What `results list --json` prints.
        case listing

        /// `run`, `stream`, `list`.
        public init?(name: String) {
            switch name {
            case "stream": self = .stream
            case "list": self = .listing
            default:
                guard let kind = ResultKind(rawValue: name) else { return nil }
                self = .result(kind)
            }
        }

        public static var names: [String] { ResultKind.allCases.map(\.rawValue) + ["list", "stream"] }
    }

    private let isStrict: Bool

    /// - Parameter isStrict: whether keys that aren't described are refused. Results of later versions may have more.
    public init(isStrict: Bool = false) { self.isStrict = isStrict }

    /// One document. Ends with a line break.
    ///
    /// - Parameter subject: nil for results of all kinds.
    public func text(_ subject: Subject?) -> String {
        var objects = Objects()
        var document: [String: Any]
        let title: String
        switch subject {
        case nil: (document, title) = (anyResult(&objects), "vethmark results")
        case .result(let kind)?: (document, title) = (result(kind, &objects), kind.schema)
        case .listing?:
            (document, title) = (value(.object(ResultListing.self), &objects), ResultListing.currentSchema)
        case .stream?: (document, title) = (["anyOf": StreamEvent.allCases.map { event($0, &objects) }], StreamSchema.current)
        }
        document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        document["title"] = title
        document["$defs"] = definitions(&objects)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: (try? encoder.encode(JSONDocument(document))) ?? Data(), as: UTF8.self) + "\n"
    }

    /// Types that were met, and whether they were written down.
    private struct Objects {
        var met: [String: any SchemaObject.Type] = [:]
        var written: [String: Any] = [:]
    }

    private func definitions(_ objects: inout Objects) -> [String: Any] {
        while let name = objects.met.keys.sorted().first(where: { objects.written[$0] == nil }), let type = objects.met[name] {
            objects.written[name] = [String: Any]()
            objects.written[name] = object(type.schemaKeys, type.schemaMeaning, &objects)
        }
        return objects.written
    }

    private func object(_ keys: [SchemaKey], _ meaning: String, _ objects: inout Objects) -> [String: Any] {
        var properties: [String: Any] = [:]
        for key in keys {
            var property = value(key.node, &objects)
            property["description"] = key.meaning + (key.unit.map { " [\($0)]" } ?? "")
            properties[key.name] = property
        }
        var object: [String: Any] = [
            "type": "object", "description": meaning, "properties": properties,
            "required": keys.filter { !$0.isOptional }.map(\.name).sorted()
        ]
        if isStrict { object["additionalProperties"] = false }
        return object
    }

    private func value(_ node: SchemaNode, _ objects: inout Objects) -> [String: Any] {
        switch node {
        case .integer(let minimum): return minimum.map { ["type": "integer", "minimum": $0] } ?? ["type": "integer"]
        case .number: return ["type": "number"]
        case .text: return ["type": "string"]
        case .words(let words): return ["enum": words]
        case .truth: return ["type": "boolean"]
        case .list(let element): return ["type": "array", "items": value(element, &objects)]
        case .map(let element): return ["type": "object", "additionalProperties": value(element, &objects)]
        case .object(let type):
            objects.met[type.schemaName] = type
            return ["$ref": "#/$defs/\(type.schemaName)"]
        case .anyResult: return anyResult(&objects)
        }
    }

    private func anyResult(_ objects: inout Objects) -> [String: Any] {
        ["anyOf": ResultKind.allCases.map { result($0, &objects) }]
    }

    private func result(_ kind: ResultKind, _ objects: inout Objects) -> [String: Any] {
        var schema = value(.object(kind.schemaObject), &objects)
        schema["properties"] = ["schema": ["const": kind.schema]]
        return schema
    }

    // MARK: events

    private func event(_ event: StreamEvent, _ objects: inout Objects) -> [String: Any] {
        var schema = object(Self.common + event.schemaKeys, "A line of `--json-stream`.", &objects)
        if var properties = schema["properties"] as? [String: Any] {
            properties["schema"] = ["const": StreamSchema.current]
            properties["event"] = ["const": event.rawValue]
            schema["properties"] = properties
        }
        return schema
    }

    static var common: [SchemaKey] {
        [
            SchemaKey("schema", String.self, "What kind of object this is, and which version of its keys."),
            SchemaKey("event", StreamEvent.self, "What the line tells."),
            SchemaKey("atNanoseconds", UInt64.self, "The wall clock, since 1970.")
        ]
    }
}

extension ResultKind {
    var schemaObject: any SchemaObject.Type {
        switch self {
        case .run: RunResult.self
        case .sweep: SweepResult.self
        case .tune: TuneResult.self
        case .bakeoff: BakeoffResult.self
        case .search: SearchResult.self
        case .rfc2544, .rfc9004: SuiteResult.self
        case .capture: CaptureResult.self
        case .replay: ReplayResult.self
        case .compare: ResultComparison.self
        case .mesh: MeshResult.self
        }
    }
}

extension StreamEvent {
    /// Besides those of every line.
    var schemaKeys: [SchemaKey] {
        switch self {
        case .plan: StreamPlan.schemaKeys
        case .trialBegun: StreamTrial.schemaKeys
        case .interval: StreamInterval.schemaKeys
        case .trialEnded: StreamTrialEnd.schemaKeys
        case .warning: StreamWarning.schemaKeys
        case .end:
            [
                SchemaKey("path", String?.self, "Where it is saved; absent if it isn't."),
                SchemaKey("exitCode", Int32.self, "With which the program ends."),
                SchemaKey("result", .anyResult, "What `--json` would print.")
            ]
        }
    }
}
