import Kernel
import Metrics
import Testing
import Traffic

@testable import Engines
@testable import Plans
@testable import Results
@testable import Trials

/// An engine of a few lines, without a port or a link: it says what it sent.
private struct ToyEngine: TransmitSide {
    static let abilities = EngineAbilities(needsLink: false)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int { 0 }

    init(for setup: SideSetup) {}

    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        worker.barrier.arrive(.transmit, .ready(.window))
        let order = try worker.barrier.await(.window)
        let frames = worker.plan.load.frameCount ?? 0
        worker.sent.store(frames)
        worker.barrier.arrive(.transmit, .through(.window))
        return TransmitWorker.Outcome(
            result: WorkerResult(role: .transmit, index: worker.index, cpu: worker.seat.cpu, node: worker.seat.node, frames: frames),
            offeredFrames: frames, notOfferedFrames: 0, refusedFrames: 0, sentFrames: frames, sentBytes: frames * 60,
            kinds: [FrameKind(stream: 0, byteCount: 60): frames], lastNanoseconds: order.startNanoseconds + 1_000_000,
            lag: LatencyDistribution(), failure: 0)
    }
}

/// Somebody else's receiver, who is asked afterwards what he counted.
private struct ToyReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(hasWorkers: false)
    static let received: UInt64 = 990

    init(for setup: SideSetup) {}

    func publishCounts(to received: SharedCounters, slowest: SharedCounters) { received.cell(0).store(Self.received) }

    func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? {
        var arrivals = Arrivals([])
        arrivals.counts.receivedFrames = Self.received
        arrivals.counts.foreignFrames = 3
        arrivals.sizes = [60: Self.received]
        arrivals.bytes = 60 * Self.received
        return arrivals
    }
}

/// The null receiver as somebody else would write it, who hasn't anything to tell.
private struct SilentReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(counting: .bySender, hasWorkers: false)

    init(for setup: SideSetup) {}
}

/// A trial takes any two sides, whatever their names.
@Suite struct SideTests {
    private func run(_ receiver: any ReceiveSide.Type) throws -> (result: TrialResult, warnings: [Warning]) {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        draft.load.warmupNanoseconds = 0
        draft.load.frameCount = 1_000
        let plan = try TrialPlan(draft)
        let cpu = try #require(Topology.read().allowedCPUs.first)
        return try Trial(
            plan: plan, link: nil,
            placement: Placement(transmit: [Placement.Seat(cpu: cpu, node: 0)], receive: [], softirqCPUs: nil, reason: "test"),
            templates: try plan.templates(transmitAddress: nil, receiveAddress: nil), index: 0, streams: TrialStreams(trial: 0),
            interrupts: try Interrupts(listening: false), transmitSide: ToyEngine.self, receiveSide: receiver, observe: { _ in }
        ).run()
    }

    @Test func anEngineIsAFile() throws {
        let (result, _) = try run(SilentReceiver.self)
        #expect(result.ledger == Ledger(offered: 1_000, sent: 1_000, received: 1_000))
        #expect(result.endedBecause == .count)
        #expect(result.workers.map(\.frames) == [1_000])
    }

    /// What he didn't count and no kernel counter explains is in no row, and the trial isn't trusted.
    @Test func whatSomebodyElseCountedIsSettledLikeOurs() throws {
        let (result, warnings) = try run(ToyReceiver.self)
        #expect(result.ledger.received == 990 && result.ledger.foreign == 3 && result.ledger.residual == 10)
        #expect(result.sizes == [SizeResult(sizeBytes: 64, sent: 1_000, received: 990)])
        #expect(warnings.contains { $0.code == "residual" } && !result.trusted)
    }

    /// Threads' books add up; a stream is as far as any of them has seen it.
    @Test func booksOfThreadsAddUp() {
        let result = WorkerResult(role: .receive, index: 0, cpu: 0, node: 0)
        var one = ReceiveWorker.Outcome(result: result)
        one.counts.receivedFrames = 3
        one.sizes = [60: 2, 100: 1]
        one.expected = [7, 1]
        one.firstNanoseconds = 0
        one.lastNanoseconds = 5
        var two = ReceiveWorker.Outcome(result: result)
        two.counts.receivedFrames = 4
        two.counts.alteredFrames = 1
        two.sizes = [60: 5]
        two.expected = [2, 9]
        two.firstNanoseconds = 4
        two.lastNanoseconds = 3
        let sum = Arrivals([one, two])
        #expect(sum.counts.receivedFrames == 7 && sum.counts.alteredFrames == 1)
        #expect(sum.sizes == [60: 7, 100: 1] && sum.bytes == 520)
        #expect(sum.expected == [7, 9])
        #expect(sum.firstNanoseconds == 4 && sum.lastNanoseconds == 5)
        #expect(sum.queueChanges == nil)
    }

    /// Each name leads to a side, and no other name to the same one.
    @Test func everyNameHasItsRow() {
        let engines = EngineName.allCases.map { ObjectIdentifier($0.side) }
        #expect(Set(engines).count == engines.count)
        let receivers = ReceiverName.allCases.map { ObjectIdentifier($0.side) }
        #expect(Set(receivers).count == receivers.count)
        for engine in EngineName.allCases { #expect(engine.abilities.needsLink == engine.abilities.receiver.abilities.needsLink) }
    }

    /// Which of the queues' counters are the link's: a program's own verdicts and what a socket had no room for are counted elsewhere.
    @Test(arguments: [
        ("rx/rx_queue_0_xdp_drops", true, false, false), ("rx/rx_queue_0_drops", true, true, false),
        ("tx/rx_queue_0_drops", false, false, false), ("rx/rx_queue_0_xdp_packets", false, false, false)
    ])
    func dropsAreCountedOnce(_ counter: String, _ ring: Bool, _ program: Bool, _ socket: Bool) {
        #expect(RingReceiver.isLinkDrop(counter: counter) == ring)
        #expect(ProgramReceiver.isLinkDrop(counter: counter) == program)
        #expect(XDPSocketReceiver.isLinkDrop(counter: counter) == socket)
    }
}
