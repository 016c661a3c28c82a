import Metrics
import Trials

/// Every engine and receiver that fits a plan, round after round, each trial on a fresh link: what one of them does is
/// compared with what the others did in the same minute.
public struct Bakeoff {
    /// One way for frames to go from end to end.
    public struct Entry: Encodable, Sendable {
        public let engine: EngineName
        public let receiver: ReceiverName
        /// Why it wasn't measured; nil if it was.
        public let obstacle: String?
        /// Frames a second, one for each round.
        public let rxPps: SampleSummary
        public let lossRatio: SampleSummary
        public let pathP50Nanoseconds: SampleSummary
        public let pathP99Nanoseconds: SampleSummary
        /// Of all CPUs together, for each received frame.
        public let userNanoseconds: SampleSummary
        public let systemNanoseconds: SampleSummary
        public let softirqNanoseconds: SampleSummary
        /// Whether every round's book closed.
        public let trusted: Bool
    }

    /// What was measured, and who did best at what.
    public struct Outcome: Encodable, Sendable {
        public let rounds: Int
        public let entries: [Entry]
        /// By purpose: `throughput`, `socket` (the same into the `ring` receiver), `latency`, `cpu`; the entry's name.
        public let winners: [String: String]
        public let trusted: Bool
    }

    private let draft: PlanDraft
    private let rounds: Int
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - draft: everything but engine and receiver.
    ///   - run: runs one plan over a link of its own.
    public init(draft: PlanDraft, rounds: Int, run: @escaping (TrialPlan) throws -> RunResult) {
        self.draft = draft
        self.rounds = rounds
        self.run = run
    }

    /// The pairs that make sense: every engine into every receiver.
    public static let pairs: [(EngineName, ReceiverName)] = [EngineName.ring, .gso, .mmsg, .afXDP, .xdp].flatMap { engine in
        [ReceiverName.ring, .afXDP, .xdp].map { (engine, $0) }
    }

    /// - Throws: `Interrupted`; `PlanError` if no pair fits the plan. What one pair can't do is told in its entry.
    public func measure() throws -> Outcome {
        var contestants = try Self.pairs.map { engine, receiver in
            var draft = draft
            draft.transmit.engine = engine
            draft.receive.receiver = receiver
            return Contestant(engine: engine, receiver: receiver, plan: try TrialPlan(draft))
        }
        for _ in 0..<rounds {
            for index in contestants.indices where contestants[index].obstacle == nil {
                do {
                    contestants[index].results.append(try run(contestants[index].plan))
                } catch let error as TrialError {
                    contestants[index].obstacle = error.sentence
                }
            }
        }
        let entries = contestants.map(\.entry)
        return Outcome(
            rounds: rounds, entries: entries, winners: Self.winners(entries),
            trusted: entries.allSatisfy { $0.obstacle != nil || $0.trusted })
    }

    private static func winners(_ entries: [Entry]) -> [String: String] {
        let measured = entries.filter { $0.obstacle == nil && $0.trusted }
        func name(_ entry: Entry?) -> String? { entry.map { "\($0.engine.rawValue) → \($0.receiver.rawValue)" } }
        func cost(_ entry: Entry) -> Double {
            entry.userNanoseconds.median + entry.systemNanoseconds.median + entry.softirqNanoseconds.median
        }
        return [
            "throughput": name(measured.max { $0.rxPps.median < $1.rxPps.median }),
            "socket": name(measured.filter { $0.receiver == .ring }.max { $0.rxPps.median < $1.rxPps.median }),
            "latency": name(
                measured.filter { $0.pathP99Nanoseconds.count > 0 }.min { $0.pathP99Nanoseconds.median < $1.pathP99Nanoseconds.median }),
            "cpu": name(measured.min { cost($0) < cost($1) })
        ].compactMapValues { $0 }
    }
}

private struct Contestant {
    let engine: EngineName
    let receiver: ReceiverName
    let plan: TrialPlan
    var obstacle: String?
    var results: [RunResult] = []

    var entry: Bakeoff.Entry {
        let trials = results.compactMap(\.trials.first)
        func summary(_ value: (TrialResult) -> Double?) -> SampleSummary { SampleSummary(trials.compactMap(value)) }
        /// Shares of the window over all CPUs, as nanoseconds a frame.
        func cost(_ share: @escaping (CPUEvidence) -> Double) -> SampleSummary {
            summary { trial in
                guard trial.ledger.received > 0 else { return nil }
                let total = trial.evidence.cpus.reduce(0) { $0 + share($1) }
                return total * Double(trial.rates.durationNanoseconds) / Double(trial.ledger.received)
            }
        }
        return Bakeoff.Entry(
            engine: engine, receiver: receiver, obstacle: obstacle, rxPps: summary(\.rates.rxPps), lossRatio: summary(\.ledger.lossRatio),
            pathP50Nanoseconds: summary { $0.latency.path.p50.map { Double($0) } },
            pathP99Nanoseconds: summary { $0.latency.path.p99.map { Double($0) } }, userNanoseconds: cost(\.user),
            systemNanoseconds: cost(\.system), softirqNanoseconds: cost(\.softirq),
            trusted: !results.isEmpty && results.allSatisfy(\.trusted))
    }
}
