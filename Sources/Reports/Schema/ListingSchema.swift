import Metrics

extension ResultListing: SchemaObject {
    public static var schemaMeaning: String { "What `vethmark results list --json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("folders", \Self.folders, "Where was looked."),
            .init("results", \Self.results, "The newest first.")
        ]
    }
}

extension ResultListing.Entry: SchemaObject {
    public static var schemaMeaning: String { "A result, or what keeps it from being read." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("path", \Self.path, "Its folder."),
            .init("kind", \Self.kind, "`run`, `sweep`, …; absent if it can't be read."),
            .init("startedAt", \Self.startedAt, "In ISO 8601, UTC."),
            .init("headline", \Self.headline, "The answer; absent if it can't be read."),
            .init("figures", \Self.figures, "Figures of a run or a replay. Absent for other kinds."),
            .init("trusted", \Self.trusted, "Whether it can be trusted. Absent where there is no result."),
            .init("error", \Self.error, "Why it can't be read; absent if it can.")
        ]
    }
}

extension ResultLibrary.Figures: SchemaObject {
    public static var schemaMeaning: String {
        "Of a run, a replay or the like: what can be put in a column. Absent is what wasn't measured."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("rxPps", \Self.rxPps, "Frames a second, the median over trials. Absent if not measured."),
            .init("lossRatio", \Self.lossRatio, "Lost frames over sent frames, 0 to 1, the median over trials. Absent if not measured."),
            .init("pathP99Nanoseconds", \Self.pathP99Nanoseconds, "Nanoseconds, the median over trials. Absent if not measured.")
        ]
    }
}
