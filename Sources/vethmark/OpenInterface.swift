import Frames
import Kernel
import Links
import Trials

/// An interface that a command works with: where it lives, and what the kernel says of it.
struct OpenInterface {
    let reference: InterfaceReference
    let table: LinkTable
    let link: Link

    /// - Throws: `TrialError`.
    init(_ reference: InterfaceReference) throws {
        self.reference = reference
        do {
            let namespace: NetworkNamespace
            if let name = reference.namespace {
                namespace = try NetworkNamespace.open(name)
            } else {
                namespace = try NetworkNamespace.current()
            }
            table = try LinkTable(in: namespace)
            link = try table.link(named: reference.name)
        } catch let error as SystemError {
            throw TrialError.noSuchNamespace(reference.namespace ?? "host", error)
        } catch let error as LinkError {
            throw TrialError.link(error)
        }
        // Frames of loopback have an Ethernet header too.
        guard link.isEthernet || link.isLoopback else { throw TrialError.notEthernet(reference) }
        guard link.isUp else { throw TrialError.interfaceDown(reference) }
    }

    /// The MAC address of a veth's other end, if it can be found.
    var peerAddress: MACAddress? {
        guard let peer = PeerFinder(home: table).peer(of: link) else { return nil }
        guard let namespace = peer.namespace else { return try? table.link(index: peer.index).address }
        guard let other = try? NetworkNamespace.open(namespace), let far = try? LinkTable(in: other) else { return nil }
        return try? far.link(index: peer.index).address
    }
}
