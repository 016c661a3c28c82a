import CLinux
import Frames

/// What a slot of a `SegmentRing` holds: one frame of the plan, its headers once and its payload as often as the stack cuts frames
/// out of it.
///
/// The bytes belong to somebody who outlives this value.
@frozen
public struct SegmentedSlot: Equatable {
    /// Frames that a full slot becomes: 1 for one that can't be cut.
    public var segments: Int
    /// Headers in front of the first payload.
    public var headerBytes: Int
    /// From one segment's payload to the next, and so the payload of each.
    public var strideBytes: Int
    /// Signature and checksum, from each frame's (imagined) first byte.
    public var stampPoint: StampPoint
    /// From the frame's first byte to the UDP header, from which on the kernel fills in lengths and checksums of each segment; 0 for what
    /// can't be cut.
    public var checksumStart: Int
    /// `headerBytes` of them. Of a frame that can be cut the UDP checksum field holds the pseudo-header's sum, as CHECKSUM_PARTIAL wants it.
    public var header: UnsafeRawPointer
    /// `strideBytes` of them. Frames that share it differ in their headers only.
    public var payload: UnsafeRawPointer

    public init(
        segments: Int, headerBytes: Int, strideBytes: Int, stampPoint: StampPoint, checksumStart: Int, header: UnsafeRawPointer,
        payload: UnsafeRawPointer
    ) {
        self.segments = segments
        self.headerBytes = headerBytes
        self.strideBytes = strideBytes
        self.stampPoint = stampPoint
        self.checksumStart = checksumStart
        self.header = header
        self.payload = payload
    }

    @inlinable var isCut: Bool { checksumStart != 0 }

    /// Each frame that comes out, without FCS.
    @inlinable var frameBytes: Int { headerBytes &+ strideBytes }

    /// `struct virtio_net_hdr`, and what stands behind it.
    @usableFromInline static var virtioBytes: Int { 10 }

    /// Whether a slot that holds `other` needs but its headers changed to hold this.
    func differsInHeadersOnly(from other: SegmentedSlot) -> Bool {
        payload == other.payload && headerBytes == other.headerBytes && segments <= other.segments
    }

    /// Writes virtio-net header, headers and payloads to where a slot's data begins.
    ///
    /// - Parameter headersOnly: the payloads are there already.
    func lay(into data: UnsafeMutableRawPointer, headersOnly: Bool = false) {
        var virtio = virtio_net_hdr()
        // Of the largest frames a few bytes stay behind in a fragment: the field has 16 bits.
        virtio.hdr_len = UInt16(clamping: frameBytes)
        if isCut {
            virtio.flags = UInt8(VIRTIO_NET_HDR_F_NEEDS_CSUM)
            virtio.csum_start = UInt16(checksumStart)
            virtio.csum_offset = 6
        }
        data.copyMemory(from: &virtio, byteCount: Self.virtioBytes)
        let frame = data + Self.virtioBytes
        frame.copyMemory(from: header, byteCount: headerBytes)
        if headersOnly { return }
        for segment in 0..<segments {
            (frame + headerBytes + segment * strideBytes).copyMemory(from: payload, byteCount: strideBytes)
        }
    }

    /// Makes a slot's data hold so many segments: `struct virtio_net_hdr` for them, where the slot can be cut.
    ///
    /// - Parameter header: where the slot's virtio-net header begins.
    /// - Returns: bytes behind that header.
    @inlinable
    func prepare(_ header: UnsafeMutableRawPointer, segments: Int) -> Int {
        guard isCut else { return frameBytes }
        let slotBytes = headerBytes &+ segments &* strideBytes
        let hasSeveral = segments > 1
        header.storeBytes(
            of: hasSeveral ? UInt8(CL_VIRTIO_NET_HDR_GSO_UDP_L4) : UInt8(VIRTIO_NET_HDR_GSO_NONE), toByteOffset: 1, as: UInt8.self)
        // All of it into the skb's linear area: what is cut from there needs no page of its own.
        header.storeBytes(of: UInt16(truncatingIfNeeded: slotBytes), toByteOffset: 2, as: UInt16.self)
        header.storeBytes(of: hasSeveral ? UInt16(truncatingIfNeeded: strideBytes) : 0, toByteOffset: 4, as: UInt16.self)
        return slotBytes
    }
}
