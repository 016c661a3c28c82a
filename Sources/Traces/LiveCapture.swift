import Frames
import Kernel
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

        public init(interfaceIndex: Int, interface: String) {
            self.interfaceIndex = interfaceIndex
            self.interface = interface
        }
    }

    private var port: RingReceivePort
    private var frame: ReceivedFrame
    /// The batch in the middle of which the reader stands.
    private var isInBatch = false
    /// Frames that the filter let through, those dropped included.
    public private(set) var matched: UInt64 = 0
    /// Of these, frames that found no room in the ring.
    public private(set) var dropped: UInt64 = 0

    private static let blockBytes = 128 << 10
    /// A block that isn't full comes after this: what a watcher sees late, and what Ctrl-C waits for.
    private static let retireMilliseconds = 50

    /// In the calling thread's network namespace. From here on every frame is in the ring, or counted as dropped.
    ///
    /// - Throws: `TraceError.badFilter`, `.capture`.
    public init(_ settings: Settings) throws(TraceError) {
        var ring = RingReceivePort.Settings(
            interfaceIndex: settings.interfaceIndex, blockBytes: Self.blockBytes,
            blocks: max(1, settings.ringBytes / Self.blockBytes), retireMilliseconds: Self.retireMilliseconds,
            snapBytes: settings.snapBytes, fanout: nil)
        ring.seesOutgoing = true
        ring.isPromiscuous = settings.isPromiscuous
        if let filter = settings.filter {
            let snapBytes = settings.snapBytes > 0 ? settings.snapBytes : CaptureFilter.maximumBytes
            do throws(FilterError) {
                ring.filter = try CaptureFilter(filter, on: settings.interface, snapBytes: snapBytes).program
            } catch {
                throw .badFilter(error)
            }
        }
        do throws(SystemError) {
            port = try RingReceivePort(ring)
        } catch {
            throw .capture(interface: settings.interface, error)
        }
        frame = ReceivedFrame(placeholder: port.placeholder)
    }

    /// The next frame, if one is there already.
    public func next() -> CapturedFrame? {
        guard advance() else { return nil }
        let details = port.details
        var bytes = Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.capturedBytes))
        var wireBytes = frame.wireBytes
        if let tag = details.strippedTag, bytes.count >= 12 {
            var writer = ByteWriter()
            writer.write32(tag)
            bytes.insert(contentsOf: writer.bytes, at: 12)
            wireBytes += writer.count
        }
        return CapturedFrame(
            timestampNanoseconds: frame.timestampNanoseconds, bytes: bytes, wireBytes: wireBytes, isOutgoing: details.isOutgoing,
            checksumsAreLeft: details.checksumsAreLeft)
    }

    /// Writes what is there already, at most `limit` frames, without a copy but the one into the writer's buffer.
    ///
    /// - Returns: how many.
    /// - Throws: `TraceError.unwritable`.
    public func write(to writer: CaptureFileWriter, limit: UInt64) throws(TraceError) -> UInt64 {
        var count: UInt64 = 0
        while count < limit, advance() {
            let details = port.details
            try writer.write(
                UnsafeRawBufferPointer(start: frame.bytes, count: frame.capturedBytes), wireBytes: frame.wireBytes,
                timestampNanoseconds: frame.timestampNanoseconds, strippedTag: details.strippedTag, isOutgoing: details.isOutgoing)
            count += 1
        }
        return count
    }

    private func advance() -> Bool {
        while true {
            if isInBatch {
                if port.read(&frame) { return true }
                port.release()
                isInBatch = false
            }
            guard port.peek() else { return false }
            isInBatch = true
        }
    }

    /// Sleeps until frames are there, or the time is over.
    public func wait(milliseconds: Int32) { port.wait(milliseconds: milliseconds) }

    /// Whether the interface went down or away (`packet_notifier` leaves ENETDOWN on the socket).
    public var hasFailed: Bool { port.takeError() != 0 }

    /// Brings the counts up to date.
    public func updateCounts() {
        let statistics = port.takeStatistics()
        matched += statistics.packets
        dropped += statistics.drops
    }
}
