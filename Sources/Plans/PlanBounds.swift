import Frames

/// What each field of a plan may be, whatever the machine.
public enum PlanBounds {
    /// `ETH_MIN_MTU` to `ETH_MAX_MTU`, which veth allows too.
    public static let mtuBytes = 68...65_535
    /// `rtnl_create_link` takes up to 4096 queues.
    public static let queues = 1...4096
    /// Of one worker; each takes a source port or address of its own.
    public static let flows: ClosedRange<UInt64> = 1...(1 << 40)
    /// The signature has six bits for the stream.
    public static let streams = 1...StreamIdentifier.maximumStreams
    /// 0 is a priority tag, 4095 is reserved (IEEE 802.1Q, 9.6).
    public static let vlan: ClosedRange<UInt16> = 1...4094
    /// Six bits (RFC 2474).
    public static let dscp: ClosedRange<UInt8> = 0...63
    /// 0 would not leave the sender.
    public static let timeToLive: ClosedRange<UInt8> = 1...255
    /// More than a month at the highest rate there is.
    public static let frameCount: ClosedRange<UInt64> = 1...(1 << 47)
    /// From a millisecond to thirty days: less can't be measured, and more would overflow counts
    /// at the highest rate there is.
    public static let durationNanoseconds: ClosedRange<UInt64> = 1_000_000...2_592_000_000_000_000
    public static let warmupNanoseconds: ClosedRange<UInt64> = 0...3_600_000_000_000
    /// The signature has 8 bits for the transmit worker.
    public static let workers = 1...StreamIdentifier.maximumWorkers
    /// `NR_CPUS` is at most 8192 on x86-64.
    public static let cpu = 0...8191
    public static let ringSlots = 8...65_536
    public static let batchFrames = 1...4096
    /// A worker's slots, of which each kind of frame has one: memory of the kernel's that nothing else bounds.
    public static let transmitRingBytes = 0...1_073_741_824
    /// Of an engine whose slots hold whatever comes next, and which gains nothing by more than a few.
    public static let segmentedRingBytes = 0...268_435_456
    /// UDP_MAX_SEGMENTS of `linux/udp.h` since 6.9; 64 before, which bounds sockets only.
    public static let segments = 2...128
    /// Different superframes of a plan: each is laid out whole before the first one leaves.
    public static let superframeKinds = 1...1024
    /// One page to 16 MiB, a power of two.
    public static let blockBytes = 4096...16_777_216
    /// TPACKET_V3 needs one block to fill while another is read.
    public static let blocks = 2...65_536
    /// `packet_set_ring` counts in 32 bits; beyond this no ring is of use.
    public static let receiveRingBytes = 0...2_147_483_648
    /// What TPACKET_V3 puts before a frame: block and frame headers and padding, rounded up.
    public static let blockHeaderBytes = 256
    /// 0 would leave the choice to the kernel (`prb_calc_retire_blk_tmo`).
    public static let retireMilliseconds = 1...1000
    /// As tcpdump's largest.
    public static let snapBytes = 0...262_144
    /// 0 switches it off.
    public static let busyPollMicroseconds = 0...1_000_000
    public static let repeats = 1...10_000
    public static let intervalNanoseconds: ClosedRange<UInt64> = 10_000_000...3_600_000_000_000
}
