import Frames
import Metrics
import Testing

@testable import Trials

/// What `auto` takes, and what it says about it.
@Suite struct EngineChoiceTests {
    private func plan(_ limits: PlanLimits = PlanLimits(), change: (inout PlanDraft) -> Void = { _ in }) throws -> TrialPlan {
        var draft = PlanDraft()
        change(&draft)
        return try TrialPlan(draft, limits: limits)
    }

    @Test func udpAtFullSpeedIsCutOutOfSlots() throws {
        let transmit = try plan().transmit
        #expect(transmit.engine == .gso && transmit.segments == 64 && !transmit.qdiscBypass)
        #expect(transmit.engineReason == "frames cut out of slots cost the kernel least")
    }

    @Test func everythingElseGoesFrameByFrame() throws {
        let rate = RateRequest.packets(PacketRate(packetsPerSecond: 1_000))
        let cases: [(String, (inout PlanDraft) -> Void)] = [
            (
                "only UDP can be cut out of slots",
                {
                    $0.frame.transport = .tcp; $0.frame.sizes = FrameSizes(sizeBytes: 128)
                }
            ),
            ("only UDP can be cut out of slots", { $0.frame.network = .raw }), ("at a rate each frame goes alone", { $0.load.rate = rate }),
            ("its own settings were asked for", { $0.transmit.layout = .fragments }),
            ("its own settings were asked for", { $0.transmit.qdiscBypass = true }),
            ("its own settings were asked for", { $0.transmit.ringSlots = 64 }),
            ("the link's offloads were asked for otherwise", { $0.link.gso = false })
        ]
        for (reason, change) in cases {
            let transmit = try plan(change: change).transmit
            #expect(transmit.engine == .ring && transmit.engineReason == reason && transmit.segments == nil, "\(reason)")
        }
    }

    @Test func borrowedLinksHaveToBeSettable() throws {
        func borrowed(_ canSetLinks: Bool) throws -> EngineName {
            try plan(PlanLimits(canSetLinks: canSetLinks)) {
                $0.link.transmit = InterfaceReference("a")
                $0.link.receive = InterfaceReference("b")
            }.transmit.engine
        }
        #expect(try borrowed(true) == .gso)
        #expect(try borrowed(false) == .ring)
    }

    @Test func enginesAndReceiversBringEachOther() throws {
        #expect(try plan { $0.receive.receiver = .xdp }.transmit.engine == .xdp)
        #expect(try plan { $0.transmit.engine = .xdp }.receive.receiver == .xdp)
        #expect(try plan { $0.transmit.engine = .gso }.receive.receiver == .ring)
        #expect(try plan { $0.receive.receiver = ReceiverName.none }.receive.workers == 0)
        // A queue for each CPU, so that each worker's frames have one to themselves.
        #expect(
            try plan(PlanLimits(cpuCount: 4)) {
                $0.transmit.engine = .xdp; $0.transmit.workers = 2
            }.link.transmitQueues == 4)
        #expect(try plan(PlanLimits(cpuCount: 4)) { $0.transmit.workers = 2 }.link.transmitQueues == 1)
    }

    @Test func anEngineThatWasAskedForHasNoReason() throws {
        #expect(try plan { $0.transmit.engine = .gso }.transmit.engineReason == nil)
    }

    @Test func theNextBestIsTheRingAsItIsByItself() throws {
        let ring = try plan { $0.transmit.engine = .ring }.transmit
        var fallen = try plan().fallingBackToRing(because: "so").transmit
        #expect(fallen.engineReason == "so")
        fallen.engineReason = nil
        #expect(fallen == ring)
    }
}
