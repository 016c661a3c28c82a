import Kernel

/// What goes wrong with capture files and filters; each a sentence and a remedy.
public enum TraceError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notEthernet(path: String, linkType: String)
    case unwritable(path: String, SystemError)
    /// Reading from and writing to one file would empty it first.
    case sameFile(path: String)
    case timeOutOfRange(path: String, isPcapng: Bool)
    case mixedLinkTypes(path: String)
    case badFilter(FilterError)
    case capture(interface: String, SystemError)
}

extension TraceError: ExplainedError, CustomStringConvertible {
    public var sentence: String { description }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "capture file \(path) can't be read: \(reason); `capinfos` or `file` tell what it is"
        case .notEthernet(let path, let linkType):
            "capture file \(path) holds frames of link type \(linkType); only Ethernet can be sent and shown here"
        case .unwritable(let path, let error):
            "capture file \(path) can't be written: \(error.reason); choose another place with -w or --write"
        case .sameFile(let path): "\(path) is the file that the frames are read from, and writing would empty it; write to another one"
        case .timeOutOfRange(let path, let isPcapng):
            isPcapng
                ? "capture file \(path) can't hold a frame's time: it lies outside of what the interface's units reach; leave the frame out with --filter"
                : "capture file \(path) can't hold a frame's time: the classic form ends at 1970 and 2106; write a .pcapng"
        case .mixedLinkTypes(let path):
            "capture file \(path) can't hold frames of several link types: the classic form has one; write a .pcapng"
        case .badFilter(let error): "\(error)"
        case .capture(let interface, let error): "\(interface) can't be listened on: \(error.reason) (\(error.call)); \(Self.remedy(error))"
        }
    }

    private static func remedy(_ error: SystemError) -> String {
        switch error.number {
        case ErrorNumber.networkDown: "switch it on with: vethmark link set IF --up"
        case ErrorNumber.noMemory: "use a smaller --buffer"
        default:
            error.isPermission
                ? "it needs CAP_NET_RAW: run it as root, or: sudo \(ProgramFile.setcap([.netRaw]))"
                : "`vethmark link show` tells what is there"
        }
    }
}

/// A filter expression that libpcap doesn't take.
public struct FilterError: Error, Equatable, Sendable {
    public var expression: String
    /// libpcap's words.
    public var reason: String
    /// Characters in front of the first word that no valid expression can have there; nil if it
    /// can't be told.
    public var position: Int?
}

extension FilterError: ExplainedError, CustomStringConvertible {
    public var sentence: String { description }
    public var description: String {
        let remedy = "`man pcap-filter` has the grammar"
        let expression = expression.utf8.count <= CaptureFilter.searchedBytes ? expression : expression.prefix(200) + "…"
        guard let position else { return "filter expression '\(expression)': \(reason); \(remedy)" }
        let marker = String(repeating: " ", count: position) + "^"
        return "filter expression, at character \(position + 1): \(reason); \(remedy)\n    \(expression)\n    \(marker)"
    }
}
