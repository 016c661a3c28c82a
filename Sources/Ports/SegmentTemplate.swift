import CLinux
import Frames
import Traffic

/// A frame of the plan as a slot's headers and payload, for the stack to repeat; or a superframe, which passes as it is.
public struct SegmentTemplate: Equatable, Sendable {
    /// The whole frame; of one that can be cut the checksum field holds the pseudo-header's sum, as CHECKSUM_PARTIAL wants it.
    let bytes: [UInt8]
    let headerBytes: Int
    let stampPoint: StampPoint
    /// Nil for what can't be cut.
    let transport: SegmentedTransport?
    /// Nil where slots are cut.
    let superframe: Superframe?

    /// `struct virtio_net_hdr` counts in 16 bits, and so does IP.
    static let maximumBytes = 65_535

    /// - Parameters:
    ///   - transport: nil for frames that nobody can cut.
    ///   - superframe: of a template that is a whole superframe.
    public init(_ template: FrameTemplate, transport: SegmentedTransport?, superframe: Superframe? = nil) {
        var bytes = template.bytes
        headerBytes = Int(template.stampPoint.signatureOffset)
        self.superframe = superframe
        // Of two payloads one must fit besides the other.
        if let transport, superframe != nil || Self.segments(2, frameBytes: bytes.count, headerBytes: headerBytes) == 2 {
            let checksum = transport.offset + transport.checksumOffset
            bytes[checksum] = UInt8(transport.pseudoHeaderSum >> 8)
            bytes[checksum + 1] = UInt8(truncatingIfNeeded: transport.pseudoHeaderSum)
            self.transport = transport
            // The kernel finishes checksums.
            stampPoint = StampPoint(signatureOffset: template.stampPoint.signatureOffset)
        } else {
            self.transport = nil
            stampPoint = template.stampPoint
        }
        self.bytes = bytes
    }

    public var canBeCut: Bool { transport != nil }

    var payloadBytes: Int { bytes.count - headerBytes }

    /// How many frames of this size a slot holds, of `wanted`: 1 for one of which no second fits.
    ///
    /// - Parameters:
    ///   - frameBytes: without FCS.
    ///   - headerBytes: of these, what stands in front of the signature.
    public static func segments(_ wanted: Int, frameBytes: Int, headerBytes: Int) -> Int {
        guard frameBytes > headerBytes else { return 1 }
        return max(1, min(wanted, (maximumBytes - headerBytes) / (frameBytes - headerBytes)))
    }

    func segments(_ wanted: Int) -> Int {
        canBeCut && superframe == nil ? Self.segments(wanted, frameBytes: bytes.count, headerBytes: headerBytes) : 1
    }

    /// The bytes of a full slot, virtio-net header not counted.
    func slotBytes(segments wanted: Int) -> Int { headerBytes + segments(wanted) * payloadBytes }

    /// - Parameters:
    ///   - header, payload: the frame's bytes, in memory that outlives the slot.
    func slot(segments wanted: Int, header: UnsafeRawPointer, payload: UnsafeRawPointer) -> SegmentedSlot {
        unsafe SegmentedSlot(
            segments: segments(wanted), headerBytes: headerBytes, strideBytes: payloadBytes, stampPoint: stampPoint,
            transport: transport, superframe: superframe, header: header, payload: payload)
    }

    /// A whole message for `send(2)`: virtio-net header, headers, payloads.
    func message(segments wanted: Int) -> [UInt8] {
        var message = [UInt8](repeating: 0, count: SegmentedSlot.virtioBytes + slotBytes(segments: wanted))
        // Unsafe: both arrays lie still for the calls, and the message is as long as the slot.
        unsafe bytes.withUnsafeBytes { source in
            let slot = unsafe slot(segments: wanted, header: source.baseAddress!, payload: source.baseAddress! + headerBytes)
            unsafe message.withUnsafeMutableBytes {
                unsafe slot.lay(into: $0.baseAddress!)
                _ = unsafe slot.prepare($0.baseAddress!, segments: slot.segments)
            }
        }
        return message
    }
}
