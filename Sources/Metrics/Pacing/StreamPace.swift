/// One of several streams that each keep a rate and a process of their own.
public struct StreamPace: Equatable, Hashable, Sendable {
    /// The mean over all workers; that of a course is its own.
    public let rate: PacketRate
    public let process: ArrivalProcess

    public init(_ process: ArrivalProcess, rate: PacketRate) {
        self.rate = rate
        self.process = process
    }
}

/// Whose turn a place in a merged row is.
@frozen
public struct StreamDeparture: Equatable, Sendable {
    /// Counts from 0.
    public let stream: Int
    /// How many frames of that stream stand before it, whichever worker sends them.
    public let own: UInt64
    /// When it is due, nanoseconds from the start.
    public let offsetNanoseconds: UInt64

    init(stream: Int, own: UInt64, offsetNanoseconds: UInt64) {
        self.stream = stream
        self.own = own
        self.offsetNanoseconds = offsetNanoseconds
    }
}
