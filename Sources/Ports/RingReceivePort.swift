import CLinux
import Kernel

/// The `ring` receiver: AF_PACKET with PACKET_RX_RING, TPACKET_V3, every frame of the interface.
public struct RingReceivePort: ~Copyable, ReceivePort {
    // Unsafe: the ring's memory lives as long as the port, which owns both.

    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        public var blockBytes: Int
        public var blocks: Int
        public var retireMilliseconds: Int
        /// Bytes of a frame to keep; 0 keeps all.
        public var snapBytes: Int
        /// Which frames, and how much of each: a classic BPF program in place of `snapBytes`.
        public var filter: [ClassicInstruction] = []
        /// Whether frames that the interface sends are shown too.
        public var seesOutgoing = false
        /// Whether frames for other stations are received.
        public var isPromiscuous = true
        /// Whether a virtio-net header stands in front of each frame (PACKET_VNET_HDR), so that `segmentBytes` can be told.
        public var showsSegmentation = false
        /// Several sockets share the interface; nil for one alone.
        public var fanout: Fanout?

        /// Which socket gets a frame: the one of its transmit worker, which the signature names.
        public struct Fanout: Equatable, Sendable {
            public var group: UInt16
            /// From the frame's first byte, VLAN tags included, to the signature.
            public var signatureOffsetBytes: Int
            public var stripsOneTag: Bool

            public init(group: UInt16, signatureOffsetBytes: Int, stripsOneTag: Bool) {
                self.group = group
                self.signatureOffsetBytes = signatureOffsetBytes
                self.stripsOneTag = stripsOneTag
            }
        }

        public init(
            interfaceIndex: Int, blockBytes: Int, blocks: Int, retireMilliseconds: Int, snapBytes: Int, fanout: Fanout?
        ) {
            self.interfaceIndex = interfaceIndex
            self.blockBytes = blockBytes
            self.blocks = blocks
            self.retireMilliseconds = retireMilliseconds
            self.snapBytes = snapBytes
            self.fanout = fanout
        }
    }

    @usableFromInline let socket: PacketSocket
    @usableFromInline let memory: MappedMemory
    @usableFromInline var ring: ReceiveRing

    /// Makes socket and ring on the calling thread, whose memory policy decides on which node the
    /// pages lie. From the return on, every frame that arrives is in the ring or in its drop count.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_NET_RAW, ENOMEM for a ring beyond the memory.
    public init(_ settings: Settings) throws(SystemError) {
        let socket = try PacketSocket()
        try socket.set(.version, Int32(TPACKET_V3.rawValue))
        if settings.showsSegmentation { try socket.set(.virtioHeader, Int32(1)) }
        // Linux before 4.20 has no such option and shows us what the interface sends; the frames
        // lack our signature and count as foreign, so nothing breaks.
        if !settings.seesOutgoing { try? socket.set(.ignoreOutgoing, Int32(1)) }
        if !settings.filter.isEmpty {
            try socket.attach(settings.filter)
        } else if settings.snapBytes > 0 {
            try socket.attach(ClassicBPF.keep(bytes: settings.snapBytes))
        }
        let memory = try socket.makeReceiveRing(
            blockBytes: settings.blockBytes, blocks: settings.blocks, retireMilliseconds: settings.retireMilliseconds)
        try socket.bind(interfaceIndex: settings.interfaceIndex, protocolNumber: UInt16(ETH_P_ALL))
        if settings.isPromiscuous { try socket.listenPromiscuously(interfaceIndex: settings.interfaceIndex) }
        if let fanout = settings.fanout {
            try socket.joinFanout(group: fanout.group, program: ClassicBPF.transmitWorker(fanout))
        }
        ring = unsafe ReceiveRing(base: memory.base, blockBytes: settings.blockBytes, blockCount: settings.blocks)
        self.memory = memory
        self.socket = socket
    }

    public var ringBytes: Int { memory.byteCount }
    public var ringNode: Int? { memory.node }

    @inlinable public mutating func peek() -> Bool { ring.peek() }
    @inlinable public var batchNanoseconds: UInt64 { ring.batchNanoseconds }
    @inlinable public mutating func read(_ frame: inout ReceivedFrame) -> Bool { ring.read(&frame) }
    @inlinable public mutating func release() { ring.release() }
    /// What the kernel said of the frame that was read last, besides its bytes.
    public var details: ReceivedDetails { ring.details }
    public var malformedBatches: UInt64 { ring.malformedBatches }

    /// The `errno` that waits on the socket, 0 for none; it is gone then.
    public func takeError() -> Int32 { socket.takeError() }

    public mutating func wait(milliseconds: Int32) { socket.waitReadable(milliseconds: milliseconds) }

    public mutating func takeStatistics() -> (packets: UInt64, drops: UInt64) { socket.takeStatistics() }
}

/// The few classic BPF programs that receiving needs.
enum ClassicBPF {
    /// Accepts every frame and keeps its first `bytes`; `tp_len` stays the true length.
    static func keep(bytes: Int) -> [ClassicInstruction] {
        [ClassicInstruction(code: UInt16(BPF_RET | BPF_K), operand: UInt32(bytes))]
    }

    /// The transmit worker's number out of the signature. In `fanout_demux_bpf` the packet starts at
    /// the network header, 14 bytes into the frame and behind a tag that was taken out. A frame too
    /// short for the load returns 0 and so goes to the first socket.
    static func transmitWorker(_ fanout: RingReceivePort.Settings.Fanout) -> [ClassicInstruction] {
        let ethernetBytes = 14
        // The worker is the signature's fourth byte, behind magic and epoch.
        let offset = fanout.signatureOffsetBytes - ethernetBytes - (fanout.stripsOneTag ? 4 : 0) + 3
        return [
            ClassicInstruction(code: UInt16(BPF_LD | BPF_B | BPF_ABS), operand: UInt32(offset)),
            ClassicInstruction(code: UInt16(BPF_RET | BPF_A), operand: 0)
        ]
    }
}
