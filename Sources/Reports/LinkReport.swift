import Kernel
import Links

/// Links as a table for people: who is paired with whom.
public enum LinkReport {
    /// Ends with a line break; empty without links.
    public static func text(_ links: [LinkDescription], style: TextStyle) -> String {
        var table = Table(
            .number("index"), .text("name"), .text("kind"), .text("state"), .number("MTU"), .text("qdisc"), .text("queues"),
            .text("address"), .text("peer"))
        for link in links {
            let queues = "\(link.transmitQueues ?? 1) tx \(link.receiveQueues ?? 1) rx"
            table.add(
                "\(link.index)", link.name.visible, (link.information?.kind ?? link.linkType).visible, state(link), "\(link.mtuBytes)",
                link.queueingDiscipline.visible, queues, link.address ?? "–", peer(link).visible)
        }
        var lines = table.lines
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Up or down by the administrator, and what is missing to carry frames.
    static func state(_ link: LinkDescription) -> String {
        guard link.flags.contains("UP") else { return "down" }
        return link.flags.contains("LOWER_UP") ? "up" : "up, no carrier"
    }

    /// `name@netns`, or as much as is known of it.
    static func peer(_ link: LinkDescription) -> String {
        if let peer = link.peer { return text(peer) }
        switch link.link {
        case .text(let name): return "on \(name)"
        default: return link.linkIndex.map { "on index \($0) of another namespace" } ?? none
        }
    }

    /// What stands for nothing at all.
    static let none = "–"

    /// Where the peer is, as far as it could be found.
    public static func text(_ peer: LinkPeer) -> String {
        if let name = peer.name { return peer.namespace.map { "\(name)@\($0)" } ?? name }
        guard let namespace = peer.namespace else { return "index \(peer.index) in a namespace out of sight" }
        return "index \(peer.index) in \(namespace), which can't be entered"
    }
}
