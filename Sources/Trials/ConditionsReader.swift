import Kernel
import Links
import Results

extension Conditions {
    /// Reads under what a run takes place, before its first frame.
    public static func read(version: String, startedAt: String, topology: Topology, link: LinkPair?) -> Conditions {
        var conditions = Conditions(
            vethmarkVersion: version, gitCommit: BuildFacts.commit, startedAt: startedAt,
            kernelRelease: MachineFacts.kernelRelease, architecture: MachineFacts.architecture,
            cpuModel: MachineFacts.cpuModel, onlineCPUs: topology.onlineCPUs.count,
            allowedCPUs: topology.allowedCPUs, numaNodes: topology.nodes.count,
            memoryBytes: MachineFacts.memoryBytes, governor: MachineFacts.governor,
            clocksource: MachineFacts.clocksource ?? "unknown", mitigations: MachineFacts.mitigations,
            virtualization: MachineFacts.virtualization, privilege: privilege,
            transmitLink: LinkConditions(link?.transmit), receiveLink: LinkConditions(link?.receive))
        conditions.system = SystemConditions.read(topology)
        return conditions
    }

    private static var privilege: String {
        if !UserNamespace.isInitial { return "user namespace" }
        return ProcessFacts.isRoot ? "root" : "capabilities"
    }
}

extension LinkConditions {
    /// Of an end as the kernel describes it now; of the null engine's nothing, empty words.
    init(_ end: LinkEnd?) {
        guard let end else {
            self.init(
                name: "null", namespace: "none", kind: "null", index: 0, peerIndex: 0, address: "", mtuBytes: 0,
                queueingDiscipline: "", transmitQueues: 0, receiveQueues: 0, features: [:])
            return
        }
        let link = (try? end.current()) ?? end.link
        self.init(
            name: link.name, namespace: end.namespace.name, kind: link.kind, index: link.index,
            peerIndex: link.peerIndex, address: link.address?.description ?? "", mtuBytes: link.mtuBytes,
            queueingDiscipline: link.queueingDiscipline, transmitQueues: link.transmitQueues,
            receiveQueues: link.receiveQueues, features: (try? end.ethtool?.features(of: link)) ?? [:])
        settings = LinkSettingConditions(end, link)
    }
}

extension SystemConditions {
    /// Reads this machine.
    static func read(_ topology: Topology) -> SystemConditions {
        SystemConditions(
            kernelBuild: SystemFacts.kernelBuild() ?? "unknown", bootParameters: SystemFacts.bootParameters(),
            sysctls: SystemFacts.sysctls(),
            simultaneousMultithreading: SystemFacts.simultaneousMultithreading(), vulnerable: SystemFacts.vulnerable(),
            microcode: SystemFacts.microcode(), turbo: SystemFacts.hasTurbo(), maximumHertz: SystemFacts.maximumHertz(),
            idle: SystemFacts.idle(), transparentHugePages: SystemFacts.transparentHugePages(),
            stealRatioSinceBoot: SystemFacts.stealRatio(),
            cpus: topology.cpus.map { CPU(number: $0.number, node: $0.node, package: $0.package, core: $0.core) },
            isolatedCPUs: topology.isolatedCPUs)
    }
}

extension LinkSettingConditions {
    /// Nil where it can't be read.
    init?(_ end: LinkEnd, _ link: Link) {
        guard let description = try? end.table.descriptions().first(where: { $0.index == link.index }),
            let details = end.table.detailed([description]).first
        else { return nil }
        self.init(
            transmitQueueLength: details.transmitQueueLength, gsoMaximumBytes: details.gsoMaximumBytes,
            gsoMaximumSegments: details.gsoMaximumSegments, groMaximumBytes: details.groMaximumBytes,
            receiveChannels: details.channels?.receive, transmitChannels: details.channels?.transmit,
            combinedChannels: details.channels?.combined, threadedNAPI: details.queues?.isThreaded,
            receiveSteering: details.queues?.receive.compactMap(\.receiveSteering) ?? [],
            transmitSteering: details.queues?.transmit.compactMap(\.transmitSteering) ?? [], hasXDPProgram: details.xdp != nil)
    }
}
