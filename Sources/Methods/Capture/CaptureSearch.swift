import Metrics

/// The highest rate at which a tool loses nothing: RFC 2544's binary search (section 26.1), the tool started anew for each trial.
public struct CaptureSearch: Codable, Sendable {
    /// What keeps the rate from being higher.
    public enum Limit: String, Codable, Sendable {
        /// The tool lost frames.
        case tool
        /// Frames were not offered in time: the sender's own limit.
        case generator
        /// The highest rate that was to be tried is good.
        case maximumRate
        case untrusted
    }

    /// Frames a second, between which was searched.
    public let minimumPps: Double
    public let maximumPps: Double
    /// How far apart the bounds may be, of the upper one.
    public let relativeWidth: Double
    /// The highest rate without a loss below the lowest one with a loss; nil if none was found.
    public let lowerBoundPps: Double?
    public let upperBoundPps: Double?
    /// Whether both were found, as close to each other as was asked for.
    public let regular: Bool
    public let limitedBy: Limit?
    public let interrupted: Bool
}

extension CaptureBench {
    /// - Parameter seconds: how long each trial lasts.
    /// - Throws: what keeps a round from being scored; `Interrupted`.
    public func search(
        _ tool: CaptureTool, minimumPps: Double, maximumPps: Double, relativeWidth: Double, seconds: Double
    ) throws -> (entry: CaptureResult.Entry, search: CaptureSearch) {
        _ = try tool.program()
        let goal = SearchGoal(
            name: "ndr", lossRatio: 0, exceedRatio: 0, relativeWidth: relativeWidth, initialTrialSeconds: seconds,
            finalTrialSeconds: seconds,
            sumSeconds: seconds)
        var search = BinarySearch(goals: [goal], minimum: minimumPps, maximum: maximumPps)
        var rounds: [(load: Double, round: CaptureRound)] = []
        var isInterrupted = false
        while let order = search.next() {
            if wasInterrupted { isInterrupted = true }
            if isInterrupted { break }
            do {
                let round = try self.round(tool, at: PacketRate(packetsPerSecond: order.load))
                // Of a trial that was cut short nothing follows for its rate.
                isInterrupted = round.trial.endedBecause == .interrupted
                rounds.append((order.load, round))
                if !isInterrupted { search.add(round.outcome, of: order) }
            } catch CaptureError.interrupted where !rounds.isEmpty {
                isInterrupted = true
            }
        }
        let answer = search.answer(0)
        let failed = answer.relevantUpperBound.flatMap { bound in rounds.last { $0.load == bound }?.round }
        let limit: CaptureSearch.Limit? =
            if let failed {
                !failed.trusted ? .untrusted : (failed.score?.lostByTool ?? 0) > 0 ? .tool : .generator
            } else {
                answer.relevantLowerBound == maximumPps ? .maximumRate : nil
            }
        return (
            CaptureResult.Entry(name: tool.name, tool: tool, rounds: rounds.map(\.round), obstacle: nil),
            CaptureSearch(
                minimumPps: minimumPps, maximumPps: maximumPps, relativeWidth: relativeWidth, lowerBoundPps: answer.relevantLowerBound,
                upperBoundPps: answer.relevantUpperBound, regular: answer.isRegular, limitedBy: limit, interrupted: isInterrupted)
        )
    }
}

extension CaptureRound {
    fileprivate var outcome: TrialOutcome {
        let book = trial.ledger
        return TrialOutcome(
            lossRatio: score?.lossRatio ?? 1,
            unsentRatio: book.offered == 0 ? 0 : Double(book.notOffered + book.refused) / Double(book.offered), isTrusted: trusted)
    }
}
