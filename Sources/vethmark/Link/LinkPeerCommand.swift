import ArgumentParser
import Kernel
import Links
import Plans
import Reports

struct LinkPeerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer", abstract: "The other end of a veth, in whatever namespace it lives: vethmark link peer eth0 --netns 4711")

    @Argument(help: "The interface.", completion: Completion.interface, transform: parsedInterface) var name: InterfaceReference
    @Option(help: "In this namespace: a name, a process id or a path.", completion: Completion.namespace) var netns: String?
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.") var json = false

    func validate() throws { _ = try name.inside(netns) }

    func run() throws {
        let reference = try name.inside(netns)
        let peer = try withLinks {
            let table = try reference.table()
            let link = try table.link(named: reference.name)
            return try table.peer(of: link)
        }
        try Terminal.print(json ? JSONReport.text(peer) : "\(place(peer, of: reference).visible), index \(peer.index)\n", terminator: "")
    }

    /// Where the peer is for whoever asked: a reference that works at the same prompt.
    private func place(_ peer: LinkPeer, of reference: InterfaceReference) -> String {
        let name = peer.name ?? ""
        switch peer.namespace {
        case nil: return InterfaceReference(name: name, namespace: reference.namespace).description
        case "host": return name
        case let namespace?: return InterfaceReference(name: name, namespace: namespace).description
        }
    }
}
