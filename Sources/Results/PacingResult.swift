import Metrics
import Plans

/// How the frames of a paced trial were spaced: `.trials[].pacing`. What nobody measured is absent.
public struct PacingResult: Codable, Equatable, Sendable {
    /// What leaves when it is due.
    public enum Granularity: String, Codable, CaseIterable, Sendable {
        /// Each frame by itself, or all that are due in one call.
        case frame
        /// All that are due in one slot, out of which the stack cuts them: they leave at once.
        case slot
    }

    /// Nil in results of before it was kept.
    public var granularity: Granularity?
    /// From one frame of a transmit worker to its next, by the times that they were stamped with, nanoseconds.
    public var interDeparture: LatencySummary?
    /// The same where they came in, in the order in which they came and by the clock of `.latency.clock`.
    public var interArrival: LatencySummary?
    public var bursts: Bursts
    /// Actual minus planned send time, as `.latency.sendLag`.
    public var sendLag: LatencySummary?
    public var interDepartureHistogram: [HistogramBar]?
    public var interArrivalHistogram: [HistogramBar]?

    /// Runs of frames of one worker that followed each other closely.
    public struct Bursts: Codable, Equatable, Sendable {
        /// By less than this: half of a worker's mean gap.
        public var gapNanoseconds: UInt64
        /// Frames in each, as the sender stamped them.
        public var departing: LatencySummary?
        /// As they came in.
        public var arriving: LatencySummary?

        public init(gapNanoseconds: UInt64, departing: LatencySummary? = nil, arriving: LatencySummary? = nil) {
            self.gapNanoseconds = gapNanoseconds
            self.departing = departing
            self.arriving = arriving
        }
    }

    public init(
        granularity: Granularity? = nil, interDeparture: LatencySummary? = nil, interArrival: LatencySummary? = nil, bursts: Bursts,
        sendLag: LatencySummary? = nil,
        interDepartureHistogram: [HistogramBar]? = nil, interArrivalHistogram: [HistogramBar]? = nil
    ) {
        self.granularity = granularity
        self.interDeparture = interDeparture
        self.interArrival = interArrival
        self.bursts = bursts
        self.sendLag = sendLag
        self.interDepartureHistogram = interDepartureHistogram
        self.interArrivalHistogram = interArrivalHistogram
    }
}

extension PacingResult {
    /// Nil if nobody measured anything.
    package init?(plan: TrialPlan, departures: GapDistributions, arrivals: GapDistributions, lag: LatencySummary) {
        guard plan.load.packetRate != nil else { return nil }
        self.init(
            granularity: (plan.transmit.segments ?? 1) > 1 && !plan.sendsSuperframes ? .slot : .frame,
            burstGapNanoseconds: plan.burstGapNanoseconds,
            departures: departures, arrivals: arrivals, lag: lag)
    }

    /// - Parameter burstGapNanoseconds: frames that are closer are of one burst.
    package init?(
        granularity: Granularity = .frame, burstGapNanoseconds: UInt64, departures: GapDistributions, arrivals: GapDistributions,
        lag: LatencySummary
    ) {
        func measured(_ distribution: LatencyDistribution) -> LatencySummary? {
            distribution.count > 0 ? distribution.summary : nil
        }
        func bars(_ distribution: LatencyDistribution) -> [HistogramBar]? { distribution.count > 0 ? distribution.bars : nil }
        guard departures.bursts.count + arrivals.bursts.count > 0 else { return nil }
        self.init(
            granularity: granularity, interDeparture: measured(departures.gaps),
            interArrival: measured(arrivals.gaps),
            bursts: Bursts(
                gapNanoseconds: burstGapNanoseconds, departing: measured(departures.bursts), arriving: measured(arrivals.bursts)),
            sendLag: lag.count > 0 ? lag : nil, interDepartureHistogram: bars(departures.gaps), interArrivalHistogram: bars(arrivals.gaps))
    }
}
