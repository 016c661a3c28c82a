/// One frame out of a capture, live or from a file.
public struct CapturedFrame: Equatable, Sendable {
    /// Since 1970.
    public var timestampNanoseconds: UInt64
    /// From the destination address on, without FCS, as much as was kept.
    public var bytes: [UInt8]
    /// What it had on the link.
    public var wireBytes: Int
    /// Whether the interface sent it; files of the classic form don't tell.
    public var isOutgoing: Bool
    /// Whether the capture said that its transport checksum isn't filled in.
    public var checksumsAreLeft: Bool

    public init(
        timestampNanoseconds: UInt64, bytes: [UInt8], wireBytes: Int? = nil, isOutgoing: Bool = false, checksumsAreLeft: Bool = false
    ) {
        self.timestampNanoseconds = timestampNanoseconds
        self.bytes = bytes
        self.wireBytes = wireBytes ?? bytes.count
        self.isOutgoing = isOutgoing
        self.checksumsAreLeft = checksumsAreLeft
    }
}
