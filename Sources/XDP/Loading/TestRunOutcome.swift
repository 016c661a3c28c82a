/// What came of running a program on one frame.
public struct TestRunOutcome: Equatable, Sendable {
    /// What the program returned.
    public var returned: UInt32
    /// The frame afterwards.
    public var frame: [UInt8]
    /// The mean over all repeats.
    public var durationNanoseconds: Int

    /// Nil for a number that is no XDP action.
    public var action: XDPAction? { XDPAction(rawValue: returned) }
}
