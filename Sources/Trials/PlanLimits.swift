import Kernel

/// What of the machine bears on a plan; may be given, so that plans can be tested for other machines.
public struct PlanLimits: Equatable, Sendable {
    /// How many CPUs the process may run on; nil if nobody looked.
    public var cpuCount: Int?
    public var pageBytes: Int

    public init(cpuCount: Int? = nil, pageBytes: Int = 4096) {
        self.cpuCount = cpuCount
        self.pageBytes = pageBytes
    }

    /// The CPUs this process may run on, and this kernel's pages.
    public static var thisMachine: PlanLimits {
        PlanLimits(cpuCount: max(1, Topology.read().allowedCPUs.count), pageBytes: MappedMemory.pageBytes)
    }
}
