import Metrics

/// What a generator program puts into frames and does with them.
public struct GeneratorSettings: Equatable, Sendable {
    public enum Timestamp: Equatable, Sendable {
        /// `bpf_ktime_get_ns`, CLOCK_MONOTONIC, read for each frame, plus an offset until another is set (`GeneratorProgram.setClock`):
        /// that of CLOCK_REALTIME in trials.
        case now(offsetNanoseconds: Int64)
        /// The same number in each frame: for tests, and for receivers that measure no latency.
        case fixed(UInt64)
    }

    public enum Destination: Equatable, Sendable {
        /// An interface in the network namespace of the thread that runs the frames.
        case interface(index: Int)
        /// Nothing is redirected; the program ends with this action.
        case action(XDPAction)
    }

    public var timestamp: Timestamp
    public var destination: Destination
    /// Whether frames leave at a pace (`GeneratorProgram.setPace`): a run that comes too early, or after the last frame, makes none and ends with
    /// XDP_DROP.
    public var isPaced: Bool
    /// Whether headers are written each time, also where all frames have the same: for paths on which somebody changes them. A live frame's
    /// page is the receiver's own socket buffer, and comes back as that left it: with its tag taken out (`skb_vlan_untag` moves the addresses
    /// over it), its hop limit lowered, its addresses translated.
    public var rewritesHeaders: Bool
    /// Which frames carry the time, where it is read.
    public var sampling: LatencySampling

    public init(
        timestamp: Timestamp = .now(offsetNanoseconds: 0), destination: Destination, isPaced: Bool = false, rewritesHeaders: Bool = false,
        sampling: LatencySampling = .all
    ) {
        self.timestamp = timestamp
        self.destination = destination
        self.isPaced = isPaced
        self.rewritesHeaders = rewritesHeaders
        self.sampling = sampling
    }

    /// How many frames pass at most from one reading of the clock to the next, so that a stopped call's last frame is no further from one whose time is
    /// known. A paced program reads it for each anyway.
    var clockPeriod: UInt64 { isPaced ? 1 : 64 }
}
