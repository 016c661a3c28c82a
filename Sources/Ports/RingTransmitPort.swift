import CLinux
import Frames
import Kernel
import Memory
import Traffic

/// The `ring` engine: AF_PACKET with PACKET_TX_RING, TPACKET_V2, one socket and ring a worker.
///
/// In the `linear` layout every slot starts with a virtio-net header whose `hdr_len` covers the
/// whole frame, which makes `tpacket_snd` copy the frame into the skb's linear area. Without it
/// `tpacket_fill_skb` hangs the ring's pages on the skb as fragments, and veth has to copy them
/// into a page of their own (`skb_orphan_frags`), which costs a third more.
public struct RingTransmitPort: ~Copyable, TransmitPort, ReplayPort {
    // Unsafe: the ring's memory lives as long as the port, which owns both.

    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        /// At least; rounded up to a whole number of schedule cycles and of blocks.
        public var minimumSlots: Int
        public var linear: Bool
        public var qdiscBypass: Bool

        public init(interfaceIndex: Int, minimumSlots: Int, linear: Bool, qdiscBypass: Bool) {
            self.interfaceIndex = interfaceIndex
            self.minimumSlots = minimumSlots
            self.linear = linear
            self.qdiscBypass = qdiscBypass
        }
    }

    @usableFromInline let socket: PacketSocket
    @usableFromInline let memory: MappedMemory
    private let stampMemory: MappedMemory
    @usableFromInline var ring: TransmitRing
    @usableFromInline var calls: UInt64 = 0
    private let cycle: Int
    public let slotCount: Int
    public let slotBytes: Int

    /// Makes socket and ring on the calling thread, whose memory policy decides on which node the
    /// pages lie, and lays `templates` out over the slots.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_NET_RAW, ENOMEM for a ring beyond the memory.
    public init(_ settings: Settings, templates: [FrameTemplate]) throws(SystemError) {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count,
            minimumSlots: settings.minimumSlots, linear: settings.linear)
        let socket = try PacketSocket()
        try socket.set(.version, Int32(TPACKET_V2.rawValue))
        if settings.linear { try socket.set(.virtioHeader, Int32(1)) }
        if settings.qdiscBypass { try socket.set(.qdiscBypass, Int32(1)) }
        // truesize of a small linear skb is below 1 KiB; those of a whole ring may be in flight.
        _ = socket.requestSendBuffer(bytes: geometry.slots * (1024 + geometry.slotBytes))
        let memory = try socket.makeTransmitRing(
            slotBytes: geometry.slotBytes, slots: geometry.slots, blockBytes: geometry.blockBytes)
        try socket.bind(interfaceIndex: settings.interfaceIndex, protocolNumber: 0)

        let stampMemory = try MappedMemory(anonymousBytes: geometry.slots * MemoryLayout<StampPoint>.stride)
        let stampPoints = stampMemory.table(at: 0, repeating: StampPoint(signatureOffset: 0), count: geometry.slots)
        for slot in 0..<geometry.slots {
            let template = templates[slot % templates.count]
            geometry.lay(template, into: memory.window.part(from: slot * geometry.slotBytes, count: geometry.slotBytes))
            stampPoints[slot] = template.stampPoint
        }
        slotCount = geometry.slots
        slotBytes = geometry.slotBytes
        ring = unsafe TransmitRing(
            base: memory.base, slotBytes: geometry.slotBytes, slotCount: geometry.slots,
            frameOffsetBytes: geometry.frameOffsetBytes, virtioBytes: geometry.virtioBytes, stampPoints: stampPoints)
        cycle = templates.count
        self.stampMemory = stampMemory
        self.memory = memory
        self.socket = socket
    }

    public var ringBytes: Int { memory.byteCount }

    /// The NUMA node of all ring pages, as the kernel answers; nil if they are spread.
    public var ringNode: Int? { memory.node }

    @inlinable public mutating func reserve(_ limit: Int) -> Int { ring.reserve(limit) }

    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        ring.stamp(position, with: &filler, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable @inline(__always)
    public func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
        ring.stamp(position, at: point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable public mutating func submit(_ count: Int) { ring.submit(count) }
    @inlinable public var completedFrames: UInt64 { ring.completedFrames }
    @inlinable public var outstandingFrames: Int { ring.outstandingFrames }
    public mutating func withdraw() -> UInt64 { ring.withdraw() }
    public var completedBytes: UInt64 { ring.completedBytes }
    public var systemCalls: UInt64 { calls }
    public var nextTemplate: Int { ring.nextSlot % cycle }

    /// A ring of empty slots for whatever `lay` brings.
    ///
    /// - Parameter largestFrameBytes: without FCS.
    /// - Throws: as for templates.
    public init(_ settings: Settings, largestFrameBytes: Int) throws(SystemError) {
        let empty = FrameTemplate(bytes: [UInt8](repeating: 0, count: largestFrameBytes), stampPoint: StampPoint(signatureOffset: 0))
        try self.init(settings, templates: [empty])
    }

    @inlinable
    public mutating func lay(_ position: Int, _ frame: RawSpan) { ring.lay(position, frame) }

    /// What a ring of such slots takes, which `mmsg` and `null` have in memory of their own.
    ///
    /// - Parameters:
    ///   - largestFrameBytes: without FCS.
    ///   - cycle: different frames.
    public static func ringBytes(largestFrameBytes: Int, cycle: Int, minimumSlots: Int, linear: Bool) -> Int {
        RingGeometry(largestFrameBytes: largestFrameBytes, cycle: cycle, minimumSlots: minimumSlots, linear: linear).ringBytes
    }

    /// `tpacket_snd` sends every slot up to the first that isn't SEND_REQUEST. MSG_DONTWAIT, for
    /// without it the call would sleep until all skbs are freed.
    @inlinable
    public mutating func kick() -> Int32 {
        calls &+= 1
        let failure = socket.kick()
        return failure == 0 && ring.isInFlight ? ErrorNumber.again : failure
    }
}

/// How slots lie in blocks, and what lies in a slot.
struct RingGeometry: Equatable {
    let slotBytes: Int
    let slots: Int
    let blockBytes: Int
    /// `struct virtio_net_hdr` in front of the frame, or none.
    let virtioBytes: Int

    /// `tpacket_snd` takes the frame from here when TP_STATUS isn't told otherwise (PACKET_TX_HAS_OFF).
    static let dataOffsetBytes = Int(CL_TPACKET2_HDRLEN) - MemoryLayout<sockaddr_ll>.size

    var ringBytes: Int { slots * slotBytes }

    var frameOffsetBytes: Int { Self.dataOffsetBytes + virtioBytes }

    init(largestFrameBytes: Int, cycle: Int, minimumSlots: Int, linear: Bool) {
        virtioBytes = linear ? MemoryLayout<virtio_net_hdr>.size : 0
        let needed = Self.dataOffsetBytes + virtioBytes + largestFrameBytes
        // A power of two, so that slots tile pages and a slot never straddles two blocks.
        var slotBytes = 128
        while slotBytes < needed { slotBytes *= 2 }
        self.slotBytes = slotBytes
        blockBytes = max(MappedMemory.pageBytes, slotBytes)
        // A whole number of cycles, so that slot and template keep step round after round, and a
        // whole number of blocks, which `packet_set_ring` demands.
        let perBlock = blockBytes / slotBytes
        let unit = leastCommonMultiple(cycle, perBlock)
        slots = (max(minimumSlots, 1) + unit - 1) / unit * unit
    }

    func lay(_ template: FrameTemplate, into slot: ByteWindow) {
        let frameBytes = template.bytes.count
        slot.store(UInt32(virtioBytes + frameBytes), at: Self.lengthOffset)
        // Of the largest frames a few bytes stay behind in a fragment: the field has 16 bits.
        if virtioBytes > 0 {
            slot.part(from: Self.dataOffsetBytes, count: virtioBytes).fill(0)
            slot.store(UInt16(clamping: frameBytes), at: Self.dataOffsetBytes + Self.headerLengthOffset)
        }
        slot.copy(template.bytes, to: frameOffsetBytes)
    }

    /// `tp_len` of `struct tpacket2_hdr`, and `hdr_len` of `struct virtio_net_hdr`, all other fields of which are 0.
    private static let lengthOffset = MemoryLayout<tpacket2_hdr>.offset(of: \.tp_len)!
    private static let headerLengthOffset = MemoryLayout<virtio_net_hdr>.offset(of: \.hdr_len)!
}

private func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return a / x * b
}
