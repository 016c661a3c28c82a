/// Where a frame's changing bytes are, and what its checksum comes to without them. Eight bytes a slot.
@frozen
public struct StampPoint: Equatable, Sendable {
    /// From the frame's first byte to the signature.
    public var signatureOffset: UInt16
    /// From the frame's first byte to the transport checksum; 0 where there is none to finish.
    public var checksumOffset: UInt16
    /// The unfolded sum of all that the checksum covers, pseudo-header included, the signature and
    /// the checksum field taken as zero.
    public var checksumSeed: UInt32

    public init(signatureOffset: UInt16, checksumOffset: UInt16 = 0, checksumSeed: UInt32 = 0) {
        self.signatureOffset = signatureOffset
        self.checksumOffset = checksumOffset
        self.checksumSeed = checksumSeed
    }

    /// The finished checksum with the signature's words added. UDP has 0 for "none", so a sum
    /// of 0 is sent as 0xFFFF, its other form (RFC 768); TCP may do the same.
    @inlinable @inline(__always)
    package func checksum(adding words: UInt64) -> UInt16 {
        let sum = UInt64(checksumSeed) &+ words
        let once = (sum & 0xFFFF) &+ (sum &>> 16)
        let twice = (once & 0xFFFF) &+ (once &>> 16)
        let checksum = ~UInt16(truncatingIfNeeded: twice &+ (twice &>> 16))
        return checksum == 0 ? 0xFFFF : checksum
    }
}
