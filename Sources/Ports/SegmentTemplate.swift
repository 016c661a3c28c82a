import CLinux
import Frames

/// A frame as a slot's headers and payload, for the stack to repeat.
public struct SegmentTemplate: Equatable, Sendable {
    /// The whole frame; of one that can be cut the UDP checksum field holds the pseudo-header's sum, as CHECKSUM_PARTIAL wants it.
    let bytes: [UInt8]
    let headerBytes: Int
    let stampPoint: StampPoint
    /// From the frame's first byte to the UDP header; nil for what can't be cut.
    let udpOffset: Int?

    /// `struct virtio_net_hdr` counts in 16 bits, and so does IP.
    static let maximumBytes = 65_535

    /// - Parameter udp: where the UDP header stands, and the sum over its pseudo-header; nil for frames of other kinds.
    public init(_ template: FrameTemplate, udp: (offset: Int, pseudoHeaderSum: UInt16)?) {
        var bytes = template.bytes
        headerBytes = Int(template.stampPoint.signatureOffset)
        // Of two payloads one must fit besides the other.
        let canBeCut = 2 * bytes.count - headerBytes <= Self.maximumBytes
        if let udp, canBeCut {
            bytes[udp.offset + 6] = UInt8(udp.pseudoHeaderSum >> 8)
            bytes[udp.offset + 7] = UInt8(truncatingIfNeeded: udp.pseudoHeaderSum)
            udpOffset = udp.offset
            // The kernel finishes checksums.
            stampPoint = StampPoint(signatureOffset: template.stampPoint.signatureOffset)
        } else {
            udpOffset = nil
            stampPoint = template.stampPoint
        }
        self.bytes = bytes
    }

    public var canBeCut: Bool { udpOffset != nil }

    private var payloadBytes: Int { bytes.count - headerBytes }

    private func count(_ segments: Int) -> Int {
        canBeCut ? max(1, min(segments, (Self.maximumBytes - headerBytes) / payloadBytes)) : 1
    }

    /// The bytes of a full slot, virtio-net header not counted.
    func slotBytes(segments: Int) -> Int { headerBytes + count(segments) * payloadBytes }

    func slot(segments: Int) -> SegmentedSlot {
        SegmentedSlot(
            segments: count(segments), strideBytes: payloadBytes, headerBytes: canBeCut ? headerBytes : bytes.count,
            stampPoint: stampPoint, isCut: canBeCut)
    }

    /// A whole message for `send(2)`: virtio-net header, headers, payloads.
    func message(segments: Int) -> [UInt8] {
        var message = [UInt8](repeating: 0, count: SegmentRing.virtioBytes + slotBytes(segments: segments))
        message.withUnsafeMutableBytes {
            lay(into: $0.baseAddress!, segments: segments)
            _ = slot(segments: segments).prepare($0.baseAddress!, segments: count(segments))
        }
        return message
    }

    /// Writes virtio-net header, headers and payloads to where a slot's data begins.
    func lay(into data: UnsafeMutableRawPointer, segments: Int) {
        var header = virtio_net_hdr()
        header.hdr_len = UInt16(clamping: bytes.count)
        if let udpOffset {
            header.flags = UInt8(VIRTIO_NET_HDR_F_NEEDS_CSUM)
            header.csum_start = UInt16(udpOffset)
            header.csum_offset = 6
        }
        data.copyMemory(from: &header, byteCount: SegmentRing.virtioBytes)
        let frame = data + SegmentRing.virtioBytes
        bytes.withUnsafeBytes { source in
            frame.copyMemory(from: source.baseAddress!, byteCount: source.count)
            for segment in 1..<max(1, count(segments)) {
                (frame + headerBytes + segment * payloadBytes).copyMemory(
                    from: source.baseAddress! + headerBytes, byteCount: payloadBytes)
            }
        }
    }
}
