import Kernel
import Metrics

/// A goal as it is asked for: `ndr`, `pdr`, `0.1%`, each with `@p99<100us` behind it if latency counts too.
public struct GoalText: Equatable, Sendable {
    public let text: String
    /// 0 ..< 1.
    public let lossRatio: Double
    public let latencyBound: LatencyBound?

    public static let allowed = "ndr, pdr or a loss as in 0.1%, with a bound on path latency behind it if wanted, as in 0.1%@p99<100us"

    /// PDR is a loss of 0.5 %, as in FD.io CSIT.
    ///
    /// - Throws: `Problem`.
    public init(parsing text: String) throws(Problem) {
        let lower = text.lowercased().filter { $0 != " " }
        let parts = lower.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let loss = parts.first.flatMap(Self.loss) else { throw Problem(text: text) }
        lossRatio = loss
        latencyBound = parts.count == 1 ? nil : try LatencyBound(parsing: parts[1], of: text)
        self.text = lower
    }

    /// What isn't a goal.
    public struct Problem: ExplainedError, Equatable {
        public let text: String
        public var sentence: String { "'\(text)' is no goal" }
        public var remedy: String? { "allowed are \(GoalText.allowed)" }
        public var exitCode: Int32? { 64 }
    }

    private static func loss(_ text: Substring) -> Double? {
        if text == "ndr" { return 0 }
        if text == "pdr" { return 0.005 }
        guard text.last == "%", let percent = Double(text.dropLast()), percent >= 0, percent < 100 else { return nil }
        return percent / 100
    }
}

extension LatencyBound {
    /// `p99<100us`; `p99.9` and `p999` are the same.
    fileprivate init(parsing text: Substring, of goal: String) throws(GoalText.Problem) {
        let parts = text.split(separator: "<", omittingEmptySubsequences: false)
        guard parts.count == 2, let figure = Figure(rawValue: String(parts[0].filter { $0 != "." })),
            let duration = try? DurationText(parsing: String(parts[1])), duration.nanoseconds > 0
        else { throw GoalText.Problem(text: goal) }
        self.init(figure: figure, belowNanoseconds: duration.nanoseconds)
    }
}
