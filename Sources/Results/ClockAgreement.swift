/// How far the receiving host's clock was ahead of the sending one's in a trial, which was taken off its receive times, and by how much that may be wrong.
public struct ClockAgreement: Codable, Equatable, Sendable {
    public enum Method: String, Codable, CaseIterable, Sendable {
        /// Both hosts run under one kernel (the same boot_id), which has one CLOCK_REALTIME for all.
        case sameKernel = "same-kernel"
        /// Questions and answers over the control connection, of many the ones with the shortest round trip (RFC 5905, sections 8 and 10).
        case exchange
    }

    public var method: Method
    /// In the middle of the window.
    public var offsetNanoseconds: Int64
    /// The greatest in the window, if the clocks ran apart evenly between two measurements.
    public var errorNanoseconds: UInt64
    /// How much faster the receiving host's clock ran, parts of a million; nil where it wasn't measured.
    public var driftPPM: Double?

    public init(method: Method, offsetNanoseconds: Int64 = 0, errorNanoseconds: UInt64 = 0, driftPPM: Double? = nil) {
        self.method = method
        self.offsetNanoseconds = offsetNanoseconds
        self.errorNanoseconds = errorNanoseconds
        self.driftPPM = driftPPM
    }

    /// Whether latencies around this one say anything: the error is at most half of them.
    public func suffices(forNanoseconds latency: UInt64) -> Bool { errorNanoseconds <= latency / 2 }
}
