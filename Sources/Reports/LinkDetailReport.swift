import Kernel
import Links

/// Everything that is known of links, in sections, for people.
public enum LinkDetailReport {
    /// Ends with a line break.
    public static func text(_ links: [LinkDescription], style: TextStyle) -> String {
        links.map { link in
            ([style.heading("\(link.name)  \(link.information?.kind ?? link.linkType), \(LinkReport.state(link))".visible)]
                + section("Link", facts(link), style) + section("Limits", limits(link), style) + master(link, style)
                + section("Channels", channels(link), style) + queues(link, style) + section("XDP", xdp(link), style)
                + section("Features", features(link), style) + section("Statistics", statistics(link), style))
                .map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    private typealias Row = (name: String, value: String?)

    /// A heading and its rows, values aligned; nothing without a value.
    private static func section(_ title: String, _ rows: [Row], _ style: TextStyle) -> [String] {
        let rows = rows.compactMap { row in row.value.map { (row.name.visible, $0.visible) } }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in
            "    " + name + String(repeating: " ", count: width - name.count + 2)
                + wrapped(value, indent: width + 6)
        }
        return lines.isEmpty ? [] : ["", "  " + style.heading(title.visible)] + lines
    }

    /// Breaks a list of words where a line would pass 110 columns.
    private static func wrapped(_ text: String, indent: Int) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if !last.isEmpty && indent + last.count + word.count >= 110 {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    private static func facts(_ link: LinkDescription) -> [Row] {
        let range = link.maximumMTUBytes.flatMap { maximum in
            maximum == 0 ? nil : ", allowed \(link.minimumMTUBytes ?? 0) to \(maximum)"
        }
        let length = link.transmitQueueLength.map { ", length \($0)" } ?? ""
        return [
            ("index", "\(link.index)"), ("peer", LinkReport.peer(link)), ("peer index", link.peer.map { "\($0.index)" }),
            ("MTU", "\(link.mtuBytes)\(range ?? "")"), ("address", link.address), ("broadcast", link.broadcast),
            ("permanent address", link.permanentAddress), ("flags", link.flags.joined(separator: " ")),
            ("operational state", link.operationalState), ("link mode", link.linkMode), ("qdisc", link.queueingDiscipline + length),
            ("master", link.master), ("group", link.group), ("alias", link.alias),
            ("other names", link.alternativeNames?.joined(separator: " ")), ("promiscuity", link.promiscuity.map { "\($0)" }),
            ("allmulti", link.allMulticast.map { "\($0)" }), ("IPv6 addresses", link.inet6AddressGenerationMode),
            ("parent", link.parentDevice.map { "\($0) on \(link.parentBus ?? "no bus")" })
        ]
    }

    private static func limits(_ link: LinkDescription) -> [Row] {
        func limit(_ bytes: Int?, _ segments: Int?) -> String? {
            bytes.map { "\($0) bytes" + (segments.map { ", \($0) segments" } ?? "") }
        }
        return [
            ("GSO", limit(link.gsoMaximumBytes, link.gsoMaximumSegments)),
            ("TSO", limit(link.tsoMaximumBytes, link.tsoMaximumSegments)), ("GRO", limit(link.groMaximumBytes, nil))
        ]
    }

    /// The driver's attributes, and what the link's master keeps for it.
    private static func master(_ link: LinkDescription, _ style: TextStyle) -> [String] {
        func rows(_ data: [String: LinkValue]?) -> [Row] {
            (data ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        }
        return section("Driver \(link.information?.kind ?? "")", rows(link.information?.data), style)
            + section("Port of a \(link.information?.masterKind ?? "")", rows(link.information?.masterData), style)
    }

    private static func channels(_ link: LinkDescription) -> [Row] {
        guard let channels = link.channels else { return [] }
        func text(_ active: Int?, _ maximum: Int?) -> String? { active.map { "\($0) of \(maximum ?? $0)" } }
        return [
            ("rx", text(channels.receive, channels.maximum.receive)), ("tx", text(channels.transmit, channels.maximum.transmit)),
            ("combined", text(channels.combined, channels.maximum.combined))
        ]
    }

    private static func queues(_ link: LinkDescription, _ style: TextStyle) -> [String] {
        guard let queues = link.queues else { return [] }
        var table = Table(.text("queue"), .text("steering"), .text("counters that moved"))
        for (direction, list) in [("rx", queues.receive), ("tx", queues.transmit)] {
            for queue in list {
                let steering = [
                    queue.receiveSteering.map { "RPS \($0)" }, queue.steeredFlows.flatMap { $0 == 0 ? nil : "\($0) flows" },
                    queue.transmitSteering.map { "XPS \($0)" }
                ].compactMap { $0 }
                let moved = queue.counters.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key.visible) \($0.value)" }
                table.add(
                    "\(direction) \(queue.number)", steering.isEmpty ? "–" : steering.joined(separator: ", "),
                    moved.isEmpty ? "–" : moved.joined(separator: ", "))
            }
        }
        guard !table.lines.isEmpty else { return [] }
        let threaded = queues.isThreaded.map { ["    threaded NAPI " + ($0 ? "on" : "off")] } ?? []
        return ["", "  " + style.heading("Queues")] + table.lines.map { "  " + $0 } + threaded
    }

    private static func xdp(_ link: LinkDescription) -> [Row] {
        guard let xdp = link.xdp else { return [] }
        let attached = xdp.attached.map { attachment in
            let program = attachment.program
            return "\(program.identifier)" + (program.name.map { " \($0)" } ?? "") + (program.tag.map { " tag \($0)" } ?? "")
        }
        return [("mode", xdp.modeName), ("program", attached.joined(separator: ", "))]
    }

    private static func features(_ link: LinkDescription) -> [Row] {
        guard let features = link.features else { return [] }
        let fixed = Set(link.fixedFeatures ?? [])
        func names(_ isOn: Bool, _ isFixed: Bool) -> String? {
            let names = features.filter { $0.value == isOn && fixed.contains($0.key) == isFixed }.keys.sorted()
            return names.isEmpty ? nil : names.joined(separator: " ")
        }
        return [
            ("on", names(true, false)), ("off", names(false, false)), ("fixed on", names(true, true)), ("fixed off", names(false, true))
        ]
    }

    /// Those of the whole link; the queues' own stand with the queues.
    private static func statistics(_ link: LinkDescription) -> [Row] {
        let names = (link.statistics ?? [:]).filter { !LinkQueues.isOfAQueue($0.key) }
        return names.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    }
}
