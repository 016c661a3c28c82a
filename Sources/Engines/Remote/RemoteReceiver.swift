import Control
import Kernel
import Plans
import Results

/// Rank 0's view of the rank that receives: what was asked of it, what it said so far, and whether it is still there. It outlives trials.
///
/// Between the words that are waited for it is looked at (`look`) by the trial's thread, again and again.
package final class RemoteReceiver: Sendable {
    private struct State {
        var streams: TrialStreams?
        var phase: TrialPhase?
        /// Of the phase that is going on.
        var counts: CountsSoFar?
        var outcome: ReceiverOutcome?
        /// What ended the conversation; nil while it goes on.
        var loss: ControlError?
    }

    /// Tells our frames from those of others who send to the same network.
    package let key: UInt16
    /// As `TrialStreams` counts: the first that is led over this connection.
    package let firstTrial: Int
    private let lead: LeadRank
    private let state = Monitor(State())

    /// For rings to be made, for what is on the way to be read, for a book to be written.
    package static let patienceNanoseconds: UInt64 = 15_000_000_000

    /// - Parameters:
    ///   - key: nil for this process's own.
    ///   - firstTrial: 0 where this process has led none before.
    package init(_ channel: any ControlChannel, key: UInt16? = nil, firstTrial: Int = 0) {
        self.firstTrial = firstTrial
        self.key = key ?? TrialStreams(trial: 0).key
        var limits = ControlLimits.standard
        for phase in [ControlPhase.preparing, .draining, .settling] { limits[phase] = Self.patienceNanoseconds }
        lead = LeadRank(over: channel, limits: limits)
    }

    /// Has the other rank make ready for a trial.
    ///
    /// - Throws: `ControlError`.
    package func prepare(_ order: RemoteOrder) throws(ControlError) -> ReceiverReady {
        state.change { state in
            (state.streams, state.phase, state.counts, state.outcome) = (order.streams, nil, nil, nil)
        }
        return try heard { () throws(ControlError) in
            try ControlBody.decode(lead.prepare(ControlBody.encode(order, of: .prepare)), of: .ready)
        }
    }

    func open(epoch: UInt8, startNanoseconds: UInt64) {
        let phase = state.change { state -> TrialPhase in
            let phase: TrialPhase = state.streams?.epoch(.warmup) == epoch ? .warmup : .window
            (state.phase, state.counts) = (phase, nil)
            return phase
        }
        let opening = PhaseOpening(phase: phase.rawValue, startNanoseconds: startNanoseconds)
        try? heard { () throws(ControlError) in try lead.open(ControlBody.encode(opening, of: .open)) }
    }

    /// Takes what has come, without waiting.
    func look() {
        guard loss == nil, state.read({ $0.phase }) != nil else { return }
        let counts: CountsSoFar?? = try? heard { () throws(ControlError) in
            try lead.latestCounts().map { body throws(ControlError) in try ControlBody.decode(body, of: .counts) }
        }
        if let counts = counts ?? nil { state.change { if counts.phase == $0.phase?.rawValue { $0.counts = counts } } }
    }

    /// What came so far in the phase that is going on; nil before anything was heard of it.
    var counts: CountsSoFar? { state.read { $0.counts } }

    /// Has the other rank end a phase, and hears what it came to. One that is lost by then, or doesn't answer, has ended it as well.
    func finish(_ phase: TrialPhase) {
        let outcome: ReceiverOutcome?? = try? heard { () throws(ControlError) in
            try lead.stop(ControlBody.encode(PhaseEnding(phase: phase.rawValue), of: .stop))
            _ = try lead.drained()
            return phase == .window ? try ControlBody.decode(lead.outcome(), of: .outcome) as ReceiverOutcome : nil
        }
        state.change { state in
            state.outcome = outcome ?? nil
            // The last counts are all that is known of a window whose outcome nobody told.
            if phase == .warmup { (state.phase, state.counts) = (nil, nil) }
        }
    }

    var outcome: ReceiverOutcome? { state.read { $0.outcome } }

    /// What ended the conversation; nil while it goes on.
    var loss: ControlError? { state.read { $0.loss } }

    /// Says that there are no more trials, or why there can't be, and hangs up.
    package func end(_ failure: String? = nil) {
        if let failure { lead.fail(failure) } else { try? lead.finish() }
        lead.channel.close()
    }

    /// - Throws: what `body` does, and remembers it.
    private func heard<Value>(_ body: () throws(ControlError) -> Value) throws(ControlError) -> Value {
        do throws(ControlError) {
            return try body()
        } catch {
            state.change { if $0.loss == nil { $0.loss = error } }
            throw error
        }
    }
}
