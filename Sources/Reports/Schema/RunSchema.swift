import Methods
import Metrics
import Results

extension RunResult: SchemaObject {
    public static var schemaMeaning: String { "A whole run: what `result.json` holds and `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("plan", \Self.plan, "What was sent and how, every default filled in."),
            .init("placement", \Self.placement, "Which thread ran where."),
            .init("conditions", \Self.conditions, "Under what it took place."),
            .init("trials", \Self.trials, "One entry for each trial, in order."),
            .init("summary", \Self.summary, "Over the trials that came to their planned end."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "True only if every book closed and no warning voids the result."),
            .init(
                "failure", \Self.failure,
                "What ended the run before its time, one sentence: the trials before it are all there. Absent for a run that came to its end."
            ),
            .init("command", \Self.command, "The words of the command line; absent in results of before they were kept."),
            .init("gates", \Self.gates, "What was asked of its figures; absent if nothing was."),
            .init("rerunOf", \Self.rerunOf, "The run that this one repeats; absent where it repeats none.")
        ]
    }
}

extension RunResult.Summary: SchemaObject {
    public static var schemaMeaning: String { "Over the repeats." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("txPps", \Self.txPps, "Sent frames a second."),
            .init("rxPps", \Self.rxPps, "Received frames a second."),
            .init("rxL2Bps", \Self.rxL2Bps, "Received bits a second at layer 2, FCS counted."),
            .init("lossRatio", \Self.lossRatio, "Lost frames over sent frames, 0 to 1."),
            .init("pathP50Nanoseconds", \Self.pathP50Nanoseconds, "The median of each trial's path latency."),
            .init("pathP99Nanoseconds", \Self.pathP99Nanoseconds, "The 99th percentile of each trial's path latency.")
        ]
    }
}

extension Warning: SchemaObject {
    public static var schemaMeaning: String { "Something the reader of a result must know, with what can be done about it." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("code", \Self.code, "Stable, in kebab-case: `clock-step`, `link-lost`, `residual`."),
            .init("message", \Self.message, "One sentence."),
            .init("remedy", \Self.remedy, "What to do about it."),
            .init("voidsResult", \Self.voidsResult, "Whether figures under this warning can't be trusted.")
        ]
    }
}

extension GateResult: SchemaObject {
    public static var schemaMeaning: String {
        "A bound that a run was held against, and whether it kept to it: one entry of `.gates` in the result file."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "`max-loss`, `min-rate`, `max-p99`."),
            .init("bound", \Self.bound, "A ratio; frames or layer 2 bits a second; nanoseconds."),
            .init("value", \Self.value, "In the same unit; absent if it wasn't measured."),
            .init("passed", \Self.passed, "Whether the figure kept to it."),
            .init("words", \Self.words, "The figure, its bound and its value, or why it can't pass.")
        ]
    }
}

extension Repetition: SchemaObject {
    public static var schemaMeaning: String {
        "Of which saved run another is the repetition, and what was different this time: `.rerunOf` of a result."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("source", \Self.source, "The file or folder that it was read from."),
            .init("startedAt", \Self.startedAt, "When that run began, in ISO 8601."),
            .init("rxPps", \Self.rxPps, "The median of its `rxPps`, frames a second; absent if nothing was measured."),
            .init("differences", \Self.differences, "In plan, placement and conditions.")
        ]
    }
}

extension ResultDifference: SchemaObject {
    public static var schemaMeaning: String { "What two results don't have in common, besides what was measured." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("path", \Self.path, "As the result file has it: `plan.link.mtuBytes`."),
            .init("base", \Self.base, "`none` where there is nothing."),
            .init("new", \Self.new, "`none` where there is nothing.")
        ]
    }
}

extension Placement: SchemaObject {
    public static var schemaMeaning: String { "Which thread runs where." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("transmit", \Self.transmit, "One for each transmit worker, in order."),
            .init("receive", \Self.receive, "One for each receive worker, in order."),
            .init(
                "softirqCPUs", \Self.softirqCPUs, "CPUs that were given the receiving softirq; absent where it was left with the senders."),
            .init("reason", \Self.reason, "Why it is so, one sentence.")
        ]
    }
}

extension Placement.Seat: SchemaObject {
    public static var schemaMeaning: String { "A thread's CPU." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("cpu", \Self.cpu, "Number of the CPU."),
            .init("node", \Self.node, "Its NUMA node.")
        ]
    }
}

extension SampleSummary: SchemaObject {
    public static var schemaMeaning: String { "What repeated measurements of one figure come to." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("count", \Self.count, "How many were measured; 0 means not measured, and the other figures mean nothing."),
            .init("median", \Self.median, "The middle, or the mean of the two in the middle."),
            .init("mean", \Self.mean, "Arithmetic mean."),
            .init("min", \Self.min, "The smallest."),
            .init("max", \Self.max, "The largest."),
            .init("standardDeviation", \Self.standardDeviation, "Sample standard deviation (n − 1); absent below two samples."),
            .init(
                "confidenceLow", \Self.confidenceLow,
                "Lower end of the 95 % confidence interval of the mean by Student's t; absent below two samples."),
            .init("confidenceHigh", \Self.confidenceHigh, "Its upper end; absent below two samples.")
        ]
    }
}

extension ConfidenceInterval: SchemaObject {
    public static var schemaMeaning: String { "Where a figure lies, and how sure that is." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("low", \Self.low, "Lower end."),
            .init("high", \Self.high, "Upper end."),
            .init(
                "level", \Self.level,
                "The probability with which such intervals hold the true figure: at least what was asked for, for order statistics come in steps."
            )
        ]
    }
}
