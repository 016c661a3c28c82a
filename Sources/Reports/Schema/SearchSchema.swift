import Methods
import Trials

extension SearchResult: SchemaObject {
    public static var schemaMeaning: String { "A whole search: what `result.json` holds and `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line."),
            .init("conditions", \Self.conditions, "Under what it took place; absent if nothing was measured."),
            .init("plan", \Self.plan, "At the lowest load; other trials differ from it in load and time only."),
            .init("method", \Self.method, "`mlr`: MLRsearch (RFC 9971); `binary`: RFC 2544 section 26.1."),
            .init("scaled", \Self.scaled, "Whether times and width are shorter than those of the method's documents."),
            .init("minimumPps", \Self.minimumPps, "The lowest rate."),
            .init("maximumPps", \Self.maximumPps, "The highest rate. Absent if none was found."),
            .init("maximumMeasured", \Self.maximumMeasured, "Whether the maximum is what the sender makes at a rate."),
            .init("goals", \Self.goals, "What each goal came to."),
            .init("trials", \Self.trials, "All trials, in order."),
            .init("stable", \Self.stable, "False where even the lowest load met no goal, so that nothing was searched."),
            .init("interrupted", \Self.interrupted, "Whether it was ended by Ctrl-C before its planned end."),
            .init("failure", \Self.failure, "What ended it before its time, one sentence; absent if nothing did."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it.")
        ]
    }
}

extension LinkSearch.Goal: SchemaObject {
    public static var schemaMeaning: String { "What one goal came to: an entry of `.goals`. Rates are frames a second." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("goal", \Self.goal, "As it was asked for: `ndr`, `0.1%`."),
            .init("lossRatio", \Self.lossRatio, "The loss that is still good."),
            .init("exceedRatio", \Self.exceedRatio, "Which part of the time may be bad at a load that is good, 0 to 1."),
            .init("relativeWidth", \Self.relativeWidth, "How far apart the bounds may be, of the upper one, 0 to 1."),
            .init("initialTrialNanoseconds", \Self.initialTrialNanoseconds, "Length of the first trials."),
            .init("finalTrialNanoseconds", \Self.finalTrialNanoseconds, "Length of the last trials."),
            .init("durationSumNanoseconds", \Self.durationSumNanoseconds, "How much of trials makes a verdict."),
            .init(
                "relevantLowerBound", \Self.relevantLowerBound,
                "The highest rate that meets the goal, frames a second. Absent if none was found."),
            .init(
                "relevantUpperBound", \Self.relevantUpperBound, "The lowest rate that doesn't, frames a second. Absent if none was found."),
            .init(
                "conditionalThroughput", \Self.conditionalThroughput,
                "Frames a second that come at the lower bound (RFC 9971). Absent without a lower bound."),
            .init("regular", \Self.regular, "Whether both bounds were found, and lie as close together as was asked for."),
            .init("limitedBy", \Self.limitedBy, "What the upper bound failed by, or why there is none; absent as long as nothing is known.")
        ]
    }
}

extension LoadTrial: SchemaObject {
    public static var schemaMeaning: String {
        "One trial of a search or suite: the load that was asked for and what became of it. An entry of `.trials`."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("index", \Self.index, "Counts from 0."),
            .init("purpose", \Self.purpose, "What it was made for."),
            .init("frameBytes", \Self.frameBytes, "With FCS; absent for mixed sizes."),
            .init("loadPps", \Self.loadPps, "Frames a second; absent for a burst, which leaves as fast as the kernel takes it."),
            .init("durationNanoseconds", \Self.durationNanoseconds, "Length of the window that was asked for."),
            .init("engine", \Self.engine, "How frames left."),
            .init("ledger", \Self.ledger, "The book of frames."),
            .init("rates", \Self.rates, "Frames and bits a second."),
            .init("latency", \Self.latency, "How long frames were on their way."),
            .init(
                "pushedBack", \Self.pushedBack,
                "Calls that the kernel ended because the link took nothing (ENOBUFS): the frame was sent again."),
            .init("verdict", \Self.verdict, "By the goal's name."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it."),
            .init(
                "repeated", \Self.repeated,
                "Whether it was made again because it couldn't be trusted: then only the second one counts."),
            .init("warnings", \Self.warnings, "Codes of what was to be said of it.")
        ]
    }
}

extension LoadTrial.Latency: SchemaObject {
    public static var schemaMeaning: String { "How long the frames of a trial were on their way." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("path", \Self.path, "Receive timestamp minus send timestamp."),
            .init("response", \Self.response, "Receive timestamp minus planned send time."),
            .init("sendLag", \Self.sendLag, "Actual minus planned send time.")
        ]
    }
}

extension SuiteResult: SchemaObject {
    public static var schemaMeaning: String { "A whole suite: what `result.json` holds and `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "`vethmark.rfc2544/1`, `vethmark.rfc9004/1`."),
            .init("command", \Self.command, "The words of the command line."),
            .init("conditions", \Self.conditions, "Under what it took place; absent if nothing was measured."),
            .init("plan", \Self.plan, "At the lowest load and the first size; other trials differ from it in load, size and time only."),
            .init("scaled", \Self.scaled, "Whether times and repeats are fewer than the RFC's."),
            .init("trialNanoseconds", \Self.trialNanoseconds, "Length of a trial of the throughput."),
            .init("sizes", \Self.sizes, "One for each frame size."),
            .init("trials", \Self.trials, "All trials, size by size."),
            .init("interrupted", \Self.interrupted, "Whether it was ended by Ctrl-C before its planned end."),
            .init("failure", \Self.failure, "What ended it before its time, one sentence; absent if nothing did."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it.")
        ]
    }
}

extension BenchmarkSuite.Row: SchemaObject {
    public static var schemaMeaning: String { "One frame size: an entry of `.sizes`. What is missing wasn't measured." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("frameBytes", \Self.frameBytes, "With FCS."),
            .init("maximumPps", \Self.maximumPps, "The highest rate tried, frames a second. Absent if not measured."),
            .init("throughput", \Self.throughput, "RFC 2544 section 26.1: no loss in one trial. Absent if it was not measured."),
            .init("latency", \Self.latency, "RFC 2544 section 26.2, a trial each; empty if it was not measured."),
            .init("lossCurve", \Self.lossCurve, "RFC 2544 section 26.3; empty if it was not measured."),
            .init("backToBack", \Self.backToBack, "RFC 2544 section 26.4; RFC 9004. Absent if it was not measured."),
            .init("notApplicable", \Self.notApplicable, "Why there is no back-to-back figure; absent if there is one.")
        ]
    }
}

extension BenchmarkSuite.LossPoint: SchemaObject {
    public static var schemaMeaning: String { "Loss at one load (RFC 2544 section 26.3)." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("percent", \Self.percent, "Of the highest rate."),
            .init("loadPps", \Self.loadPps, "The rate that was asked for."),
            .init("lossRatio", \Self.lossRatio, "Frames that didn't come, of those that left."),
            .init("unsentRatio", \Self.unsentRatio, "Frames that never left, of those the load asked for."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it.")
        ]
    }
}

extension BackToBack: SchemaObject {
    public static var schemaMeaning: String { "Bursts that nothing was lost of, and the buffer that they tell of (RFC 9004 section 6)." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("frames", \Self.frames, "Frames of the longest burst, one for each repeat."),
            .init("bounded", \Self.bounded, "False where the longest burst that was to be tried passed."),
            .init("maximumFrames", \Self.maximumFrames, "The longest burst that was to be tried."),
            .init("burstPps", \Self.burstPps, "Frames a second at which the bursts left: the mean. Absent if not measured."),
            .init(
                "impliedBufferNanoseconds", \Self.impliedBufferNanoseconds,
                "Burst length over burst rate: how long the buffer would hold out if nothing left it meanwhile. Absent if not measured."),
            .init(
                "correctedBufferNanoseconds", \Self.correctedBufferNanoseconds,
                "Less what left it meanwhile, at the throughput. Absent where the throughput isn't the link's own limit."),
            .init(
                "bufferFrames", \Self.bufferFrames,
                "The same in frames: what lay in buffers when the burst was over. Absent if not measured.")
        ]
    }
}
