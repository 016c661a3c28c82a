import Kernel

/// Rank 0's half of a mesh: a connection to every rank, itself included, and a thread that hears them all and goes by `MeshConductor`.
public final class LeadMesh: Sendable {
    private struct State {
        var conductor: MeshConductor
        var outcomes: [MeshConductor.Outcome] = []
        var wish: String?
        var isEnded = false
        /// Whether everything that was said has left as well.
        var isOver = false
    }

    /// Rank 0's own end, to be heard as any other rank hears its own.
    public let own: any ControlChannel
    private let channels: [Int: any ControlChannel]
    private let state: Monitor<State>
    private let heard: @Sendable (MeshConductor.Outcome) -> Void
    /// How often all connections are looked at.
    private static let tickNanoseconds: UInt64 = 5_000_000

    /// - Parameters:
    ///   - hello: rank 0's own.
    ///   - channels: one for each rank that has come.
    ///   - mesh, limit: see `MeshConductor`.
    ///   - heard: what came of a meeting, as soon as it is known, on the thread that leads.
    public init(
        _ schedule: MeshSchedule, hello: ControlHello, channels: [any ControlChannel], mesh: UInt16, limitNanoseconds limit: UInt64,
        heard: @escaping @Sendable (MeshConductor.Outcome) -> Void
    ) {
        let (near, far) = LocalChannel.pair(hello)
        own = near
        var all: [Int: any ControlChannel] = [0: far]
        for channel in channels { all[channel.peer.rank] = channel }
        (self.channels, self.heard) = (all, heard)
        state = Monitor(State(conductor: MeshConductor(schedule, mesh: mesh, limitNanoseconds: limit)))
    }

    /// Begins, on a thread of its own.
    ///
    /// - Throws: `SystemError` of `pthread_create(3)`.
    public func start() throws(SystemError) { _ = try WorkerThread(name: "vm-mesh") { [self] in lead() } }

    /// No meeting begins any more, and why; those that go on come to their end.
    public func stop(_ sentence: String) { state.change { $0.wish = $0.wish ?? sentence } }

    /// What came of the meetings that began, in the order in which they ended.
    public var outcomes: [MeshConductor.Outcome] { state.read { $0.outcomes } }
    /// Who is no more, and why.
    public var lost: [Int: String] { state.read { $0.conductor.lost } }

    /// Why a meeting that never began didn't; nil as long as it may begin.
    public func obstacle(to meeting: MeshSchedule.Meeting) -> String? { state.read { $0.conductor.obstacle(to: meeting) } }

    /// Waits until all ranks were told that there is nothing more.
    ///
    /// - Returns: whether they were.
    public func wait(untilMonotonic deadlineNanoseconds: UInt64) -> Bool {
        state.wait(untilMonotonic: deadlineNanoseconds) { $0.isOver ? true : nil } ?? false
    }

    // MARK: the thread

    private func lead() {
        let ranks = state.read { $0.conductor.schedule.ranks }
        for rank in 0..<ranks where channels[rank] == nil { perform { $0.handle(.lost(rank, "it never came"), nowNanoseconds: $1) } }
        perform { $0.begin(nowNanoseconds: $1) }
        while !state.read({ $0.isEnded }) {
            if let wish = state.read({ $0.wish }) { perform { $0.handle(.stop(wish), nowNanoseconds: $1) } }
            for (rank, channel) in channels { hear(rank, channel) }
            perform { $0.handle(.time, nowNanoseconds: $1) }
            Clock.sleep(nanoseconds: Self.tickNanoseconds)
        }
        for channel in channels.values { channel.close() }
        state.change { $0.isOver = true }
    }

    private func hear(_ rank: Int, _ channel: any ControlChannel) {
        guard state.read({ $0.conductor.lost[rank] }) == nil else { return }
        do throws(ControlError) {
            while let message = try channel.next(untilMonotonic: 0) {
                perform { $0.handle(.heard(message, from: rank), nowNanoseconds: $1) }
            }
        } catch {
            perform { $0.handle(.lost(rank, error.sentence), nowNanoseconds: $1) }
        }
    }

    private func perform(_ step: (inout MeshConductor, UInt64) -> [MeshConductor.Action]) {
        let actions = state.change { step(&$0.conductor, Clock.monotonicNanoseconds) }
        for action in actions {
            switch action {
            // Who can't be told any more is missed by the next look.
            case .send(let message, let rank): try? channels[rank]?.send(message)
            case .settled(let outcome):
                state.change { $0.outcomes.append(outcome) }
                heard(outcome)
            case .end: state.change { $0.isEnded = true }
            }
        }
    }
}
