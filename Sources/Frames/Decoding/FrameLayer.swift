/// One protocol's header: read from bytes, written to bytes, and told field by field.
///
/// Fields that follow from the rest of the frame (lengths, checksums, the type of the next layer) are optional:
/// nil has them worked out when the frame is built; a layer that was read has all of them set, so that writing it
/// again gives the same bytes, right or wrong.
public protocol FrameLayer: Sendable {
    var kind: LayerKind { get }

    /// Reads the header; the reader then stands at the payload.
    ///
    /// - Parameter kind: for headers that several kinds share.
    init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault)

    /// The header in front of a payload.
    func encoded(_ context: BuildContext) -> [UInt8]

    /// Every field, in the order of the wire.
    func describe(into list: inout FieldList, _ context: LayerContext)

    /// What comes behind the header.
    func next(_ reader: ByteReader) -> LayerKind

    /// How many bytes behind the header belong to this layer, if it says so itself.
    var payloadBytes: Int? { get }

    /// A line about the layer, in Wireshark's words: the heading of its fields.
    var summary: String { get }

    /// Fields that a plan may set, one place for each.
    var places: [FieldPlace] { get }

    /// What the frame says at this layer, for the one line of a whole frame; nil if nothing worth it.
    var information: String? { get }
}

extension FrameLayer {
    public var payloadBytes: Int? { nil }
    public var information: String? { nil }
    public var places: [FieldPlace] { [] }
}

/// What a layer needs to know to be written.
public struct BuildContext: Sendable {
    /// All bytes behind the header.
    public var payload: [UInt8]
    /// The layer that begins there; nil at the end.
    public var following: LayerKind?
    /// The addresses of the IP layer around.
    public var pseudoHeader: PseudoHeader?

    package init(payload: [UInt8], following: LayerKind?, pseudoHeader: PseudoHeader?) {
        self.payload = payload
        self.following = following
        self.pseudoHeader = pseudoHeader
    }
}

/// What a layer needs to know to check itself.
public struct LayerContext: Sendable {
    public var bytes: [UInt8]
    /// From the header's first byte to the end of the payload.
    public var range: Range<Int>
    /// Where the payload begins.
    public var payloadStart: Int
    public var pseudoHeader: PseudoHeader?
    /// Why not all that a checksum covers is here; nil if it is.
    public var incomplete: String?
    /// Whether the capture said that checksums are left to the interface.
    public var checksumsAreLeft = false

    var header: ArraySlice<UInt8> { bytes[range.lowerBound..<payloadStart] }
    var all: ArraySlice<UInt8> { bytes[range] }

    /// Checks the checksum of `covered` bytes, the field itself among them, that stands at `offset` of the header.
    func status(_ value: UInt16, over covered: ArraySlice<UInt8>, startingWith sum: UInt32 = 0) -> ChecksumStatus {
        let total = InternetChecksum.folded(UInt32(InternetChecksum.folded(InternetChecksum.sum(covered))) &+ sum)
        // All ones: the sum over everything with a right checksum in it. RFC 1624 section 3: both zeros are equal.
        if total == 0xFFFF { return .correct }
        let without = InternetChecksum.folded(UInt32(total) &+ UInt32(~value))
        return .wrong(expected: ~without)
    }

    /// Checks a transport checksum.
    func transportStatus(_ value: UInt16, protocolNumber: UInt8) -> ChecksumStatus {
        if let incomplete { return .unknown(incomplete) }
        guard let pseudoHeader else { return .unknown("no IP header") }
        let sum = pseudoHeader.sum(protocolNumber: protocolNumber, lengthBytes: range.count)
        let status = status(value, over: all, startingWith: sum)
        if status != .correct, checksumsAreLeft { return .left }
        return status
    }
}
