/// What stands in a result file at one place.
public indirect enum SchemaNode {
    /// Of at least so much.
    case integer(minimum: Int?)
    case number
    case text
    /// The only texts.
    case words([String])
    case truth
    case list(SchemaNode)
    /// By names that the table doesn't know.
    case map(SchemaNode)
    case object(any SchemaObject.Type)
    /// A result of any kind.
    case anyResult
}

/// A type that stands in result files.
public protocol SchemaValue {
    static var schemaNode: SchemaNode { get }
    /// Whether it may be missing.
    static var isOptionalInSchema: Bool { get }
}

extension SchemaValue {
    public static var isOptionalInSchema: Bool { false }
}

/// A type that stands in result files with keys of its own. To add a stored property is to add a key: a test compares both.
public protocol SchemaObject: SchemaValue {
    /// A sentence.
    static var schemaMeaning: String { get }
    static var schemaKeys: [SchemaKey] { get }
}

extension SchemaObject {
    public static var schemaNode: SchemaNode { .object(Self.self) }

    /// Its name without the module: `TrialResult.Rates`.
    static var schemaName: String { String(reflecting: Self.self).split(separator: ".").dropFirst().joined(separator: ".") }
}

/// A key of an object: its type is that of the property, so that it can't be another.
public struct SchemaKey {
    public let name: String
    public let node: SchemaNode
    /// Whether it may be missing: `meaning` says when.
    public private(set) var isOptional: Bool
    /// A sentence or more.
    public let meaning: String
    /// The property's type.
    public let type: Any.Type

    public init<Root, Value: SchemaValue>(_ name: String, _ path: KeyPath<Root, Value>, _ meaning: String) {
        self.init(name, Value.self, meaning)
    }

    /// A key that is no stored property.
    public init<Value: SchemaValue>(_ name: String, _ type: Value.Type, _ meaning: String) {
        self.name = name
        node = Value.schemaNode
        isOptional = Value.isOptionalInSchema
        self.meaning = meaning
        self.type = type
    }

    /// A key of something else than one type.
    init(_ name: String, _ node: SchemaNode, optional: Bool = false, _ meaning: String) {
        (self.name, self.node, self.meaning, isOptional) = (name, node, meaning, optional)
        type = Never.self
    }

    /// Missing in results of before it was kept.
    var inNewResults: SchemaKey {
        var key = self
        key.isOptional = true
        return key
    }

    /// What it is counted in, as its name ends with; nil where there is no unit.
    public var unit: String? {
        let endings = [
            ("Nanoseconds", "ns"), ("Microseconds", "µs"), ("Milliseconds", "ms"), ("Bytes", "bytes"), ("Hertz", "Hz"), ("Pps", "frames/s"),
            ("Bps", "bit/s"), ("Ratio", "0 to 1"), ("Percent", "%"), ("NanosecondsPerFrame", "ns")
        ]
        return endings.first { name.hasSuffix($0.0) || name == $0.0.lowercased() }?.1
    }
}
