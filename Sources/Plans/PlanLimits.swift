import Kernel

/// What of the machine bears on a plan; may be given, so that plans can be tested for other machines.
public struct PlanLimits: Equatable, Sendable {
    /// How many CPUs the process may run on; nil if nobody looked.
    public var cpuCount: Int?
    public var pageBytes: Int
    /// Whether settings of interfaces that exist already may be changed (CAP_NET_ADMIN); a private pair's always may.
    public var canSetLinks: Bool
    /// Frames a second that a worker of `ring` sends on a schedule, each alone; nil if nobody measured it, and whoever asks for a rate is believed to ask for less.
    public var oneByOnePps: Double?
    /// Whether the two ends are on two hosts, where they may have the same name.
    public var spansHosts = false

    public init(cpuCount: Int? = nil, pageBytes: Int = 4096, canSetLinks: Bool = true, oneByOnePps: Double? = nil) {
        self.cpuCount = cpuCount
        self.pageBytes = pageBytes
        self.canSetLinks = canSetLinks
        self.oneByOnePps = oneByOnePps
    }

    /// The CPUs this process may run on, and this kernel's pages.
    public static var thisMachine: PlanLimits {
        PlanLimits(
            cpuCount: max(1, Topology.read().allowedCPUs.count), pageBytes: MappedMemory.pageBytes,
            canSetLinks: CapabilitySet.effective.contains(.netAdmin))
    }
}
