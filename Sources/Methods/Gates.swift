import Metrics
import Results

/// Bounds that a run has to keep to.
public struct Gates: Equatable, Sendable {
    /// 0 to 1, of all frames sent in all trials.
    public var maximumLossRatio: Double?
    /// Received; the median over trials.
    public var minimumRate: Rate?
    /// Of the path latency's 99th percentile; the median over trials.
    public var maximumP99Nanoseconds: UInt64?

    public enum Rate: Equatable, Sendable {
        case packets(PacketRate)
        /// Layer 2.
        case bits(BitRate)
    }

    public init(maximumLossRatio: Double? = nil, minimumRate: Rate? = nil, maximumP99Nanoseconds: UInt64? = nil) {
        self.maximumLossRatio = maximumLossRatio
        self.minimumRate = minimumRate
        self.maximumP99Nanoseconds = maximumP99Nanoseconds
    }

    /// Each bound that was asked for. A figure that wasn't measured, or of a result that can't be trusted, doesn't pass.
    public func judge(_ result: RunResult) -> [GateResult] {
        let isCounted = result.plan.receive.receiver.abilities.counting != .byTheLink
        var gates: [GateResult] = []
        if let bound = maximumLossRatio {
            let sent = result.trials.reduce(0) { $0 + $1.ledger.sent }
            let lost = result.trials.reduce(0) { $0 + $1.ledger.lost }
            let value = isCounted && sent > 0 ? Double(lost) / Double(sent) : nil
            gates.append(judge(result, "max-loss", "loss", value, most: bound) { FigureText.percent($0) })
        }
        switch minimumRate {
        case .packets(let bound)?:
            let value = isCounted && result.summary.rxPps.count > 0 ? result.summary.rxPps.median : nil
            gates.append(
                judge(result, "min-rate", "received", value, least: bound.packetsPerSecond) { "\(PacketRate(packetsPerSecond: $0))" })
        case .bits(let bound)?:
            let value = isCounted && result.summary.rxL2Bps.count > 0 ? result.summary.rxL2Bps.median : nil
            gates.append(
                judge(result, "min-rate", "received at layer 2", value, least: bound.bitsPerSecond) { "\(BitRate(bitsPerSecond: $0))" })
        case nil: break
        }
        if let bound = maximumP99Nanoseconds {
            let summary = result.summary.pathP99Nanoseconds
            gates.append(
                judge(result, "max-p99", "path p99", summary.count > 0 ? summary.median : nil, most: Double(bound)) {
                    FigureText.nanoseconds($0)
                })
        }
        return gates
    }

    private func judge(
        _ result: RunResult, _ name: String, _ figure: String, _ value: Double?, most: Double? = nil, least: Double? = nil,
        _ text: (Double) -> String
    ) -> GateResult {
        let bound = most ?? least ?? 0
        let limit = "at \(least == nil ? "most" : "least") \(text(bound))"
        guard let value else {
            return GateResult(name: name, bound: bound, value: nil, passed: false, words: "\(figure) must be \(limit) and was not measured")
        }
        let isWithin = least == nil ? value <= bound : value >= bound
        // Rounded, a value beyond its bound can look like it.
        let exact = text(value) == text(bound) && value != bound ? " (\(value))" : ""
        let words = "\(figure) must be \(limit) and is \(text(value))\(exact)"
        return GateResult(
            name: name, bound: bound, value: value, passed: isWithin && result.trusted,
            words: result.trusted ? words : words + ", of a result that can't be trusted")
    }
}
