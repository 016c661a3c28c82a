import CLinux
import Frames
import Traffic

/// What a slot of a `SegmentRing` holds: one frame of the plan, its headers once and its payload as often as the stack cuts frames
/// out of it; or one superframe, which nobody cuts.
///
/// Unsafe: `header` and `payload` are as long as they say, and belong to somebody who outlives this value.
@frozen
@safe
public struct SegmentedSlot {
    /// Frames that a full slot becomes: 1 for one that can't be cut.
    public let segments: Int
    /// Headers in front of the first payload.
    public let headerBytes: Int
    /// From one segment's payload to the next, and so the payload of each.
    public let strideBytes: Int
    /// Signature and checksum, from each frame's (imagined) first byte.
    public let stampPoint: StampPoint
    /// From the frame's first byte to the UDP or TCP header, from which on the kernel finishes each segment; 0 for what can't be cut.
    public let checksumStart: Int
    /// From there to the checksum.
    let checksumOffset: Int
    /// `gso_type` of a slot with several.
    @usableFromInline let segmentation: UInt8
    /// Payload of each segment of a superframe; 0 where slots are cut.
    @usableFromInline let superframeSegmentBytes: Int
    /// How much of a superframe is to lie in the skb's linear part, the rest in pages.
    @usableFromInline let linearBytes: Int
    /// From the frame's first byte to the checksum field, where the pseudo-header's sum has to have the slot's length in it; 0 where it hasn't.
    @usableFromInline let sumPlace: Int
    /// That sum without the length.
    @usableFromInline let sum: UInt32
    /// `headerBytes` of them. Of a frame that can be cut the checksum field holds the pseudo-header's sum, as CHECKSUM_PARTIAL wants it.
    public let header: UnsafeRawPointer
    /// `strideBytes` of them. Frames that share it differ in their headers only.
    public let payload: UnsafeRawPointer

    public init(
        segments: Int, headerBytes: Int, strideBytes: Int, stampPoint: StampPoint, transport: SegmentedTransport?,
        superframe: Superframe? = nil, header: UnsafeRawPointer, payload: UnsafeRawPointer
    ) {
        self.segments = segments
        superframeSegmentBytes = superframe?.segmentBytes ?? 0
        linearBytes = superframe?.isLinear ?? true ? headerBytes + strideBytes : headerBytes + Signature.byteCount
        self.headerBytes = headerBytes
        self.strideBytes = strideBytes
        self.stampPoint = stampPoint
        checksumStart = transport?.offset ?? 0
        checksumOffset = transport?.checksumOffset ?? 0
        segmentation =
            switch transport?.kind {
            case nil: UInt8(VIRTIO_NET_HDR_GSO_NONE)
            case .udp: UInt8(CL_VIRTIO_NET_HDR_GSO_UDP_L4)
            case .tcpIPv4: UInt8(VIRTIO_NET_HDR_GSO_TCPV4)
            case .tcpIPv6: UInt8(VIRTIO_NET_HDR_GSO_TCPV6)
            }
        let isTCP = transport.map { $0.kind != .udp } ?? false
        sumPlace = isTCP ? checksumStart + checksumOffset : 0
        sum = UInt32(transport?.pseudoHeaderSum ?? 0)
        unsafe self.header = unsafe header
        unsafe self.payload = unsafe payload
    }

    @inlinable var isCut: Bool { checksumStart != 0 }

    /// Each frame that comes out, without FCS.
    @inlinable var frameBytes: Int { headerBytes &+ strideBytes }

    /// Of a full slot, the virtio-net header included.
    var fullBytes: Int { Self.virtioBytes + headerBytes + segments * strideBytes }

    /// `struct virtio_net_hdr`, and what stands behind it.
    @usableFromInline static var virtioBytes: Int { 10 }

    /// Whether a slot that holds `other` needs but its headers changed to hold this.
    func differsInHeadersOnly(from other: SegmentedSlot) -> Bool {
        unsafe payload == other.payload && headerBytes == other.headerBytes && segments <= other.segments
    }

    /// Writes virtio-net header, headers and payloads to where a slot's data begins.
    ///
    /// - Parameter data: `fullBytes` of them.
    /// - Parameter headersOnly: the payloads are there already.
    func lay(into data: UnsafeMutableRawPointer, headersOnly: Bool = false) {
        var virtio = virtio_net_hdr()
        // Of the largest frames a few bytes stay behind in a fragment: the field has 16 bits.
        virtio.hdr_len = UInt16(clamping: frameBytes)
        if isCut {
            virtio.flags = UInt8(VIRTIO_NET_HDR_F_NEEDS_CSUM)
            virtio.csum_start = UInt16(checksumStart)
            virtio.csum_offset = UInt16(checksumOffset)
        }
        unsafe data.copyMemory(from: &virtio, byteCount: Self.virtioBytes)
        let frame = unsafe data + Self.virtioBytes
        unsafe frame.copyMemory(from: header, byteCount: headerBytes)
        if headersOnly { return }
        for segment in 0..<segments {
            unsafe (frame + headerBytes + segment * strideBytes).copyMemory(from: payload, byteCount: strideBytes)
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
        let hasSeveral = segments > 1 || superframeSegmentBytes > 0
        unsafe header.storeBytes(
            of: hasSeveral ? segmentation : UInt8(VIRTIO_NET_HDR_GSO_NONE), toByteOffset: 1, as: UInt8.self)
        if sumPlace != 0 {
            // `tcp_gso_segment` takes the slot's length out again, and puts each segment's in.
            let whole = sum &+ UInt32(truncatingIfNeeded: slotBytes &- checksumStart)
            let folded = UInt16(truncatingIfNeeded: whole & 0xFFFF &+ whole &>> 16)
            unsafe header.storeBytes(of: folded.bigEndian, toByteOffset: Self.virtioBytes &+ sumPlace, as: UInt16.self)
        }
        guard superframeSegmentBytes == 0 else {
            unsafe header.storeBytes(of: UInt16(truncatingIfNeeded: linearBytes), toByteOffset: 2, as: UInt16.self)
            unsafe header.storeBytes(of: UInt16(truncatingIfNeeded: superframeSegmentBytes), toByteOffset: 4, as: UInt16.self)
            return slotBytes
        }
        // All of it into the skb's linear area: what is cut from there needs no page of its own.
        unsafe header.storeBytes(of: UInt16(truncatingIfNeeded: slotBytes), toByteOffset: 2, as: UInt16.self)
        unsafe header.storeBytes(of: hasSeveral ? UInt16(truncatingIfNeeded: strideBytes) : 0, toByteOffset: 4, as: UInt16.self)
        return slotBytes
    }
}
