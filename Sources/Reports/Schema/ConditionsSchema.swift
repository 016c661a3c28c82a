import Results

extension Conditions: SchemaObject {
    public static var schemaMeaning: String { "Under what a run took place." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("vethmarkVersion", \Self.vethmarkVersion, "Version of vethmark."),
            .init(
                "gitCommit", \Self.gitCommit,
                "The commit that vethmark was built from, `-dirty` behind it if its sources had changes; absent if nobody knows."),
            .init("startedAt", \Self.startedAt, "When it began, ISO 8601 in UTC."),
            .init("kernelRelease", \Self.kernelRelease, "`uname -r`."),
            .init("architecture", \Self.architecture, "`uname -m`."),
            .init("cpuModel", \Self.cpuModel, "`model name` of /proc/cpuinfo, or the device tree's model."),
            .init("onlineCPUs", \Self.onlineCPUs, "How many CPUs were online."),
            .init("allowedCPUs", \Self.allowedCPUs, "CPUs that the process may run on."),
            .init("numaNodes", \Self.numaNodes, "How many NUMA nodes there are."),
            .init("memoryBytes", \Self.memoryBytes, "MemTotal of /proc/meminfo."),
            .init("governor", \Self.governor, "cpufreq governor of CPU 0; absent where there is no cpufreq."),
            .init("clocksource", \Self.clocksource, "What the kernel tells time by."),
            .init("mitigations", \Self.mitigations, "`/sys/devices/system/cpu/vulnerabilities`, those that are mitigated, by name."),
            .init("virtualization", \Self.virtualization, "The hypervisor, as far as it shows; absent on bare metal."),
            .init("privilege", \Self.privilege, "`root`, `user namespace`, `capabilities`."),
            .init("transmitLink", \Self.transmitLink, "The transmitting end before the first frame."),
            .init("receiveLink", \Self.receiveLink, "The receiving end before the first frame."),
            .init("system", \Self.system, "What else of the machine moves figures; absent in results of before it was kept."),
            .init("receiveHost", \Self.receiveHost, "Where `receiveLink` is. Absent where both ends are on one host.")
        ]
    }
}

extension HostConditions: SchemaObject {
    public static var schemaMeaning: String { "The receiving host of two." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "What it calls itself."),
            .init("kernelRelease", \Self.kernelRelease, "`uname -r`."),
            .init("architecture", \Self.architecture, "`uname -m`."),
            .init("cpuModel", \Self.cpuModel, "`model name` of /proc/cpuinfo, or the device tree's model.")
        ]
    }
}

extension SystemConditions: SchemaObject {
    public static var schemaMeaning: String { "Settings of the machine that move figures." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("kernelBuild", \Self.kernelBuild, "How the kernel was built: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1`."),
            .init(
                "bootParameters", \Self.bootParameters,
                "Parameters of the kernel's command line that change CPUs, timers and mitigations; no others."),
            .init("sysctls", \Self.sysctls, "Values of sysctl(8) by name. In a network namespace of its own a process sees fewer of them."),
            .init(
                "simultaneousMultithreading", \Self.simultaneousMultithreading,
                "SMT: `on`, `off`, `forceoff`, `notsupported`, `notimplemented`. Absent where the kernel doesn't tell."),
            .init("vulnerable", \Self.vulnerable, "Names of vulnerabilities that the kernel does nothing against."),
            .init("microcode", \Self.microcode, "Version of the CPU's microcode. Absent where the kernel doesn't tell."),
            .init("turbo", \Self.turbo, "Whether CPUs may go beyond their nominal frequency. Absent where the kernel doesn't tell."),
            .init("maximumHertz", \Self.maximumHertz, "The highest frequency of CPU 0 by cpufreq. Absent without cpufreq."),
            .init("idle", \Self.idle, "How CPUs sleep: driver and governor of cpuidle. Absent without cpuidle."),
            .init("transparentHugePages", \Self.transparentHugePages, "`always`, `madvise`, `never`. Absent where the kernel has none."),
            .init(
                "stealRatioSinceBoot", \Self.stealRatioSinceBoot,
                "The share of time since boot in which a hypervisor kept a CPU from running, 0 to 1, over all CPUs; of a trial `evidence.cpus` has it. Absent if not measured."
            ),
            .init("cpus", \Self.cpus, "Online CPUs, ascending."),
            .init("isolatedCPUs", \Self.isolatedCPUs, "CPUs of `isolcpus`: the scheduler puts nothing there by itself.")
        ]
    }
}

extension SystemConditions.CPU: SchemaObject {
    public static var schemaMeaning: String { "Where a CPU sits." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("number", \Self.number, "Number of the CPU."),
            .init("node", \Self.node, "NUMA node."),
            .init("package", \Self.package, "CPUs that share package and core are SMT siblings."),
            .init("core", \Self.core, "Core within the package.")
        ]
    }
}

extension LinkConditions: SchemaObject {
    public static var schemaMeaning: String { "One end of the link as the kernel described it before the first frame." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "Name of the interface; `null` where there was none."),
            .init("namespace", \Self.namespace, "Name of its network namespace."),
            .init("kind", \Self.kind, "`IFLA_INFO_KIND`, such as `veth`; empty for hardware."),
            .init("index", \Self.index, "Interface index."),
            .init("peerIndex", \Self.peerIndex, "Interface index of the veth peer, 0 if there is none."),
            .init("address", \Self.address, "MAC address; empty without one."),
            .init("mtuBytes", \Self.mtuBytes, "MTU."),
            .init("queueingDiscipline", \Self.queueingDiscipline, "Name of the root qdisc."),
            .init("transmitQueues", \Self.transmitQueues, "Transmit queues that it was made with."),
            .init("receiveQueues", \Self.receiveQueues, "Receive queues that it was made with."),
            .init("features", \Self.features, "Offloads by their ethtool names (`tx-checksum-ip-generic`, `rx-gro`), on or off."),
            .init(
                "settings", \Self.settings, "What else it was set to; absent in results of before it was kept, and where it can't be read.")
        ]
    }
}

extension LinkSettingConditions: SchemaObject {
    public static var schemaMeaning: String { "What else an end of the link was set to before the first frame." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "transmitQueueLength", \Self.transmitQueueLength, "`txqueuelen`, frames. Absent where it can't be read, as all keys below."),
            .init(
                "gsoMaximumBytes", \Self.gsoMaximumBytes, "The largest packet that segmentation may make. Absent where it can't be read."),
            .init("gsoMaximumSegments", \Self.gsoMaximumSegments, "Into how many frames it may be cut. Absent where it can't be read."),
            .init("groMaximumBytes", \Self.groMaximumBytes, "The largest packet that GRO may put together. Absent where it can't be read."),
            .init(
                "receiveChannels", \Self.receiveChannels,
                "Active receive queues, as `ethtool -l` shows them. Absent where ethtool says n/a."),
            .init("transmitChannels", \Self.transmitChannels, "Active transmit queues. Absent where ethtool says n/a."),
            .init("combinedChannels", \Self.combinedChannels, "Active combined queues. Absent where ethtool says n/a."),
            .init("threadedNAPI", \Self.threadedNAPI, "Whether NAPI polls in a kernel thread. Absent where it can't be read."),
            .init("receiveSteering", \Self.receiveSteering, "RPS masks of the receive queues, in their order, hexadecimal."),
            .init("transmitSteering", \Self.transmitSteering, "XPS masks of the transmit queues, in their order; empty with one queue."),
            .init("hasXDPProgram", \Self.hasXDPProgram, "Whether somebody else's XDP program was attached.")
        ]
    }
}
