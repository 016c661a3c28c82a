import Results

/// What a plan is to be served best at.
public enum TuneGoal: String, Codable, CaseIterable, Sendable {
    /// Frames received a second.
    case throughput
    /// The 99th percentile of the response latency, at a rate.
    case latency
    /// Frames received of those that the plan asked for.
    case loss

    /// What two trials of a round are compared by; nil where it was not measured.
    func figure(_ trial: TrialResult) -> Double? {
        switch self {
        case .throughput: trial.rates.rxPps
        case .latency: trial.latency.response.p99.map { Double($0) }
        case .loss: Self.delivered(trial)
        }
    }

    /// Frames that were not offered in time are not delivered either.
    private static func delivered(_ trial: TrialResult) -> Double? {
        trial.ledger.offered == 0 ? nil : Double(trial.ledger.received) / Double(trial.ledger.offered)
    }

    /// Whether a ratio over the default means that it is served better.
    func isBetter(_ ratio: Double) -> Bool { self == .latency ? ratio < 1 : ratio > 1 }

    /// Cells from the best to the worst, those left out of which no trial can be trusted.
    func ranked<Cell>(_ cells: [(cell: Cell, sample: SweepResult.Sample)]) -> [Cell] {
        let scores = cells.compactMap { cell, sample in Score(self, sample).map { (cell: cell, score: $0) } }
        return scores.enumerated().sorted { left, right in
            left.element.score == right.element.score ? left.offset < right.offset : right.element.score < left.element.score
        }.map(\.element.cell)
    }

    /// The greater the better, first things first.
    private struct Score: Comparable {
        var parts: [Double]

        init?(_ goal: TuneGoal, _ sample: SweepResult.Sample) {
            let trials = sample.trials.map(\.trial).filter(\.trusted)
            guard sample.trusted else { return nil }
            func median(_ value: (TrialResult) -> Double?) -> Double? {
                let values = trials.compactMap(value).sorted()
                return values.isEmpty ? nil : (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
            }
            guard let share = median(TuneGoal.delivered), let rate = median({ $0.rates.rxPps }) else { return nil }
            let tail = median { ($0.latency.response.p99 ?? $0.latency.path.p99).map { Double($0) } }
            switch goal {
            case .throughput: parts = [rate]
            case .loss: parts = [share, tail.map { -$0 } ?? -.infinity]
            // Whoever drops what is late is quick.
            case .latency: parts = [share >= 0.999 ? 1 : share, tail.map { -$0 } ?? -.infinity]
            }
        }

        static func < (left: Score, right: Score) -> Bool {
            for (left, right) in zip(left.parts, right.parts) where left != right { return left < right }
            return false
        }
    }
}
