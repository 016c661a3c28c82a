import CLinux
import Frames
import Kernel
import Ports
import Traffic

/// The `af-xdp` engine: an AF_XDP socket in copy mode, one socket, memory and queue a worker.
///
/// What is counted exactly: a frame that the kernel read is completed once, whether the link took it or not, so
/// `completedFrames` are the frames sent. Of these, each frame that the driver dropped ended a call with EBUSY
/// (`xsk_generic_xmit`: NET_XMIT_DROP, "SKB completed but not sent"); such a frame is gone, never sent again, and counts in
/// `droppedFrames` and, once, in the interface's `tx_dropped`. So nothing has to be taken off the link's drops: on a direct
/// pair frames sent = frames delivered + `tx_dropped`. `kick` therefore never returns ENOBUFS, which would say that a frame went
/// back into its slot.
///
/// Frames that veth's NAPI loses behind the driver's back (`rx_queue_N_drops` of the peer) are in no counter of this side.
public struct XDPSocketTransmitPort: ~Copyable, TransmitPort {
    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        /// The transmit queue, which takes one AF_XDP socket.
        public var queue: Int
        /// At least; rounded up to a whole number of schedule cycles.
        public var minimumSlots: Int

        public init(interfaceIndex: Int, queue: Int, minimumSlots: Int) {
            self.interfaceIndex = interfaceIndex
            self.queue = queue
            self.minimumSlots = minimumSlots
        }
    }

    @usableFromInline let socket: XDPSocket
    private let tables: MappedMemory
    @usableFromInline var ring: XDPTransmitRing
    @usableFromInline var dropped: UInt64 = 0
    @usableFromInline var calls: UInt64 = 0
    private let cycle: Int
    public let slotCount: Int
    public let slotBytes: Int

    /// Makes socket and memory on the calling thread, whose memory policy decides on which node the pages lie, and lays
    /// `templates` out over the slots.
    ///
    /// - Throws: `XDPSocketError`: `.frameTooLarge` beyond 4,096 bytes, `.noSuchQueue`, `.queueTaken`, `.notPermitted` without
    ///   CAP_NET_RAW, `.lockedMemory` beyond RLIMIT_MEMLOCK without CAP_IPC_LOCK.
    public init(_ settings: Settings, templates: [FrameTemplate]) throws(XDPSocketError) {
        let chunks = try TransmitChunks(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count,
            minimumSlots: settings.minimumSlots)
        var socketSettings = XDPSocket.Settings(
            interfaceIndex: settings.interfaceIndex, queue: settings.queue, chunkBytes: chunks.chunkBytes, chunks: chunks.slots)
        socketSettings.transmitEntries = chunks.ringEntries
        let socket = try XDPSocket(socketSettings)
        // truesize of a small linear skb is below 1 KiB; those of all slots may be in flight.
        socket.requestSendBuffer(bytes: chunks.slots * (1024 + chunks.chunkBytes))

        let descriptorBytes = chunks.slots * MemoryLayout<xdp_desc>.stride
        let pointBytes = chunks.slots * MemoryLayout<StampPoint>.stride
        let tables: MappedMemory
        do {
            tables = try MappedMemory(
                anonymousBytes: descriptorBytes + pointBytes + SlotLengths.tableBytes(slots: chunks.slots))
        } catch {
            throw XDPSocketError.failed(error)
        }
        let descriptors = tables.base.bindMemory(to: xdp_desc.self, capacity: chunks.slots)
        let stampPoints = (tables.base + descriptorBytes).bindMemory(to: StampPoint.self, capacity: chunks.slots)
        for slot in 0..<chunks.slots {
            let template = templates[slot % templates.count]
            let descriptor = chunks.descriptor(slot: slot, frameBytes: template.bytes.count)
            let frame = socket.frames.base + Int(descriptor.addr)
            template.bytes.withUnsafeBytes { frame.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            descriptors[slot] = descriptor
            stampPoints[slot] = template.stampPoint
        }
        slotCount = chunks.slots
        slotBytes = chunks.chunkBytes
        ring = XDPTransmitRing(
            descriptors: socket.transmitRing(), completions: socket.completionRing(), frames: socket.frames.base, slots: descriptors,
            stampPoints: stampPoints,
            lengths: SlotLengths(templates, slots: chunks.slots, in: tables.base + descriptorBytes + pointBytes), slotCount: chunks.slots)
        cycle = templates.count
        self.tables = tables
        self.socket = socket
    }

    public var ringBytes: Int { socket.frames.byteCount }

    /// The NUMA node of all frames' pages, as the kernel answers; nil if they are spread.
    public var ringNode: Int? { Numa.node(ofRange: socket.frames.base, byteCount: socket.frames.byteCount) }

    @inlinable public mutating func reserve(_ limit: Int) -> Int { ring.reserve(limit) }
    @inlinable public func frame(_ position: Int) -> UnsafeMutableRawPointer { ring.frame(position) }
    @inlinable public func stampPoint(_ position: Int) -> StampPoint { ring.stampPoint(position) }
    @inlinable public mutating func submit(_ count: Int) { ring.submit(count) }
    @inlinable public var completedFrames: UInt64 { ring.completedFrames }
    @inlinable public var completedBytes: UInt64 { ring.completedBytes }
    public var nextTemplate: Int { ring.nextSlot % cycle }
    @inlinable public var outstandingFrames: Int { ring.outstandingFrames }

    /// Of the frames that the kernel read, those that the driver dropped: gone, and counted by `tx_dropped` as well.
    @inlinable public var droppedFrames: UInt64 { dropped }

    /// `sendto(2)` calls so far; a kick makes as many as it takes.
    @inlinable public var systemCalls: UInt64 { calls }

    /// Calls until the TX ring is empty or nothing moves. A call reads 32 frames, or all of them from Linux 6.17 on
    /// (XDP_MAX_TX_SKB_BUDGET), and ends at each frame that is dropped.
    ///
    /// - Returns: 0, EAGAIN where the send buffer, the completion ring or memory is full and the frames wait in the ring, or an
    ///   `errno` after which nothing will leave: ENETDOWN, ENXIO.
    @inlinable
    public mutating func kick() -> Int32 {
        while true {
            let failure = socket.kick()
            calls &+= 1
            switch failure {
            case 0:
                if !ring.mustSkip || !ring.hasMoved() { return 0 }
            case ErrorNumber.busy: dropped &+= 1
            case ErrorNumber.again:
                if !ring.hasMoved() { return failure }
            // `xsk_build_skb` found no memory; the descriptor stays.
            case ErrorNumber.noBuffers, ErrorNumber.noMemory: return ErrorNumber.again
            default: return failure
            }
        }
    }

    /// Has the kernel skip what it didn't read, and counts that as refused; what is in flight counts as sent.
    ///
    /// Exact as long as the interface is up: the kernel itself counts what it skips. On one that went down at the very moment in which
    /// it also dropped frames, those frames may count as refused instead of sent.
    public mutating func withdraw() -> UInt64 {
        _ = ring.reserve(0)
        guard ring.outstandingFrames > 0 else { return 0 }
        let before = socket.statistics().transmitInvalidDescriptors
        let unread = ring.invalidateUnread()
        let hasSkipped = kick() == 0 && !ring.mustSkip
        let skipped = socket.statistics().transmitInvalidDescriptors &- before
        _ = ring.reserve(0)
        let refused = hasSkipped ? Int(skipped) : min(unread, ring.outstandingFrames)
        ring.settle(refused: refused)
        return UInt64(refused)
    }
}
