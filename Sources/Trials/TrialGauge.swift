import Engines
import Kernel
import Metrics
import Plans
import Results

/// A trial as it is seen from outside while it runs: counters that its workers publish anyway, read from any thread without stopping anybody.
public final class TrialGauge: Sendable {
    public let plan: TrialPlan
    public let placement: Placement
    /// Counts the trials of a run from 0.
    public let trialIndex: Int
    private let sent: SharedCounters
    private let received: SharedCounters
    private let slowest: SharedCounters
    /// One for each receive worker.
    let boards: [ArrivalBoard]
    private let course = Monitor(Course())

    private struct Course {
        var phase = TrialProgress.Phase.preparing
        /// CLOCK_MONOTONIC.
        var startNanoseconds = Clock.monotonicNanoseconds
        var totalNanoseconds: UInt64?
        /// What the trial's thread has read of the link's counters, where nobody else counts.
        var receivedByLink: UInt64 = 0
        var isWatched = false
        /// The last answer of each board in this phase.
        var answers: [ArrivalBoard.Figures?] = []
    }

    init(
        plan: TrialPlan, placement: Placement, trialIndex: Int, sent: SharedCounters, received: SharedCounters, slowest: SharedCounters
    ) {
        self.plan = plan
        self.placement = placement
        self.trialIndex = trialIndex
        self.sent = sent
        self.received = received
        self.slowest = slowest
        boards = placement.receive.map { _ in ArrivalBoard() }
    }

    // MARK: the trial's side

    func enter(_ phase: TrialProgress.Phase, at start: UInt64 = Clock.monotonicNanoseconds, for total: UInt64? = nil) {
        course.change {
            // What is drained belongs to the phase before.
            if phase != .draining {
                $0.answers = boards.map { _ in nil }
                for board in boards { board.askAnew() }
            }
            ($0.phase, $0.startNanoseconds, $0.totalNanoseconds) = (phase, start, total)
        }
    }

    /// Whether the link's own counter is wanted more often than once an interval: somebody looks, and nobody else counts.
    var wantsLinkCounter: Bool { !isCounted && course.read(\.isWatched) }

    func noteReceived(_ frames: UInt64) {
        course.change { $0.receivedByLink = frames }
    }

    private var isCounted: Bool { plan.receive.receiver.abilities.counting != .byTheLink }

    // MARK: the onlooker's side

    /// What the phase has come to. One onlooker at a time: what readers were asked by one call, the next one tells.
    public func read() -> TrialReading {
        let course = course.change { course in
            course.isWatched = true
            for (index, board) in boards.enumerated() where index < course.answers.count {
                if let figures = board.ask() { course.answers[index] = figures }
            }
            return course
        }
        let now = Clock.monotonicNanoseconds
        var reading = TrialReading(phase: course.phase, trialIndex: trialIndex, trialCount: plan.run.repeats)
        reading.elapsedNanoseconds = now > course.startNanoseconds ? now - course.startNanoseconds : 0
        reading.totalNanoseconds = course.totalNanoseconds
        reading.received = isCounted ? received.total : course.receivedByLink
        reading.slowestNanoseconds = (0..<slowest.count).reduce(0) { max($0, slowest.value($1)) }
        reading.workers = placement.receive.enumerated().map { index, seat in
            let latency = index < course.answers.count ? course.answers[index]?.latency : nil
            return TrialReading.Worker(
                role: .receive, index: index, cpu: seat.cpu, node: seat.node, frames: received.value(index), latency: latency)
        }
        reading.arrivals = arrivals(course.answers)
        // What came was sent, though its sender may not have said so yet: it publishes behind a batch.
        reading.sent = isCounted ? max(sent.total, reading.received) : sent.total
        // Between the null pair's ends is nothing.
        if !plan.transmit.engine.abilities.needsLink { reading.received = reading.sent }
        let senders = placement.transmit.enumerated().map { index, seat in
            TrialReading.Worker(role: .transmit, index: index, cpu: seat.cpu, node: seat.node, frames: sent.value(index))
        }
        reading.workers = senders + reading.workers
        return reading
    }

    /// Nil until every board has answered.
    private func arrivals(_ answers: [ArrivalBoard.Figures?]) -> TrialReading.Arrivals? {
        let known = answers.compactMap { $0 }
        guard !known.isEmpty, known.count == boards.count else { return nil }
        return known.reduce(into: TrialReading.Arrivals()) { sum, one in
            sum.altered += one.altered
            sum.foreign += one.foreign
            sum.stale += one.stale
            sum.duplicates += one.duplicates
            sum.reordered += one.reordered
            sum.missing += one.expected > one.received ? one.expected - one.received : 0
            sum.ringDrops += one.ringDrops
            sum.latency = sum.latency + one.latency
        }
    }
}
