import Metrics
import Plans
import Results

/// Every engine and receiver that fits a plan: a sweep whose cells are the pairs, each without the settings that only others have.
public enum Bakeoff {
    /// One way for frames to go from end to end.
    public struct Entry: Codable, Sendable {
        public let engine: EngineName
        public let receiver: ReceiverName
        /// Why it wasn't measured, or no further; nil if nothing was in its way.
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
        /// All three.
        public var cpuNanoseconds: Double { userNanoseconds.median + systemNanoseconds.median + softirqNanoseconds.median }
        /// One a round; nil in results of before they were kept.
        public let trials: [SweepTrial]?
        /// Whether every round's book closed.
        public let trusted: Bool

        init(_ pair: (engine: EngineName, receiver: ReceiverName), _ trials: [SweepTrial], obstacle: String?) {
            func summary(_ value: (SweepTrial) -> Double?) -> SampleSummary { SampleSummary(trials.compactMap(value)) }
            (engine, receiver) = pair
            self.obstacle = obstacle
            self.trials = trials
            rxPps = summary(\.trial.rates.rxPps)
            lossRatio = summary(\.trial.ledger.lossRatio)
            pathP50Nanoseconds = summary { $0.trial.latency.path.p50.map { Double($0) } }
            pathP99Nanoseconds = summary { $0.trial.latency.path.p99.map { Double($0) } }
            userNanoseconds = summary(\.cpuPerFrame?.userNanoseconds)
            systemNanoseconds = summary(\.cpuPerFrame?.systemNanoseconds)
            softirqNanoseconds = summary(\.cpuPerFrame?.softirqNanoseconds)
            trusted = !trials.isEmpty && trials.allSatisfy(\.trial.trusted)
        }
    }

    /// The pairs that make sense: every engine into every receiver.
    public static let pairs: [(engine: EngineName, receiver: ReceiverName)] = EngineName.contestants.flatMap { engine in
        ReceiverName.contestants.map { (engine, $0) }
    }

    /// - Parameter draft: everything but engine and receiver. What only some of them have, such as segments, goes to those.
    /// - Throws: `PlanError` if no pair fits.
    public static func design(_ draft: PlanDraft, rounds: Int) throws(PlanError) -> SweepDesign {
        let candidates = pairs.map { engine, receiver in
            var draft = PlanDraft()
            draft.transmit.engine = engine
            draft.receive.receiver = receiver
            return draft
        }
        return try SweepDesign(base: draft, candidates: candidates, rounds: rounds)
    }

    /// By the cells of such a design, in its order.
    static func entries(_ cells: [SweepResult.Cell], interrupted: Bool) -> [Entry] {
        zip(pairs, cells).map { pair, cell in
            let isLeftOut = interrupted && cell.sample.trials.isEmpty
            return Entry(
                pair, cell.sample.trials,
                obstacle: cell.obstacle ?? (isLeftOut ? "its turn hadn't come when it was interrupted" : nil))
        }
    }

    static func winners(_ entries: [Entry]) -> [String: String] {
        let measured = entries.filter { $0.obstacle == nil && $0.trusted }
        func name(_ entry: Entry?) -> String? { entry.map { "\($0.engine.rawValue) → \($0.receiver.rawValue)" } }
        return [
            "throughput": name(measured.max { $0.rxPps.median < $1.rxPps.median }),
            "socket": name(measured.filter { !$0.receiver.abilities.attachesProgram }.max { $0.rxPps.median < $1.rxPps.median }),
            "latency": name(
                measured.filter { $0.pathP99Nanoseconds.count > 0 }.min { $0.pathP99Nanoseconds.median < $1.pathP99Nanoseconds.median }),
            "cpu": name(measured.filter { $0.userNanoseconds.count > 0 }.min { $0.cpuNanoseconds < $1.cpuNanoseconds })
        ].compactMapValues { $0 }
    }
}
