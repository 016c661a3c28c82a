import Kernel
import Metrics
import Plans
import Results

/// All that a live screen shows.
public struct LiveState: Sendable {
    /// The command's name: `run`.
    public var command: String
    /// The load in a line; nil before there is one.
    public var plan: String?
    /// What leaves in one piece: `frame` or `superframe`.
    public var noun = "frame"
    /// What a method says of itself, such as what it tries next; nil for a run.
    public var step: String?
    public var trial = LiveTrial()
    /// Frames a second received by each trial that has ended.
    public var earlier: [Double] = []
    public var sweep: LiveSweep?
    public private(set) var cpus: [CPULoad] = []
    /// Lines of the log, the latest one last.
    public var notes: [String] = []
    private var times: [Int: KernelCounters.Times] = [:]

    /// What a CPU did of late: shares of its time, 0 to 1.
    public struct CPULoad: Equatable, Sendable {
        public var cpu: Int
        public var user: Double
        public var system: Double
        public var softirq: Double
        public var steal: Double
        public var busy: Double
        /// Whose CPU it is: `tx 0`; empty for others.
        public var roles: String

        public init(cpu: Int, user: Double, system: Double, softirq: Double, steal: Double, busy: Double, roles: String = "") {
            self.cpu = cpu
            self.user = user
            self.system = system
            self.softirq = softirq
            self.steal = steal
            self.busy = busy
            self.roles = roles
        }
    }

    public init(command: String) { self.command = command }

    public mutating func show(_ plan: TrialPlan) {
        self.plan = Self.words(plan)
        noun = plan.pieceNoun
    }

    /// `ring → ring, frames of 64 bytes, 5kpps, a private pair`.
    static func words(_ plan: TrialPlan) -> String {
        let place =
            plan.link.isPrivate
            ? "a private pair" : [plan.link.transmit, plan.link.receive].compactMap { $0.map { "\($0)".visible } }.joined(separator: " → ")
        let ways = "\(plan.transmit.engine.rawValue) → \(plan.receive.receiver.rawValue)"
        let rate = plan.load.packetRate.map { PieceWords(plan: plan).rate($0.packetsPerSecond) } ?? "at full speed"
        return [plan.run.label?.visible, ways, SizeWords.frames(plan), rate, plan.transmit.engine.abilities.needsLink ? place : nil]
            .compactMap { $0 }.joined(separator: ", ")
    }

    /// - Parameter now: all CPUs' times; shares are of what came since the last ones.
    public mutating func look(at now: [Int: KernelCounters.Times]) {
        let workers = trial.reading?.workers ?? []
        let isSmall = now.count <= Self.mostCPUs
        cpus = now.keys.sorted().compactMap { cpu in
            let roles = workers.filter { $0.cpu == cpu }.map { "\($0.role == .transmit ? "tx" : "rx") \($0.index)" }
            guard isSmall || !roles.isEmpty, let after = now[cpu], let before = times[cpu] else { return nil }
            func share(_ part: (KernelCounters.Times) -> UInt64) -> Double {
                let (all, some) = (after.total - min(after.total, before.total), part(after) - min(part(after), part(before)))
                return all > 0 ? min(1, Double(some) / Double(all)) : 0
            }
            let isKnown = after.total > before.total
            return CPULoad(
                cpu: cpu, user: share(\.user), system: share(\.system), softirq: share(\.softirq), steal: share(\.steal),
                busy: isKnown ? 1 - share(\.idle) : 0, roles: roles.joined(separator: ", "))
        }
        times = now
    }

    /// Of larger machines only the trial's own are shown.
    private static let mostCPUs = 8
}
