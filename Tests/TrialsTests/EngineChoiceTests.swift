import Frames
import Kernel
import Metrics
import Testing
import Traffic

@testable import Engines
@testable import Plans
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
                "the kernel would write TCP sequence numbers of its own into frames cut out of slots",
                {
                    $0.frame.transport = .tcp; $0.frame.sizes = FrameSizes(sizeBytes: 128)
                }
            ),
            ("frames without IP can't be cut out of slots", { $0.frame.network = .raw }),
            ("at a rate each frame goes alone", { $0.load.rate = rate }),
            (
                "a slot repeats one frame, and the plan's frames differ",
                {
                    $0.load.rate = rate; $0.frame.sizes = .imix
                }
            ),
            ("a slot repeats one frame, and the plan's frames differ", { $0.frame.sizes = .imix }),
            ("a slot repeats one frame, and the plan's frames differ", { $0.frame.sizes = FrameSizes("64,9018") }),
            (
                "a slot repeats one frame, and the plan's frames differ",
                { $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .random, count: 2)] }
            ), ("the stack would write lengths and checksums of its own", { $0.frame.malformed = [.ipChecksum] }),
            ("frames cut out of slots always carry UDP checksums", { $0.frame.udpChecksum = false }),
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

    /// What varies by one value doesn't vary; TCP and UDP over IPv6 have a checksum whatever was asked.
    @Test func plansOfOneFrameAreCutAllTheSame() throws {
        let changes: [(inout PlanDraft) -> Void] = [
            { $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 1)] }, { $0.frame.udpChecksum = true },
            {
                $0.frame.network = .ipv6; $0.frame.sizes = FrameSizes(sizeBytes: 128); $0.frame.udpChecksum = false
            }
        ]
        for change in changes { #expect(try plan(change: change).transmit.engine == .gso) }
    }

    /// A rate beyond what frames reach that leave one by one goes by slots, where they can be had.
    @Test func aRateBeyondOneByOneGoesBySlots() throws {
        func choice(_ pps: Double, workers: Int = 1, alone: Double?, _ change: (inout PlanDraft) -> Void = { _ in }) throws
            -> TrialPlan.Transmit
        {
            var draft = PlanDraft()
            draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
            draft.transmit.workers = workers
            change(&draft)
            return try TrialPlan(draft, limits: PlanLimits(cpuCount: 4, oneByOnePps: alone)).transmit
        }
        #expect(try choice(1e6, alone: nil).engine == .ring, "nobody measured")
        #expect(try choice(600_000, alone: 700_000).engine == .ring)
        let beyond = try choice(1e6, alone: 700_000)
        #expect(beyond.engine == .gso && beyond.engineReason == "one by one 700 kpps leave here, so what is due goes by slots")
        #expect(try choice(1e6, workers: 2, alone: 700_000).engine == .ring)
        #expect(try choice(670_000, alone: 700_000).engine == .gso, "what is only just kept leaves no room")
        // What slots would change stays with frames that go alone, and says so.
        let unlike: [(String, (inout PlanDraft) -> Void)] = [
            ("a slot repeats one frame, and the plan's frames differ", { $0.frame.sizes = .imix }),
            (
                "a slot repeats one frame, and the plan's frames differ",
                { $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 2)] }
            ), ("it sends each frame alone, at times of any shape", { $0.load.shape = .poisson }),
            ("frames cut out of slots always carry UDP checksums", { $0.frame.udpChecksum = false })
        ]
        for (reason, change) in unlike {
            let transmit = try choice(1e6, alone: 700_000, change)
            #expect(transmit.engine == .ring && transmit.engineReason == reason)
        }
        #expect(try choice(1e6, alone: 700_000) { $0.transmit.engine = .mmsg }.engine == .mmsg)
    }

    /// A sender that fell behind names who could: slots if they make up for it and change nothing, else live frames, and nobody beyond those.
    @Test func whoFellBehindKnowsWhoCould() throws {
        func beyond(_ pps: Double, sent: Double, _ change: (inout PlanDraft) -> Void = { _ in }) throws -> EngineName? {
            var draft = PlanDraft()
            draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
            draft.transmit.engine = .ring
            change(&draft)
            return try TrialPlan(draft, limits: PlanLimits(cpuCount: 4)).engineBeyond(sentPps: sent)
        }
        #expect(try beyond(1e6, sent: 700_000) == .gso && beyond(2e6, sent: 700_000) == .xdp)
        #expect(try beyond(1e6, sent: 700_000) { $0.transmit.layout = .fragments } == .gso, "the ring's own settings go with it")
        #expect(try beyond(1e6, sent: 700_000) { $0.frame.sizes = .imix } == .xdp)
        #expect(try beyond(1e6, sent: 700_000) { $0.transmit.engine = .gso } == .xdp)
        #expect(try beyond(1e6, sent: 700_000) { $0.transmit.engine = .xdp } == nil)
        #expect(try beyond(1e6, sent: 700_000) { $0.load.shape = .poisson } == nil, "live frames know one gap only")
        #expect(try beyond(1e6, sent: 700_000) { $0.frame.sizes = FrameSizes(sizeBytes: 9_018) } == .gso)
    }

    /// By name it is taken, with one count for all frames, and the plan says so.
    @Test func whoAsksForSlotsHearsOfTheirOrder() throws {
        func gso(_ change: @escaping (inout PlanDraft) -> Void) throws -> TrialPlan {
            try plan {
                $0.transmit.engine = .gso
                change(&$0)
            }
        }
        let mix = try gso { $0.frame.sizes = .imix }
        #expect(mix.transmit.segments == 64 && mix.transmit.runFrames == 44 && mix.transmit.ringSlots == 16)
        #expect(mix.orderWarning?.code == "order-by-slot" && mix.orderWarning?.voidsResult == false)
        #expect(mix.orderWarning?.message.contains("runs of 44 ") == true && mix.orderWarning?.message.contains("over 528 frames") == true)
        #expect(try gso { $0.frame.sizes = FrameSizes("64,9018") }.transmit.runFrames == 7)
        // As many kinds as there are, slots hold so few that all come soon; what was asked for stays.
        func flows(_ count: Int, _ segments: Int? = nil) throws -> TrialPlan.Transmit {
            try gso {
                $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: count)]
                $0.transmit.segments = segments
            }.transmit
        }
        #expect(try flows(10).runFrames == 64)
        #expect(try flows(1_000).runFrames == 16 && flows(1_000).batchFrames == 64 && flows(1_000).ringSlots == 16)
        #expect(try flows(60_000).runFrames == 2 && flows(60_000).ringSlots == 16)
        #expect(try flows(1_000, 64).runFrames == 64)
        // One by one: the plan's order.
        for one in [
            try gso { _ in }, try gso { $0.frame.sizes = FrameSizes("64,40000") },
            try gso {
                $0.frame.network = .raw; $0.frame.sizes = FrameSizes("128,512")
            }
        ] {
            #expect(one.transmit.runFrames == nil && one.orderWarning == nil && one.sequenceWarning == nil)
        }
    }

    /// Headers are the kernel's in part, and the warning says so; by the ring they are the plan's.
    @Test func whoAsksForSlotsOfTCPHearsOfTheirSequenceNumbers() throws {
        func tcp(_ engine: EngineName?) throws -> TrialPlan {
            try plan {
                $0.transmit.engine = engine
                $0.frame.transport = .tcp
                $0.frame.sizes = FrameSizes("128,512")
            }
        }
        let cut = try tcp(.gso)
        #expect(cut.transmit.runFrames == 64 && cut.transmit.alwaysChecksums == nil)
        #expect(cut.sequenceWarning?.code == "tcp-sequence-by-slot" && cut.sequenceWarning?.voidsResult == false)
        #expect(try tcp(nil).transmit.engine == .ring && tcp(nil).sequenceWarning == nil)
    }

    /// The frames that the plan shows are those that arrive.
    @Test func cutFramesShowTheirChecksum() throws {
        let cut = try plan()
        #expect(cut.transmit.alwaysChecksums == true)
        let point = try cut.templates(transmitAddress: nil, receiveAddress: nil)[0].stampPoint
        #expect(point.checksumOffset == 40)
        let ring = try plan { $0.transmit.engine = .ring }
        #expect(ring.transmit.alwaysChecksums == nil)
        #expect(try ring.templates(transmitAddress: nil, receiveAddress: nil)[0].stampPoint.checksumOffset == 0)
        let fallen = try plan().fallingBackToRing(because: "so")
        #expect(try fallen.templates(transmitAddress: nil, receiveAddress: nil)[0].stampPoint.checksumOffset == 0)
    }

    /// Memory that runs out is told as whose it was.
    @Test func ringsWithoutMemoryAreNamed() throws {
        let plan = try plan {
            $0.transmit.engine = .ring
            $0.transmit.ringSlots = 65_536
            $0.frame.sizes = FrameSizes(sizeBytes: 9_018)
        }
        func sentence(_ call: String) -> String {
            (TrialError.explaining(SystemError(call: call, number: ErrorNumber.noMemory), plan) as? TrialError)?.description ?? ""
        }
        #expect(
            sentence("setsockopt(PACKET_TX_RING)").hasPrefix("the kernel has no memory for transmit rings of 1 GiB; use fewer --threads"))
        #expect(
            sentence("setsockopt(PACKET_RX_RING)").hasPrefix("the kernel has no memory for receive rings of 8 MiB; use fewer --rx-threads"))
        #expect(sentence("mmap").contains("transmit rings of 1 GiB"))
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
