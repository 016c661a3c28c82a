import Metrics
import Trials

extension ProfileKey {
    static let load: [ProfileKey] = [
        ProfileKey(
            .rate, \.load.rate, "Frames or layer 2 bits a second, over all workers; `%` is of the line rate.",
            allowed: "max, or as in 1.5mpps, 500kpps, 5gbps or 23%", default: { "\($0.load.rate)" },
            examples: "100kpps", "5gbps", "max",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try RateRequest(parsing: text) }
            }),
        ProfileKey(
            .lineRate, \.load.lineRate, "What `%` is a percentage of (layer 1); a veth has no speed of its own.",
            allowed: "bits a second, as in 10gbps", default: { _ in "none" }, examples: "10gbps",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try BitRate(parsing: text) }
            }),
        ProfileKey(
            .frameCount, \.load.frameCount, "Stop after so many frames, over all workers.",
            allowed: "a whole number, as in 1000000, 500k or 1M, or 0 for no limit", default: { _ in "no limit" },
            examples: "1M", "0",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try CountText(parsing: text) }.count
            }),
        duration(
            .duration, \.load.durationNanoseconds, "Stop after so long.", PlanBounds.durationNanoseconds,
            zero: "until Ctrl-C",
            default: {
                "\(DurationText(nanoseconds: $0.load.durationNanoseconds ?? 0)), or no limit where there is a count"
            }),
        duration(
            .warmup, \.load.warmupNanoseconds, "Time of sending before the measured time.",
            PlanBounds.warmupNanoseconds, zero: nil,
            default: { "\(DurationText(nanoseconds: $0.load.warmupNanoseconds))" })
    ]

    static let run: [ProfileKey] = [
        ProfileKey(
            .repeats, \.run.repeats, "How many trials.", allowed: range(PlanBounds.repeats),
            default: { "\($0.run.repeats)" }, examples: "3",
            read: { value throws(ValueProblem) in try value.integer() }),
        duration(
            .interval, \.run.intervalNanoseconds, "Time between two lines of progress.",
            PlanBounds.intervalNanoseconds, zero: nil,
            default: { "\(DurationText(nanoseconds: $0.run.intervalNanoseconds))" }),
        ProfileKey(
            .seed, \.run.seed, "What `random` modifiers start from: the same seed gives the same frames.",
            allowed: "a whole number", default: { "\($0.run.seed)" }, examples: "42",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try CountText(parsing: text) }.count
            })
    ]

    private static func duration(
        _ field: PlanField, _ path: any WritableKeyPath<PlanDraft, UInt64?> & Sendable, _ meaning: String,
        _ bounds: ClosedRange<UInt64>, zero: String?, default standard: @escaping @Sendable (TrialPlan) -> String
    ) -> ProfileKey {
        let low = DurationText(nanoseconds: bounds.lowerBound), high = DurationText(nanoseconds: bounds.upperBound)
        return ProfileKey(
            field, path, meaning, allowed: "\(low) to \(high)" + (zero.map { ", or 0: \($0)" } ?? ""),
            default: standard, examples: "2s", "500ms",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try DurationText(parsing: text) }.nanoseconds
            })
    }
}
