import Metrics
import Traffic

extension PlanMaker {
    /// The streams that were asked for, each with the plan's own frame below it; nil where there is one load only.
    mutating func makeStreams() -> [TrialPlan.Stream]? {
        guard let asked = draft.frame.streams else { return nil }
        let shares = makeShares(asked)
        var streams: [TrialPlan.Stream] = []
        for (stream, share) in zip(asked, shares) {
            var own = draft.applying(stream.settings)
            own.frame.streams = nil
            var maker = PlanMaker(draft: own, limits: limits)
            streams.append(TrialPlan.Stream(name: stream.name, share: share, frame: maker.makeFrame()))
            for error in maker.errors {
                refuse(
                    error.field, found: error.found.map { "\($0) in stream \(stream.name)" }, allowed: error.allowed, remedy: error.advice)
            }
        }
        let cycle = TrafficMix(streams).slotCycle
        if cycle > FrameSchedule.maximumCycle {
            refuse(
                .streams, found: "such that \(cycle) slots pass before sizes and streams come again",
                allowed: "such that at most \(FrameSchedule.maximumCycle) do",
                remedy: "use shares and sizes whose counts have common factors")
        }
        return streams
    }

    /// The rate of all streams together, where each has its own.
    var streamRate: PacketRate? {
        guard let rates = draft.frame.streams?.map(\.rate), !rates.isEmpty, !rates.contains(nil) else { return nil }
        return PacketRate(packetsPerSecond: rates.reduce(0) { $0 + $1!.packetsPerSecond })
    }

    private mutating func makeShares(_ asked: [StreamRequest]) -> [Int] {
        let rates = asked.compactMap(\.rate)
        let plain = asked.map { $0.share ?? 1 }
        var shares = plain
        if !rates.isEmpty {
            guard rates.count == asked.count else {
                refuse(
                    .streams, found: "with rates for \(rates.count) of \(asked.count)", allowed: "with a rate for each or for none",
                    remedy: "give the others rates as well, or use shares")
                return plain
            }
            if draft.load.rate != nil, draft.load.rate != .max {
                refuse(
                    .rate, found: "\(draft.load.rate!)", allowed: "left out where streams have rates of their own", remedy: "leave it out")
            }
            if let exact = Self.shares(of: rates.map(\.packetsPerSecond)) {
                shares = exact
            } else {
                refuse(
                    .streams, found: "with rates of \(rates.map { "\($0)" }.joined(separator: ", "))",
                    allowed: "with rates whose ratios are those of whole numbers that sum up to at most \(StreamProgram.maximumRound)",
                    remedy: "use rounder rates, or shares")
            }
        }
        if shares.reduce(0, +) > StreamProgram.maximumRound {
            refuse(
                .streams, found: "with shares that sum up to \(shares.reduce(0, +))", allowed: "with at most \(StreamProgram.maximumRound)",
                remedy: "use smaller shares of the same ratio")
            return asked.map { _ in 1 }
        }
        return shares
    }

    /// The smallest whole numbers of the same ratio; nil if their sum is too large for a round. Rates are told apart by thousandths of a frame a second.
    static func shares(of rates: [Double]) -> [Int]? {
        let numbers = rates.map { UInt64(($0 * 1000).rounded()) }
        let common = numbers.reduce(0, greatestCommonDivisor)
        guard common > 0 else { return nil }
        let shares = numbers.map { $0 / common }
        guard shares.allSatisfy({ (1...UInt64(StreamProgram.maximumRound)).contains($0) }),
            shares.reduce(0, +) <= UInt64(StreamProgram.maximumRound)
        else { return nil }
        return shares.map { Int($0) }
    }
}
