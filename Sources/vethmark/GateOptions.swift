import ArgumentParser
import Methods
import Metrics

/// Bounds on a run's figures, for scripts: what breaks one ends with 3.
struct GateOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "Exit 3 if more frames are lost than this share of the sent ones, as in 0.1%.",
        transform: { try Percentage.parse($0) })
    var maxLoss: Double?
    @Option(
        parsing: .unconditional, help: "Exit 3 if fewer frames or layer 2 bits a second are received, as in 1mpps or 5gbps.",
        transform: { try GateOptions.rate($0) })
    var minRate: Gates.Rate?
    @Option(
        parsing: .unconditional, help: "Exit 3 if the path latency's 99th percentile is longer, as in 200us.", transform: parsedDuration)
    var maxP99: UInt64?

    var gates: Gates { Gates(maximumLossRatio: maxLoss, minimumRate: minRate, maximumP99Nanoseconds: maxP99) }

    private static func rate(_ text: String) throws -> Gates.Rate {
        switch try quantity(RateRequest.init(parsing:))(text) {
        case .packets(let rate): return .packets(rate)
        case .bits(let rate): return .bits(rate)
        case .max, .percent: throw ValidationError("is '\(text.visible)' but must be frames or bits a second, as in 1mpps or 5gbps")
        }
    }
}
