/// What makes a frame ours, and says which: 18 bytes at the start of the payload.
///
///     0        2        4                 10                        18
///     | magic  | stream |    sequence     |       timestamp         |
///
/// All big-endian. `magic` is 0x766D, "vm". `stream` is epoch and transmit worker (`StreamIdentifier`).
/// `sequence` counts the frames of one stream from 0, 48 bits. `timestamp` is the send time, CLOCK_REALTIME,
/// nanoseconds since 1970.
///
/// It stands at the start, so that its offset is the same for all sizes and survives a snap length.
@frozen
public struct Signature: Equatable, Sendable {
    public static let magic: UInt16 = 0x766D
    public static let byteCount = 18

    public enum Field {
        public static let magic = 0
        public static let stream = 2
        public static let sequence = 4
        public static let timestamp = 10
    }

    public var stream: UInt16
    /// 48 bits.
    public var sequence: UInt64
    public var timestampNanoseconds: UInt64

    @inlinable
    public init(stream: UInt16, sequence: UInt64, timestampNanoseconds: UInt64) {
        self.stream = stream
        self.sequence = sequence
        self.timestampNanoseconds = timestampNanoseconds
    }

    /// Which trial, and which phase of it.
    @inlinable public var epoch: UInt8 { UInt8(truncatingIfNeeded: stream &>> 8) }
    /// Which transmit worker.
    @inlinable public var worker: UInt8 { UInt8(truncatingIfNeeded: stream) }

    /// The first eight bytes as one number: magic, stream and the upper 32 bits of the sequence number.
    @inlinable @inline(__always)
    static func head(_ stream: UInt16, _ sequence: UInt64) -> UInt64 {
        0x766D &<< 48 | UInt64(stream) &<< 32 | (sequence &>> 16) & 0xFFFF_FFFF
    }

    /// Writes a signature into a frame, and finishes its transport checksum where it has one.
    ///
    /// - Parameters:
    ///   - frame: the frame's first byte; it reaches at least to the signature's end.
    ///   - sequence: 48 bits; higher ones are cut off.
    @inlinable @inline(__always)
    public static func stamp(
        _ frame: UnsafeMutableRawPointer, _ point: StampPoint, stream: UInt16, sequence: UInt64,
        timestampNanoseconds: UInt64
    ) {
        let bytes = frame + Int(point.signatureOffset)
        let head = head(stream, sequence)
        bytes.storeBytes(of: head.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: UInt16(truncatingIfNeeded: sequence).bigEndian, toByteOffset: 8, as: UInt16.self)
        bytes.storeBytes(of: timestampNanoseconds.bigEndian, toByteOffset: 10, as: UInt64.self)
        if point.checksumOffset != 0 {
            let tail = UInt64(UInt16(truncatingIfNeeded: sequence))
            let checksum = point.checksum(adding: words(head) &+ tail &+ words(timestampNanoseconds))
            frame.storeBytes(of: checksum.bigEndian, toByteOffset: Int(point.checksumOffset), as: UInt16.self)
        }
    }

    /// The sum of a number's four 16-bit words.
    @inlinable @inline(__always)
    static func words(_ value: UInt64) -> UInt64 {
        (value &>> 48) &+ (value &>> 32 & 0xFFFF) &+ (value &>> 16 & 0xFFFF) &+ (value & 0xFFFF)
    }

    /// Reads a signature out of a frame.
    ///
    /// - Returns: nil if the frame ends before it, or the magic is another.
    @inlinable @inline(__always)
    public static func read(_ frame: UnsafeRawPointer, at offset: Int, capturedBytes: Int) -> Signature? {
        guard offset >= 0, offset &+ byteCount <= capturedBytes else { return nil }
        let bytes = frame + offset
        let head = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        guard head &>> 48 == 0x766D else { return nil }
        let tail = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        return Signature(
            stream: UInt16(truncatingIfNeeded: head &>> 32), sequence: (head & 0xFFFF_FFFF) &<< 16 | UInt64(tail),
            timestampNanoseconds: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt64.self)))
    }
}

/// Whose sequence numbers a frame counts in: one epoch for each trial and its warm-up, 256 workers.
public struct StreamIdentifier: Equatable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public init(epoch: UInt8, worker: UInt8) { rawValue = UInt16(epoch) << 8 | UInt16(worker) }

    public var epoch: UInt8 { UInt8(rawValue >> 8) }
    public var worker: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
}
