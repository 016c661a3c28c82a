/// JSON of dictionaries, lists, texts, whole numbers and truths, of which schemas are made.
package struct JSONDocument: Encodable {
    private let value: Any

    /// - Parameter value: of nothing else, at any depth.
    package init(_ value: [String: Any]) { self.value = value }

    private init(any value: Any) { self.value = value }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        switch value {
        case let object as [String: Any]:
            var container = encoder.container(keyedBy: Key.self)
            for (name, value) in object { try container.encode(JSONDocument(any: value), forKey: Key(stringValue: name)) }
        case let list as [Any]:
            var container = encoder.unkeyedContainer()
            for value in list { try container.encode(JSONDocument(any: value)) }
        case let scalar as any Encodable: try scalar.encode(to: encoder)
        default: preconditionFailure("\(type(of: value)) has no place in a schema")
        }
    }
}
