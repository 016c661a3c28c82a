import Frames

/// The link and its ends.
public struct LinkSection: SettingSection {
    public static let name = "link"
    public static let title = "Link"
    public static let shared = LinkSection()

    public let transmit = Setting<InterfaceReference>(
        "link.tx", "Interface that transmits.", .interface, default: { _ in "one end of a private pair" },
        examples: "veth0", "veth0@lab", scope: .runsOnly)
    public let receive = Setting<InterfaceReference>(
        "link.rx", "Interface that receives; not needed where the receiver is `none`.", .interface, default: { _ in "the other end" },
        examples: "veth1", "veth1@lab", scope: .runsOnly)
    public let placement = Setting<PlacementName>(
        "link.placement",
        "Which CPU does the receiving: docs/engines.md has a picture of each. `best` tries the others for some seconds, once for a load on a machine, and takes the fastest that loses nothing; `auto` does so in `vethmark run` at full speed with frames one by one, and is `inline` elsewhere.",
        .name,
        default: { _ in PlacementName.auto.rawValue }, examples: "napi-thread", "best")
    public let force = Setting<Bool>(
        "link.force",
        "Transmit even on an interface that carries a default route, or where the receiving side would forward the frames.", .truth,
        default: { "\($0.link.force)" }, examples: "true", scope: .runsOnly)

    public let mtuBytes = Setting<Int>(
        "link.mtu", "MTU of both ends, in bytes.", .number(PlanBounds.mtuBytes),
        default: { _ in "on a private pair what the frames need, at least \(PlanDefaults.mtuBytes)" }, examples: "9000")
    public let transmitQueues = Setting<Int>(
        "link.tx-queues", "Transmit queues of each end.", .number(PlanBounds.queues),
        default: { "on a private pair what the engines need, mostly \($0.link.transmitQueues ?? 0)" }, examples: "2")
    public let receiveQueues = Setting<Int>(
        "link.rx-queues", "Receive queues of each end.", .number(PlanBounds.queues),
        default: { "on a private pair what the receivers need, mostly \($0.link.receiveQueues ?? 0)" }, examples: "2")
    public let transmitAddress = Setting<MACAddress>(
        "link.tx-address", "MAC address to give the transmitting end.", .macAddress, default: { _ in "its own" },
        examples: "\"02:00:00:00:00:01\"")
    public let receiveAddress = Setting<MACAddress>(
        "link.rx-address", "MAC address to give the receiving end.", .macAddress, default: { _ in "its own" },
        examples: "\"02:00:00:00:00:02\"")

    public let gro = Setting<Bool>(
        "link.gro", "Generic receive offload on the receiving end.", .truth, default: { _ in needed }, examples: "true", "off")
    public let gso = Setting<Bool>(
        "link.gso", "Generic segmentation offload on the transmitting end.", .truth, default: { _ in asIs }, examples: "true", "off")
    public let tso = Setting<Bool>(
        "link.tso", "TCP segmentation offload on the transmitting end.", .truth, default: { _ in asIs }, examples: "true", "off")
    public let checksumOffload = Setting<Bool>(
        "link.checksum-offload", "Checksum offload on both ends.", .truth, default: { _ in needed }, examples: "true", "off")

    private static let asIs = "as the kernel has it"
    private static let needed = "what the engine needs, else as the kernel has it"
}
