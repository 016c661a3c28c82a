/// The checksum of IP, UDP and TCP: the one's complement of the one's complement sum of all 16-bit
/// words (RFC 1071).
public enum InternetChecksum {
    /// The sum of `bytes` as big-endian words, an odd last byte padded with zero; not yet folded, so
    /// that sums can be added up. Good for 128 KiB and more at a time.
    public static func sum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum: UInt32 = 0
        var isHigh = true
        for byte in bytes {
            sum &+= isHigh ? UInt32(byte) << 8 : UInt32(byte)
            if isHigh { sum = (sum & 0xFFFF) &+ sum >> 16 }
            isHigh.toggle()
        }
        return sum
    }

    /// Folds the carries back in: RFC 1071 section 2(B).
    @inlinable
    public static func folded(_ sum: UInt32) -> UInt16 {
        let once = (sum & 0xFFFF) &+ sum >> 16
        return UInt16(truncatingIfNeeded: once &+ once >> 16)
    }

    /// The same of a sum that may have more carries than 16 bits hold; below 2³² what comes of it has 16 bits.
    @inlinable @inline(__always)
    package static func folded(_ sum: UInt64) -> UInt64 {
        let once = (sum & 0xFFFF) &+ (sum &>> 16)
        let twice = (once & 0xFFFF) &+ (once &>> 16)
        return (twice & 0xFFFF) &+ (twice &>> 16)
    }

    /// What stands in the header.
    @inlinable
    public static func finished(_ sum: UInt32) -> UInt16 { ~folded(sum) }

    /// The checksum of `bytes`.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt16 { finished(sum(bytes)) }

    /// A header checksum after one of its words changed: RFC 1624, equation 3.
    public static func updated(_ checksum: UInt16, from old: UInt16, to new: UInt16) -> UInt16 {
        finished(UInt32(~checksum) + UInt32(~old) + UInt32(new))
    }
}
