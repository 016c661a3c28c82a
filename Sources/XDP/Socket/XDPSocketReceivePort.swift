import Kernel
import Ports

/// The `af-xdp` receiver: an AF_XDP socket in copy mode on one receive queue, fed by a `SocketRedirect`.
///
/// A frame's time is that of the XDP program (`bpf_ktime_get_ns`, CLOCK_MONOTONIC), turned into CLOCK_REALTIME with the offset that
/// the trial's phase has for all. Where the program left it out, it is CLOCK_REALTIME at `peek`, an upper bound (`unstampedFrames` counts
/// those).
///
/// What is counted exactly: each frame that the program redirected here was read, waits in the ring, or is in the
/// statistics' drops. The driver counts those drops too: on veth as `rx_queue_N_drops` of the receiving interface, among what
/// was lost on the way to the program.
public struct XDPSocketReceivePort: ~Copyable, ReceivePort {
    // Unsafe: the ring's memory is the socket's, which lives as long as the port.

    public struct Settings: Equatable, Sendable {
        public var queue: Int
        /// Frames that may lie in the ring, rounded up to a power of two; each takes 4 KiB.
        public var minimumFrames: Int
        /// Frames between `peek` and `release` at most.
        public var batchFrames = 64

        public init(queue: Int, minimumFrames: Int) {
            self.queue = queue
            self.minimumFrames = minimumFrames
        }
    }

    /// A page, the largest chunk. XDP_PACKET_HEADROOM stays free in front of the frame, and 3,840 bytes remain for it, which
    /// is more than native XDP on veth lets through.
    static let chunkBytes = 4096

    @usableFromInline let socket: XDPSocket
    @usableFromInline var ring: XDPReceiveRing
    private var offsetNanoseconds = RealtimeOffset.ofNow.nanoseconds
    /// Calls of `wait` since the last batch.
    private var idleWaits = 0
    private var takenFrames: UInt64 = 0
    private var takenDrops: UInt64 = 0

    /// Makes socket and memory on the calling thread, which has to be in the interface's network namespace, and whose memory
    /// policy decides on which node the pages lie. From the return on, every frame of the queue is in the ring or in its
    /// drop count.
    ///
    /// - Throws: `XDPSocketError`: `.noSuchQueue`, `.queueTaken`, `.notPermitted`, `.lockedMemory`.
    public init(_ settings: Settings, from redirect: SocketRedirect) throws(XDPSocketError) {
        let chunks = RingLayout.entries(atLeast: settings.minimumFrames)
        var socketSettings = XDPSocket.Settings(
            interfaceIndex: redirect.interfaceIndex, queue: settings.queue, chunkBytes: Self.chunkBytes, chunks: chunks)
        socketSettings.receiveEntries = chunks
        let socket = try XDPSocket(socketSettings)
        // The chunks are the kernel's before the first frame can come.
        let ring = unsafe XDPReceiveRing(
            received: socket.receiveRing(), fill: socket.fillRing(), frames: socket.frames.base, chunkBytes: Self.chunkBytes,
            chunks: chunks, batchFrames: settings.batchFrames)
        try redirect.place(socket, queue: settings.queue)
        self.ring = ring
        self.socket = socket
    }

    /// The reader polls the queue's NAPI itself while it waits, instead of being woken by it (Documentation/networking/napi.rst, busy
    /// polling): receiving then costs the reader's CPU.
    ///
    /// - Throws: `SystemError` of `setsockopt(2)`: EPERM without CAP_NET_ADMIN.
    public borrowing func pollBusily(microseconds: Int) throws(SystemError) { try socket.pollBusily(microseconds: microseconds) }

    public var ringBytes: Int { socket.frames.byteCount }
    public var ringNode: Int? { socket.frames.node }

    @inlinable
    public mutating func peek() -> Bool {
        guard ring.peek() else { return false }
        readClocks()
        return true
    }

    @inlinable public var batchNanoseconds: UInt64 { ring.firstNanoseconds }
    @inlinable public mutating func read(_ frame: inout ReceivedFrame) -> Bool { ring.read(&frame) }
    @inlinable public mutating func release() { ring.release() }
    public var malformedBatches: UInt64 { ring.malformedBatches }

    /// Frames read whose time is that of the reading.
    public var unstampedFrames: UInt64 { ring.unstampedFrames }

    /// As long as frames have come lately, this sleeps for a moment, whatever comes meanwhile; only then until a frame wakes it.
    ///
    /// A reader asleep in `poll(2)` has to be woken by the CPU that delivers, without threaded NAPI the sender's, for every few
    /// frames (`xsk_flush`), which costs that a third of its speed. Stamped frames lose nothing by being read later.
    public mutating func wait(milliseconds: Int32) {
        guard milliseconds > 0, idleWaits < Self.shortWaits, ring.unstampedFrames == 0 else {
            return socket.waitReadable(milliseconds: milliseconds)
        }
        idleWaits += 1
        Clock.sleep(nanoseconds: Self.shortWaitNanoseconds)
    }

    private static let shortWaits = 100
    /// Some hundred frames at the highest rates, a fraction of any sensible ring.
    private static let shortWaitNanoseconds: UInt64 = 50_000

    public mutating func takeStatistics() -> (packets: UInt64, drops: UInt64) {
        // Drops first: a frame that arrives in between is then counted the next time, not lost.
        let drops = statistics.lostFrames
        let frames = ring.arrivedFrames
        defer { (takenDrops, takenFrames) = (drops, frames) }
        return (frames &- takenFrames &+ (drops &- takenDrops), drops &- takenDrops)
    }

    /// The kernel's counters since the socket was made.
    public var statistics: XDPSocketStatistics { socket.statistics() }

    public mutating func setRealtimeOffset(nanoseconds: Int64) { offsetNanoseconds = nanoseconds }

    /// Once a batch, some 20 ns.
    @usableFromInline
    mutating func readClocks() {
        idleWaits = 0
        ring.setTime(offsetNanoseconds: offsetNanoseconds, batchNanoseconds: Clock.realtimeNanoseconds)
    }
}
