import ArgumentParser
import Frames
import Kernel
import Links
import Plans

struct LinkSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change an interface; what isn't named stays as it is: vethmark link set veth0@blue --mtu 9000 --up",
        discussion: "Moved to another namespace, an interface goes down, unless --up is given too.")

    @Argument(help: "The interface.", completion: Completion.interface, transform: parsedInterface) var name: InterfaceReference
    @Flag(help: "Switch it on.") var up = false
    @Flag(help: "Switch it off.") var down = false
    @Option(help: "MTU.") var mtu: Int?
    @Option(help: "MAC address.", transform: parsedStation) var address: MACAddress?
    @Option(name: [.customLong("name")], help: "Rename it.", transform: parsedInterfaceName) var newName: String?
    @Option(name: [.customLong("txqlen"), .customLong("txqueuelen")], help: "Packets that a qdisc may hold.") var transmitQueueLength: Int?
    @Option(help: "Move it to this namespace: a name, a process id or a path.", completion: Completion.namespace) var netns: String?
    @Option(help: "Active queues in each direction.") var queues: Int?
    @Option(help: "Active receive queues.") var rxQueues: Int?
    @Option(help: "Active transmit queues.") var txQueues: Int?
    @Flag(inversion: .prefixedNo, help: "Generic receive offload.") var gro: Bool?
    @Flag(inversion: .prefixedNo, help: "Generic segmentation offload.") var gso: Bool?
    @Flag(inversion: .prefixedNo, help: "TCP segmentation offload.") var tso: Bool?
    @Option(help: "An offload feature by a name of `ethtool -k`: NAME=on or NAME=off. May be repeated.", transform: parsedFeature)
    var feature: [FeatureSwitch] = []

    func validate() throws {
        if up && down { throw ValidationError("--up and --down exclude each other; leave one of them out") }
        if queues != nil && (rxQueues != nil || txQueues != nil) {
            throw ValidationError("--queues sets both directions; leave it out, or --rx-queues and --tx-queues")
        }
        for count in [queues, rxQueues, txQueues] { try LinkBounds.check(queues: count) }
        if let length = transmitQueueLength, UInt32(exactly: length) == nil {
            throw ValidationError("a queue length of \(length) is not possible; allowed: 0 to 4294967295")
        }
        if let mtu, UInt32(exactly: mtu) == nil { throw ValidationError("an MTU of \(mtu) is not possible; allowed: 68 to 65535") }
        guard !changes.isEmpty || netns != nil || !features.isEmpty || queues ?? rxQueues ?? txQueues != nil else {
            throw ValidationError("nothing to change; say what, such as --mtu 9000 or --up")
        }
    }

    private var changes: LinkChanges {
        LinkChanges(
            up: up ? true : down ? false : nil, mtuBytes: mtu, address: address, name: newName, transmitQueueLength: transmitQueueLength)
    }

    private var features: [String: Bool] {
        var features = Dictionary(feature.map { ($0.name, $0.isOn) }) { _, last in last }
        if let gro { features["rx-gro"] = gro }
        if let gso { features["tx-generic-segmentation"] = gso }
        if let tso { features[EthtoolTable.tcpSegmentationOffload] = tso }
        return features
    }

    func run() throws {
        try withLinks {
            let table = try name.table()
            let link = try table.link(named: name.name)
            let destination = try netns.map { try InterfaceReference(name: link.name, namespace: $0).openNamespace() }
            let wantsChannels = queues ?? rxQueues ?? txQueues != nil
            if wantsChannels || !features.isEmpty {
                let ethtool = try EthtoolTable(in: table.namespace)
                if wantsChannels {
                    try ethtool.changeChannels(of: link, receive: rxQueues ?? queues, transmit: txQueues ?? queues)
                }
                try ethtool.changeFeatures(features, of: link)
            }
            try table.set(link, changes, movingTo: destination)
        }
    }
}
