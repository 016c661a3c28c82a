import Kernel

/// The `ring` receiver of superframes: the same ring, whose frames say what they would be cut into (PACKET_VNET_HDR).
///
/// Apart from `RingReceivePort`, so that reading frames costs nothing for it: loops are specialised for each.
public struct SuperframeReceivePort: ~Copyable, ReceivePort {
    @usableFromInline var port: RingReceivePort
    /// From a frame's first byte to its payload, VLAN tags included.
    @usableFromInline let headerBytes: Int

    /// - Parameter headerBytes: in front of a superframe's payload, VLAN tags included.
    /// - Throws: as `RingReceivePort`.
    public init(_ settings: RingReceivePort.Settings, headerBytes: Int) throws(SystemError) {
        var settings = settings
        settings.showsSegmentation = true
        port = try RingReceivePort(settings)
        self.headerBytes = headerBytes
    }

    public var ringBytes: Int { port.ringBytes }
    public var ringNode: Int? { port.ringNode }

    @inlinable public mutating func peek() -> Bool { port.peek() }
    @inlinable public var batchNanoseconds: UInt64 { port.batchNanoseconds }

    @inlinable
    public mutating func read(_ frame: inout ReceivedFrame) -> Bool {
        guard port.read(&frame) else { return false }
        let payloadBytes = frame.wireBytes &+ frame.strippedTagBytes &- headerBytes
        frame.segments = UInt64(
            truncatingIfNeeded: Superframe.segments(ofPayload: payloadBytes, segmentBytes: port.ring.segmentBytes))
        return true
    }

    @inlinable public mutating func release() { port.release() }
    public mutating func wait(milliseconds: Int32) { port.wait(milliseconds: milliseconds) }
    public mutating func takeStatistics() -> (packets: UInt64, drops: UInt64) { port.takeStatistics() }
    public var malformedBatches: UInt64 { port.malformedBatches }
}
