import CLinux
import Frames
import Kernel

/// The `gso` engine: PACKET_TX_RING slots that the stack cuts into many frames each.
///
/// `validate_xmit_skb` cuts a slot of UDP payloads (SKB_GSO_UDP_L4) where the interface doesn't do it itself, and hands the
/// frames to the driver one after the other: one skb, one pass through AF_PACKET and one softirq section for all of them.
/// Each frame is complete: its own length, IPv4 identification and UDP checksum. That needs the sending interface's
/// `tx-udp-segmentation` off, its checksum offload off for checksums to be filled in, and no qdisc bypass, which sends
/// nothing that has to be cut (`__dev_direct_xmit`).
///
/// What can't be cut (TCP, raw frames, payloads of which one fills a slot) goes out frame by frame, as by `ring`.
public struct GSOTransmitPort: ~Copyable, TransmitPort {
    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        /// At least; rounded up to a whole number of schedule cycles and of blocks.
        public var minimumSlots: Int
        /// Frames in a slot, at most.
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

    /// Makes socket and ring on the calling thread, whose memory policy decides on which node the pages lie.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_NET_RAW, ENOMEM for a ring beyond the memory.
    public init(_ settings: Settings, templates: [SegmentTemplate]) throws(SystemError) {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.slotBytes(segments: settings.segments)) }, cycle: templates.count,
            minimumSlots: settings.minimumSlots, linear: true)
        let socket = try PacketSocket()
        try socket.set(.version, Int32(TPACKET_V2.rawValue))
        try socket.set(.virtioHeader, Int32(1))
        _ = socket.requestSendBuffer(bytes: geometry.slots * (2048 + 2 * geometry.slotBytes))
        let memory = try socket.makeTransmitRing(
            slotBytes: geometry.slotBytes, slots: geometry.slots, blockBytes: geometry.blockBytes)
        try socket.bind(interfaceIndex: settings.interfaceIndex, protocolNumber: 0)

        let tables = try SegmentTables(slots: geometry.slots, capacity: settings.batchFrames)
        for slot in 0..<geometry.slots {
            let template = templates[slot % templates.count]
            template.lay(into: memory.base + slot * geometry.slotBytes + RingGeometry.dataOffsetBytes, segments: settings.segments)
            tables.slots[slot] = template.slot(segments: settings.segments)
        }
        ring = SegmentRing(
            base: memory.base, slotBytes: geometry.slotBytes, slotCount: geometry.slots, dataOffsetBytes: RingGeometry.dataOffsetBytes,
            slots: UnsafePointer(tables.slots), filled: tables.filled, frames: tables.frames, points: tables.points,
            capacity: settings.batchFrames)
        self.tables = tables.memory
        self.memory = memory
        self.socket = socket
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
    public var ringNode: Int? { Numa.node(ofRange: memory.base, byteCount: memory.byteCount) }

    @inlinable public mutating func reserve(_ limit: Int) -> Int { ring.reserve(limit) }
    @inlinable public func frame(_ position: Int) -> UnsafeMutableRawPointer { ring.frame(position) }
    @inlinable public func stampPoint(_ position: Int) -> StampPoint { ring.stampPoint(position) }
    @inlinable public mutating func submit(_ count: Int) { ring.submit(count) }
    @inlinable public var completedFrames: UInt64 { ring.completedFrames }
    @inlinable public var outstandingFrames: Int { ring.outstandingFrames }
    public var segmentedFrames: UInt64 { ring.segmentedFrames }
    public mutating func withdraw() -> UInt64 { ring.withdraw() }

    @inlinable
    public mutating func kick() -> Int32 { socket.kick() }
}

/// The tables of a `SegmentRing` in one piece of memory of the worker's node.
struct SegmentTables: ~Copyable {
    let memory: MappedMemory
    let slots: UnsafeMutablePointer<SegmentedSlot>
    let filled: UnsafeMutablePointer<Int>
    let frames: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let points: UnsafeMutablePointer<StampPoint>

    init(slots slotCount: Int, capacity: Int) throws(SystemError) {
        let slotBytes = slotCount * MemoryLayout<SegmentedSlot>.stride
        let filledBytes = slotCount * MemoryLayout<Int>.stride
        let frameBytes = capacity * MemoryLayout<UnsafeMutableRawPointer>.stride
        let memory = try MappedMemory(
            anonymousBytes: slotBytes + filledBytes + frameBytes + capacity * MemoryLayout<StampPoint>.stride)
        slots = memory.base.bindMemory(to: SegmentedSlot.self, capacity: slotCount)
        filled = (memory.base + slotBytes).bindMemory(to: Int.self, capacity: slotCount)
        frames = (memory.base + slotBytes + filledBytes).bindMemory(to: UnsafeMutableRawPointer.self, capacity: capacity)
        points = (memory.base + slotBytes + filledBytes + frameBytes).bindMemory(to: StampPoint.self, capacity: capacity)
        self.memory = memory
    }
}
