import Metrics
import Plans
import Results

/// A figure of a trial that two results can be compared by.
public enum ResultFigure: String, CaseIterable, Codable, Sendable {
    case rxPps, txPps, lossRatio, pathP50Nanoseconds, pathP99Nanoseconds, cpuNanosecondsPerFrame

    public var title: String {
        switch self {
        case .rxPps: "received"
        case .txPps: "sent"
        case .lossRatio: "loss"
        case .pathP50Nanoseconds: "path p50"
        case .pathP99Nanoseconds: "path p99"
        case .cpuNanosecondsPerFrame: "CPU a frame"
        }
    }

    public var unit: String {
        switch self {
        case .rxPps, .txPps: "frames/s"
        case .lossRatio: "ratio"
        case .pathP50Nanoseconds, .pathP99Nanoseconds, .cpuNanosecondsPerFrame: "ns"
        }
    }

    public var isHigherBetter: Bool { self == .rxPps || self == .txPps }

    /// Loss is 0 mostly, and has no ratio then.
    public var scale: ComparisonScale { self == .lossRatio ? .difference : .ratio }

    /// What counts as the same where nobody says: 2 %, and a tenth of a point of loss.
    var margin: Double { self == .lossRatio ? 0.001 : 0.02 }

    /// What new is if its figure is the larger, and the smaller.
    var words: (larger: String, smaller: String) {
        switch self {
        case .rxPps, .txPps: ("faster", "slower")
        case .pathP50Nanoseconds, .pathP99Nanoseconds: ("longer", "shorter")
        case .lossRatio, .cpuNanosecondsPerFrame: ("more", "less")
        }
    }

    public func text(_ value: Double) -> String {
        switch self {
        case .rxPps, .txPps: "\(PacketRate(packetsPerSecond: max(value, 0)))"
        case .lossRatio: FigureText.percent(value)
        case .pathP50Nanoseconds, .pathP99Nanoseconds, .cpuNanosecondsPerFrame: FigureText.nanoseconds(value)
        }
    }

    var isLatency: Bool { self == .pathP50Nanoseconds || self == .pathP99Nanoseconds }

    /// Nil where it wasn't measured.
    func value(_ trial: SweepTrial) -> Double? {
        self == .cpuNanosecondsPerFrame ? trial.cpuPerFrame?.sumNanoseconds : value(trial.trial, placement: nil, name: nil)
    }

    /// Nil where it wasn't measured.
    func value(_ trial: TrialResult, of result: RunResult) -> Double? {
        value(trial, placement: result.placement, name: result.plan.link.placement)
    }

    /// Nil where it wasn't measured.
    ///
    /// - Parameter placement: nil where nobody knows: then CPU time can't be told.
    public func value(_ trial: TrialResult, placement: Placement?, name: PlacementName?) -> Double? {
        let isCounted = trial.receiver.abilities.counting != .byTheLink
        switch self {
        case .rxPps: return isCounted ? trial.rates.rxPps : nil
        case .txPps: return trial.rates.txPps
        case .lossRatio: return isCounted ? trial.ledger.lossRatio : nil
        case .pathP50Nanoseconds: return trial.latency.path.p50.map { Double($0) }
        case .pathP99Nanoseconds: return trial.latency.path.p99.map { Double($0) }
        case .cpuNanosecondsPerFrame:
            guard let placement else { return nil }
            return CPUCost(trial, placement, name)?.sumNanoseconds
        }
    }
}
