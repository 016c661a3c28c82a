import CLinux
import Synchronization

/// The user's half of a PACKET_RX_RING of TPACKET_V3 blocks, over memory that somebody else owns.
///
/// `block_status` is a block's lock: an acquire load that shows TP_STATUS_USER takes it after
/// `prb_close_block` released it, a release store of TP_STATUS_KERNEL gives it back. Lengths and
/// offsets come from the kernel, and are checked all the same before a byte is touched.
///
/// Unsafe: `base` holds `blockCount` blocks of `blockBytes` and outlives the ring; `block` stays below their number, and `room` says how far a
/// frame may reach. The status word is only ever touched as an atomic.
@frozen
@safe
public struct ReceiveRing: ~Copyable {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let blockBytes: Int
    @usableFromInline let blockCount: Int
    @usableFromInline var block = 0
    @usableFromInline var framesLeft = 0
    /// From the block's start to the next frame's header.
    @usableFromInline var cursor = 0
    /// From the block's start to the header of the frame that was read last.
    @usableFromInline var lastHeader = 0
    /// Blocks or frames whose offsets pointed outside of their block.
    public private(set) var malformedBatches: UInt64 = 0

    /// - Parameter base: `blockCount` blocks of `blockBytes`; outlive the ring.
    public init(base: UnsafeRawPointer, blockBytes: Int, blockCount: Int) {
        unsafe self.base = unsafe base
        self.blockBytes = blockBytes
        self.blockCount = blockCount
    }

    /// Byte offsets within `struct tpacket_block_desc` and `struct tpacket3_hdr` (if_packet.h).
    @usableFromInline
    enum Offset {
        @usableFromInline static let blockStatus = 8
        @usableFromInline static let blockFrames = 12
        @usableFromInline static let blockFirst = 16
        @usableFromInline static let next = 0
        @usableFromInline static let seconds = 4
        @usableFromInline static let nanoseconds = 8
        @usableFromInline static let captured = 12
        @usableFromInline static let length = 16
        @usableFromInline static let status = 20
        @usableFromInline static let mac = 24
        static let tagControl = 32
        static let tagType = 36
        /// `gso_size` of `struct virtio_net_hdr`, which ends where the frame begins.
        @usableFromInline static let segmentBytes = 4
        @usableFromInline static let virtioBytes = 10
        /// `struct sockaddr_ll` stands behind the header (TPACKET3_HDRLEN).
        static let packetType = headerBytes + 10
        @usableFromInline static let headerBytes = 48
    }

    @inlinable var start: UnsafeRawPointer { unsafe base + block &* blockBytes }

    @inlinable
    var status: UnsafePointer<Atomic<UInt32>> {
        unsafe (start + Offset.blockStatus).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    @inlinable
    public mutating func peek() -> Bool {
        guard unsafe status.pointee.load(ordering: .acquiring) & UInt32(TP_STATUS_USER) != 0 else { return false }
        framesLeft = unsafe Int(start.load(fromByteOffset: Offset.blockFrames, as: UInt32.self))
        cursor = unsafe Int(start.load(fromByteOffset: Offset.blockFirst, as: UInt32.self))
        return true
    }

    /// When the next frame of the block came; 0 where there is none.
    @inlinable
    public var batchNanoseconds: UInt64 {
        guard framesLeft > 0, cursor > 0, blockBytes &- cursor >= Offset.headerBytes else { return 0 }
        let header = unsafe start + cursor
        let seconds = unsafe UInt64(header.loadUnaligned(fromByteOffset: Offset.seconds, as: UInt32.self))
        let nanoseconds = unsafe UInt64(header.loadUnaligned(fromByteOffset: Offset.nanoseconds, as: UInt32.self))
        return seconds &* 1_000_000_000 &+ nanoseconds
    }

    @inlinable
    public mutating func read(_ frame: inout ReceivedFrame) -> Bool {
        guard framesLeft > 0 else { return false }
        let room = blockBytes &- cursor
        guard cursor > 0, room >= Offset.headerBytes else { return fail() }
        let header = unsafe start + cursor
        let captured = unsafe Int(header.loadUnaligned(fromByteOffset: Offset.captured, as: UInt32.self))
        let mac = unsafe Int(header.loadUnaligned(fromByteOffset: Offset.mac, as: UInt16.self))
        guard mac &+ captured <= room else { return fail() }
        unsafe frame.bytes = unsafe header + mac
        frame.captured = captured
        frame.wireBytes = unsafe Int(header.loadUnaligned(fromByteOffset: Offset.length, as: UInt32.self))
        let seconds = unsafe UInt64(header.loadUnaligned(fromByteOffset: Offset.seconds, as: UInt32.self))
        let nanoseconds = unsafe UInt64(header.loadUnaligned(fromByteOffset: Offset.nanoseconds, as: UInt32.self))
        frame.timestampNanoseconds = seconds &* 1_000_000_000 &+ nanoseconds
        let status = unsafe header.loadUnaligned(fromByteOffset: Offset.status, as: UInt32.self)
        frame.strippedTagBytes = status & UInt32(TP_STATUS_VLAN_VALID) != 0 ? 4 : 0
        // Set by `tpacket_get_timestamp` where the frame had a time already.
        frame.earlyStamp = UInt64(status &>> 29 & 1)
        lastHeader = cursor
        unsafe cursor &+= Int(header.loadUnaligned(fromByteOffset: Offset.next, as: UInt32.self))
        framesLeft &-= 1
        return true
    }

    /// `gso_size` of the frame that was read last, where the socket has PACKET_VNET_HDR: `tpacket_rcv` writes the virtio-net header right in front
    /// of the frame. 0 for a frame that nobody would cut.
    @inlinable
    public var segmentBytes: Int {
        guard lastHeader > 0 else { return 0 }
        let header = unsafe start + lastHeader
        let mac = unsafe Int(header.loadUnaligned(fromByteOffset: Offset.mac, as: UInt16.self))
        guard mac >= Offset.headerBytes &+ Offset.virtioBytes, lastHeader &+ mac <= blockBytes else { return 0 }
        return unsafe Int(
            header.loadUnaligned(fromByteOffset: mac &- Offset.virtioBytes &+ Offset.segmentBytes, as: UInt16.self))
    }

    /// What else the header of the frame says that was read last; false and nil before the first.
    var details: ReceivedDetails {
        guard lastHeader > 0, lastHeader &+ Offset.packetType < blockBytes else { return ReceivedDetails() }
        let header = unsafe start + lastHeader
        let status = unsafe header.loadUnaligned(fromByteOffset: Offset.status, as: UInt32.self)
        var details = ReceivedDetails()
        details.checksumsAreLeft = status & UInt32(TP_STATUS_CSUMNOTREADY) != 0
        details.isOutgoing = unsafe header.load(fromByteOffset: Offset.packetType, as: UInt8.self) == UInt8(PACKET_OUTGOING)
        if status & UInt32(TP_STATUS_VLAN_VALID) != 0 {
            let hasType = status & UInt32(TP_STATUS_VLAN_TPID_VALID) != 0
            let type = unsafe hasType ? header.loadUnaligned(fromByteOffset: Offset.tagType, as: UInt16.self) : UInt16(ETH_P_8021Q)
            let control = unsafe header.loadUnaligned(fromByteOffset: Offset.tagControl, as: UInt32.self)
            details.strippedTag = UInt32(type) << 16 | control & 0xFFFF
        }
        return details
    }

    /// Gives up the rest of the block: after one wrong offset none of the later ones can be trusted.
    @usableFromInline
    mutating func fail() -> Bool {
        malformedBatches &+= 1
        framesLeft = 0
        return false
    }

    @inlinable
    public mutating func release() {
        unsafe status.pointee.store(UInt32(TP_STATUS_KERNEL), ordering: .releasing)
        block = block &+ 1 == blockCount ? 0 : block &+ 1
    }
}
