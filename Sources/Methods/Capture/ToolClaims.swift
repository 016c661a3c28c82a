import FoundationEssentials

/// What a capture tool said of itself, in its own words and meanings: nil where it said nothing.
public struct ToolClaims: Codable, Equatable, Sendable {
    /// Frames that it says it has.
    public var captured: UInt64?
    /// Frames that it says came to it: by the kernel's counter those that it lost are among them.
    public var received: UInt64?
    /// Frames that it says were lost on the way to it.
    public var dropped: UInt64?
    /// Frames that it says the interface lost.
    public var interfaceDropped: UInt64?
    /// Zeek's estimate of what it missed, percent, the mean of its lines.
    public var missedPercent: Double?
    /// Where it said so.
    public var source: String

    init(source: String) { self.source = source }

    /// Looks for the counters of a tool that is known, in what it printed and in the logs that it left.
    ///
    /// - Parameters:
    ///   - name: the tool's.
    ///   - printed: what came on its standard output and standard error.
    ///   - log: reads a file of its folder by name; nil if it isn't there.
    /// - Returns: nil where nothing is known.
    public static func read(tool name: String, printed: String, log: (String) -> String?) -> ToolClaims? {
        switch name {
        case "tcpdump": counters(printed, source: "tcpdump's last lines", of: tcpdumpLines)
        case "dumpcap": dumpcap(printed)
        case "tshark": dumpcap(printed) ?? counters(printed, source: "tshark's last lines", of: tsharkLines)
        case "netsniff-ng": counters(printed, source: "netsniff-ng's last lines", of: netsniffLines)
        case "suricata": log("eve.json").flatMap(suricata)
        case "zeek": zeek(log)
        default: nil
        }
    }

    private typealias Line = (ending: String, field: WritableKeyPath<ToolClaims, UInt64?>)

    // Where a line may be of one frame, its noun stands without the plural. `pcap_stats(3PCAP)`: what "received by filter" holds differs between
    // systems; on Linux dropped frames are among them.
    private static var tcpdumpLines: [Line] {
        [
            ("captured", \.captured), ("received by filter", \.received), ("dropped by kernel", \.dropped),
            ("dropped by interface", \.interfaceDropped)
        ]
    }
    private static var tsharkLines: [Line] {
        [
            ("captured", \.captured), ("dropped", \.dropped)
        ]
    }
    private static var netsniffLines: [Line] {
        [
            ("incoming", \.received), ("passed filter", \.captured), ("failed filter (out of space)", \.dropped)
        ]
    }

    /// Lines like `20000 packets captured`, the last of each kind.
    private static func counters(_ text: String, source: String, of lines: [Line]) -> ToolClaims? {
        var claims = ToolClaims(source: source)
        var hasAny = false
        for line in text.split(whereSeparator: { $0.isNewline || $0 == "\r" }) {
            let words = line.split(separator: " ")
            guard words.count >= 3, let count = UInt64(words[0]), words[1] == "packets" || words[1] == "packet" else { continue }
            let rest = words.dropFirst(2).joined(separator: " ")
            guard let (_, field) = lines.first(where: { rest.hasPrefix($0.ending) }) else { continue }
            claims[keyPath: field] = count
            hasAny = true
        }
        return hasAny ? claims : nil
    }

    /// `Packets captured: 100`, and for each interface `Packets received/dropped on interface 'eth0': 100/3 (pcap:3/dumpcap:0/flushed:0/ps_ifdrop:0)`.
    private static func dumpcap(_ text: String) -> ToolClaims? {
        var claims = ToolClaims(source: "dumpcap's last lines")
        guard let captured = text.matches(of: /Packets captured: (\d+)/).last else { return nil }
        claims.captured = UInt64(captured.1)
        for match in text.matches(of: /Packets received\/dropped on interface '.*': (\d+)\/(\d+) \(.*ps_ifdrop:(\d+)/) {
            claims.received = (claims.received ?? 0) + (UInt64(match.1) ?? 0)
            claims.dropped = (claims.dropped ?? 0) + (UInt64(match.2) ?? 0)
            claims.interfaceDropped = (claims.interfaceDropped ?? 0) + (UInt64(match.3) ?? 0)
        }
        return claims
    }
}

extension ToolClaims {
    /// The last `stats` event of Suricata's eve.json: totals since its start. The kernel's packets hold those it dropped; what Suricata has seen is
    /// what it decoded.
    static func suricata(_ text: String) -> ToolClaims? {
        struct Event: Decodable {
            struct Stats: Decodable {
                struct Capture: Decodable {
                    var kernel_packets: UInt64?
                    var kernel_drops: UInt64?
                    var kernel_ifdrops: UInt64?
                }
                struct Decoder: Decodable { var pkts: UInt64? }
                var capture: Capture?
                var decoder: Decoder?
            }
            var event_type: String
            var stats: Stats?
        }
        let decoder = JSONDecoder()
        for line in text.split(separator: "\n").reversed() where line.contains("\"stats\"") {
            guard let event = try? decoder.decode(Event.self, from: Data(line.utf8)), event.event_type == "stats", let stats = event.stats
            else { continue }
            var claims = ToolClaims(source: "eve.json")
            claims.captured = stats.decoder?.pkts
            claims.received = stats.capture?.kernel_packets
            claims.dropped = stats.capture?.kernel_drops
            claims.interfaceDropped = stats.capture?.kernel_ifdrops
            return claims
        }
        return nil
    }

    /// Zeek's stats.log, whose lines hold what came since the one before, and capture_loss.log, which estimates from gaps in TCP.
    static func zeek(_ log: (String) -> String?) -> ToolClaims? {
        guard let stats = log("stats.log").map(zeekRows), !stats.isEmpty else { return nil }
        func sum(_ name: String) -> UInt64? {
            let values = stats.compactMap { $0[name].flatMap { UInt64($0) } }
            return values.isEmpty ? nil : values.reduce(0, +)
        }
        var claims = ToolClaims(source: "stats.log")
        claims.captured = sum("pkts_proc")
        claims.received = sum("pkts_link")
        claims.dropped = sum("pkts_dropped")
        let missed = (log("capture_loss.log").map(zeekRows) ?? []).compactMap { $0["percent_lost"].flatMap { Double($0) } }
        if !missed.isEmpty { claims.missedPercent = missed.reduce(0, +) / Double(missed.count) }
        return claims
    }

    /// Zeek's logs in either of its forms: columns named by `#fields`, or an object a line. A column without a value holds `-`.
    private static func zeekRows(_ text: String) -> [[String: String]] {
        var names: [Substring] = []
        return text.split(separator: "\n").compactMap { line in
            if line.hasPrefix("{") {
                return (try? JSONDecoder().decode([String: Cell].self, from: Data(line.utf8)))?.mapValues(\.text)
            }
            if line.hasPrefix("#fields\t") { names = line.split(separator: "\t", omittingEmptySubsequences: false).dropFirst().map { $0 } }
            guard !line.hasPrefix("#"), !names.isEmpty else { return nil }
            let values = line.split(separator: "\t", omittingEmptySubsequences: false)
            return Dictionary(zip(names.map(String.init), values.map(String.init))) { first, _ in first }
        }
    }

    /// A value of a log as its other form has it: what is no number, truth or text has none of use here.
    private struct Cell: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let number = try? container.decode(Int64.self) {
                text = "\(number)"
            } else if let number = try? container.decode(Double.self) {
                text = "\(number)"
            } else if let isTrue = try? container.decode(Bool.self) {
                text = isTrue ? "T" : "F"
            } else {
                text = "-"
            }
        }
    }
}
