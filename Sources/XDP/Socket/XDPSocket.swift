import CLinux
import Kernel

/// Owner of an AF_XDP socket, its frames' memory (UMEM) and its rings, in copy mode: Documentation/networking/af_xdp.rst.
public struct XDPSocket: ~Copyable, Sendable {
    // Unsafe: a ring's pages are mapped as long as the socket, which lives as long as the port that has the ring; options are lent for
    // the call alone.

    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        public var queue: Int
        /// 2048 or 4096 (`xdp_umem_reg`: a power of two from XDP_UMEM_MIN_CHUNK_SIZE up to a page).
        public var chunkBytes: Int
        public var chunks: Int
        /// Powers of two; 0 for no such ring. At least one of the two is needed.
        public var receiveEntries = 0
        public var transmitEntries = 0

        public init(interfaceIndex: Int, queue: Int, chunkBytes: Int, chunks: Int) {
            self.interfaceIndex = interfaceIndex
            self.queue = queue
            self.chunkBytes = chunkBytes
            self.chunks = chunks
        }
    }

    public let descriptor: Descriptor
    /// The frames' memory: `chunks` of `chunkBytes`.
    public let frames: MappedMemory
    private let fillMapping: Mapping
    private let completionMapping: Mapping
    private let receiveMapping: Mapping?
    private let transmitMapping: Mapping?

    /// On the calling thread, in whose network namespace the interface is, and whose memory policy decides on which node
    /// the frames and rings lie.
    ///
    /// - Throws: `XDPSocketError`.
    public init(_ settings: Settings) throws(XDPSocketError) {
        try Self.checkQueue(settings)
        let descriptor = try Self.open()
        let frames = try Self.register(settings, descriptor)
        // Both are needed for `bind(2)`, whatever the socket is for (`xsk_validate_queues`).
        let fillEntries = RingLayout.entries(atLeast: settings.receiveEntries > 0 ? settings.chunks : 0)
        let completionEntries = RingLayout.entries(atLeast: settings.transmitEntries)
        try Self.set(descriptor, "XDP_UMEM_FILL_RING", XDP_UMEM_FILL_RING, UInt32(fillEntries))
        try Self.set(descriptor, "XDP_UMEM_COMPLETION_RING", XDP_UMEM_COMPLETION_RING, UInt32(completionEntries))
        if settings.receiveEntries > 0 { try Self.set(descriptor, "XDP_RX_RING", XDP_RX_RING, UInt32(settings.receiveEntries)) }
        if settings.transmitEntries > 0 {
            try Self.set(descriptor, "XDP_TX_RING", XDP_TX_RING, UInt32(settings.transmitEntries))
            // A call then takes what lies there, not 32 frames; older kernels don't know the option.
            try? Self.set(descriptor, "XDP_MAX_TX_SKB_BUDGET", Int32(CL_XDP_MAX_TX_SKB_BUDGET), UInt32(settings.transmitEntries))
        }
        let offsets = try Self.offsets(descriptor)
        let fillMapping = try Mapping(
            descriptor, RingLayout(offsets.fr, entryCount: fillEntries), Mapping.fillOffsetBytes, MemoryLayout<UInt64>.stride)
        let completionMapping = try Mapping(
            descriptor, RingLayout(offsets.cr, entryCount: completionEntries), Mapping.completionOffsetBytes,
            MemoryLayout<UInt64>.stride)
        let receiveMapping = try Mapping.optional(descriptor, offsets.rx, settings.receiveEntries, Mapping.receiveOffsetBytes)
        let transmitMapping = try Mapping.optional(descriptor, offsets.tx, settings.transmitEntries, Mapping.transmitOffsetBytes)
        try Self.take(descriptor, settings)
        self.descriptor = descriptor
        self.frames = frames
        self.fillMapping = fillMapping
        self.completionMapping = completionMapping
        self.receiveMapping = receiveMapping
        self.transmitMapping = transmitMapping
    }

    // MARK: rings. Each may be taken once: two owners would not know of each other's indices.

    func fillRing() -> ProducerRing<UInt64> { unsafe ProducerRing(base: fillMapping.memory.base, fillMapping.layout) }

    func completionRing() -> ConsumerRing<UInt64> {
        unsafe ConsumerRing(base: completionMapping.memory.base, completionMapping.layout)
    }

    /// Of a socket with `receiveEntries`.
    func receiveRing() -> ConsumerRing<xdp_desc> {
        switch receiveMapping {
        case .some(let mapping): unsafe ConsumerRing(base: mapping.memory.base, mapping.layout)
        case .none: preconditionFailure("the socket has no RX ring")
        }
    }

    /// Of a socket with `transmitEntries`.
    func transmitRing() -> ProducerRing<xdp_desc> {
        switch transmitMapping {
        case .some(let mapping): unsafe ProducerRing(base: mapping.memory.base, mapping.layout)
        case .none: preconditionFailure("the socket has no TX ring")
        }
    }

    // MARK: calls

    /// `sendto(2)` of nothing: `xsk_generic_xmit` walks the TX ring.
    ///
    /// - Returns: 0, or the `errno`.
    @inlinable
    public borrowing func kick() -> Int32 { cl_kick(descriptor.raw) }

    /// SO_PREFER_BUSY_POLL, SO_BUSY_POLL and SO_BUSY_POLL_BUDGET.
    ///
    /// - Throws: `SystemError` of `setsockopt(2)`.
    borrowing func pollBusily(microseconds: Int) throws(SystemError) {
        // linux/socket.h; the C library of Debian 12 doesn't have the first and the last.
        let budgetFrames: Int32 = 64
        let options: [(name: String, number: Int32, value: Int32)] = [
            ("SO_PREFER_BUSY_POLL", 69, 1), ("SO_BUSY_POLL", 46, Int32(clamping: microseconds)), ("SO_BUSY_POLL_BUDGET", 70, budgetFrames)
        ]
        let raw = descriptor.raw
        for option in options {
            var value = option.value
            try systemCall("setsockopt(\(option.name))") {
                unsafe setsockopt(raw, SOL_SOCKET, option.number, &value, socklen_t(MemoryLayout<Int32>.size))
            }
        }
    }

    /// Sleeps until there are frames in the RX ring, or the time is over.
    public borrowing func waitReadable(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        unsafe poll(&entry, 1, milliseconds)
    }

    /// The counters since the socket was made.
    public borrowing func statistics() -> XDPSocketStatistics {
        var raw = xdp_statistics()
        var length = socklen_t(MemoryLayout<xdp_statistics>.size)
        unsafe getsockopt(descriptor.raw, SOL_XDP, XDP_STATISTICS, &raw, &length)
        return XDPSocketStatistics(raw)
    }

    /// Room for frames in flight, each of which counts with its truesize (`sock_alloc_send_skb`).
    borrowing func requestSendBuffer(bytes: Int) {
        var wanted = Int32(clamping: bytes)
        let length = socklen_t(MemoryLayout<Int32>.size)
        if unsafe setsockopt(descriptor.raw, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, length) != 0 {
            unsafe setsockopt(descriptor.raw, SOL_SOCKET, SO_SNDBUF, &wanted, length)
        }
    }
}

/// One ring's pages, and where things stand in them.
private struct Mapping: ~Copyable, Sendable {
    static let receiveOffsetBytes = Int(XDP_PGOFF_RX_RING)
    static let transmitOffsetBytes = Int(XDP_PGOFF_TX_RING)
    static let fillOffsetBytes = Int(XDP_UMEM_PGOFF_FILL_RING)
    static let completionOffsetBytes = Int(XDP_UMEM_PGOFF_COMPLETION_RING)

    let memory: MappedMemory
    let layout: RingLayout

    init(
        _ descriptor: borrowing Descriptor, _ layout: RingLayout, _ offsetBytes: Int, _ entryBytes: Int
    ) throws(XDPSocketError) {
        do {
            memory = try MappedMemory(
                sharedWith: descriptor, byteCount: layout.byteCount(entryBytes: entryBytes), offsetBytes: offsetBytes)
        } catch {
            throw XDPSocketError.failed(error)
        }
        self.layout = layout
    }

    /// An RX or TX ring, where there is one.
    static func optional(
        _ descriptor: borrowing Descriptor, _ offsets: xdp_ring_offset, _ entries: Int, _ offsetBytes: Int
    ) throws(XDPSocketError) -> Mapping? {
        guard entries > 0 else { return nil }
        return try Mapping(
            descriptor, RingLayout(offsets, entryCount: entries), offsetBytes, MemoryLayout<xdp_desc>.stride)
    }
}

// MARK: - the steps of making one

extension XDPSocket {
    // Unsafe: options and addresses are lent for the call alone, each with its length; the frames' memory stays mapped as long as the
    // socket.

    private static func checkQueue(_ settings: Settings) throws(XDPSocketError) {
        let active = try ActiveQueues(ofInterface: settings.interfaceIndex)
        var count = Int.max
        if settings.receiveEntries > 0 { count = min(count, active.receive) }
        if settings.transmitEntries > 0 { count = min(count, active.transmit) }
        guard settings.queue >= 0, settings.queue < count else {
            throw .noSuchQueue(queue: settings.queue, activeQueues: count)
        }
    }

    private static func open() throws(XDPSocketError) -> Descriptor {
        do {
            return Descriptor(
                owning: try systemCall("socket(AF_XDP)") {
                    socket(AF_XDP, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
                })
        } catch {
            throw XDPSocketError(error)
        }
    }

    private static func register(_ settings: Settings, _ descriptor: borrowing Descriptor) throws(XDPSocketError) -> MappedMemory {
        let frames: MappedMemory
        do {
            frames = try MappedMemory(anonymousBytes: settings.chunks * settings.chunkBytes)
        } catch {
            throw XDPSocketError.failed(error)
        }
        var request = xdp_umem_reg()
        request.addr = unsafe UInt64(UInt(bitPattern: frames.base))
        request.len = UInt64(settings.chunks * settings.chunkBytes)
        request.chunk_size = UInt32(settings.chunkBytes)
        // What comes behind is newer, and in part padding (`struct xdp_umem_reg_v1`).
        let length = MemoryLayout<xdp_umem_reg>.offset(of: \.flags)!
        let raw = descriptor.raw
        do {
            try systemCall("setsockopt(XDP_UMEM_REG)") { unsafe setsockopt(raw, SOL_XDP, XDP_UMEM_REG, &request, socklen_t(length)) }
        } catch {
            throw XDPSocketError(error, memoryBytes: frames.byteCount)
        }
        return frames
    }

    private static func set(
        _ descriptor: borrowing Descriptor, _ name: String, _ option: Int32, _ value: UInt32
    ) throws(XDPSocketError) {
        var value = value
        let raw = descriptor.raw
        do {
            try systemCall("setsockopt(\(name))") {
                unsafe setsockopt(raw, SOL_XDP, option, &value, socklen_t(MemoryLayout<UInt32>.size))
            }
        } catch {
            throw XDPSocketError(error)
        }
    }

    private static func offsets(_ descriptor: borrowing Descriptor) throws(XDPSocketError) -> xdp_mmap_offsets {
        var offsets = xdp_mmap_offsets()
        var length = socklen_t(MemoryLayout<xdp_mmap_offsets>.size)
        let raw = descriptor.raw
        do {
            try systemCall("getsockopt(XDP_MMAP_OFFSETS)") { unsafe getsockopt(raw, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) }
        } catch {
            throw XDPSocketError(error)
        }
        // `struct xdp_mmap_offsets_v1`, without flags, is what kernels before 5.4 fill in.
        guard Int(length) == MemoryLayout<xdp_mmap_offsets>.size else {
            throw .notSupported(SystemError(call: "getsockopt(XDP_MMAP_OFFSETS)", number: ErrorNumber.notSupported))
        }
        return offsets
    }

    /// `bind(2)`, without need-wakeup where that is refused.
    private static func take(_ descriptor: borrowing Descriptor, _ settings: Settings) throws(XDPSocketError) {
        var number = take(descriptor, settings, flags: UInt16(CL_XDP_COPY) | UInt16(CL_XDP_USE_NEED_WAKEUP))
        if number == ErrorNumber.invalid || number == ErrorNumber.notSupported {
            number = take(descriptor, settings, flags: UInt16(CL_XDP_COPY))
        }
        if number != 0 {
            throw XDPSocketError(binding: SystemError(call: "bind(AF_XDP)", number: number), queue: settings.queue)
        }
    }

    /// - Returns: 0, or the `errno`.
    private static func take(_ descriptor: borrowing Descriptor, _ settings: Settings, flags: UInt16) -> Int32 {
        var address = sockaddr_xdp()
        address.sxdp_family = UInt16(AF_XDP)
        address.sxdp_flags = flags
        address.sxdp_ifindex = UInt32(settings.interfaceIndex)
        address.sxdp_queue_id = UInt32(settings.queue)
        let raw = descriptor.raw
        do {
            try systemCall("bind(AF_XDP)") {
                unsafe withUnsafePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe bind(raw, $0, socklen_t(MemoryLayout<sockaddr_xdp>.size))
                    }
                }
            }
            return 0
        } catch {
            return error.number
        }
    }
}
