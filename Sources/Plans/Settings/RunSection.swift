import Metrics

/// How a run goes about its trials.
public struct RunSection: SettingSection {
    public static let name = "run"
    public static let title = "Load"
    public static let shared = RunSection()

    public let repeats = Setting<Int>(
        "run.repeats", "How many trials.", .number(PlanBounds.repeats), default: { "\($0.run.repeats)" }, examples: "3",
        scope: .runsOnly)
    public let intervalNanoseconds = Setting<UInt64>(
        "run.interval", "Time between two lines of progress, and the length of an interval of latency.",
        .duration(PlanBounds.intervalNanoseconds),
        default: { "\(DurationText(nanoseconds: $0.run.intervalNanoseconds))" }, examples: "2s", "500ms",
        flag: SettingFlag("--interval", short: "I"), scope: .runsOnly)
    public let seed = Setting<UInt64>(
        "run.seed", "What `random` modifiers start from: the same seed gives the same frames.", .count("a whole number"),
        default: { "\($0.run.seed)" }, examples: "42")
    public let latency = Setting<LatencySampling>(
        "run.latency",
        "Which frames carry the time they leave at, and have a latency: `all`, `1/N` for one in N, or `off`. Reading the clock twice is a third of what a live frame costs.",
        .parsed(LatencySampling.allowed) { LatencySampling($0.lowercased()) }, default: { "\($0.run.sampling)" }, examples: "1/16", "off")
    public let label = Setting<String>(
        "run.name", "What to call the run; stands in its headline and its result.", .line(characters: 1...64), default: { _ in "none" },
        examples: "before the patch", scope: .runsOnly)
}
