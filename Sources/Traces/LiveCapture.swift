import Frames
import Kernel
import Memory
import Ports

/// Frames of an interface as they come, both directions, out of a TPACKET_V3 ring.
public final class LiveCapture {
    public struct Settings: Equatable, Sendable {
        public var interfaceIndex: Int
        public var interface: String
        /// pcap-filter(7); nil takes every frame.
        public var filter: String?
        /// Bytes of a frame to keep; 0 keeps all.
        public var snapBytes = 0
        /// 128 KiB and more.
        public var ringBytes = 64 << 20
        public var isPromiscuous = true
        /// What a loopback sends comes back to it: its frames are shown once, as they come in.
        public var isLoopback = false

        public init(interfaceIndex: Int, interface: String) {
            self.interfaceIndex = interfaceIndex
            self.interface = interface
        }
    }

    private var port: RingReceivePort
    private var frame = ReceivedFrame()
    private let snapBytes: Int
    private let isLoopback: Bool
    /// Where the kernel didn't take the filter; nil where it does the matching.
    private let matcher: FrameMatcher?
    /// Somewhere to put a tag back, for a filter that looks for it in its place.
    private var scratch: [UInt8] = []
    /// The batch in the middle of which the reader stands.
    private var isInBatch = false
    private var seenByRing: UInt64 = 0
    private var matchedHere: UInt64 = 0
    private var copies: UInt64 = 0
    /// Of the frames that the filter let through, those that found no room in the ring; without the kernel's help they can't be told from others.
    public private(set) var dropped: UInt64 = 0
    /// Frames of which the ring held less than was asked for: a block has room for no longer ones (`tpacket_rcv`).
    public private(set) var cut: UInt64 = 0

    /// Frames that the filter let through, those dropped included.
    public var matched: UInt64 { matcher == nil ? seenByRing - min(copies, seenByRing) : matchedHere }
    /// Whether the filter runs here, because the kernel didn't take it.
    public var filtersHere: Bool { matcher != nil }

    /// A frame has to fit a block: half a mebibyte holds what GSO makes at most (GSO_MAX_SIZE, 524,280 bytes) but for the headers, and
    /// far more than files may hold.
    private static let blockBytes = 512 << 10
    private static let smallestBlockBytes = 128 << 10
    /// A block that isn't full comes after this: what a watcher sees late, and what Ctrl-C waits for.
    private static let retireMilliseconds = 50

    /// In the calling thread's network namespace. From here on every frame is in the ring, or counted as dropped.
    ///
    /// - Throws: `TraceError.badFilter`, `.capture`.
    public init(_ settings: Settings) throws(TraceError) {
        snapBytes = settings.snapBytes
        isLoopback = settings.isLoopback
        // A small ring of few large blocks would have no room while one of them is read.
        let blockBytes = settings.ringBytes >= 16 * Self.blockBytes ? Self.blockBytes : Self.smallestBlockBytes
        var ring = RingReceivePort.Settings(
            interfaceIndex: settings.interfaceIndex, blockBytes: blockBytes, blocks: max(1, settings.ringBytes / blockBytes),
            retireMilliseconds: Self.retireMilliseconds, snapBytes: settings.snapBytes, fanout: nil)
        ring.seesOutgoing = !settings.isLoopback
        ring.isPromiscuous = settings.isPromiscuous
        var matcher: FrameMatcher?
        port = try Self.open(ring, settings, &matcher)
        self.matcher = matcher
    }

    /// With the filter in the kernel if it takes it, else with every frame in the ring and the filter behind it, as tcpdump does.
    ///
    /// - Parameter matcher: is set where it has to do the matching.
    private static func open(
        _ ring: RingReceivePort.Settings, _ settings: Settings, _ matcher: inout FrameMatcher?
    ) throws(TraceError) -> RingReceivePort {
        guard let expression = settings.filter else { return try listen(ring, settings) }
        let snapBytes = settings.snapBytes > 0 ? settings.snapBytes : CaptureFilter.maximumBytes
        // A wrong expression is wrong without an interface too, and then needs no right to open it.
        let forFrames = try compiled { () throws(FilterError) in try CaptureFilter(expression, snapBytes: snapBytes) }
        if forFrames.program.count <= CaptureFilter.maximumKernelInstructions {
            let forSocket = try compiled { () throws(FilterError) in
                try CaptureFilter(expression, on: settings.interface, snapBytes: snapBytes)
            }
            if let port = try listen(ring, filter: forSocket, settings) { return port }
        }
        var whole = ring
        // The filter sees frames as they came; they are cut behind it.
        whole.snapBytes = 0
        matcher = FrameMatcher(forFrames)
        return try listen(whole, settings)
    }

    private static func compiled(_ body: () throws(FilterError) -> CaptureFilter) throws(TraceError) -> CaptureFilter {
        do throws(FilterError) {
            return try body()
        } catch {
            throw .badFilter(error)
        }
    }

    private static func listen(_ ring: RingReceivePort.Settings, _ settings: Settings) throws(TraceError) -> RingReceivePort {
        do throws(SystemError) {
            return try RingReceivePort(ring)
        } catch {
            throw .capture(interface: settings.interface, error)
        }
    }

    /// - Returns: nil if the kernel doesn't take the filter: too long by its count (EINVAL), or beyond net.core.optmem_max (ENOMEM).
    private static func listen(
        _ ring: RingReceivePort.Settings, filter: CaptureFilter, _ settings: Settings
    ) throws(TraceError) -> RingReceivePort? {
        guard filter.program.count <= CaptureFilter.maximumKernelInstructions else { return nil }
        var ring = ring
        ring.filter = filter.program
        do throws(SystemError) {
            return try RingReceivePort(ring)
        } catch {
            if error.number == ErrorNumber.invalid || error.number == ErrorNumber.noMemory { return nil }
            throw .capture(interface: settings.interface, error)
        }
    }

    /// The next frame, if one is there already.
    public func next() -> CapturedFrame? {
        guard advance() else { return nil }
        let details = port.details
        var bytes = frame.read { $0.copied() }
        var wireBytes = frame.wireBytes
        if let tag = details.strippedTag, bytes.count >= 12 {
            var writer = ByteWriter()
            writer.write32(tag)
            bytes.insert(contentsOf: writer.bytes, at: 12)
            wireBytes += writer.count
        }
        return CapturedFrame(
            timestampNanoseconds: frame.timestampNanoseconds, bytes: bytes, wireBytes: wireBytes,
            direction: details.isOutgoing ? .outgoing : .incoming, checksumsAreLeft: details.checksumsAreLeft)
    }

    /// Writes what is there already, at most `limit` frames, without a copy but the one into the writer's buffer.
    ///
    /// - Returns: how many.
    /// - Throws: `TraceError.unwritable`.
    public func write(to writer: CaptureFileWriter, limit: UInt64) throws(TraceError) -> UInt64 {
        var count: UInt64 = 0
        while count < limit, advance() {
            let details = port.details
            let (wireBytes, time) = (frame.wireBytes, frame.timestampNanoseconds)
            try frame.read { bytes throws(TraceError) in
                try writer.write(
                    bytes, wireBytes: wireBytes, timestampNanoseconds: time, strippedTag: details.strippedTag,
                    isOutgoing: details.isOutgoing)
            }
            count += 1
        }
        return count
    }

    /// Goes to the next frame that was asked for.
    private func advance() -> Bool {
        while true {
            if isInBatch {
                if port.read(&frame) {
                    if isWanted() { return true }
                    continue
                }
                port.release()
                isInBatch = false
            }
            guard port.peek() else { return false }
            isInBatch = true
        }
    }

    /// What the kernel didn't decide of the frame that was just read.
    private func isWanted() -> Bool {
        // Linux before 4.20 has no PACKET_IGNORE_OUTGOING.
        if isLoopback, port.details.isOutgoing {
            copies += 1
            return false
        }
        if let matcher {
            let kept = keptBytes(matcher)
            guard kept > 0 else { return false }
            matchedHere += 1
            frame.keep(kept)
        }
        if frame.capturedBytes < frame.wireBytes, snapBytes == 0 || frame.capturedBytes < snapBytes { cut += 1 }
        return true
    }

    private func keptBytes(_ matcher: FrameMatcher) -> Int {
        let wireBytes = frame.wireBytes
        guard let tag = port.details.strippedTag, frame.capturedBytes >= 12 else {
            return frame.read { matcher.keptBytes($0, wireBytes: wireBytes) }
        }
        scratch.removeAll(keepingCapacity: true)
        frame.read { bytes in
            bytes.extracting(first: 12).append(to: &scratch)
            for shift in [24, 16, 8, 0] as [UInt32] { scratch.append(UInt8(truncatingIfNeeded: tag >> shift)) }
            bytes.extracting(droppingFirst: 12).append(to: &scratch)
        }
        return matcher.keptBytes(scratch, wireBytes: wireBytes + 4)
    }

    /// Sleeps until frames are there, or the time is over.
    public func wait(milliseconds: Int32) { port.wait(milliseconds: milliseconds) }

    /// Whether the interface went down or away (`packet_notifier` leaves ENETDOWN on the socket).
    public var hasFailed: Bool { port.takeError() != 0 }

    /// Brings the counts up to date.
    public func updateCounts() {
        let statistics = port.takeStatistics()
        seenByRing += statistics.packets
        dropped += statistics.drops
    }
}
