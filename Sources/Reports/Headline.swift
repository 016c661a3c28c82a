import Metrics
import Results

/// The answer in a line: how much came, of how much that was asked for, what was lost, and whether it came to its end.
struct Headline {
    let result: RunResult
    let style: TextStyle

    var lines: [String] {
        let measured = result.trials.filter { $0.ledger.sent > 0 }
        guard let trial = measured.first else { return [style.bad("nothing was measured")] }
        let parts = [
            result.plan.run.label, "\(style.heading(rate(trial))) (\(bits(trial)) at layer 2)", loss(measured), ending(measured), untrusted,
            SizeWords.frames(result.plan), "engine \(trial.engine.rawValue) → receiver \(trial.receiver.rawValue)"
        ]
        return [parts.compactMap { $0 }.joined(separator: ", ")]
            + [shortfall(measured), result.failure.map { style.bad($0) }].compactMap { $0 }
    }

    /// Where nobody of ours counts, what left is all that is known.
    private func rate(_ trial: TrialResult) -> String {
        let isCounted = trial.receiver.abilities.counting != .byTheLink
        let words = PieceWords(plan: result.plan)
        let rate = words.rate(isCounted ? result.summary.rxPps.median : result.summary.txPps.median)
        let asked = result.plan.load.packetRate.map { " of \(words.bare($0.packetsPerSecond)) asked for" } ?? ""
        return "\(rate) \(isCounted ? "received" : "sent")\(asked)"
    }

    private func bits(_ trial: TrialResult) -> String {
        guard trial.receiver.abilities.counting == .byTheLink else { return "\(BitRate(bitsPerSecond: result.summary.rxL2Bps.median))" }
        return "\(BitRate(bitsPerSecond: trial.rates.txL2Bps))"
    }

    private func loss(_ trials: [TrialResult]) -> String {
        // Nobody told what came.
        if result.warnings.contains(where: { $0.code == "peer-lost" }) { return style.bad("loss unknown") }
        let lost = trials.reduce(0) { $0 &+ $1.ledger.lost }
        let sent = trials.reduce(0) { $0 &+ $1.ledger.sent }
        let isCounted = trials[0].receiver.abilities.counting != .byTheLink
        guard lost > 0 else { return isCounted ? style.good("no loss") : "counted by nobody" }
        return style.bad("\(FigureText.percent(Double(lost) / Double(max(sent, 1)))) lost")
    }

    /// Nil if everything came to its planned end; a run without one is ended by Ctrl-C as planned.
    private func ending(_ trials: [TrialResult]) -> String? {
        guard let last = trials.last else { return nil }
        let load = result.plan.load
        let isEndless = load.durationNanoseconds == nil && load.frameCount == nil
        let place = result.plan.run.repeats > 1 ? "in trial \(last.index + 1) of \(result.plan.run.repeats)" : nil
        switch last.endedBecause {
        case .duration, .count:
            guard result.warnings.contains(where: { $0.code == "interrupted" }) else { return nil }
            return style.warning("interrupted after \(trials.count) of \(result.plan.run.repeats) trials")
        case .interrupted where isEndless: return nil
        case .interrupted:
            return style.warning("interrupted \(place ?? "after \(FigureText.nanoseconds(last.rates.durationNanoseconds))")")
        case .linkLost: return style.bad("link lost \(place ?? "after \(FigureText.nanoseconds(last.rates.durationNanoseconds))")")
        case .workerFailed: return style.bad("a worker failed")
        case .peerLost: return style.bad("the receiving host was lost")
        }
    }

    private var untrusted: String? { result.trusted ? nil : style.bad("not to be trusted") }

    /// A sender that fell behind measured itself.
    private func shortfall(_ trials: [TrialResult]) -> String? {
        guard let asked = result.plan.load.packetRate?.packetsPerSecond else { return nil }
        let words = PieceWords(plan: result.plan)
        let whole = trials.filter { $0.endedBecause == .duration || $0.endedBecause == .count }
        let late = whole.reduce(0) { $0 &+ $1.ledger.notOffered }
        let sent = result.summary.txPps.median
        guard !whole.isEmpty, late > 0, sent < asked * 0.999 else { return nil }
        let remedy =
            switch result.plan.engineBeyond(sentPps: sent) {
            case let engine? where engine.abilities.cutsSlots:
                "--engine \(engine.rawValue), which sends all that is due in one slot, could, or more --threads"
            case let engine?: "--engine \(engine.rawValue), whose frames are made in the kernel, could (as root), or more --threads"
            case nil: "more --threads could, or a lower --rate"
            }
        return style.warning(
            "the sender fell behind: \(words.bare(sent)) of \(words.rate(asked)) sent "
                + "(\(FigureText.percent(sent / asked))); \(remedy)")
    }
}
