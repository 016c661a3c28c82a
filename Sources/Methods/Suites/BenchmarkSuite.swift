import Kernel
import Metrics
import Plans
import Results
import Traffic
import Trials

/// The tests of RFC 2544 or RFC 9004, frame size by frame size.
public final class BenchmarkSuite {
    public enum Kind: String, Codable, CaseIterable, Sendable { case rfc2544, rfc9004 }

    public struct Request: Sendable {
        public var kind: Kind
        /// With FCS.
        public var sizes: [Int]
        public var minimumPps: Double
        /// Nil: what the sender makes at a rate, for each size.
        public var maximumPps: Double?
        public var relativeWidth: Double
        public var trialSeconds: Double
        public var latencySeconds: Double
        public var latencyRepeats: Int
        public var burstRepeats: Int
        /// Of the longest burst, at the highest rate.
        public var burstSeconds: Double
        /// Between two bursts, beside the drain of every trial.
        public var pauseSeconds: Double

        public init(
            kind: Kind, sizes: [Int], minimumPps: Double, maximumPps: Double?, relativeWidth: Double, trialSeconds: Double,
            latencySeconds: Double, latencyRepeats: Int, burstRepeats: Int, burstSeconds: Double, pauseSeconds: Double
        ) {
            self.kind = kind
            self.sizes = sizes
            self.minimumPps = minimumPps
            self.maximumPps = maximumPps
            self.relativeWidth = relativeWidth
            self.trialSeconds = trialSeconds
            self.latencySeconds = latencySeconds
            self.latencyRepeats = latencyRepeats
            self.burstRepeats = burstRepeats
            self.burstSeconds = burstSeconds
            self.pauseSeconds = pauseSeconds
        }
    }

    /// One frame size: an entry of `.sizes`. What is missing wasn't measured.
    public struct Row: Codable, Sendable {
        private enum CodingKeys: CodingKey { case frameBytes, maximumPps, throughput, latency, lossCurve, backToBack, notApplicable }

        public let frameBytes: Int
        /// The highest rate tried, frames a second.
        public var maximumPps: Double?
        /// RFC 2544 section 26.1: no loss in one trial.
        public var throughput: LinkSearch.Goal?
        /// Section 26.2, a trial each.
        public var latency: [LatencySummary] = []
        /// Section 26.3.
        public var lossCurve: [LossPoint] = []
        /// Section 26.4; RFC 9004.
        public var backToBack: BackToBack?
        /// Why there is no back-to-back figure.
        public var notApplicable: String?

        /// Whether nothing of it rests on trials that couldn't be trusted.
        var isTrusted: Bool {
            throughput?.limitedBy != .untrusted && notApplicable != BenchmarkSuite.noBurst && !(latency.isEmpty && lacksLatency)
                && lossCurve.allSatisfy(\.trusted)
        }
        /// Whether latency was to be measured, and all its trials were of no use.
        var lacksLatency = false

        /// Frames a second; 0 where even the lowest rate failed.
        public var throughputPps: Double? { throughput.map { $0.relevantLowerBound ?? 0 } }
    }

    public struct LossPoint: Codable, Sendable {
        /// Of the highest rate.
        public let percent: Int
        public let loadPps: Double
        public let lossRatio: Double
        public let unsentRatio: Double
        public let trusted: Bool
    }

    public struct Outcome: Sendable {
        public let rows: [Row]
        public let trials: [LoadTrial]
        public let conditions: Conditions?
        public let interrupted: Bool
        public let failure: String?
        public let warnings: [Warning]
        public let trusted: Bool
    }

    private struct Failure: Error {
        let sentence: String
    }

    private let request: Request
    private let draft: PlanDraft
    private let earlier: EarlierTrials
    private let isInterrupted: () -> Bool
    private let pause: (Double) throws -> Void
    private let run: (TrialPlan) throws -> RunResult
    private let observe: (String, Outcome) -> Void
    private var rows: [Row] = []
    /// A bench for each size, so that equal loads of different sizes aren't mixed up.
    private var benches: [LoadTrials] = []

    /// - Parameters:
    ///   - draft: all but sizes, load and time.
    ///   - earlier: trials of the same suite before it was stopped, which are not made again.
    ///   - pause: waits so many seconds.
    ///   - observe: hears what is next, and what is known by then.
    public init(
        _ request: Request, draft: PlanDraft, goingOnFrom earlier: EarlierTrials = EarlierTrials(),
        isInterrupted: @escaping () -> Bool = { false },
        pause: @escaping (Double) throws -> Void = { _ in }, observe: @escaping (String, Outcome) -> Void = { _, _ in },
        run: @escaping (TrialPlan) throws -> RunResult
    ) {
        self.request = request
        self.draft = draft
        self.earlier = earlier
        self.isInterrupted = isInterrupted
        self.pause = pause
        self.observe = observe
        self.run = run
    }

    /// - Throws: `Interrupted`; what kept the first trial from being made. What goes wrong later is told in the outcome.
    public func measure() throws -> Outcome {
        do {
            for size in request.sizes { try measure(size) }
            return outcome()
        } catch is LoadTrials.Stopped {
            return outcome(isInterrupted: true)
        } catch let error as Interrupted {
            throw error
        } catch let error as Failure {
            return outcome(failure: error.sentence)
        } catch {
            guard benches.contains(where: { !$0.trials.isEmpty }) else { throw error }
            return outcome(failure: "a trial failed: \(Explanation(of: error).sentence)")
        }
    }

    private func measure(_ size: Int) throws {
        var draft = draft
        draft.frame.sizes = FrameSizes(sizeBytes: size)
        let trials = LoadTrials(draft: draft, goingOnFrom: earlier.ofSize(size), isInterrupted: isInterrupted, run: run)
        benches.append(trials)
        rows.append(Row(frameBytes: size))
        let row = rows.count - 1
        tell(size, "throughput")
        try findThroughput(row, trials)
        if request.kind == .rfc2544 {
            tell(size, "latency")
            try measureLatency(row, trials)
            tell(size, "frame loss")
            try measureLoss(row, trials)
        }
        tell(size, "back-to-back")
        try findBursts(row, trials)
        tell(size, "done")
    }

    private func tell(_ size: Int, _ what: String) { observe("\(size) bytes: \(what)", outcome()) }

    private func findThroughput(_ row: Int, _ trials: LoadTrials) throws {
        let goal = SearchGoal(
            name: "throughput", lossRatio: 0, exceedRatio: 0, relativeWidth: request.relativeWidth,
            initialTrialSeconds: request.trialSeconds, finalTrialSeconds: request.trialSeconds, sumSeconds: request.trialSeconds)
        let search = LinkSearch(
            LinkSearch.Request(goals: [goal], method: .binary, minimumPps: request.minimumPps, maximumPps: request.maximumPps),
            trials: trials)
        let found = try search.measure()
        rows[row].throughput = found.goals[0]
        rows[row].maximumPps = found.maximumPps
        if found.interrupted { throw LoadTrials.Stopped() }
        if let failure = found.failure { throw Failure(sentence: failure) }
    }

    private func measureLatency(_ row: Int, _ trials: LoadTrials) throws {
        guard let load = rows[row].throughput?.relevantLowerBound else { return }
        for _ in 0..<request.latencyRepeats {
            let trial = try trials.measure(.rate(load), seconds: request.latencySeconds, for: .latency)
            if trial.trusted { rows[row].latency.append(trial.latency.path) }
        }
        rows[row].lacksLatency = rows[row].latency.isEmpty
    }

    /// From the highest rate downwards by tenths, until two trials in a row lose nothing.
    private func measureLoss(_ row: Int, _ trials: LoadTrials) throws {
        guard let maximum = rows[row].maximumPps else { return }
        for percent in stride(from: 100, to: 0, by: -10) {
            let load = maximum * Double(percent) / 100
            let trial = try trials.measure(.rate(load), seconds: request.trialSeconds, for: .lossCurve)
            rows[row].lossCurve.append(
                LossPoint(
                    percent: percent, loadPps: load, lossRatio: trial.lossRatio, unsentRatio: trial.unsentRatio,
                    trusted: trial.trusted))
            if rows[row].lossCurve.count > 1, rows[row].lossCurve.suffix(2).allSatisfy({ $0.lossRatio == 0 && $0.trusted }) { return }
        }
    }

    /// RFC 9004 asks for bursts only where the link carries less than is sent: no buffer fills elsewhere.
    private func findBursts(_ row: Int, _ trials: LoadTrials) throws {
        let isLinksOwn = rows[row].throughput?.limitedBy == .link || rows[row].throughput?.limitedBy == .pushedBack
        guard let maximum = rows[row].maximumPps else {
            rows[row].notApplicable = "even the lowest rate failed"
            return
        }
        if request.kind == .rfc9004, !isLinksOwn {
            rows[row].notApplicable =
                rows[row].throughput?.limitedBy == .untrusted
                ? "the throughput could not be measured in a way to be trusted"
                : "the link carried all that was sent, so no buffer of it filled"
            return
        }
        var lengths: [UInt64] = []
        var rates: [Double] = []
        var isBounded = true
        let longest = UInt64(max(1, maximum * request.burstSeconds))
        for _ in 0..<request.burstRepeats {
            guard let (search, rate) = try longestBurst(upTo: longest, hint: lengths.last, trials) else { continue }
            lengths.append(search.longest)
            if let rate { rates.append(rate) }
            isBounded = isBounded && search.isBounded
            rows[row].backToBack = BackToBack(
                lengths: lengths, isBounded: isBounded, maximum: longest, burstPps: rates,
                throughputPps: isLinksOwn ? rows[row].throughputPps : nil)
        }
        if lengths.isEmpty { rows[row].notApplicable = Self.noBurst }
    }

    fileprivate static let noBurst = "no burst could be measured in a way to be trusted"

    /// Bursts are over in milliseconds, of which another thread can easily take some.
    private static let burstAttempts = 5

    /// A burst that was held up on its way out proves nothing by passing; but if even that was too much, so is a true one.
    private static func isTelling(_ burst: LoadTrial) -> Bool { burst.trusted || burst.ledger.isClosed && burst.lossRatio > 0 }

    /// - Returns: the search at its end, and the rate of the longest burst that passed; nil if a burst couldn't be trusted.
    private func longestBurst(upTo longest: UInt64, hint: UInt64?, _ trials: LoadTrials) throws -> (BurstSearch, Double?)? {
        var search = BurstSearch(maximum: longest, hint: hint)
        var rate: Double?
        while let frames = search.next {
            if request.pauseSeconds > 0, !trials.isRecalling { try pause(request.pauseSeconds) }
            let trial = try trials.measure(.burst(frames), seconds: 0, for: .burst, attempts: Self.burstAttempts, isUsable: Self.isTelling)
            guard Self.isTelling(trial) else { return nil }
            let isGood = trial.lossRatio == 0 && trial.unsentRatio == 0
            if isGood, frames >= search.longest { rate = trial.rates.txPps }
            search.add(isGood: isGood, frames: frames)
        }
        return (search, rate)
    }

    private func outcome(isInterrupted: Bool = false, failure: String? = nil) -> Outcome {
        var trials = benches.flatMap(\.trials)
        for position in trials.indices { trials[position].index = position }
        let warnings = benches.flatMap(\.warnings).unique
        return Outcome(
            rows: rows, trials: trials, conditions: benches.first?.conditions, interrupted: isInterrupted, failure: failure,
            warnings: warnings,
            trusted: failure == nil && trials.contains { $0.trusted } && rows.allSatisfy { $0.isTrusted })
    }
}
