import Metrics
import Plans

/// A whole run: what `result.json` holds and `--json` prints.
public struct RunResult: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.result/1"

    public var schema: String
    public var plan: TrialPlan
    public var placement: Placement
    public var conditions: Conditions
    public var trials: [TrialResult]
    public var summary: Summary
    public var warnings: [Warning]
    /// True only if every book closed and no warning voids the result.
    public var trusted: Bool
    /// What ended the run before its time, one sentence: the trials before it are all there. Nil for a run that came to its end.
    public var failure: String?
    /// The words of the command line; nil in results of before they were kept.
    public var command: [String]?
    /// What was asked of its figures; nil if nothing was.
    public var gates: [GateResult]?
    /// The run that this one repeats; nil where it repeats none.
    public var rerunOf: Repetition?

    public init(
        plan: TrialPlan, placement: Placement, conditions: Conditions, trials: [TrialResult],
        summary: Summary, warnings: [Warning], trusted: Bool
    ) {
        schema = Self.currentSchema
        self.plan = plan
        self.placement = placement
        self.conditions = conditions
        self.trials = trials
        self.summary = summary
        self.warnings = warnings
        self.trusted = trusted
    }

    /// Over the repeats.
    public struct Summary: Codable, Equatable, Sendable {
        public var txPps: SampleSummary
        public var rxPps: SampleSummary
        public var rxL2Bps: SampleSummary
        /// Lost frames over sent frames, 0 to 1.
        public var lossRatio: SampleSummary
        public var pathP50Nanoseconds: SampleSummary
        public var pathP99Nanoseconds: SampleSummary

        public init(
            txPps: SampleSummary, rxPps: SampleSummary, rxL2Bps: SampleSummary, lossRatio: SampleSummary,
            pathP50Nanoseconds: SampleSummary, pathP99Nanoseconds: SampleSummary
        ) {
            self.txPps = txPps
            self.rxPps = rxPps
            self.rxL2Bps = rxL2Bps
            self.lossRatio = lossRatio
            self.pathP50Nanoseconds = pathP50Nanoseconds
            self.pathP99Nanoseconds = pathP99Nanoseconds
        }
    }
}

/// Something the reader of a result must know, with what can be done about it.
public struct Warning: Codable, Equatable, Hashable, Sendable {
    /// Stable, in kebab-case: `clock-step`, `link-lost`, `residual`.
    public var code: String
    public var message: String
    public var remedy: String
    /// Whether figures under this warning can't be trusted.
    public var voidsResult: Bool

    public init(code: String, message: String, remedy: String, voidsResult: Bool = false) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.voidsResult = voidsResult
    }
}

extension [Warning] {
    /// Codes of those that void a result, each once, in the order of first appearance.
    public var voidingCodes: [String] {
        var seen: Set<String> = []
        return filter { $0.voidsResult && seen.insert($0.code).inserted }.map(\.code)
    }
}

/// Under what a run took place.
public struct Conditions: Codable, Equatable, Sendable {
    public var vethmarkVersion: String
    /// The commit that vethmark was built from, `-dirty` behind it if its sources had changes; nil if nobody knows.
    public var gitCommit: String?
    public var startedAt: String
    public var kernelRelease: String
    public var architecture: String
    public var cpuModel: String
    public var onlineCPUs: Int
    public var allowedCPUs: [Int]
    public var numaNodes: Int
    public var memoryBytes: UInt64
    /// cpufreq governor of CPU 0; nil where there is no cpufreq.
    public var governor: String?
    public var clocksource: String
    /// `/sys/devices/system/cpu/vulnerabilities`, those that are mitigated, by name.
    public var mitigations: [String: String]
    public var virtualization: String?
    /// `root`, `user namespace`, `capabilities`.
    public var privilege: String
    public var transmitLink: LinkConditions
    public var receiveLink: LinkConditions
    /// What else of the machine moves figures; nil in results of before it was kept.
    public var system: SystemConditions?
    /// Where `receiveLink` is; nil where both ends are on one host.
    public var receiveHost: HostConditions?

    public init(
        vethmarkVersion: String, gitCommit: String?, startedAt: String, kernelRelease: String, architecture: String,
        cpuModel: String, onlineCPUs: Int, allowedCPUs: [Int], numaNodes: Int, memoryBytes: UInt64,
        governor: String?, clocksource: String, mitigations: [String: String], virtualization: String?,
        privilege: String, transmitLink: LinkConditions, receiveLink: LinkConditions
    ) {
        self.vethmarkVersion = vethmarkVersion
        self.gitCommit = gitCommit
        self.startedAt = startedAt
        self.kernelRelease = kernelRelease
        self.architecture = architecture
        self.cpuModel = cpuModel
        self.onlineCPUs = onlineCPUs
        self.allowedCPUs = allowedCPUs
        self.numaNodes = numaNodes
        self.memoryBytes = memoryBytes
        self.governor = governor
        self.clocksource = clocksource
        self.mitigations = mitigations
        self.virtualization = virtualization
        self.privilege = privilege
        self.transmitLink = transmitLink
        self.receiveLink = receiveLink
    }
}

/// One end of the link as the kernel described it before the first frame.
public struct LinkConditions: Codable, Equatable, Sendable {
    public var name: String
    public var namespace: String
    public var kind: String
    public var index: Int
    /// Interface index of the veth peer, 0 if there is none.
    public var peerIndex: Int
    public var address: String
    public var mtuBytes: Int
    public var queueingDiscipline: String
    public var transmitQueues: Int
    public var receiveQueues: Int
    /// Offloads by their ethtool names (`tx-checksum-ip-generic`, `rx-gro`), on or off.
    public var features: [String: Bool]
    /// What else it was set to; nil in results of before it was kept, and where it can't be read.
    public var settings: LinkSettingConditions?

    public init(
        name: String, namespace: String, kind: String, index: Int, peerIndex: Int, address: String, mtuBytes: Int,
        queueingDiscipline: String, transmitQueues: Int, receiveQueues: Int, features: [String: Bool]
    ) {
        self.name = name
        self.namespace = namespace
        self.kind = kind
        self.index = index
        self.peerIndex = peerIndex
        self.address = address
        self.mtuBytes = mtuBytes
        self.queueingDiscipline = queueingDiscipline
        self.transmitQueues = transmitQueues
        self.receiveQueues = receiveQueues
        self.features = features
    }
}

/// Which thread runs where.
public struct Placement: Codable, Equatable, Sendable {
    public struct Seat: Codable, Equatable, Sendable {
        public var cpu: Int
        public var node: Int
        public init(cpu: Int, node: Int) {
            self.cpu = cpu
            self.node = node
        }
    }

    /// One for each transmit worker, in order.
    public var transmit: [Seat]
    /// One for each receive worker, in order.
    public var receive: [Seat]
    /// CPUs that were given the receiving softirq; nil leaves it with the senders.
    public var softirqCPUs: [Int]?
    /// Why it is so, one sentence.
    public var reason: String

    public init(transmit: [Seat], receive: [Seat], softirqCPUs: [Int]? = nil, reason: String) {
        self.transmit = transmit
        self.receive = receive
        self.softirqCPUs = softirqCPUs
        self.reason = reason
    }
}
