import Kernel
import Metrics
import Plans
import Results
import Trials

/// Every engine and receiver that fits a plan, round after round, each trial on a fresh link: what one of them does is
/// compared with what the others did in the same minute.
public struct Bakeoff {
    /// One way for frames to go from end to end.
    public struct Entry: Codable, Sendable {
        public let engine: EngineName
        public let receiver: ReceiverName
        /// Why it wasn't measured; nil if it was.
        public let obstacle: String?
        /// Frames a second, one for each round.
        public let rxPps: SampleSummary
        public let lossRatio: SampleSummary
        public let pathP50Nanoseconds: SampleSummary
        public let pathP99Nanoseconds: SampleSummary
        /// CPU time for each received frame, in three parts that don't overlap: see `CPUCost`.
        public let userNanoseconds: SampleSummary
        public let systemNanoseconds: SampleSummary
        public let softirqNanoseconds: SampleSummary
        /// Whether every round's book closed.
        public let trusted: Bool
    }

    /// What was measured, and who did best at what.
    public struct Outcome: Codable, Sendable {
        public let rounds: Int
        public let entries: [Entry]
        /// By purpose: `throughput`, `socket` (the same into the `ring` receiver), `latency`, `cpu`; the entry's name.
        public let winners: [String: String]
        /// Whether Ctrl-C came before the last round was over: pairs have one sample more or less then, or none.
        public let interrupted: Bool
        /// Whether something was measured, and the book of everything that was closed.
        public let trusted: Bool
    }

    private let draft: PlanDraft
    private let rounds: Int
    private let isInterrupted: () -> Bool
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - draft: everything but engine and receiver. What only some of them have, such as segments, goes to those.
    ///   - isInterrupted: whether to end with what there is.
    ///   - run: runs one plan over a link of its own.
    public init(
        draft: PlanDraft, rounds: Int, isInterrupted: @escaping () -> Bool = { false }, run: @escaping (TrialPlan) throws -> RunResult
    ) {
        self.draft = draft
        self.rounds = rounds
        self.isInterrupted = isInterrupted
        self.run = run
    }

    /// The pairs that make sense: every engine into every receiver.
    public static let pairs: [(EngineName, ReceiverName)] = EngineName.contestants.flatMap { engine in
        ReceiverName.contestants.map { (engine, $0) }
    }

    /// Of each pair that fits, in the order of their turns.
    ///
    /// - Throws: `PlanError` if none does.
    public func plans() throws(PlanError) -> [TrialPlan] {
        let contestants = Self.pairs.map { Contestant(draft, $0, $1) }
        if let error = contestants.first?.planError, contestants.allSatisfy({ $0.plan == nil }) { throw error }
        return contestants.compactMap(\.plan)
    }

    /// - Throws: `Interrupted`; `PlanError` if no pair fits the plan. What one pair can't do, whatever it is, is told in its entry.
    public func measure() throws -> Outcome {
        _ = try plans()
        var contestants = Self.pairs.map { Contestant(draft, $0, $1) }
        var wasInterrupted = false
        measuring: for _ in 0..<rounds {
            for index in contestants.indices where contestants[index].obstacle == nil {
                guard let plan = contestants[index].plan else { continue }
                if isInterrupted() {
                    wasInterrupted = true
                    break measuring
                }
                do {
                    let result = try run(plan)
                    if result.trials.first?.endedBecause == .interrupted {
                        wasInterrupted = true
                        break measuring
                    }
                    contestants[index].add(result)
                } catch let error as Interrupted {
                    throw error
                } catch {
                    contestants[index].obstacle = Explanation(of: error).sentence
                }
            }
        }
        for index in contestants.indices where contestants[index].obstacle == nil && contestants[index].results.isEmpty {
            contestants[index].obstacle = "its turn hadn't come when it was interrupted"
        }
        let entries = contestants.map(\.entry)
        let measured = entries.filter { $0.obstacle == nil }
        return Outcome(
            rounds: rounds, entries: entries, winners: Self.winners(entries), interrupted: wasInterrupted,
            trusted: !measured.isEmpty && measured.allSatisfy(\.trusted))
    }

    private static func winners(_ entries: [Entry]) -> [String: String] {
        let measured = entries.filter { $0.obstacle == nil && $0.trusted }
        func name(_ entry: Entry?) -> String? { entry.map { "\($0.engine.rawValue) → \($0.receiver.rawValue)" } }
        func cost(_ entry: Entry) -> Double {
            entry.userNanoseconds.median + entry.systemNanoseconds.median + entry.softirqNanoseconds.median
        }
        return [
            "throughput": name(measured.max { $0.rxPps.median < $1.rxPps.median }),
            "socket": name(measured.filter { !$0.receiver.abilities.attachesProgram }.max { $0.rxPps.median < $1.rxPps.median }),
            "latency": name(
                measured.filter { $0.pathP99Nanoseconds.count > 0 }.min { $0.pathP99Nanoseconds.median < $1.pathP99Nanoseconds.median }),
            "cpu": name(measured.min { cost($0) < cost($1) })
        ].compactMapValues { $0 }
    }
}

private struct Contestant {
    let engine: EngineName
    let receiver: ReceiverName
    /// Nil if the two don't fit what was asked for.
    private(set) var plan: TrialPlan?
    private(set) var planError: PlanError?
    var obstacle: String?
    private(set) var results: [RunResult] = []

    init(_ draft: PlanDraft, _ engine: EngineName, _ receiver: ReceiverName) {
        self.engine = engine
        self.receiver = receiver
        do throws(PlanError) {
            plan = try TrialPlan(draft.contesting(engine, receiver))
        } catch {
            planError = error
            obstacle = "\(error.flag) \(error.predicate)"
        }
    }

    mutating func add(_ result: RunResult) {
        if result.trials.allSatisfy({ $0.ledger.sent == 0 }) {
            obstacle = result.warnings.first { $0.voidsResult }?.message ?? "not one frame was sent"
        } else {
            results.append(result)
        }
    }

    var entry: Bakeoff.Entry {
        let trials = results.compactMap(\.trials.first)
        func summary(_ value: (TrialResult) -> Double?) -> SampleSummary { SampleSummary(trials.compactMap(value)) }
        let costs = results.compactMap { result in result.trials.first.flatMap { CPUCost($0, result.placement, result.plan.link.placement) }
        }
        func cost(_ part: (CPUCost) -> Double) -> SampleSummary { SampleSummary(costs.map(part)) }
        return Bakeoff.Entry(
            engine: engine, receiver: receiver, obstacle: obstacle, rxPps: summary(\.rates.rxPps), lossRatio: summary(\.ledger.lossRatio),
            pathP50Nanoseconds: summary { $0.latency.path.p50.map { Double($0) } },
            pathP99Nanoseconds: summary { $0.latency.path.p99.map { Double($0) } }, userNanoseconds: cost(\.userNanoseconds),
            systemNanoseconds: cost(\.systemNanoseconds), softirqNanoseconds: cost(\.softirqNanoseconds),
            trusted: !results.isEmpty && results.allSatisfy(\.trusted))
    }
}

extension PlanDraft {
    /// For one pair, without the settings that only others have.
    fileprivate func contesting(_ engine: EngineName, _ receiver: ReceiverName) -> PlanDraft {
        var draft = fitted(to: engine, receiver)
        draft.transmit.engine = engine
        draft.receive.receiver = receiver
        return draft
    }
}
