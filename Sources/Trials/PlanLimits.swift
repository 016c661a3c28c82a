/// What of the machine bears on a plan. Known without the kernel's help, so that plans can be made
/// and tested for machines that aren't here.
public struct PlanLimits: Equatable, Sendable {
    /// How many CPUs the process may run on; nil if nobody looked.
    public var cpuCount: Int?
    public var pageBytes: Int

    public init(cpuCount: Int? = nil, pageBytes: Int = 4096) {
        self.cpuCount = cpuCount
        self.pageBytes = pageBytes
    }
}
