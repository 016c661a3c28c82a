import Kernel
import Plans
import Results

/// When a phase begins and ends, CLOCK_REALTIME.
package struct PhaseInputs: Sendable {
    package var startNanoseconds: UInt64
    /// The same moment on CLOCK_MONOTONIC, for whoever waits: nobody can set that clock back.
    package var startMonotonicNanoseconds: UInt64
    /// Nil: until stopped, or until the frames run out.
    package var endNanoseconds: UInt64?
    /// CLOCK_REALTIME minus the kernel's CLOCK_MONOTONIC, the same for all who need both in this phase.
    package var realtimeOffsetNanoseconds: Int64

    package init(
        startNanoseconds: UInt64, startMonotonicNanoseconds: UInt64, endNanoseconds: UInt64? = nil, realtimeOffsetNanoseconds: Int64
    ) {
        self.startNanoseconds = startNanoseconds
        self.startMonotonicNanoseconds = startMonotonicNanoseconds
        self.endNanoseconds = endNanoseconds
        self.realtimeOffsetNanoseconds = realtimeOffsetNanoseconds
    }
}

/// The start barrier of a trial: workers arrive, the trial's thread opens the next phase for all of them
/// at once, and one worker's failure is everybody's.
///
/// Used between phases only. Inside a phase workers look at nothing but their stop cell.
package final class PhaseBarrier: Sendable {
    package enum Place: Hashable, Sendable {
        case ready(TrialPhase)
        case through(TrialPhase)
    }

    private struct Arrival: Hashable {
        var role: WorkerResult.Role
        var place: Place
    }

    private struct State {
        var opened: [TrialPhase: PhaseInputs] = [:]
        var settled: Set<TrialPhase> = []
        var arrivals: [Arrival: Int] = [:]
        var failure: (any Error)?
        var isAbandoned = false
    }

    private let state = Monitor(State())
    private let transmitters: Int
    private let receivers: Int
    /// Two are raised to a phase's number once that phase shall end, one for each side; the third is
    /// raised when the kernel would take no more frames.
    private let flags = SharedCounters(count: 3)

    package init(transmitters: Int, receivers: Int) {
        self.transmitters = transmitters
        self.receivers = receivers
    }

    var transmitStop: CounterCell { flags.cell(0) }
    var receiveStop: CounterCell { flags.cell(1) }

    /// Whether a transmit worker had to end before its time.
    package var hasStalled: Bool { flags.cell(2).loadAcquiring() != 0 }

    // MARK: the workers' side

    func reportStall() { flags.cell(2).storeReleasing(1) }

    package func arrive(_ role: WorkerResult.Role, _ place: Place) {
        state.change { $0.arrivals[Arrival(role: role, place: place), default: 0] += 1 }
    }

    /// Waits for `phase` to open.
    ///
    /// - Throws: `TrialAbandoned` if the trial ends before.
    func await(_ phase: TrialPhase) throws -> PhaseInputs { try answer { $0.opened[phase] } }

    /// Waits until what was sent in `phase` is written down and has arrived: until then the trial's thread looks at counters that aren't its own.
    ///
    /// - Throws: `TrialAbandoned` if the trial ends before.
    func awaitSettled(_ phase: TrialPhase) throws { try answer { $0.settled.contains(phase) ? () : nil } }

    private func answer<Answer: Sendable>(_ look: (State) -> Answer?) throws -> Answer {
        let answer = state.wait { state -> Result<Answer, TrialAbandoned>? in
            if state.isAbandoned { return .failure(TrialAbandoned()) }
            return look(state).map { .success($0) }
        }
        guard let answer else { throw TrialAbandoned() }
        return try answer.get()
    }

    /// Reports the first failure, and stops everybody.
    package func fail(_ error: any Error) {
        if !(error is TrialAbandoned) { state.change { if $0.failure == nil { $0.failure = error } } }
        abandon()
    }

    /// Sends everybody home, whatever phase they wait for or work in.
    package func abandon() {
        state.change { $0.isAbandoned = true }
        transmitStop.storeReleasing(.max)
        receiveStop.storeReleasing(.max)
    }

    // MARK: the trial's thread's side

    package func open(_ phase: TrialPhase, _ order: PhaseInputs) { state.change { $0.opened[phase] = order } }

    package func settle(_ phase: TrialPhase) { state.change { _ = $0.settled.insert(phase) } }

    package func stopTransmitters(_ phase: TrialPhase) { raise(transmitStop, to: phase) }
    package func stopReceivers(_ phase: TrialPhase) { raise(receiveStop, to: phase) }

    private func raise(_ cell: CounterCell, to phase: TrialPhase) {
        cell.storeReleasing(max(cell.load(), phase.rawValue))
    }

    /// Waits until all workers of a role have come to `place`; false when the time is over first.
    ///
    /// - Throws: the failure of a worker.
    package func waitForAll(
        _ role: WorkerResult.Role, _ place: Place, untilMonotonic deadline: UInt64? = nil
    ) throws -> Bool {
        try wait(for: role == .transmit ? transmitters : receivers, role, place, untilMonotonic: deadline)
    }

    /// The same for the first `wanted` of them.
    package func wait(
        for wanted: Int, _ role: WorkerResult.Role, _ place: Place, untilMonotonic deadline: UInt64? = nil
    ) throws -> Bool {
        let arrival = Arrival(role: role, place: place)
        let outcome = state.wait(untilMonotonic: deadline) { state -> Result<Bool, any Error>? in
            if let failure = state.failure { return .failure(failure) }
            return state.arrivals[arrival, default: 0] == wanted ? .success(true) : nil
        }
        return try outcome?.get() ?? false
    }

    package var failure: (any Error)? { state.read { $0.failure } }
}

/// A worker ends because the trial does; the reason is somebody else's.
struct TrialAbandoned: Error {}
