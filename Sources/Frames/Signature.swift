import Memory

/// What makes a frame ours, and says which: 18 bytes at the start of the payload.
///
///     byte  0        2       3                      6             10                        18
///           | magic  | epoch | worker stream   key  |  sequence   |       timestamp         |
///     bits     16       8       8      6      10          32                 64
///
/// All big-endian. `magic` is 0x766D, "vm"; the next 32 bits are a `StreamIdentifier`. `sequence` counts the frames of one
/// worker and stream from 0 and keeps the lower 32 bits; a receiver knows the upper ones from the highest that it has seen
/// (`unwrapped`). `timestamp` is the send time, CLOCK_REALTIME, nanoseconds since 1970.
///
/// It stands at the start, so that its offset is the same for all sizes and survives a snap length. Magic, key and epoch make
/// 34 bits: no stranger's frame has them by chance, so no clock is needed to tell whose a frame is.
@frozen
public struct Signature: Equatable, Sendable {
    public static let magic: UInt16 = 0x766D
    public static let byteCount = 18

    public enum Field {
        public static let magic = 0
        public static let stream = 2
        public static let sequence = 6
        public static let timestamp = 10
    }

    public var stream: StreamIdentifier
    /// The lower 32 bits.
    public var sequence: UInt32
    public var timestampNanoseconds: UInt64

    @inlinable
    public init(stream: StreamIdentifier, sequence: UInt32, timestampNanoseconds: UInt64) {
        self.stream = stream
        self.sequence = sequence
        self.timestampNanoseconds = timestampNanoseconds
    }

    /// The first eight bytes as one number: magic, stream and the upper half of the sequence's 32 bits.
    @inlinable @inline(__always)
    public static func head(_ stream: StreamIdentifier, _ sequence: UInt64) -> UInt64 {
        0x766D &<< 48 | UInt64(stream.rawValue) &<< 16 | (sequence &>> 16) & 0xFFFF
    }

    /// Writes a signature into a frame, and finishes its transport checksum where it has one.
    ///
    /// - Parameters:
    ///   - frame: from its first byte on; traps if it ends before the signature does.
    ///   - sequence: its lower 32 bits are written.
    @inlinable @inline(__always)
    public static func stamp(
        _ frame: inout MutableRawSpan, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64,
        timestampNanoseconds: UInt64
    ) {
        let start = Int(point.signatureOffset)
        precondition(start &+ byteCount <= frame.byteCount, "a frame holds its signature")
        let head = head(stream, sequence)
        // Unsafe: all three in bounds, as was just checked.
        unsafe frame.storeBytes(of: head.bigEndian, toUncheckedByteOffset: start, as: UInt64.self)
        unsafe frame.storeBytes(
            of: UInt16(truncatingIfNeeded: sequence).bigEndian, toUncheckedByteOffset: start &+ 8, as: UInt16.self)
        unsafe frame.storeBytes(of: timestampNanoseconds.bigEndian, toUncheckedByteOffset: start &+ 10, as: UInt64.self)
        if point.checksumOffset != 0 {
            let tail = UInt64(UInt16(truncatingIfNeeded: sequence))
            let checksum = point.checksum(adding: words(head) &+ tail &+ words(timestampNanoseconds))
            let place = Int(point.checksumOffset)
            precondition(place &+ 2 <= frame.byteCount, "a frame holds its checksum")
            // Unsafe: in bounds, as was just checked; an offset is never negative.
            unsafe frame.storeBytes(of: checksum.bigEndian, toUncheckedByteOffset: place, as: UInt16.self)
        }
    }

    /// The sum of a number's four 16-bit words.
    @inlinable @inline(__always)
    package static func words(_ value: UInt64) -> UInt64 {
        (value &>> 48) &+ (value &>> 32 & 0xFFFF) &+ (value &>> 16 & 0xFFFF) &+ (value & 0xFFFF)
    }

    /// Reads a signature out of a frame.
    ///
    /// - Returns: nil if the frame ends before it, or the magic is another.
    @inlinable @inline(__always)
    public static func read(_ frame: RawSpan, at offset: Int) -> Signature? {
        guard offset >= 0, offset <= frame.byteCount &- byteCount else { return nil }
        // All three in bounds, as was just checked, and any bits are a number.
        let head = unsafe UInt64(bigEndian: frame.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
        guard head &>> 48 == 0x766D else { return nil }
        let tail = unsafe UInt16(bigEndian: frame.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt16.self))
        let time = unsafe UInt64(bigEndian: frame.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 10, as: UInt64.self))
        return Signature(
            stream: StreamIdentifier(rawValue: UInt32(truncatingIfNeeded: head &>> 16)),
            sequence: UInt32(truncatingIfNeeded: head &<< 16) | UInt32(tail),
            timestampNanoseconds: time)
    }

    /// The same out of a frame in memory of its own.
    public static func read(_ frame: [UInt8], at offset: Int) -> Signature? {
        frame.read { read($0, at: offset) }
    }

    /// The whole sequence number: of all that have these lower 32 bits the one nearest to `expected`, the next that
    /// would be in order. Right as long as no frame is 2³¹ or more away from it.
    @inlinable @inline(__always)
    public static func unwrapped(_ sequence: UInt32, near expected: UInt64) -> UInt64 {
        let distance = Int64(Int32(bitPattern: sequence &- UInt32(truncatingIfNeeded: expected)))
        let whole = Int64(bitPattern: expected) &+ distance
        // Numbers begin at 0: what would lie before is ahead instead.
        return whole < 0 ? UInt64(sequence) : UInt64(bitPattern: whole)
    }
}

/// Whose sequence numbers a frame counts in: 32 bits of the signature.
///
/// The key tells two vethmarks on one path apart: each run draws its own. The epoch tells the trials of a run apart, and each
/// from its warm-up. Sequence numbers run by worker and stream.
@frozen
public struct StreamIdentifier: Equatable, Hashable, Sendable {
    /// Epoch, worker, stream and key, from the highest bit on.
    public let rawValue: UInt32

    public static let maximumWorkers = 256
    public static let maximumStreams = 64
    public static let keyMask: UInt16 = 0x3FF

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// - Parameters:
    ///   - stream: below 64.
    ///   - key: its lower 10 bits count.
    public init(epoch: UInt8, worker: UInt8, stream: UInt8 = 0, key: UInt16 = 0) {
        precondition(stream < Self.maximumStreams, "a stream has six bits")
        rawValue = UInt32(epoch) << 24 | UInt32(worker) << 16 | UInt32(stream) << 10 | UInt32(key & Self.keyMask)
    }

    /// The same of another stream, from stream 0.
    @inlinable @inline(__always)
    public func naming(_ stream: UInt8) -> StreamIdentifier { StreamIdentifier(rawValue: rawValue | UInt32(stream) &<< 10) }

    /// Which trial, and which phase of it.
    @inlinable public var epoch: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 24) }
    /// Which transmit worker.
    @inlinable public var worker: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 16) }
    /// Which of a worker's streams.
    @inlinable public var stream: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 10 & 0x3F) }
    /// Whose run.
    @inlinable public var key: UInt16 { UInt16(truncatingIfNeeded: rawValue & 0x3FF) }

    /// The bits that all frames of one run and phase have in common: epoch and key.
    @inlinable public var phaseBits: UInt32 { rawValue & 0xFF00_03FF }
}
