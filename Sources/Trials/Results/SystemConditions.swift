/// Settings of the machine that move figures: `.conditions.system`. What the kernel doesn't tell is absent.
public struct SystemConditions: Codable, Equatable, Sendable {
    /// How the kernel was built: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1`.
    public var kernelBuild: String
    /// Parameters of the kernel's command line that change CPUs, timers and mitigations; no others.
    public var bootParameters: [String]
    /// Values of sysctl(8) by name. In a network namespace of its own a process sees fewer of them.
    public var sysctls: [String: String]
    /// `on`, `off`, `forceoff`, `notsupported`, `notimplemented`.
    public var simultaneousMultithreading: String?
    /// Names of vulnerabilities that the kernel does nothing against.
    public var vulnerable: [String]
    /// Version of the CPU's microcode.
    public var microcode: String?
    /// Whether CPUs may go beyond their nominal frequency.
    public var turbo: Bool?
    /// The highest frequency of CPU 0 by cpufreq, hertz.
    public var maximumHertz: UInt64?
    /// How CPUs sleep: driver and governor of cpuidle.
    public var idle: String?
    /// `always`, `madvise`, `never`.
    public var transparentHugePages: String?
    /// The share of time since boot in which a hypervisor kept a CPU from running, 0 to 1, over all CPUs; of a trial `evidence.cpus` has it.
    public var stealRatioSinceBoot: Double?
    /// Online CPUs, ascending.
    public var cpus: [CPU]
    /// CPUs of `isolcpus`: the scheduler puts nothing there by itself.
    public var isolatedCPUs: [Int]

    public init(
        kernelBuild: String, bootParameters: [String], sysctls: [String: String], vulnerable: [String], cpus: [CPU], isolatedCPUs: [Int]
    ) {
        self.kernelBuild = kernelBuild
        self.bootParameters = bootParameters
        self.sysctls = sysctls
        self.vulnerable = vulnerable
        self.cpus = cpus
        self.isolatedCPUs = isolatedCPUs
    }

    /// Where a CPU sits.
    public struct CPU: Codable, Equatable, Sendable {
        public var number: Int
        /// Of NUMA.
        public var node: Int
        /// CPUs that share package and core are SMT siblings.
        public var package: Int
        public var core: Int

        public init(number: Int, node: Int, package: Int, core: Int) {
            self.number = number
            self.node = node
            self.package = package
            self.core = core
        }
    }
}

/// What else an end of the link was set to before the first frame: `.settings` of `.conditions.transmitLink` and `.receiveLink`.
public struct LinkSettingConditions: Codable, Equatable, Sendable {
    /// `txqueuelen`, frames.
    public var transmitQueueLength: Int?
    /// The largest packet that segmentation may make, and how many frames it may be cut into.
    public var gsoMaximumBytes: Int?
    public var gsoMaximumSegments: Int?
    /// The largest packet that GRO may put together.
    public var groMaximumBytes: Int?
    /// Active queues, as `ethtool -l` shows them.
    public var receiveChannels: Int?
    public var transmitChannels: Int?
    public var combinedChannels: Int?
    /// Whether NAPI polls in a kernel thread.
    public var threadedNAPI: Bool?
    /// RPS masks of the receive queues, in their order, hexadecimal.
    public var receiveSteering: [String]
    /// XPS masks of the transmit queues, in their order; empty with one queue.
    public var transmitSteering: [String]
    /// Whether somebody else's XDP program was attached.
    public var hasXDPProgram: Bool

    public init(receiveSteering: [String], transmitSteering: [String], hasXDPProgram: Bool) {
        self.receiveSteering = receiveSteering
        self.transmitSteering = transmitSteering
        self.hasXDPProgram = hasXDPProgram
    }
}
