import Frames
import Trials

extension ProfileKey {
    static let link: [ProfileKey] = ends + settings + offloads

    private static let ends: [ProfileKey] = [
        ProfileKey(
            .linkTransmit, \.link.transmit, "Interface that transmits.",
            allowed: interface, default: { _ in "one end of a private pair" }, examples: "veth0", "veth0@lab",
            read: { value throws(ValueProblem) in try value.parsed { InterfaceReference($0) } }),
        ProfileKey(
            .linkReceive, \.link.receive, "Interface that receives.",
            allowed: interface, default: { _ in "the other end" }, examples: "veth1", "veth1@lab",
            read: { value throws(ValueProblem) in try value.parsed { InterfaceReference($0) } }),
        ProfileKey(
            .placement, \.link.placement, "Which CPU does the receiving: docs/engines.md has a picture of each.",
            allowed: names(PlacementName.self), default: { _ in PlacementName.auto.rawValue }, examples: "napi-thread",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .force, \.link.force,
            "Transmit even on an interface that carries a default route, or where the receiving side would forward the frames.",
            allowed: boolean, default: { "\($0.link.force)" }, examples: "true",
            read: { value throws(ValueProblem) in try value.boolean() })
    ]

    private static let settings: [ProfileKey] = [
        ProfileKey(
            .mtu, \.link.mtuBytes, "MTU of both ends, in bytes.", allowed: range(PlanBounds.mtuBytes),
            default: { _ in "on a private pair what the frames need, at least \(PlanDefaults.mtuBytes)" },
            examples: "9000", read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .transmitQueues, \.link.transmitQueues, "Transmit queues of each end.", allowed: range(PlanBounds.queues),
            default: { "on a private pair \($0.link.transmitQueues ?? 0)" }, examples: "2",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .receiveQueues, \.link.receiveQueues, "Receive queues of each end.", allowed: range(PlanBounds.queues),
            default: { "on a private pair \($0.link.receiveQueues ?? 0)" }, examples: "2",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .transmitAddress, \.link.transmitAddress, "MAC address to give the transmitting end.",
            allowed: macAddress, default: { _ in "its own" }, examples: "\"02:00:00:00:00:01\"",
            read: { value throws(ValueProblem) in try value.parsed { MACAddress($0) } }),
        ProfileKey(
            .receiveAddress, \.link.receiveAddress, "MAC address to give the receiving end.",
            allowed: macAddress, default: { _ in "its own" }, examples: "\"02:00:00:00:00:02\"",
            read: { value throws(ValueProblem) in try value.parsed { MACAddress($0) } })
    ]

    private static let offloads: [ProfileKey] = [
        offload(.gro, \.link.gro, "Generic receive offload on the receiving end."),
        offload(.gso, \.link.gso, "Generic segmentation offload on the transmitting end."),
        offload(.tso, \.link.tso, "TCP segmentation offload on the transmitting end."),
        offload(.checksumOffload, \.link.checksumOffload, "Checksum offload on both ends.")
    ]

    private static func offload(
        _ field: PlanField, _ path: any WritableKeyPath<PlanDraft, Bool?> & Sendable, _ meaning: String
    ) -> ProfileKey {
        ProfileKey(
            field, path, meaning, allowed: boolean, default: { _ in "as the kernel has it" }, examples: "true", "off",
            read: { value throws(ValueProblem) in try value.boolean() })
    }
}
