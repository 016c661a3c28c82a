/// One frame out of a capture, live or from a file.
public struct CapturedFrame: Equatable, Sendable {
    /// Since 1970, or before: files hold times that 64 bits of nanoseconds don't reach.
    public var timestampNanoseconds: Int128
    /// Whether the capture says when it came at all: a simple packet block doesn't, and the time is 0.
    public var hasTime = true
    /// From the destination address on, without FCS, as much as was kept.
    public var bytes: [UInt8]
    /// What it had on the link.
    public var wireBytes: Int
    /// Which of the file's interfaces saw it.
    public var interface = 0
    /// pcapng's `epb_flags`; 0 where nothing is known.
    public var flags: UInt32
    /// Remarks that somebody left in the file.
    public var comments: [String] = []
    /// Whether the capture said that its transport checksum isn't filled in.
    public var checksumsAreLeft: Bool

    /// Which way it went, as seen by the interface.
    public enum Direction: String, Sendable {
        case incoming = "in"
        case outgoing = "out"
        /// Files of the classic form don't tell.
        case unknown

        /// `epb_flags`, bits 0 and 1.
        public init(flags: UInt32) {
            self =
                switch flags & 3 {
                case 1: .incoming
                case 2: .outgoing
                default: .unknown
                }
        }

        var flags: UInt32 {
            switch self {
            case .unknown: 0
            case .incoming: 1
            case .outgoing: 2
            }
        }
    }

    public init(
        timestampNanoseconds: some BinaryInteger, bytes: [UInt8], wireBytes: Int? = nil, direction: Direction = .unknown,
        checksumsAreLeft: Bool = false
    ) {
        self.timestampNanoseconds = Int128(timestampNanoseconds)
        self.bytes = bytes
        self.wireBytes = wireBytes ?? bytes.count
        flags = direction.flags
        self.checksumsAreLeft = checksumsAreLeft
    }

    public var direction: Direction { Direction(flags: flags) }
    public var isOutgoing: Bool { direction == .outgoing }
    /// Whether there was more of it on the link.
    public var isCut: Bool { wireBytes > bytes.count }
}
