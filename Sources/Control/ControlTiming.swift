/// How often an end says that it is still there, and how long it waits for the other's word.
public struct ControlTiming: Equatable, Sendable {
    public var beatNanoseconds: Int64
    /// Silent for so many of our own beats, the other is lost. Beats and not a clock: an end that was stopped for a while itself first listens again.
    public var beatsUntilLost: Int
    /// From a connection to its hello.
    public var helloNanoseconds: Int64
    /// Between two attempts to reach an end that doesn't listen yet.
    public var retryNanoseconds: Int64

    public init(
        beatNanoseconds: Int64 = 500_000_000, beatsUntilLost: Int = 6, helloNanoseconds: Int64 = 5_000_000_000,
        retryNanoseconds: Int64 = 100_000_000
    ) {
        (self.beatNanoseconds, self.beatsUntilLost) = (beatNanoseconds, beatsUntilLost)
        (self.helloNanoseconds, self.retryNanoseconds) = (helloNanoseconds, retryNanoseconds)
    }

    /// A beat each half second, lost after three: who is killed is missed within five.
    public static let standard = ControlTiming()
}
