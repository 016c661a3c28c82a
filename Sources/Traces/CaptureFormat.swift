/// How a capture file is laid out.
public struct CaptureFormat: Equatable, Sendable {
    public enum Container: String, CaseIterable, Sendable {
        /// The classic form (draft-ietf-opsawg-pcap).
        case pcap
        /// Blocks (draft-ietf-opsawg-pcapng).
        case pcapng
    }

    public enum Precision: CaseIterable, Sendable { case microseconds, nanoseconds }

    public var container: Container
    public var precision: Precision
    public var isBigEndian: Bool

    public init(_ container: Container, precision: Precision = .nanoseconds, isBigEndian: Bool = false) {
        self.container = container
        self.precision = precision
        self.isBigEndian = isBigEndian
    }

    /// By a path's ending: pcapng for `.pcapng` and `.ntar`, else pcap.
    public init(path: String) {
        self.init(path.hasSuffix(".pcapng") || path.hasSuffix(".ntar") ? .pcapng : .pcap)
    }
}
