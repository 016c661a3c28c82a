/// One question for another's time and its answer (Cristian 1989; RFC 5905, section 8, with its four timestamps). Both clocks are CLOCK_REALTIME.
public struct ClockExchange: Codable, Equatable, Sendable {
    /// By our clock.
    public var sentNanoseconds: Int64
    /// By the other's.
    public var heardNanoseconds: Int64
    /// By the other's.
    public var answeredNanoseconds: Int64
    /// By our clock.
    public var returnedNanoseconds: Int64

    public init(sentNanoseconds: Int64, heardNanoseconds: Int64, answeredNanoseconds: Int64, returnedNanoseconds: Int64) {
        (self.sentNanoseconds, self.heardNanoseconds) = (sentNanoseconds, heardNanoseconds)
        (self.answeredNanoseconds, self.returnedNanoseconds) = (answeredNanoseconds, returnedNanoseconds)
    }

    /// On the wire, both ways; nil for what can't have been: an answer before its question.
    public var roundTripNanoseconds: Int64? {
        let (here, overflow) = returnedNanoseconds.subtractingReportingOverflow(sentNanoseconds)
        let (there, otherOverflow) = answeredNanoseconds.subtractingReportingOverflow(heardNanoseconds)
        // The other's times are the other's word: none may be so far from ours that sums of two overflow.
        guard !overflow, !otherOverflow, abs(heardNanoseconds / 4) < Int64.max / 8, abs(sentNanoseconds / 4) < Int64.max / 8 else {
            return nil
        }
        return there >= 0 && here >= there ? here - there : nil
    }
}
