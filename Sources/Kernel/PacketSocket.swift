import CLinux
import Glibc

/// An AF_PACKET raw socket: packet(7), Documentation/networking/packet_mmap.rst.
///
/// It is opened with protocol 0, so that it receives nothing until `bind` says what, and so that a
/// transmitting socket never becomes a tap that has every frame cloned for it.
public struct PacketSocket: ~Copyable, Sendable {
    // Unsafe: options and addresses are lent for the call alone, each with its length; a filter's program, which `sock_fprog` points at,
    // is freed when the kernel has copied it.

    public let descriptor: Descriptor

    /// In the calling thread's network namespace.
    ///
    /// - Throws: `SystemError` of `socket(2)`: EPERM without CAP_NET_RAW.
    public init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("socket(AF_PACKET)") {
                socket(AF_PACKET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
    }

    /// Options are set before the ring exists; `packet_setsockopt` refuses most of them afterwards.
    ///
    /// - Throws: `SystemError` of `setsockopt(2)`.
    public borrowing func set<Value: BitwiseCopyable>(
        _ option: PacketOption, _ value: Value
    ) throws(SystemError) {
        try setOption("setsockopt(\(option.name))", SOL_PACKET, option.number, value)
    }

    /// PACKET_TX_RING of `slots` slots of `slotBytes`, in blocks of `blockBytes`.
    ///
    /// - Throws: `SystemError` of `setsockopt(2)`: ENOMEM if the pages can't be had, EINVAL for
    ///   sizes that don't fit each other.
    public borrowing func makeTransmitRing(
        slotBytes: Int, slots: Int, blockBytes: Int
    ) throws(SystemError) -> MappedMemory {
        let request = tpacket_req(
            tp_block_size: UInt32(blockBytes), tp_block_nr: UInt32(slots * slotBytes / blockBytes),
            tp_frame_size: UInt32(slotBytes), tp_frame_nr: UInt32(slots))
        try setOption("setsockopt(PACKET_TX_RING)", SOL_PACKET, Int32(PACKET_TX_RING), request)
        return try MappedMemory(sharedWith: descriptor, byteCount: slots * slotBytes)
    }

    /// PACKET_RX_RING, TPACKET_V3: `blocks` blocks of `blockBytes`, each retired when full or
    /// `retireMilliseconds` after its first frame.
    ///
    /// - Throws: `SystemError` of `setsockopt(2)`.
    public borrowing func makeReceiveRing(
        blockBytes: Int, blocks: Int, retireMilliseconds: Int
    ) throws(SystemError) -> MappedMemory {
        // V3 packs frames of any length into a block; tp_frame_size only has to divide it.
        let frameBytes = 2048
        var request = tpacket_req3()
        request.tp_block_size = UInt32(blockBytes)
        request.tp_block_nr = UInt32(blocks)
        request.tp_frame_size = UInt32(frameBytes)
        request.tp_frame_nr = UInt32(blockBytes / frameBytes * blocks)
        request.tp_retire_blk_tov = UInt32(retireMilliseconds)
        try setOption("setsockopt(PACKET_RX_RING)", SOL_PACKET, Int32(PACKET_RX_RING), request)
        return try MappedMemory(sharedWith: descriptor, byteCount: blockBytes * blocks)
    }

    /// Ties the socket to one interface.
    ///
    /// - Parameter protocolNumber: the EtherType to receive, ETH_P_ALL for every frame, 0 for none.
    /// - Throws: `SystemError` of `bind(2)`: ENODEV, or ENETDOWN when the interface is down.
    public borrowing func bind(interfaceIndex: Int, protocolNumber: UInt16) throws(SystemError) {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = protocolNumber.bigEndian
        address.sll_ifindex = Int32(interfaceIndex)
        let raw = descriptor.raw
        try systemCall("bind(AF_PACKET)") {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.bind(raw, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
                }
            }
        }
    }

    /// Receives frames for other stations too, as long as the socket lives (PACKET_MR_PROMISC).
    public borrowing func listenPromiscuously(interfaceIndex: Int) throws(SystemError) {
        var request = packet_mreq()
        request.mr_ifindex = Int32(interfaceIndex)
        request.mr_type = UInt16(PACKET_MR_PROMISC)
        try setOption("setsockopt(PACKET_ADD_MEMBERSHIP)", SOL_PACKET, Int32(PACKET_ADD_MEMBERSHIP), request)
    }

    /// Asks for room for frames in flight. Beyond `wmem_max` only CAP_NET_ADMIN in the initial user
    /// namespace gets it (SO_SNDBUFFORCE); others get what the limit allows.
    ///
    /// - Returns: what the kernel granted, in bytes of its own reckoning (twice the request).
    public borrowing func requestSendBuffer(bytes: Int) -> Int {
        let wanted = Int32(clamping: bytes)
        if (try? setOption("setsockopt(SO_SNDBUFFORCE)", SOL_SOCKET, SO_SNDBUFFORCE, wanted)) == nil {
            try? setOption("setsockopt(SO_SNDBUF)", SOL_SOCKET, SO_SNDBUF, wanted)
        }
        var granted: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor.raw, SOL_SOCKET, SO_SNDBUF, &granted, &length)
        return Int(granted)
    }

    /// Classic BPF on arrival (SO_ATTACH_FILTER): its return value is how many bytes are kept.
    public borrowing func attach(_ program: [ClassicInstruction]) throws(SystemError) {
        try unsafe withProgram(program) { filter throws(SystemError) in
            try unsafe setOption("setsockopt(SO_ATTACH_FILTER)", SOL_SOCKET, SO_ATTACH_FILTER, filter)
        }
    }

    /// Joins fanout group `group` in which a classic BPF program chooses the socket
    /// (PACKET_FANOUT_CBPF: `fanout_demux_bpf` takes its result modulo the group's size).
    public borrowing func joinFanout(group: UInt16, program: [ClassicInstruction]) throws(SystemError) {
        let argument = UInt32(group) | UInt32(PACKET_FANOUT_CBPF) << 16
        try setOption("setsockopt(PACKET_FANOUT)", SOL_PACKET, Int32(PACKET_FANOUT), argument)
        try unsafe withProgram(program) { filter throws(SystemError) in
            try unsafe setOption("setsockopt(PACKET_FANOUT_DATA)", SOL_PACKET, Int32(PACKET_FANOUT_DATA), filter)
        }
    }

    /// PACKET_STATISTICS since the last call: the kernel clears them on reading, so each socket has
    /// one reader. `packets` includes the drops.
    public borrowing func takeStatistics() -> (packets: UInt64, drops: UInt64) {
        var statistics = tpacket_stats_v3()
        var length = socklen_t(MemoryLayout<tpacket_stats_v3>.size)
        unsafe getsockopt(descriptor.raw, SOL_PACKET, Int32(PACKET_STATISTICS), &statistics, &length)
        return (UInt64(statistics.tp_packets), UInt64(statistics.tp_drops))
    }

    /// SO_ERROR: the `errno` that waits on the socket, 0 for none; reading takes it away.
    public borrowing func takeError() -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor.raw, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    private borrowing func withProgram(
        _ program: [ClassicInstruction], _ body: (sock_fprog) throws(SystemError) -> Void
    ) throws(SystemError) {
        // `sock_fprog.len` has 16 bits; what is longer the kernel would refuse anyhow (BPF_MAXINSNS).
        guard let length = UInt16(exactly: program.count) else {
            throw SystemError(call: "a filter of \(program.count) instructions", number: EINVAL)
        }
        let memory = UnsafeMutablePointer<sock_filter>.allocate(capacity: program.count)
        defer { unsafe memory.deallocate() }
        unsafe memory.initialize(from: program.map(\.raw), count: program.count)
        try unsafe body(sock_fprog(len: length, filter: memory))
    }

    private borrowing func setOption<Value: BitwiseCopyable>(
        _ call: @autoclosure () -> String, _ level: Int32, _ option: Int32, _ value: Value
    ) throws(SystemError) {
        let raw = descriptor.raw
        let result = unsafe withUnsafeBytes(of: value) {
            unsafe setsockopt(raw, level, option, $0.baseAddress, socklen_t($0.count)) == 0 ? 0 : errno
        }
        if result != 0 { throw SystemError(call: call(), number: result) }
    }
}

/// Integer options at level SOL_PACKET.
public struct PacketOption: Sendable {
    let name: String
    let number: Int32

    /// `TPACKET_V2` or `TPACKET_V3`.
    public static let version = PacketOption(name: "PACKET_VERSION", number: Int32(PACKET_VERSION))
    /// A virtio-net header before each frame.
    public static let virtioHeader = PacketOption(name: "PACKET_VNET_HDR", number: Int32(PACKET_VNET_HDR))
    /// Straight to the driver (`packet_direct_xmit`), past qdiscs and past packet sockets on this side.
    public static let qdiscBypass = PacketOption(name: "PACKET_QDISC_BYPASS", number: Int32(PACKET_QDISC_BYPASS))
    /// Skip ill-formed slots instead of stopping at them.
    public static let loss = PacketOption(name: "PACKET_LOSS", number: Int32(PACKET_LOSS))
    /// Frames that leave through this interface aren't received (PACKET_IGNORE_OUTGOING, Linux 4.20).
    public static let ignoreOutgoing = PacketOption(
        name: "PACKET_IGNORE_OUTGOING", number: Int32(PACKET_IGNORE_OUTGOING))
}

extension PacketSocket {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// `send(2)` of one frame, from the destination address on.
    ///
    /// - Throws: `SystemError` of `packet_snd`: EMSGSIZE beyond the MTU, ENETDOWN, ENOBUFS.
    public borrowing func send(_ frame: [UInt8]) throws(SystemError) {
        let raw = descriptor.raw
        try systemCall("send") { unsafe Glibc.send(raw, frame, frame.count, 0) }
    }

    /// `send(2)` of nothing: makes `tpacket_snd` walk the transmit ring.
    ///
    /// - Returns: 0, or the `errno`; EINTR is left to the next call.
    @inlinable
    public borrowing func kick() -> Int32 { cl_kick(descriptor.raw) }

    /// Sleeps until a block is ready, or the time is over.
    public borrowing func waitReadable(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        unsafe poll(&entry, 1, milliseconds)
    }
}
