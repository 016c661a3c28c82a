/// What the receiving host of two did in the window: `.evidence.receiveHost`.
public struct HostEvidence: Codable, Equatable, Sendable {
    public var cpus: [CPUEvidence]
    /// As the sender's own, of that host's clock.
    public var clockStepNanoseconds: Int64
    public var clockTimesSet: UInt64
    /// How long a control group's CPU quota kept the receiving process from running.
    public var throttledNanoseconds: UInt64
    /// Process numbers of other vethmarks on the receivers' CPUs.
    public var neighbours: [Int32]
    /// Largest resident set of the receiving process so far.
    public var residentBytes: UInt64

    public init(
        cpus: [CPUEvidence], clockStepNanoseconds: Int64, clockTimesSet: UInt64, throttledNanoseconds: UInt64, neighbours: [Int32],
        residentBytes: UInt64
    ) {
        self.cpus = cpus
        self.clockStepNanoseconds = clockStepNanoseconds
        self.clockTimesSet = clockTimesSet
        self.throttledNanoseconds = throttledNanoseconds
        self.neighbours = neighbours
        self.residentBytes = residentBytes
    }
}

/// The receiving host of two: `.conditions.receiveHost`.
public struct HostConditions: Codable, Equatable, Sendable {
    public var name: String
    public var kernelRelease: String
    public var architecture: String
    public var cpuModel: String

    public init(name: String, kernelRelease: String, architecture: String, cpuModel: String) {
        self.name = name
        self.kernelRelease = kernelRelease
        self.architecture = architecture
        self.cpuModel = cpuModel
    }
}
