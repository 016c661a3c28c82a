import Methods
import Metrics
import Results

extension SweepResult: SchemaObject {
    public static var schemaMeaning: String { "A whole sweep: what `result.json` holds and `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line."),
            .init("plan", \Self.plan, "What cells differ from, and what the calibration ran."),
            .init(
                "vary", \Self.vary,
                "Settings with their values, in the order in which they were asked for; with named cells only `case`, their names."),
            .init("zip", \Self.zip, "Whether first values go with first values."),
            .init("rounds", \Self.rounds, "How many rounds were begun."),
            .init("plannedRounds", \Self.plannedRounds, "How many there were to be at most."),
            .init(
                "precision", \Self.precision,
                "Half the interval of each cell's median over the median, below which there are no more rounds. Absent for a fixed number."),
            .init(
                "order", \Self.order,
                "The cells of each round in the order of their turns, behind its calibration trial; of several hosts, which have theirs at the same time, one host behind the other."
            ),
            .init("cells", \Self.cells, "One for each combination."),
            .init("calibration", \Self.calibration, "The base plan once a round: what the machine itself makes of one and the same thing."),
            .init("conditions", \Self.conditions, "Under what it took place."),
            .init("warnings", \Self.warnings, "Of the sweep as a whole; those of trials are theirs."),
            .init("trusted", \Self.trusted, "Whether something was measured, and all that was can be trusted."),
            .init("interrupted", \Self.interrupted, "Whether it ended before its last round by Ctrl-C."),
            .init("failure", \Self.failure, "What ended it before its last round; absent if nothing did, or Ctrl-C."),
            .init("shard", \Self.shard, "Whose cells these are. Absent for a whole sweep."),
            .init("hosts", \Self.hosts, "Where it was measured. Absent unless `vethmark results merge` made it.")
        ]
    }
}

extension SweepShare: SchemaObject {
    public static var schemaMeaning: String { "Which part of a sweep, where several hosts have a share of it." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("index", Int.self, "Counts from 1."),
            .init("count", Int.self, "How many parts there are."),
            .init("cells", \Self.cells, "Places of its cells in the whole grid, ascending, from 0.")
        ]
    }
}

extension SweepHost: SchemaObject {
    public static var schemaMeaning: String { "A host that had a part in a merged sweep." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "Its name, and its kernel behind it where it was there with several."),
            .init("cpuModel", \Self.cpuModel, "Its CPU."),
            .init("kernelRelease", \Self.kernelRelease, "Its kernel."),
            .init(
                "shards", \Self.shards, "Numbers of the shards that it measured, or a part of them; empty where it measured whole sweeps."),
            .init("cells", \Self.cells, "Places of cells that it has trials of, ascending, from 0."),
            .init("calibration", \Self.calibration, "The base plan on this host alone: its own noise."),
            .init("conditions", \Self.conditions, "Under what its first calibration trial took place. Absent without one.")
        ]
    }
}

extension SweepResult.Sample: SchemaObject {
    public static var schemaMeaning: String { "The trials of a plan and what they come to." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("trials", \Self.trials, "In the order of their rounds."),
            .init("summary", \Self.summary, "Over the trials that can be trusted."),
            .init("rxPpsInterval", \Self.rxPpsInterval, "Of the median of `rxPps`, over the same trials; absent below 6 of them."),
            .init("voidTrials", \Self.voidTrials, "Trials in no figure, because a warning voids them."),
            .init("trusted", Bool.self, "Whether more trials can be trusted than can't.")
        ]
    }
}

extension SweepResult.Cell: SchemaObject {
    public static var schemaMeaning: String { "One combination of settings, and what it came to." }
    public static var schemaKeys: [SchemaKey] {
        SweepResult.Sample.schemaKeys + [
            .init("settings", \Self.settings, "Values by the settings' names."),
            .init("obstacle", \Self.obstacle, "Why it was not measured, or no further; absent if nothing was in its way.")
        ]
    }
}

extension SweepDesign.Axis: SchemaObject {
    public static var schemaMeaning: String { "A setting with its values, in the order in which they were asked for." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("setting", \Self.setting, "Name of the setting."),
            .init("values", \Self.values, "As users write them.")
        ]
    }
}

extension SweepTrial: SchemaObject {
    public static var schemaMeaning: String {
        "A trial of a sweep: what a run's result holds of one, without its intervals and histograms, and with its warnings."
    }
    public static var schemaKeys: [SchemaKey] {
        TrialResult.schemaKeys + [
            .init("round", \Self.round, "Counts from 0."),
            .init("warnings", \Self.warnings, "Of this trial."),
            .init("cpuPerFrame", \Self.cpuPerFrame, "CPU time for each received frame. Absent if nothing was received.")
        ]
    }
}

extension CPUCost: SchemaObject {
    public static var schemaMeaning: String {
        "CPU time that a trial took for each received frame: the workers' own, and softirqs of the CPUs that they and the receiving softirq had."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("userNanoseconds", \Self.userNanoseconds, "In user mode."),
            .init("systemNanoseconds", \Self.systemNanoseconds, "In system mode, without softirqs."),
            .init("softirqNanoseconds", \Self.softirqNanoseconds, "In softirqs, in neither of the others.")
        ]
    }
}

extension TuneResult: SchemaObject {
    public static var schemaMeaning: String { "What `vethmark tune` found: `result.json`, and what `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line, the program first."),
            .init("goal", \Self.goal, "What was tuned for."),
            .init("plan", \Self.plan, "The default: what the winner is compared with."),
            .init("winner", \Self.winner, "What to change; absent if it was interrupted or failed before one was found."),
            .init(
                "cells", \Self.cells,
                "Everything that was tried, as in a sweep; the last are the default and the best in their final rounds."),
            .init("calibration", \Self.calibration, "The default, once a round from the first round to the last."),
            .init("conditions", \Self.conditions, "Under what it took place."),
            .init("warnings", \Self.warnings, "What a reader must know, with what can be done about it."),
            .init("trusted", \Self.trusted, "True if every book closed and no warning voids it."),
            .init("interrupted", \Self.interrupted, "Whether it was ended by Ctrl-C before its planned end."),
            .init("failure", \Self.failure, "What ended it before its time; absent if nothing did.")
        ]
    }
}

extension TuneResult.Winner: SchemaObject {
    public static var schemaMeaning: String { "The settings that serve best." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("settings", \Self.settings, "What to change; empty if the default is the best, as far as can be told."),
            .init(
                "margin", \Self.margin,
                "The best cell's goal figure over the default's, from rounds of their own: above 1 is more, which for latency is worse. Absent where there was nothing to compare."
            ),
            .init("words", \Self.words, "One sentence.")
        ]
    }
}

extension PairedRatio: SchemaObject {
    public static var schemaMeaning: String {
        "How two cells compare, round by round: the median of the ratios of trials of the same round, so that what hits a whole round cancels out."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("ratio", \Self.ratio, "The middle of the ratios, or the geometric mean of the two in the middle."),
            .init("rounds", \Self.rounds, "Rounds in which both have a trial that can be trusted."),
            .init("interval", \Self.interval, "Absent below 6 rounds: nothing is told apart then.")
        ]
    }
}

extension BakeoffResult: SchemaObject {
    public static var schemaMeaning: String { "A whole bakeoff: what `result.json` holds and `--json` prints." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line."),
            .init(
                "plan", \Self.plan,
                "What each round's calibration trial ran; pairs differ from it in engine, receiver and what only those have."),
            .init(
                "conditions", \Self.conditions,
                "Under what it took place. Absent in results of before it was always kept, where nothing was measured."),
            .init("rounds", \Self.rounds, "How often each pair had its turn, at most."),
            .init("entries", \Self.entries, "One for each pair, in the order of the first round."),
            .init(
                "calibration", \Self.calibration,
                "The plan once a round: what the machine itself makes of one and the same thing. Absent in results of before it was measured."
            ),
            .init(
                "winners", \Self.winners,
                "By purpose: `throughput`, `socket` (the same into the `ring` receiver), `latency`, `cpu`; the entry's name."),
            .init(
                "interrupted", \Self.interrupted,
                "Whether Ctrl-C came before the last round was over: pairs have one sample more or less then, or none."),
            .init("failure", \Self.failure, "What ended it before its last round; absent if nothing did, or Ctrl-C."),
            .init("trusted", \Self.trusted, "Whether something was measured, and the book of everything that was closed.")
        ]
    }
}

extension Bakeoff.Entry: SchemaObject {
    public static var schemaMeaning: String { "One way for frames to go from end to end." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("engine", \Self.engine, "How frames leave."),
            .init("receiver", \Self.receiver, "How frames arrive."),
            .init("obstacle", \Self.obstacle, "Why it wasn't measured, or no further; absent if nothing was in its way."),
            .init("rxPps", \Self.rxPps, "Frames that came a second, one sample for each round."),
            .init("lossRatio", \Self.lossRatio, "Lost frames over sent frames."),
            .init("pathP50Nanoseconds", \Self.pathP50Nanoseconds, "The median of each trial's path latency."),
            .init("pathP99Nanoseconds", \Self.pathP99Nanoseconds, "The 99th percentile of each trial's path latency."),
            .init("userNanoseconds", \Self.userNanoseconds, "CPU time in user mode for each received frame."),
            .init("systemNanoseconds", \Self.systemNanoseconds, "CPU time in system mode for each received frame."),
            .init(
                "softirqNanoseconds", \Self.softirqNanoseconds, "CPU time in softirqs for each received frame, in neither of the others."),
            .init("trials", \Self.trials, "One a round. Absent in results of before they were kept."),
            .init("trusted", \Self.trusted, "Whether every round's book closed.")
        ]
    }
}
