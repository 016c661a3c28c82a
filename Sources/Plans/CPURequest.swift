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
        for (side, text) in try Self.parts(words) {
            switch side {
            case "tx": transmit = Self.ordered(text)
            case "rx": receive = Self.ordered(text)
            default: break
            }
        }
    }

    /// The side and the list of each word; no side for `auto`, which is both's.
    ///
    /// - Throws: `PlanError`.
    public static func parts(_ words: [String]) throws(PlanError) -> [(side: String?, text: String)] {
        let words = words.flatMap { $0.split(separator: " ").map(String.init) }
        guard words != ["auto"] else { return [(nil, "auto")] }
        if words.isEmpty { throw error("empty") }
        var parts: [(side: String?, text: String)] = []
        for word in words {
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard halves.count == 2, ["tx", "rx"].contains(halves[0]), !parts.contains(where: { $0.side == halves[0] }),
                ordered(halves[1])?.isEmpty == false
            else { throw error("'\(word)'") }
            parts.append((halves[0], halves[1]))
        }
        return parts
    }

    /// Like the kernel's list format, but the order says which worker sits where: `2,0` isn't `0,2`.
    package static func ordered<Text: StringProtocol>(_ text: Text) -> [Int]? {
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
