import Frames
import Memory

/// All that one frame is made of. The defaults make the smallest frame of the benchmark: 64 bytes of
/// UDP over IPv4 between the networks that RFC 2544 appendix C.2.2 sets aside for benchmarks.
public struct FrameRecipe: Equatable, Sendable {
    public var sizeBytes = 64
    public var source = MACAddress(value: 0x02_76_6D_00_00_0A)
    public var destination = MACAddress(value: 0x02_76_6D_00_00_0B)
    /// VLAN identifiers, outermost first: 802.1Q for the innermost, 802.1ad outside of it.
    public var vlans: [UInt16] = []
    /// What carries the packet; nil for nothing, as in frames without IP.
    public var encapsulation: Encapsulation?
    public var network = NetworkProtocol.ipv4
    public var sourceIPv4 = IPv4Address(value: 0xC612_0001)
    public var destinationIPv4 = IPv4Address(value: 0xC613_0001)
    /// RFC 5180 section 8: 2001:2::/48 is for benchmarks.
    public var sourceIPv6 = IPv6Address(high: 0x2001_0002_0000_0000, low: 1)
    public var destinationIPv6 = IPv6Address(high: 0x2001_0002_0000_0001, low: 1)
    public var transport = TransportProtocol.udp
    public var sourcePort: UInt16 = 49_152
    /// discard, RFC 863.
    public var destinationPort: UInt16 = 9
    /// Differentiated services code point, 0 to 63.
    public var dscp: UInt8 = 0
    /// Time to live, or hop limit.
    public var timeToLive: UInt8 = 64
    /// Whether UDP over IPv4 carries a checksum. Over IPv6, and in TCP, it always does.
    public var udpChecksum = false
    /// What is wrong on purpose; what doesn't apply to such headers does nothing.
    public var faults: Set<FrameFault> = []

    public init() {}

    /// From the frame's first byte to the header of the packet itself, inside of any encapsulation.
    package var networkOffset: Int {
        EthernetWire.headerBytes + vlans.count * EthernetWire.tagBytes + (network == .raw ? 0 : encapsulation?.byteCount ?? 0)
    }

    /// Header bytes in front of the payload, and so the signature's offset.
    public var headerBytes: Int {
        guard network != .raw else { return networkOffset }
        return networkOffset + (network == .ipv4 ? IPv4Field.headerBytes : IPv6Field.headerBytes)
            + (transport == .udp ? UDPField.headerBytes : TCPField.headerBytes)
    }

    /// The smallest frame with these headers, a signature and the FCS.
    public var minimumBytes: Int {
        // The kernel takes less (a header, `packet_snd`), which nobody could tell from others' frames.
        guard !faults.contains(.runt) || network != .raw else {
            return headerBytes + Signature.byteCount + FrameFault.payloadLengthBytes + EthernetWire.fcsBytes
        }
        return max(headerBytes + Signature.byteCount + EthernetWire.fcsBytes, EthernetWire.minimumFrameBytes)
    }
}

/// A frame that is ready but for its signature.
public struct FrameTemplate: Equatable, Sendable {
    /// Without FCS, the signature's place zeroed.
    public let bytes: [UInt8]
    public let stampPoint: StampPoint
    /// Which of a load's streams it is of.
    public var stream: UInt8

    public init(bytes: [UInt8], stampPoint: StampPoint, stream: UInt8 = 0) {
        self.bytes = bytes
        self.stampPoint = stampPoint
        self.stream = stream
    }

    /// The frame as it leaves: signed, its checksum finished.
    public func stamped(stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64 = 0) -> [UInt8] {
        var frame = bytes
        frame.write {
            Signature.stamp(&$0, stampPoint, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
        }
        return frame
    }
}

/// Why a frame can't be built.
public enum FrameError: Error, Equatable, Sendable {
    case tooSmall(sizeBytes: Int, minimumBytes: Int)
    case tooLarge(sizeBytes: Int, maximumBytes: Int)
    case badVLAN(UInt16)
    case tooManyVLANs(Int)
    case badDSCP(UInt8)
    /// A field that isn't in this frame.
    case noSuchField(String)
    /// What a rule must be, and what to do instead.
    case badRule(String, allowed: String, remedy: String)
    case cycleTooLong(frames: Int, maximum: Int)
}

extension FrameError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooSmall(let size, let minimum):
            "a frame of \(size) bytes is too small for its headers and the 18-byte signature; use \(minimum) bytes or more"
        case .tooLarge(let size, let maximum):
            "a frame of \(size) bytes is too large for its length fields; use \(maximum) bytes or less"
        case .badVLAN(let identifier): "there is no VLAN \(identifier); use 1 to 4094"
        case .tooManyVLANs(let count): "\(count) VLAN tags are too many; use two at most"
        case .badDSCP(let value): "there is no DSCP \(value); use 0 to 63"
        case .noSuchField(let field): "this frame has no \(field) to modify; choose a field of its own headers"
        case .badRule(let rule, let allowed, let remedy): "the modifier \(rule) must be \(allowed); \(remedy)"
        case .cycleTooLong(let frames, let maximum):
            "sizes and modifiers make \(frames) different frames; use counts whose product is \(maximum) or less"
        }
    }
}
