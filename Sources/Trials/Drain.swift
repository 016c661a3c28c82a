/// When the drain behind a phase is over: by what is still owed, and by how long the path is known to take.
///
/// A path that holds frames back for 200 ms loses nothing. So the drain waits until all that was sent has come; or until
/// nothing has come for several times as long as the slowest frame so far took, after which what is missing is lost; or, at the
/// latest, until its longest time is over, and then what is missing is in flight for all that anybody knows.
struct DrainRule {
    enum Verdict: Equatable, Sendable {
        case goOn
        /// All that was sent has come, or so long nothing that the rest never will.
        case over
        /// The time is over, or somebody wants an end, while frames may still be on their way.
        case gaveUp
    }

    /// In which a block of the receive ring retires by itself, late timers counted in: before that, what came may not be seen.
    let quietNanoseconds: UInt64
    let startNanoseconds: UInt64
    private var lastArrivals: UInt64 = 0
    private var lastArrivalNanoseconds: UInt64

    static let leastPatienceNanoseconds: UInt64 = 200_000_000
    /// Where no frame has come yet, nothing is known of the path.
    static let unknownPatienceNanoseconds: UInt64 = 3_000_000_000
    /// Several times the slowest frame: a queue that empties slower than it filled, a scheduler's pause.
    static let patienceFactor: UInt64 = 4
    static let longestNanoseconds: UInt64 = 30_000_000_000

    init(retireMilliseconds: Int, startNanoseconds: UInt64) {
        quietNanoseconds = UInt64(retireMilliseconds) * 2_000_000 + 20_000_000
        self.startNanoseconds = startNanoseconds
        lastArrivalNanoseconds = startNanoseconds
    }

    /// - Parameters:
    ///   - arrivals: distinct frames of the phase so far.
    ///   - slowestNanoseconds: the greatest path latency among them.
    mutating func judge(at now: UInt64, sent: UInt64, arrivals: UInt64, slowestNanoseconds: UInt64, isHurried: Bool = false) -> Verdict {
        if arrivals != lastArrivals {
            lastArrivals = arrivals
            lastArrivalNanoseconds = now
        }
        let quiet = now &- lastArrivalNanoseconds
        if arrivals >= sent { return quiet >= quietNanoseconds ? .over : .goOn }
        let known = max(Self.leastPatienceNanoseconds, Self.patienceFactor &* min(slowestNanoseconds, Self.longestNanoseconds))
        let patience = max(quietNanoseconds, arrivals == 0 ? Self.unknownPatienceNanoseconds : known)
        if quiet >= patience { return .over }
        if isHurried && quiet >= quietNanoseconds { return .gaveUp }
        return now &- startNanoseconds >= Self.longestNanoseconds ? .gaveUp : .goOn
    }
}
