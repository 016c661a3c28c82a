import Results

extension MeshResult: SchemaObject {
    public static var schemaMeaning: String { "A mesh of ranks, each pair of which was one run: `vethmark.mesh/1`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("pattern", \Self.pattern, "`pairs`, `all-to-one`, `one-to-all`."),
            .init("plan", \Self.plan, "As rank 0 was asked for it; what each meeting made of it stands in its own result."),
            .init("ranks", \Self.ranks, "In the order of their numbers."),
            .init("meetings", \Self.meetings, "All that the pattern asks for, in the order of rounds."),
            .init("trusted", \Self.trusted, "Whether every meeting was held, and every result can be trusted."),
            .init("command", \Self.command, "The words of rank 0's command line, the program first.")
        ]
    }
}

extension MeshResult.Rank: SchemaObject {
    public static var schemaMeaning: String { "A rank of a mesh." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("rank", \Self.rank, "From 0."),
            .init("host", \Self.host, "What its machine calls itself; absent for one that never came."),
            .init("lost", \Self.lost, "Why it wasn't there to the end; absent if it was.")
        ]
    }
}

extension MeshResult.Meeting: SchemaObject {
    public static var schemaMeaning: String { "One rank sent to another." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("round", \Self.round, "From 0; no rank is in two meetings of one."),
            .init("sender", \Self.sender, "The rank that sent."),
            .init("receiver", \Self.receiver, "The rank that received."),
            .init("missed", \Self.missed, "Why it was not held to its end; absent if it was."),
            .init(
                "result", \Self.result,
                "The sender's whole run. Of a missed meeting what was known when it ended; absent if nothing was.")
        ]
    }
}
