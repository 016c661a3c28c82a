import ArgumentParser
import Frames
import Kernel
import Links
import Plans

struct LinkAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a veth pair: vethmark link add veth0 --peer veth1@blue --up")

    @Argument(help: "The first end.", transform: parsedInterface) var name: InterfaceReference
    @Option(help: "The first end's namespace.", completion: Completion.namespace) var netns: String?
    @Option(help: "The second end; NAMEp in the same namespace if left out.", transform: parsedInterface) var peer: InterfaceReference?
    @Option(help: "The second end's namespace.", completion: Completion.namespace) var peerNetns: String?
    @Option(help: "MTU of both ends.") var mtu: Int?
    @Option(help: "Queues of both ends, in each direction.") var queues: Int?
    @Option(help: "MAC address of the first end.", transform: parsedStation) var address: MACAddress?
    @Option(help: "MAC address of the second end.", transform: parsedStation) var peerAddress: MACAddress?
    @Flag(help: "Switch both ends on.") var up = false

    func validate() throws {
        try LinkBounds.check(mtu: mtu)
        try LinkBounds.check(queues: queues)
        let (near, far) = try ends()
        if near == far { throw ValidationError("\(near) can't be both ends of the pair; name the second one with --peer") }
    }

    private func ends() throws -> (InterfaceReference, InterfaceReference) {
        let near = try newName(name).inside(netns)
        if let peer { return (near, try newName(peer).inside(peerNetns)) }
        let name = name.name + "p"
        guard name.utf8.count <= InterfaceReference.maximumNameBytes else {
            throw ValidationError("\(name.visible) is too long for the second end's name; name it with --peer")
        }
        return (near, InterfaceReference(name: name, namespace: peerNetns ?? near.namespace))
    }

    func run() throws {
        try withLinks {
            let (first, second) = try ends()
            func end(_ name: String, _ address: MACAddress?) -> VethEnd {
                VethEnd(name: name, mtuBytes: mtu, transmitQueues: queues, receiveQueues: queues, address: address)
            }
            let near = try first.table()
            let farNamespace = try second.namespace == first.namespace ? near.namespace : second.openNamespace()
            try near.makeVethPair(end(first.name, address), end(second.name, peerAddress), in: farNamespace)
            guard up else { return }
            let far = try LinkTable.entering(farNamespace)
            for (table, name) in [(near, first.name), (far, second.name)] {
                try table.set(try table.link(named: name), LinkChanges(up: true))
            }
        }
    }
}
