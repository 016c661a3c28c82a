import Metrics

/// How much is sent, and for how long.
public struct LoadSection: SettingSection {
    public static let name = "load"
    public static let title = "Load"
    public static let shared = LoadSection()

    public let rate = Setting<RateRequest>(
        "load.rate", "Frames or layer 2 bits a second, over all workers; `%` is of the line rate.",
        .quantity(.rate, "max, or as in 1.5mpps, 500kpps, 5gbps or 23%") { text throws(QuantityError) in try RateRequest(parsing: text) },
        default: { "\($0.load.rate)" }, examples: "100kpps", "5gbps", "max", flag: SettingFlag("--rate", short: "b"))
    public let lineRate = Setting<BitRate>(
        "load.line-rate", "What `%` is a percentage of (layer 1); a veth has no speed of its own.",
        .quantity(.rate, "bits a second, as in 10gbps") { text throws(QuantityError) in try BitRate(parsing: text) },
        default: { _ in "none" }, examples: "10gbps")
    public let shape = Setting<LoadShape>(
        "load.shape",
        "How frames are spread over time. `bursts` sends so many at once; `on-off` all in the first part of each period; `ramp` and `steps` have "
            + "rates of their own, as has a `file` of lines of time and rate.",
        .quantity(.word, LoadShape.allowedText) { text throws(QuantityError) in try LoadShape(parsing: text) },
        default: { "\($0.load.shape)" }, examples: "poisson", "bursts:32", "on-off:10ms,90ms", "ramp:0..100kpps",
        "steps:10kpps,100kpps/500ms", "file:day.csv")
    public let frameCount = Setting<UInt64>(
        "load.count", "Stop after so many frames, over all workers.",
        .count("a whole number, as in 1000000, 500k or 1M, or 0 for no limit"), default: { _ in "no limit" }, examples: "1M", "0",
        flag: SettingFlag("--count", short: "n"))
    public let durationNanoseconds = Setting<UInt64>(
        "load.time", "Stop after so long.", .duration(PlanBounds.durationNanoseconds, zero: "until Ctrl-C"),
        default: {
            let bakeoff = DurationText(nanoseconds: PlanDefaults.bakeoffDurationNanoseconds)
            return
                "\(DurationText(nanoseconds: $0.load.durationNanoseconds ?? 0)), or no limit where there is a count; \(bakeoff) in a bakeoff"
        }, examples: "2s", "500ms", flag: SettingFlag("--time", short: "t"))
    public let warmupNanoseconds = Setting<UInt64>(
        "load.warmup", "Time of sending before the measured time.", .duration(PlanBounds.warmupNanoseconds),
        default: {
            let bakeoff = DurationText(nanoseconds: PlanDefaults.bakeoffWarmupNanoseconds)
            return "\(DurationText(nanoseconds: $0.load.warmupNanoseconds)); \(bakeoff) in a bakeoff"
        }, examples: "2s", "500ms")
}
