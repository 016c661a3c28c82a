import Engines
import Frames
import Kernel
import Links
import Plans

/// An interface that a command works with: where it lives, and what the kernel says of it.
struct OpenInterface {
    let reference: InterfaceReference
    let table: LinkTable
    let link: Link

    /// - Throws: `TrialError`.
    init(_ reference: InterfaceReference) throws {
        self.reference = reference
        do {
            table = try reference.table()
            link = try table.link(named: reference.name)
        } catch let error as LinkError {
            throw TrialError.link(error)
        }
        // Frames of loopback have an Ethernet header too.
        guard link.isEthernet || link.isLoopback else { throw TrialError.notEthernet(reference) }
        guard link.isUp else { throw TrialError.interfaceDown(reference) }
    }

    /// The MAC address of a veth's other end, if it can be found.
    var peerAddress: MACAddress? { PeerFinder(home: table, in: NamespaceDirectory()).peerLink(of: link)?.address }
}
