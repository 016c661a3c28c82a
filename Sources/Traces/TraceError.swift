import Kernel

/// What goes wrong with capture files and filters; each a sentence and a remedy.
public enum TraceError: Error, Equatable, Sendable {
    /// libpcap's words.
    case unreadable(path: String, reason: String)
    case notEthernet(path: String, linkType: String)
    case unwritable(path: String, SystemError)
    case badFilter(FilterError)
    case capture(interface: String, SystemError)
}

extension TraceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "capture file \(path) can't be read: \(reason); `capinfos` or `file` tell what it is"
        case .notEthernet(let path, let linkType):
            "capture file \(path) holds frames of link type \(linkType); only Ethernet can be sent and shown here"
        case .unwritable(let path, let error):
            "capture file \(path) can't be written: \(error.reason); choose another place with -w or --write"
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

extension FilterError: CustomStringConvertible {
    public var description: String {
        let remedy = "`man pcap-filter` has the grammar"
        guard let position else { return "filter expression '\(expression)': \(reason); \(remedy)" }
        let marker = String(repeating: " ", count: position) + "^"
        return "filter expression, at character \(position + 1): \(reason); \(remedy)\n    \(expression)\n    \(marker)"
    }
}
