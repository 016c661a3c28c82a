import Frames
import Metrics
import Plans
import Results

// What the two ranks of a trial say to each other: the bodies of control messages.

/// `prepare`, rank 0: what the trial is like.
package struct RemoteOrder: Codable, Equatable, Sendable {
    /// Counts the trials of the run from 0.
    package var index: Int
    /// As `TrialStreams` counts.
    package var trial: Int
    package var key: UInt16
    /// Without the addresses that only the other end knows.
    package var plan: TrialPlan
    /// That of the transmitting interface.
    package var sourceAddress: MACAddress

    package init(index: Int, trial: Int, key: UInt16, plan: TrialPlan, sourceAddress: MACAddress) {
        (self.index, self.trial, self.key, self.plan, self.sourceAddress) = (index, trial, key, plan, sourceAddress)
    }

    package var streams: TrialStreams { TrialStreams(trial: trial, key: key) }
}

/// `ready`, rank 1: where frames go, and who counts them.
package struct ReceiverReady: Codable, Equatable, Sendable {
    /// That of the receiving interface.
    package var address: MACAddress
    package var link: LinkConditions
    package var host: HostConditions
    /// One for each receive worker.
    package var seats: [Placement.Seat]
    /// Of seating them.
    package var warnings: [Warning]

    package init(address: MACAddress, link: LinkConditions, host: HostConditions, seats: [Placement.Seat], warnings: [Warning]) {
        (self.address, self.link, self.host, self.seats, self.warnings) = (address, link, host, seats, warnings)
    }
}

/// `open`, rank 0: a phase begins.
package struct PhaseOpening: Codable, Equatable, Sendable {
    /// `TrialPhase`.
    package var phase: UInt64
    /// When its first frame may leave, by rank 0's CLOCK_REALTIME.
    package var startNanoseconds: UInt64
}

/// `stop`, rank 0, and `drained`, rank 1: which phase is over.
package struct PhaseEnding: Codable, Equatable, Sendable {
    package var phase: UInt64

    package init(phase: UInt64) { self.phase = phase }
}

/// `counts`, rank 1: what came in a phase so far.
package struct CountsSoFar: Codable, Equatable, Sendable {
    package var phase: UInt64
    /// Distinct frames.
    package var received: UInt64
    /// The greatest path latency, nanoseconds.
    package var slowest: UInt64
    /// Why rank 1 wants the phase to end; nil while it doesn't.
    package var end: TrialResult.EndReason?
    /// What happened, where there is more to say.
    package var event: String?

    package init(phase: UInt64, received: UInt64, slowest: UInt64, end: TrialResult.EndReason? = nil, event: String? = nil) {
        (self.phase, self.received, self.slowest, self.end, self.event) = (phase, received, slowest, end, event)
    }
}

/// `outcome`, rank 1: all that was counted in the window.
package struct ReceiverOutcome: Codable, Sendable {
    package var arrivals: Arrivals
    package var workers: [WorkerResult]
    /// Differences over the window.
    package var link: LinkCounters
    package var carrierChanges: UInt64
    /// Counters that moved, as `rx/NAME`.
    package var ethtool: [String: UInt64]
    package var host: HostEvidence
    package var clock: ClockAgreement

    package init(
        arrivals: Arrivals, workers: [WorkerResult], link: LinkCounters, carrierChanges: UInt64, ethtool: [String: UInt64],
        host: HostEvidence, clock: ClockAgreement
    ) {
        (self.arrivals, self.workers, self.link, self.carrierChanges) = (arrivals, workers, link, carrierChanges)
        (self.ethtool, self.host, self.clock) = (ethtool, host, clock)
    }
}
