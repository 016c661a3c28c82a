import Frames
import Traffic

/// A way for frames to arrive: peek at a batch, read it frame by frame, release it.
public protocol ReceivePort: ~Copyable {
    /// Whether a batch is ready. Its frames are then `read` until there are no more.
    mutating func peek() -> Bool

    /// When the batch's first frame came, as its `timestampNanoseconds` will tell: to be asked between `peek` and the first `read`. 0 where
    /// that can't be told.
    var batchNanoseconds: UInt64 { get }

    /// The next frame of the batch; false at its end. The bytes stay valid until `release`.
    mutating func read(_ frame: inout ReceivedFrame) -> Bool

    /// Gives the batch's memory back to the kernel.
    mutating func release()

    /// Sleeps until a batch is ready or the time is over.
    mutating func wait(milliseconds: Int32)

    /// Frames that came to this port and those it had no room for, since the last call; the
    /// former includes the latter.
    mutating func takeStatistics() -> (packets: UInt64, drops: UInt64)

    /// CLOCK_REALTIME minus the kernel's CLOCK_MONOTONIC, for ports whose frames are stamped with the latter.
    mutating func setRealtimeOffset(nanoseconds: Int64)

    /// Batches whose lengths or offsets didn't fit; their frames were not read.
    var malformedBatches: UInt64 { get }
}

extension ReceivePort where Self: ~Copyable {
    /// The ring's frames are stamped with CLOCK_REALTIME itself.
    public mutating func setRealtimeOffset(nanoseconds: Int64) {}
}

/// One frame as it lies in the receive ring, from `read` to `release`.
///
/// Unsafe: `bytes` leads to `captured` bytes of a port's memory, which stays mapped as long as the port: whoever reads holds both. Everything
/// that looks at them from outside checks against `captured`.
@frozen
@safe
public struct ReceivedFrame: ~Copyable {
    @usableFromInline package var bytes: UnsafeRawPointer
    @usableFromInline package var captured: Int
    /// What it had on the link, without FCS.
    public var wireBytes: Int
    /// CLOCK_REALTIME, taken in `tpacket_rcv` but for an `earlyStamp`.
    public var timestampNanoseconds: UInt64
    /// 4 if the kernel took an 802.1Q tag out of the bytes (`skb_vlan_untag`), else 0.
    public var strippedTagBytes: Int
    /// 1 if the time was taken before the frame came to the socket: `netif_rx` stamps all frames of the machine as long as any
    /// socket asks for it (SO_TIMESTAMP, `net_enable_timestamp`). Else 0.
    public var earlyStamp: UInt64
    /// How many frames a device would cut it into; 0 where the port doesn't tell.
    public var segments: UInt64

    /// A frame of no bytes, to be filled by `read`.
    @inlinable
    public init() {
        unsafe bytes = unsafe UnsafeRawPointer(bitPattern: 1)!
        captured = 0
        wireBytes = 0
        timestampNanoseconds = 0
        strippedTagBytes = 0
        earlyStamp = 0
        segments = 0
    }

    /// Bytes that are there.
    @inlinable public var capturedBytes: Int { captured }

    /// Cuts it to its first `count` bytes.
    public mutating func keep(_ count: Int) { captured = max(0, min(captured, count)) }

    /// Shows its bytes.
    @inlinable @inline(__always)
    public borrowing func read<Value, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Value) throws(Failure) -> Value {
        try unsafe body(RawSpan(_unsafeStart: bytes, byteCount: captured))
    }

    /// The signature at `offset`, anywhere; nil if there is none.
    @inlinable @inline(__always)
    public borrowing func signature(at offset: Int) -> Signature? {
        unsafe Signature.read(RawSpan(_unsafeStart: bytes, byteCount: captured), at: offset)
    }

    /// Whether it came as it left (`FrameCheck.isIntact`).
    @inlinable @inline(__always)
    public borrowing func isIntact(_ check: FrameCheck, signatureAt offset: Int, frameBytes: Int) -> Bool {
        unsafe check.isIntact(RawSpan(_unsafeStart: bytes, byteCount: captured), signatureAt: offset, frameBytes: frameBytes)
    }

    /// Where UDP or TCP stands in it; nil for other frames.
    @inlinable @inline(__always)
    public borrowing func transportPlace() -> TransportPlace? { unsafe TransportPlace(RawSpan(_unsafeStart: bytes, byteCount: captured)) }
}

/// What a ring's header says of a frame besides its bytes (struct tpacket3_hdr, struct sockaddr_ll).
public struct ReceivedDetails: Equatable, Sendable {
    /// The 802.1Q tag that the kernel took out, EtherType in the upper 16 bits, or nil.
    public var strippedTag: UInt32?
    /// Whether the sender's kernel left the transport checksum to the interface (TP_STATUS_CSUMNOTREADY).
    public var checksumsAreLeft = false
    /// Whether the interface sent it (PACKET_OUTGOING).
    public var isOutgoing = false
}
