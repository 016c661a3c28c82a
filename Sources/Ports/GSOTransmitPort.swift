import CLinux
import Frames
import Kernel
import Traffic

/// The `gso` engine: PACKET_TX_RING slots that the stack cuts into many frames each.
///
/// `validate_xmit_skb` cuts a slot of payloads (SKB_GSO_UDP_L4, SKB_GSO_TCPV4, SKB_GSO_TCPV6) where the interface doesn't do it itself, and hands the
/// frames to the driver one after the other: one skb, one pass through AF_PACKET and one softirq section for all of them.
/// Each frame is complete: its own length, IPv4 identification and checksums, and of TCP its own sequence number, which is a payload further than that of the one
/// before in its slot. That needs the sending interface's `tx-udp-segmentation`, or `tx-tcp-segmentation` and `tx-tcp6-segmentation`,
/// off, its checksum offload off for checksums to be filled in, and no qdisc bypass, which sends nothing that has to be cut (`__dev_direct_xmit`).
///
/// Where the plan has several frames, each slot repeats one of them, and they leave in runs: see `SegmentRing`.
///
/// A superframe is a slot of one frame that passes as it is, with the interface's segmentation and checksum offload on.
///
/// What can't be cut (raw frames, payloads of which one fills a slot) goes out frame by frame, as by `ring`.
public struct GSOTransmitPort: ~Copyable, TransmitPort {
    // Unsafe: the ring's memory lives as long as the port, which owns both.

    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        /// At least; rounded up to a whole number of blocks.
        public var minimumSlots: Int
        /// Frames in a slot, at most: as many as 64 KiB hold of the largest.
        public var segments: Int
        /// The most frames that `reserve` is asked for.
        public var batchFrames: Int

        public init(interfaceIndex: Int, minimumSlots: Int, segments: Int, batchFrames: Int) {
            self.interfaceIndex = interfaceIndex
            self.minimumSlots = minimumSlots
            self.segments = segments
            self.batchFrames = batchFrames
        }
    }

    @usableFromInline let socket: PacketSocket
    @usableFromInline let memory: MappedMemory
    private let tables: MappedMemory
    @usableFromInline var ring: SegmentRing
    @usableFromInline var calls: UInt64 = 0

    /// Makes socket and ring on the calling thread, whose memory policy decides on which node the pages lie.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_NET_RAW, ENOMEM for a ring beyond the memory.
    public init(_ settings: Settings, templates: [SegmentTemplate]) throws(SystemError) {
        // One count for all, that of the largest frame, or shares would be by slots and not by frames.
        let segments = templates.reduce(settings.segments) { min($0, $1.segments(settings.segments)) }
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.slotBytes(segments: segments)) }, cycle: 1,
            minimumSlots: settings.minimumSlots, linear: true)
        let socket = try PacketSocket()
        try socket.set(.version, Int32(TPACKET_V2.rawValue))
        try socket.set(.virtioHeader, Int32(1))
        _ = socket.requestSendBuffer(bytes: geometry.slots * (2048 + 2 * geometry.slotBytes))
        let memory = try socket.makeTransmitRing(
            slotBytes: geometry.slotBytes, slots: geometry.slots, blockBytes: geometry.blockBytes)
        try socket.bind(interfaceIndex: settings.interfaceIndex, protocolNumber: 0)

        let tables = try SegmentTables(templates, segments: segments, slots: geometry.slots, capacity: settings.batchFrames)
        ring = unsafe SegmentRing(
            base: memory.base, slotBytes: geometry.slotBytes, slotCount: geometry.slots, dataOffsetBytes: RingGeometry.dataOffsetBytes,
            shapes: tables.shapes, runFrames: templates.count == 1 ? .max : segments, laid: tables.laid, filled: tables.filled,
            frames: tables.frames, points: tables.points)
        self.tables = tables.memory
        self.memory = memory
        self.socket = socket
    }

    /// What a ring of such slots takes. A superframe's slot holds one segment, all of it.
    ///
    /// - Parameters:
    ///   - frameBytes: of the largest frame, without FCS.
    ///   - headerBytes: of these, what stands in front of the signature.
    public static func ringBytes(slots: Int, segments: Int, frameBytes: Int, headerBytes: Int) -> Int {
        let count = SegmentTemplate.segments(segments, frameBytes: frameBytes, headerBytes: headerBytes)
        return RingGeometry(
            largestFrameBytes: headerBytes + count * (frameBytes - headerBytes), cycle: 1, minimumSlots: slots, linear: true
        ).ringBytes
    }

    /// Sends one slot of two frames by `send(2)`, which tells at once what a ring would tell by a slot's status.
    ///
    /// - Throws: `SystemError` EINVAL from a kernel that doesn't know SKB_GSO_UDP_L4 in a virtio-net header (before 6.2).
    public static func attempt(_ template: SegmentTemplate, interfaceIndex: Int) throws(SystemError) {
        let socket = try PacketSocket()
        try socket.set(.virtioHeader, Int32(1))
        try socket.bind(interfaceIndex: interfaceIndex, protocolNumber: 0)
        try socket.send(template.message(segments: 2))
    }

    public var ringBytes: Int { memory.byteCount }
    public var ringNode: Int? { memory.node }

    @inlinable public mutating func reserve(_ limit: Int) -> Int { ring.reserve(limit) }

    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        ring.stamp(position, with: &filler, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable public mutating func submit(_ count: Int) { ring.submit(count) }
    @inlinable public var completedFrames: UInt64 { ring.completedFrames }
    @inlinable public var outstandingFrames: Int { ring.outstandingFrames }
    public var segmentedFrames: UInt64 { ring.segmentedFrames }
    public mutating func withdraw() -> UInt64 { ring.withdraw() }

    public var completedBytes: UInt64 { ring.completedBytes }
    public var systemCalls: UInt64 { calls }
    public var nextTemplate: Int { ring.nextShape }

    @inlinable
    public mutating func kick() -> Int32 {
        calls &+= 1
        let failure = socket.kick()
        return failure == 0 && ring.isInFlight ? ErrorNumber.again : failure
    }
}
