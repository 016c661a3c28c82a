import Metrics
import Results

/// Several trials in a line each.
struct TrialRows {
    let result: RunResult
    let style: TextStyle

    /// A row for each, below their headings.
    var table: [String] {
        var table = Table(
            .number("trial"), .number("sent"), .number("received"), .number("lost"), .number("of sent"), .number("p50"), .number("p99"),
            .text(""))
        for trial in result.trials {
            let isCounted = isCounted(trial)
            table.add(
                "\(trial.index + 1)", rate(trial.rates.txPps), isCounted ? rate(trial.rates.rxPps) : "–",
                isCounted || trial.ledger.lost > 0 ? FigureText.count(trial.ledger.lost) : "–", FigureText.percent(trial.ledger.lossRatio),
                time(trial.latency.path.p50), time(trial.latency.path.p99), doubts(trial).joined(separator: ", "))
        }
        let lines = table.lines(style)
        return lines + style.wrapped(style.faint("  --verbose tells each trial in full, as does the saved report.txt"), indent: 2)
    }

    /// A line for each that can stand alone.
    var lines: [String] {
        result.trials.map { trial in
            let isCounted = isCounted(trial)
            let name = result.plan.run.repeats > 1 ? "trial \(trial.index + 1)/\(result.plan.run.repeats)" : "trial \(trial.index + 1)"
            let loss =
                trial.ledger.lost > 0
                ? "\(FigureText.count(trial.ledger.lost)) lost (\(FigureText.percent(trial.ledger.lossRatio)))"
                : isCounted ? "no loss" : "counted by nobody"
            let latency = trial.latency.path.p50.map { _ in "p50 \(time(trial.latency.path.p50)), p99 \(time(trial.latency.path.p99))" }
            let received = isCounted ? "received \(rate(trial.rates.rxPps))" : nil
            let figures = ["sent \(rate(trial.rates.txPps))", received, loss, latency].compactMap { $0 } + doubts(trial)
            return "\(name): \(figures.joined(separator: ", "))"
        }
    }

    private func isCounted(_ trial: TrialResult) -> Bool { trial.receiver.abilities.counting != .byTheLink }

    private func doubts(_ trial: TrialResult) -> [String] {
        let ending: String? =
            switch trial.endedBecause {
            case .duration, .count: nil
            case .interrupted: "interrupted"
            case .linkLost: "link lost"
            case .workerFailed: "a worker failed"
            case .peerLost: "receiving host lost"
            }
        return [trial.trusted ? nil : "not to be trusted", ending].compactMap { $0 }
    }

    private func rate(_ packetsPerSecond: Double) -> String { PieceWords(plan: result.plan).rate(max(packetsPerSecond, 0)) }
    private func time(_ nanoseconds: UInt64?) -> String { nanoseconds.map { FigureText.nanoseconds($0) } ?? "–" }
}
