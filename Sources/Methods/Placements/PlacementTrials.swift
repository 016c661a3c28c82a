import Metrics
import Plans
import Results

/// What short trials of each placement came to, on one machine and for one kind of load.
public struct PlacementTrials: Codable, Equatable, Sendable {
    /// A placement's trials.
    public struct Candidate: Codable, Equatable, Sendable {
        public var placement: PlacementName
        /// Frames received a second in each of its rounds, in their order.
        public var rxPps: [Double] = []
        /// How far its CPUs were from each other in each of them, the farther of both ends of the window; 0 where one CPU does all, or it is not known. Nil in
        /// trials of before it was told.
        public var coreLatencyNanoseconds: [Double]?
        /// Over all rounds.
        public var sent: UInt64 = 0
        /// Frames that were sent and didn't come, or came twice, over all rounds.
        public var faulty: UInt64 = 0
        /// Why it can't be had, one sentence.
        public var obstacle: String?
        /// Whether a longer run lost frames by it later.
        public var isStruck = false

        /// 0 to 1.
        var faultyRatio: Double { sent == 0 ? 0 : Double(faulty) / Double(sent) }

        mutating func add(_ trial: TrialResult) {
            let readings = (trial.evidence.coreDistance ?? []).flatMap { [$0.before, $0.after] }.compactMap { $0?.latencyNanoseconds }
            coreLatencyNanoseconds = (coreLatencyNanoseconds ?? rxPps.map { _ in 0 }) + [readings.max() ?? 0]
            rxPps.append(trial.rates.rxPps)
            sent &+= trial.ledger.sent
            faulty &+= trial.ledger.lost &+ trial.ledger.duplicates
        }
    }

    /// Above it a placement is left alone: one frame in 100,000. Whoever measures a loss must not find the generator's. Where each frame goes alone, a full queue behind veth holds the
    /// sender up and nothing is lost; what is cut out of slots is lost there unseen, and such losses begin at some hundreds of frames in a million (results/placement).
    public static let allowedFaultyRatio = 1e-5
    /// How much faster a placement has to be than the kernel's own: what is nearer is within what rounds differ by.
    static let worthwhileGain = 1.05

    public var candidates: [Candidate]
    /// When they were made, ISO 8601.
    public var startedAt: String
    /// False where others were at work on the CPUs, so that it says nothing.
    public var isTrusted = true

    /// The fastest that loses no more than is allowed. The kernel's own where none is worth while, or nothing can be trusted.
    public var choice: PlacementName {
        guard isTrusted, let standard = candidates.first(where: { $0.placement == .auto }), !standard.rxPps.isEmpty,
            let fastest = ahead(1).first, pps(candidates[fastest]) >= Self.worthwhileGain * pps(standard)
        else { return .auto }
        return candidates[fastest].placement
    }

    /// The places of the fastest that lose no more than is allowed, ascending; of equals the first.
    func ahead(_ count: Int) -> [Int] {
        let sound = candidates.indices.filter { isSound(candidates[$0]) }
        let pps = candidates.map { self.pps($0) }
        return sound.sorted { (-pps[$0], $0) < (-pps[$1], $1) }.prefix(count).sorted()
    }

    /// Frames received a second by a placement, the mean of its rounds: a median of few says nothing of a second speed. Rounds in which the host of a virtual
    /// machine had its CPUs elsewhere than in most, farther or nearer, are no word about the placement; where it has no others they have to do.
    func pps(_ candidate: Candidate) -> Double {
        let known = candidates.flatMap { $0.coreLatencyNanoseconds ?? [] }.filter { $0 > 0 }.sorted()
        guard !known.isEmpty, let latencies = candidate.coreLatencyNanoseconds else { return SampleSummary(candidate.rxPps).mean }
        let usual = known[known.count / 2]
        let alike = zip(candidate.rxPps, latencies).filter { $1 == 0 || ($1 < 2 * usual && usual < 2 * $1) }.map(\.0)
        return SampleSummary(alike.isEmpty ? candidate.rxPps : alike).mean
    }

    private func isSound(_ candidate: Candidate) -> Bool {
        candidate.obstacle == nil && !candidate.isStruck && !candidate.rxPps.isEmpty && candidate.faultyRatio <= Self.allowedFaultyRatio
    }

    /// Leaves out a placement by which a run lost frames: it sees what short trials don't.
    ///
    /// - Returns: what is to be said of it; nil where nothing was lost, or by the kernel's own.
    mutating func learn(from result: RunResult) -> Warning? {
        guard let placement = result.plan.link.placement, placement != .auto else { return nil }
        let (faulty, sent) = result.trials.reduce((UInt64(0), UInt64(0))) {
            ($0.0 &+ $1.ledger.lost &+ $1.ledger.duplicates, $0.1 &+ $1.ledger.sent)
        }
        let ratio = Double(faulty) / Double(max(sent, 1))
        guard ratio > Self.allowedFaultyRatio else { return nil }
        for place in candidates.indices where candidates[place].placement == placement { candidates[place].isStruck = true }
        return Warning(
            code: "placement-lossy",
            message:
                "\(FigureText.percent(ratio)) of the frames were lost or doubled by \(placement.rawValue), which lost none in short trials",
            remedy: "run it again: that placement is left out from now on")
    }

    /// What was found, part of a sentence: `by trials on this machine, of 2026-11-30, against inline: split-softirq 1.43 ×, …`.
    public var words: String {
        guard isTrusted else { return "trials of the others could not be trusted, as something else was at work here" }
        guard let standard = candidates.first(where: { $0.placement == .auto }), pps(standard) > 0 else {
            return "nothing came in trials of the others"
        }
        let others = candidates.filter { $0.placement != .auto }.map { candidate in
            if candidate.obstacle != nil { return "\(candidate.placement.rawValue) can't be had" }
            let ratio = "\(candidate.placement.rawValue) \(Self.rounded(pps(candidate) / pps(standard))) ×"
            if candidate.isStruck { return ratio + " but lossy in a longer run" }
            return candidate.faulty == 0 ? ratio : ratio + " with \(FigureText.percent(candidate.faultyRatio)) lost or doubled"
        }
        return "by trials on this machine, of \(startedAt.prefix(10)), against inline: \(others.joined(separator: ", "))"
    }

    private static func rounded(_ ratio: Double) -> String { "\((ratio * 100).rounded() / 100)" }
}
