import CLinux

/// The machine's CPUs, cores and NUMA nodes, and which of them this process may use.
public struct Topology: Codable, Equatable, Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    public struct CPU: Codable, Equatable, Sendable {
        public var number: Int
        public var node: Int
        /// Package and core: CPUs that share both are SMT siblings.
        public var package: Int
        public var core: Int

        public init(number: Int, node: Int, package: Int, core: Int) {
            self.number = number
            self.node = node
            self.package = package
            self.core = core
        }
    }

    /// Online CPUs in ascending order.
    public var cpus: [CPU]
    /// Nodes with CPUs or memory, in ascending order.
    public var nodes: [Int]
    /// The affinity mask as far as it is online; a cgroup's cpuset has already narrowed it.
    public var allowedCPUs: [Int]
    /// `isolcpus`: the scheduler puts nothing there by itself.
    public var isolatedCPUs: [Int]
    /// The cgroup's `cpuset.cpus.effective`; nil where there is none to see.
    public var cpusetCPUs: [Int]?

    public init(
        cpus: [CPU], nodes: [Int], allowedCPUs: [Int], isolatedCPUs: [Int] = [], cpusetCPUs: [Int]? = nil
    ) {
        self.cpus = cpus
        self.nodes = nodes
        self.allowedCPUs = allowedCPUs
        self.isolatedCPUs = isolatedCPUs
        self.cpusetCPUs = cpusetCPUs
    }

    public var onlineCPUs: [Int] { cpus.map(\.number) }

    public func cpu(_ number: Int) -> CPU? { cpus.first { $0.number == number } }

    /// Reads this machine, or a tree recorded from another.
    ///
    /// - Parameters:
    ///   - root: what stands in front of `/sys` and `/proc`.
    ///   - allowed: the affinity mask; nil asks the kernel.
    public static func read(root: String = "", allowed: [Int]? = nil) -> Topology {
        let system = root + "/sys/devices/system"
        let online = list(system + "/cpu/online") ?? [0]
        // A kernel without CONFIG_NUMA has no node folder: everything is node 0.
        let nodes = list(system + "/node/online") ?? [0]
        var nodeOf: [Int: Int] = [:]
        for node in nodes {
            for cpu in list("\(system)/node/node\(node)/cpulist") ?? [] { nodeOf[cpu] = node }
        }
        let cpus = online.map { cpu in
            let topology = "\(system)/cpu/cpu\(cpu)/topology/"
            return CPU(
                number: cpu, node: nodeOf[cpu] ?? 0, package: number(topology + "physical_package_id") ?? 0,
                core: number(topology + "core_id") ?? cpu)
        }
        let isOnline = Set(online)
        return Topology(
            cpus: cpus, nodes: nodes, allowedCPUs: (allowed ?? affinity()).filter(isOnline.contains),
            isolatedCPUs: list(system + "/cpu/isolated") ?? [], cpusetCPUs: cpuset(root: root))
    }

    private static func list(_ path: String) -> [Int]? { TextFile.read(path).flatMap { CPUList.parse($0) } }

    private static func number(_ path: String) -> Int? {
        TextFile.read(path).flatMap { Int($0.prefix { !$0.isWhitespace }) }
    }

    /// The affinity mask of the calling thread.
    private static func affinity() -> [Int] {
        var allowed = [UInt8](repeating: 0, count: 8192)
        let looked = unsafe Int(cl_allowed_cpus(&allowed, Int32(allowed.count)))
        return looked < 0 ? [0] : (0..<looked).filter { allowed[$0] == 1 }
    }

    /// The effective cpuset of this process's cgroup, version 2 or 1.
    private static func cpuset(root: String) -> [Int]? {
        for line in (TextFile.read(root + "/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isVersion2 = fields[0] == "0" && fields[1].isEmpty
            let base = isVersion2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuset"
            guard isVersion2 || fields[1].split(separator: ",").contains("cpuset") else { continue }
            let file = isVersion2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus"
            if let cpus = list("\(root)\(base)\(fields[2] == "/" ? "" : fields[2])/\(file)"), !cpus.isEmpty { return cpus }
        }
        return nil
    }
}
