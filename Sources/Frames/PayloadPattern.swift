import Memory

/// What stands behind the signature: bytes that count up from 0, so that a damaged, cut or shifted payload is seen.
public enum PayloadPattern {
    public static func bytes(count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

    /// The eight bytes from `index` on as a little-endian number; `index` is a multiple of eight, so that none of them goes over.
    @inlinable @inline(__always)
    public static func word(at index: Int) -> UInt64 {
        0x0706_0504_0302_0100 &+ 0x0101_0101_0101_0101 &* UInt64(truncatingIfNeeded: index & 0xFF)
    }

    /// Whether `count` bytes from `start` on are the pattern's, from its beginning on; traps beyond the end. Those before `first`, below eight,
    /// aren't looked at.
    @inlinable @inline(__always)
    public static func matches(_ frame: RawSpan, at start: Int, count: Int, from first: Int) -> Bool {
        precondition(start >= 0 && count >= 0 && count <= frame.byteCount &- start, "a pattern within its frame")
        var index = 0
        var difference: UInt64 = 0
        if count >= 8 {
            difference = (word(in: frame, start) ^ word(at: 0)) &>> UInt64(truncatingIfNeeded: first &* 8)
            index = 8
            while index &+ 8 <= count {
                difference |= word(in: frame, start &+ index) ^ word(at: index)
                index &+= 8
            }
        } else {
            index = first
        }
        while index < count {
            // Unsafe: below `count`, and so in bounds.
            let byte = unsafe frame.unsafeLoad(fromUncheckedByteOffset: start &+ index, as: UInt8.self)
            difference |= UInt64(byte ^ UInt8(truncatingIfNeeded: index))
            index &+= 1
        }
        return difference == 0
    }

    /// Eight bytes of a frame.
    ///
    /// Unsafe: `matches` has checked that all of them are there.
    @inlinable @inline(__always)
    static func word(in frame: RawSpan, _ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: frame.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }
}
