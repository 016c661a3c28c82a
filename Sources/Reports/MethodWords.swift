import Methods
import Metrics
import Plans
import Results

/// What reports of searches and suites have in common.
enum MethodWords {
    /// How frames come to leave at a rate.
    static func pacing(_ plan: TrialPlan) -> String {
        let engine = plan.transmit.engine
        let senders = FigureText.count(plan.transmit.workers, "sender")
        let way =
            engine.abilities.makesFramesInKernel
            ? "in bursts of a kernel program, as they fall due"
            : "each as it falls due, and those that are late together, up to \(plan.transmit.batchFrames) a call"
        return "sent by \(engine.rawValue) (\(senders)) \(way), received by \(plan.receive.receiver.rawValue)"
    }

    /// In a word or two.
    static func limit(_ limit: LoadTrial.Limit?) -> String {
        switch limit {
        case .link: "link"
        case .pushedBack: "link, pushing back"
        case .generator: "sender"
        case .latency: "latency"
        case .maximumRate: "highest rate"
        case .untrusted: "untrusted"
        case nil: "–"
        }
    }

    static func warnings(_ warnings: [Warning], _ style: TextStyle) -> [String] {
        guard !warnings.isEmpty else { return [] }
        return ["", style.heading("Warnings")]
            + warnings.flatMap { warning in
                let mark = warning.voidsResult ? style.bad("✗") : style.warning("!")
                return ["  \(mark) \(warning.message.visible) [\(warning.code)]", "    \(style.faint("→ " + warning.remedy.visible))"]
            }.flatMap { style.wrapped($0, indent: 6) }
    }

    /// One line a trial, with a heading.
    static func csv(_ trials: [LoadTrial]) -> String {
        func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "" }
        let goals = Set(trials.flatMap(\.verdict.keys)).sorted()
        let heading = [
            "trial", "purpose", "frame_bytes", "load_pps", "duration_ns", "offered", "not_offered", "refused", "sent", "received", "lost",
            "path_p50_ns", "path_p99_ns", "trusted", "repeated"
        ]
        let rows = trials.map { trial in
            let ledger = trial.ledger
            return [
                "\(trial.index)", trial.purpose.rawValue, text(trial.frameBytes), text(trial.loadPps), "\(trial.durationNanoseconds)",
                "\(ledger.offered)", "\(ledger.notOffered)", "\(ledger.refused)", "\(ledger.sent)", "\(ledger.received)", "\(ledger.lost)",
                text(trial.latency.path.p50), text(trial.latency.path.p99), "\(trial.trusted)", "\(trial.repeated)"
            ] + goals.map { text(trial.verdict[$0]?.rawValue) }
        }
        return ([heading + goals] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }
}
