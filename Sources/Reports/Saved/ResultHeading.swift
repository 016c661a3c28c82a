/// What tells of any JSON object whether it is a result, and of which kind.
struct ResultHeading: Decodable {
    /// Nil where there is none, or something else than a text.
    let schema: String?
    /// The `schema` of its `design`, as a sweep that hasn't ended has it.
    let designSchema: String?
    /// Whether there are `entries`, whatever they are.
    let hasEntries: Bool

    private enum Key: String, CodingKey {
        case schema, design, entries
    }

    /// - Throws: `DecodingError`: `typeMismatch` for whole JSON that is no object, `dataCorrupted` for what isn't whole.
    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        schema = try? object.decode(String.self, forKey: .schema)
        designSchema = try? object.nestedContainer(keyedBy: Key.self, forKey: .design).decode(String.self, forKey: .schema)
        hasEntries = object.contains(.entries)
    }
}
