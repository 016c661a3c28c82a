import Frames
import Memory

/// How a receiver tells whether a frame is as it left: by the length that its own headers give it, and by the pattern behind the
/// signature.
///
/// Headers in front of the signature may change on a path (a router's hop limit, NAT): they are not looked at. The UDP length
/// speaks for UDP over either IP; TCP has none, so IP's does; a frame without IP carries its payload's length behind the signature.
@frozen
public struct FrameCheck: Equatable, Sendable {
    /// From the frame's first byte to the signature, as it left.
    public var signatureOffset: Int
    /// From the signature to the length, 16 bits, big-endian.
    public var lengthOffset: Int
    /// What the length leaves out of the frame (no FCS), less what it says too much on purpose.
    public var lengthBase: Int
    /// Bytes of the pattern that hold something else.
    public var patternStart: Int
    /// Which stream's frames it is for.
    public var stream = 0
    /// Whether what is known of its frames says if they are as they left: not of those that somebody else has made.
    public var isChecked = true
    /// The plan's longest frame, without FCS: what is longer was merged on its way.
    public var largestBytes: Int

    /// For frames out of a file: only their signature is known.
    ///
    /// - Parameter offset: from the frame's first byte to the signature.
    public init(recordedSignatureAt offset: Int, stream: Int, largestBytes: Int) {
        signatureOffset = offset
        (lengthOffset, lengthBase, patternStart) = (0, 0, 0)
        self.stream = stream
        isChecked = false
        self.largestBytes = largestBytes
    }

    public init(_ recipe: FrameRecipe, stream: Int = 0, largestBytes: Int) {
        self.stream = stream
        signatureOffset = recipe.headerBytes
        self.largestBytes = largestBytes
        patternStart = 0
        switch (recipe.network, recipe.transport) {
        case (.raw, _):
            lengthOffset = Signature.byteCount
            lengthBase = signatureOffset
            patternStart = 2
        case (_, .udp):
            lengthOffset = UDPField.length - UDPField.headerBytes
            lengthBase = signatureOffset - UDPField.headerBytes
        case (.ipv4, .tcp):
            lengthOffset = IPv4Field.totalLength - IPv4Field.headerBytes - TCPField.headerBytes
            lengthBase = signatureOffset - IPv4Field.headerBytes - TCPField.headerBytes
        case (.ipv6, .tcp):
            lengthOffset = IPv6Field.payloadLength - IPv6Field.headerBytes - TCPField.headerBytes
            lengthBase = signatureOffset - TCPField.headerBytes
        }
        // A length that left wrong on purpose has to come so.
        lengthBase -= recipe.excessBytes
    }

    /// How many bytes from the frame's first must be there for the length to be read.
    @inlinable public var lengthEnd: Int { signatureOffset &+ Swift.max(Signature.byteCount, lengthOffset &+ 2) }

    /// Whether the frame came as it left.
    ///
    /// - Parameters:
    ///   - frame: as much of it as was captured.
    ///   - start: where the signature was found.
    ///   - frameBytes: the frame's length on the link, less any tags that came to it on the way.
    @inlinable @inline(__always)
    public func isIntact(_ frame: RawSpan, signatureAt start: Int, frameBytes: Int) -> Bool {
        let capturedBytes = frame.byteCount &- start
        guard lengthOffset &+ 2 <= capturedBytes else { return false }
        let length = Int(frame.bigEndian(at: start &+ lengthOffset, as: UInt16.self))
        guard length &+ lengthBase == frameBytes else { return false }
        let end = frameBytes &- signatureOffset
        let count = (capturedBytes < end ? capturedBytes : end) &- Signature.byteCount
        return count <= 0 || PayloadPattern.matches(frame, at: start &+ Signature.byteCount, count: count, from: patternStart)
    }

    /// The same for a frame out of a file, of which less may be there than was on the link.
    ///
    /// - Parameters:
    ///   - offset: where the signature was found; all of it is there.
    ///   - wireBytes: the frame's length on the link, less any tags that came to it on the way.
    /// - Returns: nil where not even its length is there, and of frames that nobody knows.
    public func isIntact(_ frame: [UInt8], signatureAt offset: Int, wireBytes: Int) -> Bool? {
        guard isChecked else { return nil }
        let captured = frame.count - offset
        guard offset + lengthOffset >= 0, captured >= max(Signature.byteCount, lengthOffset + 2) else { return nil }
        return frame.read { isIntact($0, signatureAt: offset, frameBytes: wireBytes) }
    }
}
