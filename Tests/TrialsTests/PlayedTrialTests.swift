import Frames
import Kernel
import Links
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import Engines
@testable import Plans
@testable import Results
@testable import Trials

/// An engine whose workers do what a test says. The trial makes its side on the test's own thread, where the part is known.
struct PlayedEngine: TransmitSide {
    typealias Part = @Sendable (TransmitWorker) throws -> TransmitWorker.Outcome
    @TaskLocal static var part: Part = { _ in preconditionFailure("nobody said what to play") }

    static let abilities = EngineAbilities(needsLink: false, receiver: .null)
    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int { 0 }

    private let part: Part

    init(for setup: SideSetup) { part = Self.part }
    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome { try part(worker) }
}

extension Trial {
    /// - Parameter part: what each transmit worker does, on its own thread.
    func run(playing part: @escaping PlayedEngine.Part) throws -> (result: TrialResult, warnings: [Warning]) {
        try PlayedEngine.$part.withValue(part) { try run() }
    }
}

/// Whole trials over ports that go wrong: threads, phases, withdrawal, settlement and warnings are the real ones, and nobody needs root.
@Suite(.serialized) struct PlayedTrialTests {
    private static let millisecond: UInt64 = 1_000_000

    private struct Played {
        var result: TrialResult
        var warnings: [Warning]
        /// What left by each worker's port.
        var wires: [Wire]
        var streams: TrialStreams

        /// The frames of the window that left, by all ports.
        var windowFrames: Int {
            wires.enumerated().reduce(0) { $0 + $1.element.frames(of: streams.stream(.window, worker: $1.offset)).count }
        }
        var areInOrder: Bool {
            wires.enumerated().allSatisfy {
                $1.isInOrder(streams.stream(.window, worker: $0)) && $1.isInOrder(streams.stream(.warmup, worker: $0))
            }
        }
        var codes: [String] { warnings.map(\.code) }
    }

    private func trial(_ plan: TrialPlan) throws -> Trial {
        let cpus = Topology.read().allowedCPUs
        return Trial(
            plan: plan, link: nil,
            placement: Placement(
                transmit: (0..<plan.transmit.workers).map { Placement.Seat(cpu: cpus[$0 % cpus.count], node: 0) }, receive: [],
                reason: "test"),
            templates: try plan.templates(transmitAddress: nil, receiveAddress: nil), index: 0, streams: TrialStreams(trial: 0),
            interrupts: try Interrupts(listening: false), transmitSide: PlayedEngine.self, observe: { _ in })
    }

    private func plan(_ change: (inout PlanDraft) -> Void) throws -> TrialPlan {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        draft.transmit.ringSlots = 64
        draft.load.warmupNanoseconds = 10 * Self.millisecond
        draft.load.durationNanoseconds = 100 * Self.millisecond
        change(&draft)
        return try TrialPlan(draft, limits: PlanLimits())
    }

    /// - Parameter faults: of each worker's port.
    private func play(_ faults: [Faults], _ change: (inout PlanDraft) -> Void = { _ in }) throws -> Played {
        let plan = try plan {
            $0.transmit.workers = faults.count
            change(&$0)
        }
        let trial = try trial(plan)
        let wires = faults.map { _ in Wire() }
        let (result, warnings) = try trial.run { worker in
            var port = try FaultyTransmitPort(
                faults[worker.index], wire: wires[worker.index], minimumSlots: worker.plan.transmit.ringSlots, templates: worker.templates)
            return try worker.run(&port, ringBytes: 0, ringNode: nil)
        }
        return Played(result: result, warnings: warnings, wires: wires, streams: trial.streams)
    }

    /// Whatever the ports do, the book closes on what really left, and no frame of the warm-up is in it.
    @Test(arguments: 500..<540 as Range<UInt64>) func anyFaultLeavesAClosedBook(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let workers = Int.random(in: 1...2, using: &random)
        let faults = (0..<workers).map { worker in
            var faults = Faults.any(seed: seed &* 8 &+ UInt64(worker))
            // The trial stops its workers itself.
            faults.stopAtCall = .max
            return faults
        }
        let isPaced = Bool.random(using: &random)
        let isCounted = Bool.random(using: &random)
        let played = try play(faults) {
            if isPaced { $0.load.rate = .packets(PacketRate(packetsPerSecond: 50_000)) }
            if isCounted { $0.load.frameCount = 2_001 }
        }
        let ledger = played.result.ledger
        let words = "seed \(seed): \(faults), paced \(isPaced), counted \(isCounted): \(ledger)"
        #expect(ledger.isClosed && ledger.residual == 0, "\(words)")
        #expect(ledger.sent == UInt64(played.windowFrames) && played.areInOrder, "\(words)")
        #expect(!isCounted || ledger.offered <= 2_001, "\(words)")
        #expect(played.result.workers.reduce(0) { $0 + $1.frames } == ledger.sent, "\(words)")
        let sizes = played.result.sizes ?? []
        #expect(sizes.reduce(0) { $0 + $1.sent } == ledger.sent, "\(words)")
        // Where the link is gone, that says it all.
        if played.result.endedBecause != .linkLost { #expect((ledger.refused > 0) == played.codes.contains("refused"), "\(words)") }
        if played.result.trusted { #expect(ledger.sent > 0, "\(words)") }
        let hasFailed = [.linkLost, .workerFailed].contains(played.result.endedBecause)
        #expect(hasFailed == played.codes.contains { ["link-lost", "transmit-failed"].contains($0) }, "\(words)")
    }

    /// What was refused in the warm-up is not in the window, whose first frame leaves from the slot on which the kernel waits.
    @Test func aWarmUpThatLeavesRefusedSlotsBehindCostsTheWindowNothing() throws {
        let played = try play([Faults(illFormedFrame: 40)]) { $0.load.frameCount = 1_000 }
        #expect(played.result.ledger == Ledger(offered: 1_000, sent: 1_000, received: 1_000))
        #expect(played.wires[0].frames(of: played.streams.stream(.warmup, worker: 0)).count == 40)
        #expect(played.result.endedBecause == .count && played.areInOrder)
    }

    @Test func aLinkThatGoesDownEndsTheTrialWithAClosedBook() throws {
        let start = Clock.monotonicNanoseconds
        let played = try play([Faults(downAfterFrames: 5_000)]) {
            $0.load.warmupNanoseconds = 0
            $0.load.durationNanoseconds = 20_000 * Self.millisecond
        }
        #expect(played.result.endedBecause == .linkLost && !played.result.trusted)
        #expect(played.result.ledger.sent == 5_000 && played.result.ledger.isClosed && played.result.ledger.refused > 0)
        #expect(played.codes.contains("link-lost") && !played.codes.contains("refused"))
        #expect(Clock.monotonicNanoseconds - start < 5_000 * Self.millisecond)
    }

    @Test func anErrorOfTheKernelIsNoLostLink() throws {
        let played = try play([Faults(illFormedFrame: 700)]) { $0.load.warmupNanoseconds = 0 }
        #expect(played.result.endedBecause == .workerFailed && !played.result.trusted)
        #expect(played.result.ledger.sent == 700 && played.result.ledger.isClosed)
        #expect(played.codes.contains("transmit-failed"))
    }

    @Test func droppedFramesAreRetriedAndTold() throws {
        let played = try play([Faults(seed: 3, droppedPerMille: 300)]) {
            $0.load.warmupNanoseconds = 0
            $0.load.frameCount = 20_000
        }
        #expect(played.result.ledger == Ledger(offered: 20_000, sent: 20_000, received: 20_000))
        let retries = played.wires[0].calls(endedBy: ErrorNumber.noBuffers)
        #expect(retries > 0 && played.result.evidence.retries == retries && played.result.workers[0].retries == retries)
    }

    /// A slot that isn't given back: what left counts, the ring being full is waited for, and the window ends in time.
    @Test func aSlotThatNeverComesBackEndsNoTrial() throws {
        let played = try play([Faults(keptFrame: 100)]) { $0.load.warmupNanoseconds = 0 }
        #expect(played.result.ledger.isClosed && played.result.ledger.sent == 100 + 64 && played.result.ledger.refused == 0)
        #expect(played.result.endedBecause == .duration)
        // It slept nearly all the time, of its own will, and longer than it meant to.
        #expect(!played.codes.contains("cpu-withheld"), "\(played.result.workers[0])")
    }

    /// What is in flight when the loop ends is waited for, asleep: nobody took the CPU away.
    @Test func waitingForTheLastSlotsIsNoTimeWithheld() throws {
        let played = try play([Faults(keptFrame: 100)]) {
            $0.load.warmupNanoseconds = 0
            $0.load.frameCount = 120
        }
        #expect(played.result.ledger == Ledger(offered: 120, sent: 120, received: 120))
        #expect(!played.codes.contains("cpu-withheld"), "\(played.result.workers[0])")
    }

    /// One that was kept in the warm-up is not counted again.
    @Test func aSlotKeptSinceTheWarmUpIsCountedThere() throws {
        let played = try play([Faults(keptFrame: 100)]) { $0.load.frameCount = 500 }
        #expect(played.result.ledger.isClosed && played.result.ledger.sent == UInt64(played.windowFrames))
        #expect(played.result.ledger.offered == 0 && !played.result.trusted && played.codes.contains("nothing-measured"))
    }
}

extension PlayedTrialTests {
    private struct Misfortune: Error, Equatable {}

    /// A latch that keeps a worker in its place, as a system call that doesn't return would.
    private final class Latch: Sendable {
        private let isOpen = Atomic(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func wait() { while !isOpen.load(ordering: .acquiring) { Clock.sleep(nanoseconds: 1_000_000) } }
    }

    @Test func aWorkerThatFailsIsTheTrialsError() throws {
        for phase in [TrialPhase.warmup, .window] {
            let trial = try trial(plan { $0.transmit.workers = 2 })
            let part: PlayedEngine.Part = { worker in
                if worker.index == 1 {
                    worker.barrier.arrive(.transmit, .ready(.warmup))
                    _ = try worker.barrier.await(.warmup)
                    if phase == .warmup { throw Misfortune() }
                    worker.barrier.arrive(.transmit, .through(.warmup))
                    worker.barrier.arrive(.transmit, .ready(.window))
                    _ = try worker.barrier.await(.window)
                    throw Misfortune()
                }
                var port = try FaultyTransmitPort(Faults(), wire: Wire(), minimumSlots: 64, templates: worker.templates)
                return try worker.run(&port, ringBytes: 0, ringNode: nil)
            }
            let start = Clock.monotonicNanoseconds
            let error = #expect(throws: (any Error).self) { try trial.run(playing: part) }
            #expect(error is Misfortune || "\(error!)".contains("Misfortune"), "\(phase): \(error!)")
            #expect(Clock.monotonicNanoseconds - start < 5_000 * Self.millisecond)
        }
    }

    /// A thread that doesn't come back from the kernel: the trial says so in its time, with the others ended, and doesn't wait for it.
    @Test(arguments: ["set-up", "warm-up", "window"]) func aStuckWorkerIsToldAndLeftBehind(_ place: String) throws {
        let latch = Latch()
        defer { latch.open() }
        let ended = SharedCounters(count: 1)
        let trial = try trial(plan { $0.transmit.workers = 2 })
        trial.patienceNanoseconds = 300 * Self.millisecond
        let part: PlayedEngine.Part = { worker in
            if worker.index == 1 {
                if place == "set-up" { latch.wait() }
                worker.barrier.arrive(.transmit, .ready(.warmup))
                _ = try worker.barrier.await(.warmup)
                if place == "warm-up" { latch.wait() }
                worker.barrier.arrive(.transmit, .through(.warmup))
                worker.barrier.arrive(.transmit, .ready(.window))
                _ = try worker.barrier.await(.window)
                latch.wait()
                throw Misfortune()
            }
            defer { ended.cell(0).store(1) }
            var port = try FaultyTransmitPort(Faults(), wire: Wire(), minimumSlots: 64, templates: worker.templates)
            return try worker.run(&port, ringBytes: 0, ringNode: nil)
        }
        let start = Clock.monotonicNanoseconds
        let error = #expect(throws: TrialError.self) { try trial.run(playing: part) }
        guard case .workerStuck(let role)? = error else {
            Issue.record("\(place): \(String(describing: error))")
            return
        }
        #expect(role == "transmit" && ended.value(0) == 1)
        // Its own patience, then one second for those that are in the way of the end.
        let took = Clock.monotonicNanoseconds - start
        #expect(took >= 300 * Self.millisecond && took < 4_000 * Self.millisecond)
    }
}

/// The threads of a trial, however they end.
@Suite struct CrewTests {
    private struct Misfortune: Error {}

    private static func outcome(_ index: Int) -> TransmitWorker.Outcome {
        TransmitWorker.Outcome(
            result: WorkerResult(role: .transmit, index: index, cpu: 0, node: 0), offeredFrames: 0, notOfferedFrames: 0, refusedFrames: 0,
            sentFrames: UInt64(index), sentBytes: 0, kinds: [:], meanCallNanoseconds: nil, lastNanoseconds: 0, lag: LatencyDistribution(),
            failure: 0)
    }

    @Test func outcomesKeepTheirOrder() throws {
        var crew = Crew()
        crew.transmitters = try (0..<4).map { index in
            try WorkerThread(name: "t\(index)") {
                Clock.sleep(nanoseconds: UInt64(4 - index) * 5_000_000)
                return Self.outcome(index)
            }
        }
        let outcomes = try crew.join(untilMonotonic: Clock.monotonicNanoseconds + 5_000_000_000)
        #expect(outcomes.transmit.map(\.sentFrames) == [0, 1, 2, 3] && outcomes.receive.isEmpty)
        #expect(crew.transmitters.isEmpty)
        // All have been waited for: a second time finds nobody.
        #expect(try crew.join(untilMonotonic: 0).transmit.isEmpty)
    }

    @Test func oneThatFailedIsTheCrewsError() throws {
        var crew = Crew()
        crew.transmitters = [
            try WorkerThread(name: "good") { Self.outcome(0) }, try WorkerThread(name: "bad") { throw Misfortune() }
        ]
        #expect(throws: Misfortune.self) { try crew.join(untilMonotonic: Clock.monotonicNanoseconds + 5_000_000_000) }
    }

    /// The deadline is one for all: two that are stuck cost no more time than one.
    @Test func whoIsStuckIsLeftBehind() throws {
        let isOpen = SharedCounters(count: 1)
        defer { isOpen.cell(0).store(1) }
        var crew = Crew()
        crew.transmitters = try (0..<2).map { index in
            try WorkerThread(name: "stuck\(index)") {
                while isOpen.value(0) == 0 { Clock.sleep(nanoseconds: 1_000_000) }
                return Self.outcome(index)
            }
        }
        let start = Clock.monotonicNanoseconds
        let error = #expect(throws: TrialError.self) { try crew.join(untilMonotonic: start + 200_000_000) }
        guard case .workerStuck("transmit")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(Clock.monotonicNanoseconds - start < 1_000_000_000 && crew.transmitters.isEmpty)
    }
}
