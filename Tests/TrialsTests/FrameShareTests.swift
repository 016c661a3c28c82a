import Frames
import Kernel
import Links
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Plans

/// The plan's frames by their shares and in the plan's order, seen by somebody who is no part of the trial.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct FrameShareTests {
    private static let engines: [EngineName] = [.ring, .gso, .mmsg, .afXDP, .xdp]

    /// Runs a counted trial; every frame of it as a tap on the receiving end saw it.
    private func frames(_ engine: EngineName, _ change: (inout PlanDraft) -> Void) throws -> (plan: TrialPlan, frames: [TappedFrame]) {
        var draft = PlanDraft()
        draft.transmit.engine = engine
        draft.receive.receiver = .ring
        change(&draft)
        let plan = try TrialPlan(draft)
        var settings = LinkSettings()
        settings.mtuBytes = plan.link.mtuBytes
        let pair = try LinkPair.makePrivate(settings)
        let tap = try Tap(pair.receive)
        let (result, warnings) = try runTrial(over: pair) {
            $0 = draft; $0.load.warmupNanoseconds = 0
        }
        let frames = try tap.finish()
        let count = try #require(plan.load.frameCount)
        #expect(result.ledger == Ledger(offered: count, sent: count, received: count), "\(engine): \(result.ledger)")
        #expect(frames.map(\.sequence) == Array(0..<count), "\(engine): \(frames.count) of \(count) tapped")
        #expect(warnings.contains { $0.code == "order-by-slot" } == (plan.transmit.runFrames != nil))
        return (plan, frames)
    }

    private func sizes(_ engine: EngineName, _ sizes: FrameSizes, _ count: UInt64, _ change: (inout PlanDraft) -> Void = { _ in }) throws {
        let (plan, frames) = try frames(engine) {
            $0.frame.sizes = sizes
            $0.load.frameCount = count
            change(&$0)
        }
        let round = sizes.round
        let run = plan.transmit.runFrames ?? 1
        #expect((run > 1) == (engine == .gso))
        #expect(frames.indices.allSatisfy { frames[$0].bytes == round[$0 / run % round.count] - 4 }, "\(engine): the order")
        for share in sizes.shares {
            let found = frames.count { $0.bytes == share.sizeBytes - 4 }
            #expect(found == Int(count) * share.weight / round.count, "\(engine): \(share.sizeBytes) came \(found) times")
        }
    }

    @Test(arguments: engines) func aMixHasItsShares(_ engine: EngineName) throws {
        // A gso slot holds 44 of the largest: 20 rounds of that ring, 880 of the others.
        try sizes(engine, .imix, 44 * 12 * 20)
    }

    /// A gso slot holds seven of these, and of the small ones no more.
    @Test(arguments: engines) func smallAndLargeFramesAreHalfAndHalf(_ engine: EngineName) throws {
        let isLive = engine == .xdp || engine == .afXDP
        // The largest that live frames hold, of which a gso slot would hold 22.
        try sizes(engine, FrameSizes(isLive ? "64,3018" : "64,9018")!, 7 * 2 * 288) { $0.link.mtuBytes = isLive ? 3_000 : 9_000 }
    }

    /// Batches that end in the midst of slots, and slots in the midst of runs.
    @Test(arguments: [1, 7, 100, 250]) func batchesOfAnySizeKeepTheShares(_ batch: Int) throws {
        try sizes(.gso, .imix, 44 * 12 * 20) { $0.transmit.batchFrames = batch }
    }

    @Test(arguments: engines) func manyFlowsAreThatMany(_ engine: EngineName) throws {
        let (plan, frames) = try frames(engine) {
            $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 1_000)]
            $0.load.frameCount = 20_000
        }
        #expect(Set(frames.map(\.sourcePort)).count == 1_000)
        let run = plan.transmit.runFrames ?? 1
        let first = Int(plan.frame.sourcePort)
        #expect(frames.indices.allSatisfy { frames[$0].sourcePort == first + $0 / run % 1_000 }, "\(engine): the order")
    }

    /// Too many to have a slot each: ports and addresses are laid in as frames leave, each size in its slot.
    @Test(arguments: [EngineName.ring, .mmsg, .afXDP]) func aMillionFlowsComeInOrder(_ engine: EngineName) throws {
        let (plan, frames) = try frames(engine) {
            $0.frame.sizes = .imix
            $0.frame.flows = 1_000_000
            $0.load.frameCount = 24_000
        }
        #expect(plan.frame.isPatched && plan.transmit.ringSlots < 1_000)
        let round = FrameSizes.imix.round
        let isInOrder = frames.indices.allSatisfy {
            frames[$0].bytes == round[$0 % 12] - 4 && frames[$0].sourcePort == 49_152 + $0 % 16_384
        }
        #expect(isInOrder, "\(engine)")
    }

    /// Several workers: each sends the whole plan.
    @Test(.enabled(if: KernelAccess.hasTwoCPUs)) func eachWorkerHasAllShares() throws {
        for engine in [EngineName.ring, .gso] {
            var settings = LinkSettings()
            settings.channels = LinkChannels(transmit: 2, receive: 2)
            let pair = try LinkPair.makePrivate(settings)
            let tap = try Tap(pair.receive)
            let (result, _) = try runTrial(over: pair) {
                $0.transmit.engine = engine
                $0.transmit.workers = 2
                $0.frame.sizes = .imix
                $0.load.frameCount = 2 * 44 * 12 * 10
            }
            let frames = try tap.finish()
            #expect(result.ledger.received == 10_560 && frames.count == 10_560, "\(engine): \(result.ledger)")
            #expect(frames.count { $0.bytes == 60 } == 10_560 * 7 / 12 && frames.count { $0.bytes == 590 } == 10_560 / 3, "\(engine)")
        }
    }
}
