import Kernel
import Links
import Results

extension Conditions {
    /// Reads under what a run takes place, before its first frame.
    public static func read(version: String, startedAt: String, topology: Topology, link: LinkPair?) -> Conditions {
        Conditions(
            vethmarkVersion: version, gitCommit: BuildFacts.commit, startedAt: startedAt,
            kernelRelease: MachineFacts.kernelRelease, architecture: MachineFacts.architecture,
            cpuModel: MachineFacts.cpuModel, onlineCPUs: topology.onlineCPUs.count,
            allowedCPUs: topology.allowedCPUs, numaNodes: topology.nodes.count,
            memoryBytes: MachineFacts.memoryBytes, governor: MachineFacts.governor,
            clocksource: MachineFacts.clocksource ?? "unknown", mitigations: MachineFacts.mitigations,
            virtualization: MachineFacts.virtualization, privilege: privilege,
            transmitLink: LinkConditions(link?.transmit), receiveLink: LinkConditions(link?.receive))
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
    }
}
