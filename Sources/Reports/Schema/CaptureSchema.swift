import Methods
import Trials

extension CaptureResult: SchemaObject {
    public static var schemaMeaning: String { "What `vethmark capture` came to." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line, the program first."),
            .init("plan", \Self.plan, "What was sent and how, every default filled in."),
            .init("conditions", \Self.conditions, "Under what it took place."),
            .init(
                "score", \Self.score, "Of the only round of the only tool; absent where there are more, and where it couldn't be scored."),
            .init("tool", \Self.tool, "Of the only round of the only tool; absent where there are more."),
            .init("trial", \Self.trial, "The sender's book in that round; absent where there are more."),
            .init("entries", \Self.entries, "One for each tool, in the order they were named."),
            .init("rounds", \Self.rounds, "How often each tool has its turn."),
            .init("search", \Self.search, "Absent where nothing was searched, or several loads were. The rounds are its trials then."),
            .init("vary", \Self.vary, "The settings that tell `cells` apart. Absent where one load was searched, or none."),
            .init(
                "cells", \Self.cells,
                "A search for each combination of settings; `entries` hold their trials in the same order. Absent where one load was searched, or none."
            ),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "Whether every round was scored, its sender's book closed, and no warning voids it.")
        ]
    }
}

extension CaptureResult.Cell: SchemaObject {
    public static var schemaMeaning: String { "A combination of settings under which a tool was searched." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("settings", \Self.settings, "Values by the settings' names."),
            .init("search", \Self.search, "What was found. Absent for the reason in `obstacle`."),
            .init("obstacle", \Self.obstacle, "Why there is none; absent if nothing was in its way.")
        ]
    }
}

extension CaptureResult.Entry: SchemaObject {
    public static var schemaMeaning: String { "One tool in all its rounds." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("command", \Self.command, "The tool's words, with their places."),
            .init("name", \Self.name, "Name of its program; of two alike the second has a number."),
            .init("rounds", \Self.rounds, "In order."),
            .init("obstacle", \Self.obstacle, "Why it was not run to the end; absent if it was."),
            .init("lossRatio", \Self.lossRatio, "Of what reached the receiving end, 0 to 1."),
            .init("cpuNanosecondsPerFrame", \Self.cpuNanosecondsPerFrame, "CPU time for each frame kept, nanoseconds."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it.")
        ]
    }
}

extension CaptureRound: SchemaObject {
    public static var schemaMeaning: String { "One tool under one load." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("loadPps", \Self.loadPps, "Frames a second that were asked for; absent for as many as the kernel takes."),
            .init("score", \Self.score, "Absent if what it kept could not be read; a warning says why."),
            .init("tool", \Self.tool, "How it was run."),
            .init("trial", \Self.trial, "The sender's book."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it.")
        ]
    }
}

extension ToolRecord: SchemaObject {
    public static var schemaMeaning: String { "How a tool was run, and what it used and said." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("command", \Self.command, "As it was started, with all places filled in."),
            .init("cpus", \Self.cpus, "Where it was confined to; absent if it wasn't."),
            .init("readiness", \Self.readiness, "What showed that it listens."),
            .init("startNanoseconds", \Self.startNanoseconds, "How long that took."),
            .init("exit", \Self.exit, "How it ended."),
            .init("cpu", \Self.cpu, "CPU time of all its processes."),
            .init("memory", \Self.memory, "Memory of all its processes."),
            .init("claims", \Self.claims, "Absent for a tool that isn't known, or that said nothing.")
        ]
    }
}

extension ToolRecord.Exit: SchemaObject {
    public static var schemaMeaning: String { "How a tool ended." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("code", \Self.code, "Absent if a signal ended it."),
            .init("signal", \Self.signal, "What ended it; absent if none did."),
            .init("endedBy", \Self.endedBy, "What it took to end it; absent if it ended by itself.")
        ]
    }
}

extension ToolRecord.CPU: SchemaObject {
    public static var schemaMeaning: String { "CPU time of a tool." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("userNanoseconds", \Self.userNanoseconds, "In user mode, from its start to its end (`wait4(2)`)."),
            .init("systemNanoseconds", \Self.systemNanoseconds, "In system mode, from its start to its end."),
            .init(
                "loadNanoseconds", \Self.loadNanoseconds,
                "From the load's start until it had nothing more to do, of the threads that lived then.")
        ]
    }
}

extension ToolRecord.Memory: SchemaObject {
    public static var schemaMeaning: String { "Memory of a tool." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "residentPeakBytes", \Self.residentPeakBytes,
                "The largest resident set, of all its processes together; absent if it ended before it could be asked.")
        ]
    }
}

extension CaptureScore: SchemaObject {
    public static var schemaMeaning: String {
        "What a capture tool made of frames that are all known: sent, kept, and what it said itself."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("sent", \Self.sent, "In the window, by the sender's book."),
            .init("source", \Self.source, "Where `kept` comes from: its file, or only its counters."),
            .init("kept", \Self.kept, "Distinct frames of the window."),
            .init("lost", \Self.lost, "Sent and not kept, whoever lost them."),
            .init("lostOnLink", \Self.lostOnLink, "Of the lost frames, those that the link dropped before any tool could see them."),
            .init(
                "cut", \Self.cut, "Kept frames of which only the first bytes are there. Absent, as the following, where only counters tell."
            ),
            .init("repeated", \Self.repeated, "Further copies of kept frames. Absent if not measured."),
            .init(
                "reordered", \Self.reordered,
                "Kept frames behind one that was sent later (RFC 4737 section 3.3, by sending worker). Absent if not measured."),
            .init(
                "altered", \Self.altered,
                "Kept frames with another length or payload than they left with, as far as they are there. Absent if not measured."),
            .init(
                "others", \Self.others,
                "Frames in the file that were no part of the load: probes that showed that it listens, and strangers. Absent if not measured."
            ),
            .init(
                "unreadable", \Self.unreadable,
                "Frames in the file that end before their signature, so that nobody can tell which they are. Absent if not measured."),
            .init("claimedLost", \Self.claimedLost, "What the tool said that it lost; absent if it said nothing."),
            .init(
                "untold", \Self.untold,
                "Frames that the tool lost and did not tell of: below 0 where it told of more than it lost. Absent if it said nothing."),
            .init(
                "timestampError", \Self.timestampError,
                "The file's time minus the time at which the frame was sent: path and clock together, so an upper bound of the clock's error. Absent if not measured."
            ),
            .init(
                "firstLossAt", \Self.firstLossAt,
                "From the start of the window to the last kept frame before the first loss of any worker, nanoseconds. Absent without a loss."
            ),
            .init("gaps", \Self.gaps, "Runs of lost frames, by worker. Absent if not measured."),
            .init("longestGap", \Self.longestGap, "The longest of them, frames. Absent if not measured."),
            .init(
                "lostByTwentieth", \Self.lostByTwentieth,
                "Lost frames in each twentieth of the load, in the order in which they were sent. Absent if not measured."),
            .init("streams", \Self.streams, "Each stream's part. Absent for a load of one, and where only counters tell.")
        ]
    }
}

extension CaptureScore.Stream: SchemaObject {
    public static var schemaMeaning: String { "What a tool kept of one stream." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "As the plan calls it."), .init("sent", \Self.sent, "Frames that left, by the schedule's order."),
            .init("kept", \Self.kept, "Distinct frames of it in the file."),
            .init("lost", \Self.lost, "Sent and not kept, whoever lost them.")
        ]
    }
}

extension CaptureScore.TimestampError: SchemaObject {
    public static var schemaMeaning: String { "How far a capture file's times are from when frames were sent." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("distribution", \Self.distribution, "Nanoseconds."),
            .init("early", \Self.early, "Frames that the file has before they were sent, by more than its own resolution."),
            .init("resolutionNanoseconds", \Self.resolutionNanoseconds, "The coarsest unit of the file's times, nanoseconds.")
        ]
    }
}

extension ToolClaims: SchemaObject {
    public static var schemaMeaning: String {
        "What a capture tool said of itself, in its own words and meanings: absent where it said nothing."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("captured", \Self.captured, "Frames that it says it has. Absent where it said nothing, as the following."),
            .init(
                "received", \Self.received,
                "Frames that it says came to it: by the kernel's counter those that it lost are among them. Absent if not measured."),
            .init("dropped", \Self.dropped, "Frames that it says were lost on the way to it. Absent if not measured."),
            .init("interfaceDropped", \Self.interfaceDropped, "Frames that it says the interface lost. Absent if not measured."),
            .init(
                "missedPercent", \Self.missedPercent,
                "Zeek's estimate of what it missed, percent, the mean of its lines. Absent if not measured."),
            .init("source", \Self.source, "Where it said so.")
        ]
    }
}

extension CaptureSearch: SchemaObject {
    public static var schemaMeaning: String {
        "The highest rate at which a tool loses nothing: RFC 2544's binary search (section 26.1), the tool started anew for each trial."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("minimumPps", \Self.minimumPps, "The lowest rate."),
            .init("maximumPps", \Self.maximumPps, "The highest rate."),
            .init("relativeWidth", \Self.relativeWidth, "How far apart the bounds may be, of the upper one."),
            .init(
                "lowerBoundPps", \Self.lowerBoundPps,
                "The highest rate without a loss below the lowest one with a loss; absent if none was found."),
            .init("upperBoundPps", \Self.upperBoundPps, "The lowest rate with a loss; absent if none was found."),
            .init("regular", \Self.regular, "Whether both were found, as close to each other as was asked for."),
            .init("limitedBy", \Self.limitedBy, "What keeps the rate from being higher; absent as long as nothing is known."),
            .init("interrupted", \Self.interrupted, "Whether it was ended by Ctrl-C before its planned end.")
        ]
    }
}
