extension StreamPlan: SchemaObject {
    public static var schemaMeaning: String { "Beside `plan`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("command", \Self.command, "The words of the command line."),
            .init("plan", \Self.plan, "What was sent and how, every default filled in.")
        ]
    }
}

extension StreamTrial: SchemaObject {
    public static var schemaMeaning: String { "Beside `trial-begun`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("trial", \Self.trial, "Counts from 0 through everything that the command measures.")
        ]
    }
}

extension StreamInterval: SchemaObject {
    public static var schemaMeaning: String { "Beside `interval`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("trial", \Self.trial, "Of which trial."),
            .init("startNanoseconds", \Self.startNanoseconds, "From the start of the window."),
            .init("endNanoseconds", \Self.endNanoseconds, "From the start of the window."),
            .init("sent", \Self.sent, "Frames that left in it."),
            .init("received", \Self.received, "Frames that came in it."),
            .init("txPps", \Self.txPps, "Frames that left a second."),
            .init("rxPps", \Self.rxPps, "Frames that came a second."),
            .init("outstanding", \Self.outstanding, "Sent minus received so far: lost, or still on their way.")
        ]
    }
}

extension StreamTrialEnd: SchemaObject {
    public static var schemaMeaning: String { "Beside `trial-ended`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("trial", \Self.trial, "Which one."),
            .init("result", \Self.result, "An entry of `.trials`.")
        ]
    }
}

extension StreamWarning: SchemaObject {
    public static var schemaMeaning: String { "Beside `warning`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("trial", \Self.trial, "The last trial that began; absent before the first."),
            .init("warning", \Self.warning, "The same as in `.warnings`.")
        ]
    }
}
