import Frames
import Metrics

/// What a plan is where nothing was asked for.
public enum PlanDefaults {
    /// The smallest Ethernet frame, FCS counted.
    public static let sizes = FrameSizes(shares: [.init(sizeBytes: 64, weight: 1)])
    public static let network = NetworkProtocol.ipv4
    public static let transport = TransportProtocol.udp
    /// 198.18.0.1 and 198.19.0.1, of 198.18.0.0/15, which is set aside for benchmarks (RFC 2544, C.2.2).
    public static let sourceIPv4 = IPv4Address(value: 0xC612_0001)
    public static let destinationIPv4 = IPv4Address(value: 0xC613_0001)
    /// 2001:2::1 and 2001:2:0:1::1, of 2001:2::/48, which is set aside for benchmarks (RFC 5180, section 8).
    public static let sourceIPv6 = IPv6Address(high: 0x2001_0002_0000_0000, low: 1)
    public static let destinationIPv6 = IPv6Address(high: 0x2001_0002_0000_0001, low: 1)
    /// As in RFC 2544, C.2.6.4.
    public static let sourcePort: UInt16 = 0xC020
    /// Discard (RFC 863), where RFC 2544 has echo: nobody shall answer.
    public static let destinationPort: UInt16 = 9
    public static let timeToLive: UInt8 = 64

    public static let durationNanoseconds: UInt64 = 5_000_000_000
    public static let warmupNanoseconds: UInt64 = 1_000_000_000

    public static let ringSlots = 256
    public static let batchFrames = 32
    public static let blockBytes = 128 * 1024
    public static let blocks = 64
    /// A jiffy at 250 Hz: the timer comes no sooner on kernels before 6.18.
    public static let retireMilliseconds = 4
    /// Of larger frames the ring gets this much: all headers and the signature, at little cost.
    public static let snapBytes = 128
    /// What a private pair has at least, as every new Ethernet interface.
    public static let mtuBytes = 1500

    public static let intervalNanoseconds: UInt64 = 1_000_000_000
    public static let seed: UInt64 = 1
}
