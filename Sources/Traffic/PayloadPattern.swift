import Frames

/// What stands behind the signature: bytes that count up from 0, so that a damaged, cut or shifted payload is seen.
public enum PayloadPattern {
    public static func bytes(count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

    /// The eight bytes from `index` on as a little-endian number; `index` is a multiple of eight, so that none of them goes over.
    @inlinable @inline(__always)
    public static func word(at index: Int) -> UInt64 {
        0x0706_0504_0302_0100 &+ 0x0101_0101_0101_0101 &* UInt64(truncatingIfNeeded: index & 0xFF)
    }

    /// Whether `count` bytes are the pattern's, from its beginning on. Those before `first`, below eight, aren't looked at.
    @inlinable @inline(__always)
    public static func matches(_ bytes: UnsafeRawPointer, count: Int, from first: Int) -> Bool {
        var index = 0
        var difference: UInt64 = 0
        if count >= 8 {
            difference =
                (UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) ^ word(at: 0)) &>> UInt64(truncatingIfNeeded: first &* 8)
            index = 8
            while index &+ 8 <= count {
                difference |= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ word(at: index)
                index &+= 8
            }
        } else {
            index = first
        }
        while index < count {
            difference |= UInt64(bytes.load(fromByteOffset: index, as: UInt8.self) ^ UInt8(truncatingIfNeeded: index))
            index &+= 1
        }
        return difference == 0
    }
}

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
    /// What the length leaves out of the frame (no FCS).
    public var lengthBase: Int
    /// Bytes of the pattern that hold something else.
    public var patternStart: Int
    /// The plan's longest frame, without FCS: what is longer was merged on its way.
    public var largestBytes: Int

    public init(_ recipe: FrameRecipe, largestBytes: Int) {
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
    }

    /// How many bytes from the frame's first must be there for the length to be read.
    @inlinable public var lengthEnd: Int { signatureOffset &+ Swift.max(Signature.byteCount, lengthOffset &+ 2) }

    /// Whether the frame came as it left.
    ///
    /// - Parameters:
    ///   - signature: where the signature was found; `signatureOffset` bytes before it and `capturedBytes` behind it can be read.
    ///   - frameBytes: the frame's length on the link, less any tags that came to it on the way.
    @inlinable @inline(__always)
    public func isIntact(_ signature: UnsafeRawPointer, capturedBytes: Int, frameBytes: Int) -> Bool {
        guard lengthOffset &+ 2 <= capturedBytes else { return false }
        let length = Int(UInt16(bigEndian: signature.loadUnaligned(fromByteOffset: lengthOffset, as: UInt16.self)))
        guard length &+ lengthBase == frameBytes else { return false }
        let end = frameBytes &- signatureOffset
        let count = (capturedBytes < end ? capturedBytes : end) &- Signature.byteCount
        return count <= 0 || PayloadPattern.matches(signature + Signature.byteCount, count: count, from: patternStart)
    }

    /// The same for a frame out of a file, of which less may be there than was on the link.
    ///
    /// - Parameters:
    ///   - offset: where the signature was found; all of it is there.
    ///   - wireBytes: the frame's length on the link, less any tags that came to it on the way.
    /// - Returns: nil where not even its length is there.
    public func isIntact(_ frame: [UInt8], signatureAt offset: Int, wireBytes: Int) -> Bool? {
        let captured = frame.count - offset
        guard offset + lengthOffset >= 0, captured >= max(Signature.byteCount, lengthOffset + 2) else { return nil }
        return frame.withUnsafeBytes { bytes in
            bytes.baseAddress.map { isIntact($0 + offset, capturedBytes: captured, frameBytes: wireBytes) }
        }
    }
}
