import Kernel
import Links

/// All namespaces with their links and the links' peers, drawn as tree(1) draws folders.
public enum LinkTreeReport {
    /// Ends with a line break.
    public static func text(_ survey: [LinkSurvey.Entry], style: TextStyle) -> String {
        var lines: [String] = []
        for entry in survey {
            lines.append(style.heading(entry.namespace.visible) + (entry.isOfProcess ? style.faint("  namespace of a process") : ""))
            guard let links = entry.links else {
                lines.append("└── " + style.faint((entry.obstacle ?? "can't be entered").visible))
                continue
            }
            for (position, link) in links.enumerated() {
                let isLast = position == links.count - 1
                lines.append((isLast ? "└── " : "├── ") + title(link))
                guard let below = below(link) else { continue }
                lines.append((isLast ? "    " : "│   ") + "└── " + below.visible)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func title(_ link: LinkDescription) -> String {
        let kind = link.information?.kind ?? link.linkType
        let master = link.master.map { ", port of \($0)" } ?? ""
        return "\(link.name)  \(kind), \(LinkReport.state(link)), MTU \(link.mtuBytes)\(master)".visible
    }

    /// The peer, or the link that this one stands on.
    private static func below(_ link: LinkDescription) -> String? {
        if let peer = link.peer { return "peer " + LinkReport.text(peer) }
        let text = LinkReport.peer(link)
        return text == LinkReport.none ? nil : text
    }
}
