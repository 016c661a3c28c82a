import Kernel

/// The start barrier of a trial: workers arrive, the conductor opens the next phase for all of them
/// at once, and one worker's failure is everybody's.
///
/// Used between phases only. Inside a phase workers look at nothing but their stop cell.
final class Conductor: Sendable {
    /// A trial's phases in their order. Workers come to two places in each: ready to begin, and
    /// through with it.
    enum Phase: UInt64, Sendable {
        case warmup = 1
        case window = 2
    }

    enum Place: Hashable, Sendable {
        case ready(Phase)
        case through(Phase)
    }

    /// When a phase begins and ends, CLOCK_REALTIME.
    struct Order: Sendable {
        var startNanoseconds: UInt64
        /// The same moment on CLOCK_MONOTONIC, for whoever waits: nobody can set that clock back.
        var startMonotonicNanoseconds: UInt64
        /// Nil: until stopped, or until the frames run out.
        var endNanoseconds: UInt64?
        /// CLOCK_REALTIME minus the kernel's CLOCK_MONOTONIC, the same for all who need both in this phase.
        var realtimeOffsetNanoseconds: Int64
    }

    private struct Arrival: Hashable {
        var role: WorkerResult.Role
        var place: Place
    }

    private struct State {
        var opened: [Phase: Order] = [:]
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

    init(transmitters: Int, receivers: Int) {
        self.transmitters = transmitters
        self.receivers = receivers
    }

    var transmitStop: CounterCell { flags.cell(0) }
    var receiveStop: CounterCell { flags.cell(1) }

    /// Whether a transmit worker had to end before its time.
    var hasStalled: Bool { flags.cell(2).loadAcquiring() != 0 }

    // MARK: the workers' side

    func reportStall() { flags.cell(2).storeReleasing(1) }

    func arrive(_ role: WorkerResult.Role, _ place: Place) {
        state.change { $0.arrivals[Arrival(role: role, place: place), default: 0] += 1 }
    }

    /// Waits for `phase` to open.
    ///
    /// - Throws: `TrialAbandoned` if the trial ends before.
    func await(_ phase: Phase) throws -> Order {
        let answer = state.wait { state -> Result<Order, TrialAbandoned>? in
            if state.isAbandoned { return .failure(TrialAbandoned()) }
            return state.opened[phase].map { .success($0) }
        }
        guard let answer else { throw TrialAbandoned() }
        return try answer.get()
    }

    /// Reports the first failure, and stops everybody.
    func fail(_ error: any Error) {
        if !(error is TrialAbandoned) { state.change { if $0.failure == nil { $0.failure = error } } }
        abandon()
    }

    /// Sends everybody home, whatever phase they wait for or work in.
    func abandon() {
        state.change { $0.isAbandoned = true }
        transmitStop.storeReleasing(.max)
        receiveStop.storeReleasing(.max)
    }

    // MARK: the conductor's side

    func open(_ phase: Phase, _ order: Order) { state.change { $0.opened[phase] = order } }

    func stopTransmitters(_ phase: Phase) { raise(transmitStop, to: phase) }
    func stopReceivers(_ phase: Phase) { raise(receiveStop, to: phase) }

    private func raise(_ cell: CounterCell, to phase: Phase) {
        cell.storeReleasing(max(cell.load(), phase.rawValue))
    }

    /// Waits until all workers of a role have come to `place`; false when the time is over first.
    ///
    /// - Throws: the failure of a worker.
    func waitForAll(
        _ role: WorkerResult.Role, _ place: Place, untilMonotonic deadline: UInt64? = nil
    ) throws -> Bool {
        try wait(for: role == .transmit ? transmitters : receivers, role, place, untilMonotonic: deadline)
    }

    /// The same for the first `wanted` of them.
    func wait(
        for wanted: Int, _ role: WorkerResult.Role, _ place: Place, untilMonotonic deadline: UInt64? = nil
    ) throws -> Bool {
        let arrival = Arrival(role: role, place: place)
        let outcome = state.wait(untilMonotonic: deadline) { state -> Result<Bool, any Error>? in
            if let failure = state.failure { return .failure(failure) }
            return state.arrivals[arrival, default: 0] == wanted ? .success(true) : nil
        }
        return try outcome?.get() ?? false
    }

    var failure: (any Error)? { state.read { $0.failure } }
}

/// A worker ends because the trial does; the reason is somebody else's.
struct TrialAbandoned: Error {}
