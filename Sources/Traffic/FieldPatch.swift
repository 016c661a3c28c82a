/// One field's values, ready to be laid into frames: everything that a loop needs, and nothing that it would have to count references of.
@frozen
public struct FieldPatch: Sendable {
    @frozen
    public enum Source: UInt8, Sendable { case counter, shuffle, table }

    /// The eight bytes that hold the field, from the frame's first on; even, so that checksums add up word by word.
    @usableFromInline package let offset: Int
    @usableFromInline package let shift: UInt64
    /// The field's bits of the eight bytes.
    @usableFromInline package let mask: UInt64
    /// Of these, what the IPv4 header's checksum covers.
    @usableFromInline package let ipMask: UInt64
    /// And the transport's.
    @usableFromInline package let transportMask: UInt64
    /// Whose count the values go by.
    @usableFromInline package let wheel: Int
    /// Which bits of that count.
    @usableFromInline package let countShift: UInt64
    @usableFromInline package let countMask: UInt64
    @usableFromInline package let source: Source
    /// The range's first value.
    @usableFromInline package let low: UInt64
    /// The range's values; 0 for 2⁶⁴.
    @usableFromInline package let size: UInt64
    @usableFromInline package let start: UInt64
    @usableFromInline package let step: UInt64
    /// Where the values begin in the table of all.
    @usableFromInline package let table: Int
    @usableFromInline package let shuffle: Shuffle

    /// What comes first in the range's own count.
    init(
        _ bits: Range<Int>, _ headers: Headers, wheel: Int, countShift: UInt64 = 0, countMask: UInt64 = .max, source: Source,
        low: UInt64 = 0, size: UInt64 = 0, start: UInt64 = 0, step: UInt64 = 1, table: Int = 0, shuffle: Shuffle = Shuffle(size: 1, seed: 0)
    ) {
        offset = bits.lowerBound / 8 & ~1
        let behind = (offset + 8) * 8 - bits.upperBound
        precondition(behind >= 0 && bits.count <= 64, "a field lies within its window")
        shift = UInt64(behind)
        mask = (.max >> UInt64(64 - bits.count)) << shift
        ipMask = mask & headers.ipMask(at: offset)
        transportMask = mask & headers.transportMask(at: offset)
        self.wheel = wheel
        self.countShift = countShift
        self.countMask = countMask
        self.source = source
        self.low = low
        self.size = size
        self.start = start
        self.step = step
        self.table = table
        self.shuffle = shuffle
    }

    /// The field's value at its wheel's `count`.
    ///
    /// - Parameter look: one of the values in the table of all.
    @inlinable @inline(__always)
    package func value(_ count: UInt64, _ look: (Int) -> UInt64) -> UInt64 {
        let place = count &>> countShift & countMask
        switch source {
        case .counter:
            let moved = start &+ step &* place
            return low &+ (size & (size &- 1) == 0 ? moved & (size &- 1) : moved % size)
        case .shuffle: return low &+ shuffle[place]
        case .table: return look(table &+ Int(truncatingIfNeeded: place))
        }
    }
}

/// All numbers below a size, in another order: each comes once, found without a table.
///
/// Two rounds of xor-shift and odd multiplication permute the next power of two (each is a bijection); what falls beyond the size is
/// permuted again until it doesn't ("cycle walking", Black and Rogaway 2002).
@frozen
public struct Shuffle: Equatable, Sendable {
    @usableFromInline package let size: UInt64
    @usableFromInline package let mask: UInt64
    @usableFromInline package let half: UInt64
    @usableFromInline package let added: UInt64
    @usableFromInline package let first: UInt64
    @usableFromInline package let second: UInt64

    /// - Parameter size: 0 for 2⁶⁴.
    init(size: UInt64, seed: UInt64) {
        self.size = size
        let bits = size == 0 ? 64 : max(1, 64 - (size - 1).leadingZeroBitCount)
        mask = .max >> UInt64(64 - bits)
        half = UInt64((bits + 1) / 2)
        var state = seed
        func next() -> UInt64 {
            // SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        added = next()
        first = next() | 1
        second = next() | 1
    }

    /// - Parameter index: below the size.
    @inlinable @inline(__always)
    package subscript(_ index: UInt64) -> UInt64 {
        var value = index
        repeat {
            value = (value &+ added) & mask
            value ^= value &>> half
            value = value &* first & mask
            value ^= value &>> half
            value = value &* second & mask
            value ^= value &>> half
        } while size != 0 && value >= size
        return value
    }
}
