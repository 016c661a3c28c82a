import Engines
import Methods

extension ReplayResult: SchemaObject {
    public static var schemaMeaning: String { "A capture file sent over a link: `vethmark.replay/1`." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line, the program first."),
            .init("file", \Self.file, "What was in the file, and what became of it."),
            .init("timing", \Self.timing, "When frames left, against when they were due."),
            .init(
                "ended", \Self.ended,
                "`file` for its end after the last loop, else why before: `count`, `duration`, `interrupted`, `linkLost`, `workerFailed`."),
            .init("trials", \Self.trials, "One, as in a run."),
            .init("placement", \Self.placement, "Which thread ran where."),
            .init("conditions", \Self.conditions, "Under what it took place."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "Whether the book closed from the file to the receiving end, and no warning voids the result."),
            .init("failure", \Self.failure, "Why the file was not replayed as a whole, where that was nobody's wish; absent else.")
        ]
    }
}

extension ReplayResult.File: SchemaObject {
    public static var schemaMeaning: String { "What was in the file, and what became of it." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("path", \Self.path, "As it was given."),
            .init("frames", \Self.frames, "In the file, as far as it was read; of all kinds, as captured."),
            .init("bytes", \Self.bytes, "Of those frames, as captured."),
            .init("durationNanoseconds", \Self.durationNanoseconds, "From the first time in it to the latest."),
            .init("isWhole", \Self.isWhole, "Whether it was read to its end."),
            .init("isKept", \Self.isKept, "Whether it lay in memory as a whole."),
            .init("withoutTime", \Self.withoutTime, "Frames that have no time."),
            .init("timesBackwards", \Self.timesBackwards, "Frames that are older than the one before."),
            .init("loops", \Self.loops, "How often it was to be sent; absent for no end."),
            .init("loopsCompleted", \Self.loopsCompleted, "From the file's begin to its end."),
            .init("read", \Self.read, "Over all loops: `read` is what was skipped, left unsent, and offered to the kernel."),
            .init("skipped", \Self.skipped, "Frames that can't be sent as they were, by the reason."),
            .init("unsent", \Self.unsent, "Frames that were read and left unsent at the end."),
            .init("stamped", \Self.stamped, "Of the offered frames, those that carry a signature."),
            .init("moves", \Self.moves, "What moves from loop to loop; absent where nothing does.")
        ]
    }
}

extension ReplayResult.Move: SchemaObject {
    public static var schemaMeaning: String { "A field that moves by a step from one loop of a file to the next." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("field", \Self.field, "By Wireshark's name."),
            .init("step", \Self.step, "What is added from loop to loop, with its sign."),
            .init(
                "unmoved", \Self.unmoved,
                "Of the frames that one pass sends, those that keep what they have: without the field, or where a checksum could go wrong.")
        ]
    }
}

extension ReplayResult.Timing: SchemaObject {
    public static var schemaMeaning: String { "When frames left, against when they were due." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("mode", \Self.mode, "`max`, `original`, `rate`."),
            .init("speed", \Self.speed, "Absent but for original times."),
            .init("rate", \Self.rate, "As it was asked for. Absent but for a rate."),
            .init(
                "plannedNanoseconds", \Self.plannedNanoseconds,
                "From the first frame's time to the last one's; absent where no frame has one."),
            .init("sentNanoseconds", \Self.sentNanoseconds, "From the first frame's departure to the last one's."),
            .init(
                "driftNanoseconds", \Self.driftNanoseconds,
                "How late the last frame was, against the time that the start of the replay gave it; absent where no frame has a time."),
            .init("error", \Self.error, "How late each frame was; frames never leave early."),
            .init("starvedNanoseconds", \Self.starvedNanoseconds, "How long the sender waited for the file.")
        ]
    }
}

extension ReplayFileAccount.Skips: SchemaObject {
    public static var schemaMeaning: String {
        "Frames that can't be sent as they were on the link, by the reason; over all passes that were read."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("truncated", \Self.truncated, "The capture kept only a part of them (`caplen < len`)."),
            .init(
                "oversized", \Self.oversized,
                "Larger than the MTU allows: mostly what offloads (GSO, GRO) merged before the capture saw it."),
            .init("tooShort", \Self.tooShort, "Shorter than an Ethernet header."),
            .init("notEthernet", \Self.notEthernet, "Of another link type.")
        ]
    }
}
