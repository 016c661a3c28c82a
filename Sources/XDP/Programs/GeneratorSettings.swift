/// What a generator program puts into frames and does with them.
public struct GeneratorSettings: Equatable, Sendable {
    public enum Timestamp: Equatable, Sendable {
        /// `bpf_ktime_get_ns`, CLOCK_MONOTONIC, read for each frame, plus a constant: `Clock.realtimeOffsetNanoseconds` for
        /// receivers that know CLOCK_REALTIME, 0 for programs.
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

    public init(timestamp: Timestamp = .now(offsetNanoseconds: 0), destination: Destination) {
        self.timestamp = timestamp
        self.destination = destination
    }
}
