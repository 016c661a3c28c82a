import Frames
import Kernel
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Engines
@testable import Plans

/// The real loops over a port that goes wrong, by seed: `Faults` in a failure's message is all that it takes to have it again.
@Suite struct FaultyLoopTests {
    /// Two phases by one port, as a worker sends them.
    private final class Phases {
        let wire = Wire()
        let flags = SharedCounters(count: 2)
        let templates: [FrameTemplate]
        private(set) var port: FaultyTransmitPort
        let first = StreamIdentifier(epoch: 1, worker: 0, key: 5)
        let second = StreamIdentifier(epoch: 2, worker: 0, key: 5)

        init(_ faults: Faults, slots: Int = 64, isMixed: Bool = false) throws {
            var draft = PlanDraft()
            if isMixed { draft.frame.sizes = .imix }
            templates = try TrialPlan(draft, limits: PlanLimits()).templates(transmitAddress: nil, receiveAddress: nil)
            port = try FaultyTransmitPort(faults, wire: wire, minimumSlots: slots, templates: templates, stop: flags.cell(0))
        }

        // `#expect` takes its expressions apart, and a port can't be copied.
        var sentSoFar: UInt64 { flags.value(1) }
        var completed: UInt64 { port.completedFrames }
        var completedBytes: UInt64 { port.completedBytes }
        var outstanding: Int { port.outstandingFrames }
        var slots: Int { port.slotCount }
        var calls: UInt64 { port.systemCalls }
        var nextTemplate: Int { port.nextTemplate }
        /// Whether the next frame goes where the kernel looks for it.
        var isInStep: Bool { port.kernelSlot == port.nextSlot }

        func heal() {
            port.heal()
            flags.cell(0).store(0)
        }

        func order(_ stream: StreamIdentifier, quota: UInt64, batch: Int) -> TransmitInstructions {
            TransmitInstructions(
                stream: stream, quota: quota, batchFrames: batch, phase: UInt64(stream.epoch), stop: flags.cell(0), sent: flags.cell(1),
                completedBefore: port.completedFrames)
        }

        /// The loop and its end.
        func send(_ stream: StreamIdentifier, quota: UInt64, batch: Int) -> (tally: TransmitTally, refused: UInt64) {
            var tally = TransmitTally()
            let order = order(stream, quota: quota, batch: batch)
            var filler = SignatureFiller()
            transmitLoop(&port, &filler, order, &tally)
            let refused = finishTransmitting(&port, &tally)
            return (tally, refused)
        }
    }

    /// Whatever happens: each frame was sent or refused, those that were sent left once and in their order, and the next phase begins
    /// with a frame of its own in the slot that the kernel waits for.
    @Test(arguments: 0..<120 as Range<UInt64>) func everyFrameIsSentOrRefused(_ seed: UInt64) throws {
        let faults = Faults.any(seed: seed)
        var random = SeededGenerator(seed: seed &+ 1)
        let batch = Int.random(in: 1...40, using: &random)
        let quota = UInt64.random(in: 1...4_000, using: &random)
        let phases = try Phases(
            faults, slots: .random(in: 1...100, using: &random), isMixed: seed % 3 == 0)

        let (tally, refused) = phases.send(phases.first, quota: quota, batch: batch)
        let sent = phases.completed
        let words = "\(faults), batch \(batch), quota \(quota): \(tally), \(refused) refused"
        #expect(tally.filledFrames == sent + refused && tally.filledFrames <= quota, "\(words)")
        #expect(UInt64(phases.wire.frames(of: phases.first).count) == sent, "\(words)")
        #expect(phases.wire.isInOrder(phases.first), "\(words)")
        #expect(tally.retries == phases.wire.calls(endedBy: ErrorNumber.noBuffers), "\(words)")
        let isFatal = phases.wire.calls(endedBy: ErrorNumber.networkDown) + phases.wire.calls(endedBy: ErrorNumber.messageSize) > 0
        #expect((tally.failure != 0) == isFatal, "\(words)")
        let isStopped = faults.stopAtCall <= Int(phases.calls)
        #expect(tally.filledFrames == quota || isFatal || isStopped, "\(words)")
        // Only what fails for good, or never comes back, is refused: what is merely late is waited for.
        #expect(refused == 0 || isFatal, "\(words)")
        #expect(phases.sentSoFar <= sent && phases.outstanding == 0, "\(words)")
        #expect(phases.isInStep, "\(words)")
        let bytes = phases.wire.frames.indices.reduce(UInt64(0)) {
            $0 + UInt64(phases.templates[$1 % phases.templates.count].bytes.count)
        }
        #expect(phases.completedBytes == bytes, "\(words)")

        phases.heal()
        let template = phases.nextTemplate
        #expect(template == Int(sent) % phases.templates.count, "\(words)")
        let again = phases.send(phases.second, quota: 777, batch: batch)
        #expect(again.refused == 0 && again.tally.failure == 0 && again.tally.filledFrames == 777, "\(words)")
        #expect(phases.completed == sent + 777 && phases.wire.isInOrder(phases.second), "\(words)")
        #expect(phases.wire.frames(of: phases.second).count == 777, "\(words)")
        #expect(UInt64(phases.wire.frames.count) == sent + 777, "\(words)")
    }

    /// Exactly known faults, exactly counted.
    @Test func aLinkThatGoesDownLeavesTheRestRefused() throws {
        let phases = try Phases(Faults(downAfterFrames: 1_000))
        let (tally, refused) = phases.send(phases.first, quota: 5_000, batch: 16)
        #expect(tally.failure == ErrorNumber.networkDown)
        // Frame 0 goes alone, then batches of 16: the call that would have taken frames 993 to 1,008 took 7 of them.
        #expect(phases.completed == 1_000 && tally.filledFrames == 1_009 && refused == 9)
    }

    @Test func anIllFormedSlotEndsThePhaseAtIt() throws {
        let phases = try Phases(Faults(illFormedFrame: 500))
        let (tally, refused) = phases.send(phases.first, quota: 5_000, batch: 10)
        #expect(tally.failure == ErrorNumber.messageSize)
        #expect(phases.completed == 500 && tally.filledFrames == 501 && refused == 1)
        let again = phases.send(phases.second, quota: 100, batch: 10)
        #expect(again.refused == 0 && phases.completed == 600)
    }

    /// A slot that never comes back fills the ring behind it; what left counts as sent, and a stop is heard all the same.
    @Test func aSlotThatNeverComesBackHoldsTheRingAndNotTheWorker() throws {
        let phases = try Phases(Faults(keptFrame: 10, stopAtCall: 200), slots: 64)
        let start = Clock.monotonicNanoseconds
        let (tally, refused) = phases.send(phases.first, quota: 5_000, batch: 16)
        #expect(tally.failure == 0 && refused == 0)
        #expect(phases.completed == 10 + UInt64(phases.slots))
        #expect(phases.sentSoFar == 10)
        #expect(tally.sleptNanoseconds > 0)
        #expect(Clock.monotonicNanoseconds - start < 5_000_000_000)
        // It still isn't back: the next phase fills what there is, all of which left before.
        let blocked = phases.send(phases.second, quota: 0, batch: 16)
        #expect(blocked.tally.filledFrames == 0 && phases.outstanding == 0)
        phases.heal()
        let again = phases.send(phases.second, quota: 200, batch: 16)
        #expect(again.tally.filledFrames == 200 && phases.completed == 10 + UInt64(phases.slots) + 200)
    }

    /// One call in four takes nothing, or only some: nothing is lost, nothing is refused, and the loop rests meanwhile.
    @Test func whatTheKernelTakesLateIsNotRefused() throws {
        let phases = try Phases(Faults(seed: 9, droppedPerMille: 120, fullPerMille: 100, interruptedPerMille: 30, lingers: true))
        let (tally, refused) = phases.send(phases.first, quota: 20_000, batch: 32)
        #expect(tally.filledFrames == 20_000 && refused == 0 && tally.failure == 0 && phases.completed == 20_000)
        #expect(tally.retries == phases.wire.calls(endedBy: ErrorNumber.noBuffers) && tally.retries > 50)
    }
}

/// What a loop does after each kind of failure.
@Suite struct SurvivalTests {
    @Test(arguments: [
        ErrorNumber.networkDown, ErrorNumber.noSuchDevice, ErrorNumber.noSuchAddress, ErrorNumber.messageSize, ErrorNumber.badDescriptor
    ])
    func aFatalErrorEndsTheLoopAndIsKept(_ failure: Int32) {
        var tally = TransmitTally()
        let goesOn = tally.survives(failure, completed: 5)
        #expect(!goesOn)
        #expect(tally.failure == failure && tally.retries == 0 && tally.sleptNanoseconds == 0)
    }

    @Test(arguments: [(ErrorNumber.noBuffers, 1), (ErrorNumber.again, 0), (ErrorNumber.interrupted, 0)] as [(Int32, UInt64)])
    func whatPassesIsSurvived(_ failure: Int32, _ retries: UInt64) {
        var tally = TransmitTally()
        let goesOn = tally.survives(failure, completed: 1)
        #expect(goesOn)
        #expect(tally.failure == 0 && tally.retries == retries)
    }

    /// The loop rests only when 64 calls in a row moved nothing, and works at once when something moves again.
    @Test func aLoopThatMovesNothingRests() {
        var tally = TransmitTally()
        for _ in 0..<64 { _ = tally.survives(ErrorNumber.again, completed: 0) }
        #expect(tally.idleCalls == 64 && tally.sleptNanoseconds == 0)
        _ = tally.survives(ErrorNumber.again, completed: 0)
        // As long as it really was: a timer wakes up late, never early.
        let slept = tally.sleptNanoseconds
        #expect(slept >= 50_000)
        _ = tally.survives(ErrorNumber.again, completed: 1)
        #expect(tally.idleCalls == 0 && tally.sleptNanoseconds == slept)
    }
}
