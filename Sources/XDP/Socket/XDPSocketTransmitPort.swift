import CLinux
import Frames
import Kernel
import Memory
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
public struct XDPSocketTransmitPort: ~Copyable, TransmitPort, FillablePort {
    // Unsafe: the ring's memory is the socket's and `tables`, both of which live as long as the port.

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
        try self.init(settings, templates: templates, isLaid: false)
    }

    /// Empty slots for whatever `lay` brings.
    ///
    /// - Parameter largestFrameBytes: without FCS.
    /// - Throws: as for templates.
    public init(_ settings: Settings, largestFrameBytes: Int) throws(XDPSocketError) {
        let empty = FrameTemplate(bytes: [UInt8](repeating: 0, count: largestFrameBytes), stampPoint: StampPoint(signatureOffset: 0))
        try self.init(settings, templates: [empty], isLaid: true)
    }

    private init(_ settings: Settings, templates: [FrameTemplate], isLaid: Bool) throws(XDPSocketError) {
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
        let descriptors = tables.table(at: 0, repeating: xdp_desc(), count: chunks.slots)
        let stampPoints = tables.table(at: descriptorBytes, repeating: StampPoint(signatureOffset: 0), count: chunks.slots)
        let window = socket.frames.window
        for slot in 0..<chunks.slots {
            let template = templates[slot % templates.count]
            let descriptor = chunks.descriptor(slot: slot, frameBytes: template.bytes.count)
            window.copy(template.bytes, to: Int(descriptor.addr))
            descriptors[slot] = descriptor
            stampPoints[slot] = template.stampPoint
        }
        slotCount = chunks.slots
        slotBytes = chunks.chunkBytes
        ring = unsafe XDPTransmitRing(
            descriptors: socket.transmitRing(), completions: socket.completionRing(), frames: socket.frames.base, slots: descriptors,
            stampPoints: stampPoints,
            lengths: SlotLengths(templates, slots: chunks.slots, in: tables, at: descriptorBytes + pointBytes),
            laidRoomBytes: isLaid ? templates[0].bytes.count : nil)
        cycle = templates.count
        self.tables = tables
        self.socket = socket
    }

    public var ringBytes: Int { socket.frames.byteCount }

    /// The NUMA node of all frames' pages, as the kernel answers; nil if they are spread.
    public var ringNode: Int? { socket.frames.node }

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

    @inlinable
    public mutating func lay(_ position: Int, _ frame: RawSpan) { ring.lay(position, frame) }

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
