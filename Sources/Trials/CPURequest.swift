import Kernel

/// `--cpus tx=0,2 rx=1`: which CPUs the workers of each side run on; nil leaves a side to the planner.
public struct CPURequest: Equatable, Sendable {
    public var transmit: [Int]?
    public var receive: [Int]?

    public init(transmit: [Int]?, receive: [Int]?) {
        self.transmit = transmit
        self.receive = receive
    }

    /// - Parameter words: `tx=…` and `rx=…` in any order, as one word or several, or `auto`.
    /// - Throws: `PlanError`.
    public init(parsing words: [String]) throws(PlanError) {
        let parts = words.flatMap { $0.split(separator: " ").map(String.init) }
        guard parts != ["auto"] else { return }
        for part in parts {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let cpus = Self.ordered(halves[1]), !cpus.isEmpty else {
                throw Self.error("'\(part)'")
            }
            switch halves[0] {
            case "tx" where transmit == nil: transmit = cpus
            case "rx" where receive == nil: receive = cpus
            default: throw Self.error("'\(part)'")
            }
        }
        if parts.isEmpty { throw Self.error("empty") }
    }

    /// Like the kernel's list format, but the order says which worker sits where: `2,0` isn't `0,2`.
    private static func ordered(_ text: Substring) -> [Int]? {
        var cpus: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = CPUList.parse(part), !range.isEmpty else { return nil }
            cpus += range
        }
        return cpus
    }

    private static func error(_ found: String) -> PlanError {
        PlanError(
            .transmitCPUs, found: found, allowed: "tx=LIST, rx=LIST, both, or auto", remedy: "a LIST is 0,2 or 0-3")
    }
}
