import Frames
import Metrics
import Testing
import Traffic

@testable import Plans

@Suite struct PlanDefaultsTests {
    /// Without a size frames are as small as their headers let them be.
    @Test func theDefaultSizeHoldsTheHeaders() throws {
        for (change, size) in [
            ({ _ in }, 64), ({ $0.frame.vlans = [100] }, 68), ({ $0.frame.vlans = [1, 2] }, 72), ({ $0.frame.network = .ipv6 }, 84),
            ({ $0.frame.transport = .tcp }, 76), ({ $0.frame.network = .raw }, 64)
        ] as [((inout PlanDraft) -> Void, Int)] {
            var draft = PlanDraft()
            change(&draft)
            #expect(try TrialPlan(draft).frame.sizes == FrameSizes(sizeBytes: size))
        }
        var draft = PlanDraft()
        draft.frame.vlans = [100]
        draft.frame.sizes = FrameSizes(sizeBytes: 64)
        #expect(throws: PlanError.self) { try TrialPlan(draft) }
    }

    @Test func whereNobodyCountsOneEndIsEnough() throws {
        var draft = PlanDraft()
        draft.link.transmit = InterfaceReference("veth0")
        #expect(throws: PlanError.self) { try TrialPlan(draft) }
        draft.receive.receiver = ReceiverName.none
        #expect(try !TrialPlan(draft).link.isPrivate)
        (draft.link.transmit, draft.link.receive) = (nil, InterfaceReference("veth0"))
        #expect(throws: PlanError.self) { try TrialPlan(draft) }
    }

    @Test func aPlanThatNobodyAskedAnythingOf() throws {
        let plan = try TrialPlan(PlanDraft(), limits: PlanLimits())
        #expect(plan.link.isPrivate && plan.link.mtuBytes == 1500 && !plan.link.force)
        #expect(plan.link.transmitQueues == 1 && plan.link.receiveQueues == 1)
        #expect(plan.link.gro == nil && plan.link.gso == nil && plan.link.tso == nil && plan.link.checksumOffload == nil)
        #expect(plan.frame.sizes == FrameSizes(sizeBytes: 64))
        #expect(plan.frame.network == .ipv4 && plan.frame.transport == .udp)
        #expect("\(plan.frame.sourceIPv4) \(plan.frame.destinationIPv4)" == "198.18.0.1 198.19.0.1")
        #expect(plan.frame.sourceIPv6 == IPv6Address("2001:2::1"))
        #expect(plan.frame.destinationIPv6 == IPv6Address("2001:2:0:1::1"))
        #expect(plan.frame.vlans.isEmpty && plan.frame.modifiers.isEmpty && !plan.frame.udpChecksum)
        #expect(plan.frame.timeToLive == 64 && plan.frame.dscp == 0)
        #expect(plan.load.rate == .max && plan.load.packetRate == nil && plan.load.frameCount == nil)
        #expect(plan.load.durationNanoseconds == 5_000_000_000 && plan.load.warmupNanoseconds == 1_000_000_000)
        #expect(plan.transmit.engine == .gso && plan.transmit.workers == 1 && plan.transmit.cpus == nil)
        #expect(plan.transmit.ringSlots == 16 && plan.transmit.segments == 64 && plan.transmit.batchFrames == 256)
        #expect(plan.transmit.layout == .linear && !plan.transmit.qdiscBypass)
        #expect(plan.receive.receiver == .ring && plan.receive.workers == 1 && plan.receive.cpus == nil)
        #expect(plan.receive.blockBytes == 131_072 && plan.receive.blocks == 64)
        #expect(plan.receive.retireMilliseconds == 4 && plan.receive.snapBytes == 0)
        #expect(plan.run == .init(repeats: 1, intervalNanoseconds: 1_000_000_000, seed: 1, latency: .all))
    }

    /// As many segments of the MTU as 64 KiB hold, and everything of the load is by superframes.
    @Test func superframesFillWhatAHeaderCanTell() throws {
        var draft = PlanDraft()
        draft.transmit.superframes = true
        draft.load.rate = .bits(BitRate(bitsPerSecond: 10e9))
        let plan = try TrialPlan(draft, limits: PlanLimits())
        #expect(plan.transmit.engine == .gso && plan.transmit.segments == 44 && plan.transmit.runFrames == nil)
        #expect(plan.frame.sizes == FrameSizes(sizeBytes: 1_518) && plan.link.mtuBytes == 1_500)
        #expect(plan.mix.largestSizeBytes == 42 + 44 * 1_472 + 4 && plan.segmentMix.largestSizeBytes == 1_518)
        #expect(plan.receive.snapBytes == 128)
        let pps = try #require(plan.load.packetRate?.packetsPerSecond)
        #expect(abs(pps - 10e9 / 8 / 64_814) < 1, "\(pps)")
        draft.frame.transport = .tcp
        draft.link.mtuBytes = 9_000
        let jumbo = try TrialPlan(draft, limits: PlanLimits())
        #expect(jumbo.transmit.segments == 7 && jumbo.mix.largestSizeBytes == 54 + 7 * 8_960 + 4)
        #expect(
            try TrialPlan(PlanDraft(naming: jumbo), limits: PlanLimits()).transmit
                == {
                    var same = jumbo.transmit; same.engineReason = nil; return same
                }())
    }

    /// Who has to wait for its CPU needs room for what comes meanwhile.
    @Test(
        arguments: [
            (1, 2, 64), (2, 4, 64), (2, 2, 512), (2, 3, 512), (1, 1, 512), (4, 4, 512), (16, 16, 128), (64, 64, 64)
        ] as [(Int, Int, Int)])
    func readersThatShareTheirCPUHaveLargerRings(_ workers: Int, _ cpus: Int, _ blocks: Int) throws {
        var draft = PlanDraft()
        draft.transmit.workers = workers
        #expect(try TrialPlan(draft, limits: PlanLimits(cpuCount: cpus)).receive.blocks == blocks)
        draft.receive.blocks = 7
        #expect(try TrialPlan(draft, limits: PlanLimits(cpuCount: cpus)).receive.blocks == 7)
    }

    @Test func soDoesWhoeverIsPutBesideASender() throws {
        var draft = PlanDraft()
        draft.link.placement = .sameCore
        let limits = PlanLimits(cpuCount: 8)
        #expect(try TrialPlan(draft, limits: limits).receive.blocks == 512)
        draft.receive.blockBytes = 1 << 20
        #expect(try TrialPlan(draft, limits: limits).receive.blocks == 64)
        draft.link.placement = nil
        (draft.transmit.cpus, draft.receive.cpus) = ([0], [0])
        #expect(try TrialPlan(draft, limits: limits).receive.blocks == 64)
        draft.receive.blockBytes = nil
        #expect(try TrialPlan(draft, limits: limits).receive.blocks == 512)
    }

    @Test(
        arguments: [
            (nil, nil, 5_000_000_000, nil), (nil, 1000, nil, 1000), (nil, 0, 5_000_000_000, nil),
            (0, nil, nil, nil), (0, 0, nil, nil), (2_000_000_000, 1000, 2_000_000_000, 1000), (0, 7, nil, 7)
        ] as [(UInt64?, UInt64?, UInt64?, UInt64?)])
    func aTrialIsEndlessOnlyIfThatWasSaid(
        _ time: UInt64?, _ count: UInt64?, _ plannedTime: UInt64?, _ plannedCount: UInt64?
    ) throws {
        var draft = PlanDraft()
        draft.load.durationNanoseconds = time
        draft.load.frameCount = count
        let plan = try TrialPlan(draft, limits: PlanLimits())
        #expect(plan.load.durationNanoseconds == plannedTime)
        #expect(plan.load.frameCount == plannedCount)
    }

    @Test(
        arguments: [
            (1, nil, 1), (2, nil, 2), (2, 1, 1), (4, 2, 2), (1, 8, 1), (3, 0, 1)
        ] as [(Int, Int?, Int)])
    func receiveWorkersFollowTransmitWorkersUpToTheCPUs(_ workers: Int, _ cpus: Int?, _ expected: Int) throws {
        var draft = PlanDraft()
        draft.transmit.workers = workers
        #expect(try TrialPlan(draft, limits: PlanLimits(cpuCount: cpus)).receive.workers == expected)
        draft.receive.workers = 5
        #expect(try TrialPlan(draft, limits: PlanLimits(cpuCount: cpus)).receive.workers == 5)
    }

    @Test func namedCPUsMakeWorkers() throws {
        var draft = PlanDraft()
        draft.transmit.cpus = [0, 2, 4]
        draft.receive.cpus = [1]
        let plan = try TrialPlan(draft, limits: PlanLimits())
        #expect(plan.transmit.workers == 3 && plan.receive.workers == 1)
    }

    @Test(arguments: [
        (64, 0), (128, 0), (129, 128), (1518, 128), (9018, 128)
    ])
    func largeFramesAreCutOff(_ size: Int, _ snap: Int) throws {
        var draft = PlanDraft()
        draft.frame.sizes = FrameSizes(sizeBytes: size)
        #expect(try TrialPlan(draft, limits: PlanLimits()).receive.snapBytes == snap)
        draft.receive.snapBytes = 0
        #expect(try TrialPlan(draft, limits: PlanLimits()).receive.snapBytes == snap)
        draft.receive.snapBytes = 100
        #expect(try TrialPlan(draft, limits: PlanLimits()).receive.snapBytes == 100)
    }

    @Test(
        arguments: [
            (64, [], 1500), (1518, [], 1500), (1519, [], 1501), (9018, [], 9000), (1522, [5], 1500), (1526, [5, 6], 1504)
        ] as [(Int, [UInt16], Int)])
    func aPrivatePairGetsTheMTUThatItsFramesNeed(_ size: Int, _ vlans: [UInt16], _ mtu: Int) throws {
        var draft = PlanDraft()
        draft.frame.sizes = FrameSizes(sizeBytes: size)
        draft.frame.vlans = vlans
        #expect(try TrialPlan(draft, limits: PlanLimits()).link.mtuBytes == mtu)
        draft.link.mtuBytes = mtu
        #expect(try TrialPlan(draft, limits: PlanLimits()).link.mtuBytes == mtu)
    }

    @Test func existingInterfacesStayAsTheyAre() throws {
        var draft = PlanDraft()
        draft.link.transmit = InterfaceReference("a0")
        draft.link.receive = InterfaceReference("b0@lab")
        let plan = try TrialPlan(draft, limits: PlanLimits())
        #expect(!plan.link.isPrivate)
        #expect(plan.link.mtuBytes == nil && plan.link.transmitQueues == nil && plan.link.receiveQueues == nil)
        draft.link.receiveQueues = 4
        #expect(try TrialPlan(draft, limits: PlanLimits()).link.receiveQueues == 4)
    }

    @Test func nullGoesWithNull() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        draft.receive.workers = 2
        draft.receive.cpus = [0, 1]
        let receive = try TrialPlan(draft, limits: PlanLimits()).receive
        #expect(receive.receiver == .null && receive.workers == 0 && receive.cpus == nil)
        draft = PlanDraft()
        draft.receive.receiver = .null
        #expect(try TrialPlan(draft, limits: PlanLimits()).transmit.engine == .null)
    }

    @Test(
        arguments: [
            ("100kpps", nil, 100_000), ("50mbps", nil, 50e6 / 512), ("50%", "1gbps", 5e8 / (84 * 8))
        ] as [(String, String?, Double)])
    func ratesBecomeFramesASecond(_ rate: String, _ lineRate: String?, _ expected: Double) throws {
        var draft = PlanDraft()
        draft.load.rate = try RateRequest(parsing: rate)
        draft.load.lineRate = try lineRate.map { try BitRate(parsing: $0) }
        #expect(try TrialPlan(draft, limits: PlanLimits()).load.packetRate == PacketRate(packetsPerSecond: expected))
    }

    @Test func theRingHasASlotForEveryDifferentFrame() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .ring
        draft.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 1000)]
        #expect(try TrialPlan(draft, limits: PlanLimits()).transmit.ringSlots == 1000)
        draft.transmit.batchFrames = 2000
        #expect(try TrialPlan(draft, limits: PlanLimits()).transmit.ringSlots == 2000)
    }

    @Test func oneQueueNumberOnExistingInterfacesBringsTheOther() throws {
        var draft = PlanDraft()
        draft.link.transmit = InterfaceReference("a0")
        draft.link.receive = InterfaceReference("b0")
        draft.link.transmitQueues = 4
        let link = try TrialPlan(draft, limits: PlanLimits()).link
        #expect(link.transmitQueues == 4 && link.receiveQueues == 1)
    }

    @Test func aSmallRingMakesForASmallBatch() throws {
        var draft = PlanDraft()
        draft.transmit.ringSlots = 8
        #expect(try TrialPlan(draft, limits: PlanLimits()).transmit.batchFrames == 8)
    }
}
