/// How far two CPUs that hand frames to each other were from each other, at both ends of a window.
public struct CoreDistanceEvidence: Codable, Equatable, Sendable {
    /// Of the worker that sends.
    public var fromCPU: Int
    /// Where its frames are received, by a softirq or a reader.
    public var toCPU: Int
    /// Between warm-up and window; nil where others held one of the two.
    public var before: Reading?
    /// Behind the drain.
    public var after: Reading?

    public init(fromCPU: Int, toCPU: Int, before: Reading? = nil, after: Reading? = nil) {
        self.fromCPU = fromCPU
        self.toCPU = toCPU
        self.before = before
        self.after = after
    }

    public struct Reading: Codable, Equatable, Sendable {
        /// Half of what a cache line takes from one to the other and back.
        public var latencyNanoseconds: Double
        /// By how much multiplications take longer on the first while the second multiplies: 1 on cores of their own, 2 on one core's two threads.
        public var slowdownRatio: Double

        public init(latencyNanoseconds: Double, slowdownRatio: Double) {
            self.latencyNanoseconds = latencyNanoseconds
            self.slowdownRatio = slowdownRatio
        }

        /// Whether the two are threads of one core (SMT): between 1 and 2 nothing is to be expected, but clocks go up and down.
        public var isOneCore: Bool { slowdownRatio > 1.5 }
    }
}
