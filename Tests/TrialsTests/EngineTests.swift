import Frames
import Kernel
import Links
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Plans

/// Every engine and receiver over a real pair: the same book, the same truth.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct EngineTests {
    /// Loads programs only where the kernel lets us: everywhere that CI runs.
    private static let pairs: [(EngineName, ReceiverName)] = [
        (.gso, .ring), (.mmsg, .ring), (.afXDP, .ring), (.xdp, .ring), (.ring, .xdp), (.gso, .xdp), (.mmsg, .xdp), (.afXDP, .xdp),
        (.xdp, .xdp), (.ring, .afXDP), (.gso, .afXDP), (.afXDP, .afXDP), (.xdp, .afXDP)
    ]

    private func pair(mtuBytes: Int = 1_500, queues: Int = 1) throws -> LinkPair {
        var settings = LinkSettings()
        settings.mtuBytes = mtuBytes
        settings.channels = LinkChannels(transmit: queues, receive: queues)
        return try LinkPair.makePrivate(settings)
    }

    @Test(arguments: pairs) func theBookClosesOverTime(_ engine: EngineName, _ receiver: ReceiverName) throws {
        let (result, warnings) = try runTrial(over: try pair()) {
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
            $0.load.durationNanoseconds = 200_000_000
            $0.load.warmupNanoseconds = 50_000_000
        }
        #expect(result.ledger.residual == 0 && result.ledger.received > 0 && result.ledger.foreign == 0, "\(result.ledger)")
        #expect(result.latency.path.count == result.ledger.received)
        #expect(result.endedBecause == .duration)
        #expect(warnings.allSatisfy { !$0.voidsResult || machineCodes.contains($0.code) }, "\(warnings)")
        #expect(result.evidence.staleFrames == 0)
        #expect(result.warmupFrames ?? 0 > 0)
    }

    /// A worker may have ended its warm-up, and be ready for the window, while others are still being stopped: that doesn't end its window.
    @Test(arguments: [EngineName.ring, .gso, .mmsg, .afXDP, .xdp]) func everyWorkerSends(_ engine: EngineName) throws {
        for _ in 0..<8 {
            let (result, warnings) = try runTrial(over: try pair(queues: 2)) {
                $0.transmit.engine = engine
                $0.transmit.workers = 2
                $0.receive.receiver = .xdp
                $0.load.durationNanoseconds = 150_000_000
                $0.load.warmupNanoseconds = 50_000_000
            }
            #expect(result.workers.filter { $0.role == .transmit }.allSatisfy { $0.frames > 0 }, "\(result.workers) \(warnings)")
        }
    }

    @Test(arguments: pairs) func aCountIsExact(_ engine: EngineName, _ receiver: ReceiverName) throws {
        for size in [64, 512, 1_518] {
            let (result, _) = try runTrial(over: try pair()) {
                $0.transmit.engine = engine
                $0.receive.receiver = receiver
                $0.frame.sizes = FrameSizes(sizeBytes: size)
                $0.load.frameCount = 20_001
            }
            #expect(result.ledger.sent == 20_001 && result.ledger.residual == 0, "\(size): \(result.ledger)")
            // Queues in front of programs are short: what they had no room for is told, and is no fault of the book.
            #expect(receiver != .ring || result.ledger == Ledger(offered: 20_001, sent: 20_001, received: 20_001), "\(size)")
            #expect(result.endedBecause == .count)
        }
    }

    /// Every frame counts, and those that carry a time have a latency: one of each run of so many.
    @Test(arguments: pairs, ["1/7", "off"]) func oneFrameInSoManyHasALatency(_ pair: (EngineName, ReceiverName), _ word: String) throws {
        let sampling = try #require(LatencySampling(word))
        for rate in [nil, RateRequest.packets(PacketRate(packetsPerSecond: 20_000))] {
            let (result, _) = try runTrial(over: try self.pair()) {
                $0.transmit.engine = pair.0
                $0.receive.receiver = pair.1
                $0.run.latency = sampling
                $0.load.frameCount = 5_001
                $0.load.rate = rate
            }
            #expect(result.ledger.sent == 5_001 && result.ledger.residual == 0 && result.ledger.received > 0, "\(result.ledger)")
            #expect(result.latency.of == result.latency.path.count && result.latency.negative == 0)
            // The last run is cut off, perhaps before its place.
            let runs = sampling.period == 0 ? 0...0 : 5_001 / sampling.period...5_001 / sampling.period + 1
            let timed = try #require(result.latency.of)
            #expect(result.ledger.received == 5_001 ? runs.contains(timed) : timed <= runs.upperBound)
            #expect(result.latency.response.count == (rate == nil || pair.1 == .xdp ? 0 : result.latency.of ?? 0))
            #expect(result.rates.rxPps > 0)
        }
    }

    /// What came in each interval is what came in all, class by class, whoever counts.
    @Test(arguments: [(EngineName.ring, ReceiverName.ring), (.ring, .afXDP), (.ring, .xdp), (.xdp, .xdp)])
    func intervalsAddUpToTheHistogram(_ engine: EngineName, _ receiver: ReceiverName) throws {
        let (result, _) = try runTrial(over: try pair()) {
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 5_000))
            $0.load.durationNanoseconds = 300_000_000
            $0.load.warmupNanoseconds = 30_000_000
            $0.run.intervalNanoseconds = 20_000_000
        }
        let course = try #require(result.latency.pathOverTime)
        #expect(course.intervals.reduce(0) { $0 + $1.count } == result.latency.path.count && result.latency.path.count > 0)
        #expect((14...20).contains(course.intervals.count) && course.intervals[0].endNanoseconds == 20_000_000)
        #expect(zip(course.intervals, course.intervals.dropFirst()).allSatisfy { $0.endNanoseconds == $1.startNanoseconds })
        // The bars double and the classes are four to each, from 1,024 ns on.
        for end in result.latency.pathHistogram.map(\.upper) where end >= 1_024 {
            let bars = result.latency.pathHistogram.filter { $0.upper <= end }.reduce(0) { $0 + $1.count }
            let classes = course.intervals.reduce(0) { sum, interval in
                sum + zip(interval.counts, course.bounds.dropFirst()).filter { $0.1 <= end }.reduce(0) { $0 + $1.0 }
            }
            #expect(bars == classes, "below \(end)")
        }
        // Each 20 ms hold 100 frames; a trial's thread that was kept from its CPU may have cut late.
        #expect(course.intervals.prefix(15).filter { $0.count > 0 }.count > 3)
    }

    /// Held back for 60 ms in the middle: seen there, and nowhere else.
    @Test func aStallIsSeenWhereItWas() throws {
        let relay = try Relay { position, frame in
            if position == 500 { Clock.sleep(nanoseconds: 60_000_000) }
            return [frame]
        }
        let (result, _) = try runTrial(over: relay.path) {
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 1_000))
            $0.load.durationNanoseconds = 1_000_000_000
            $0.run.intervalNanoseconds = 100_000_000
        }
        _ = try relay.finish()
        let course = try #require(result.latency.pathOverTime)
        let slow = course.intervals.filter { interval in
            zip(interval.counts, course.bounds).contains { $0.0 > 0 && $0.1 >= 40_000_000 }
        }
        #expect(slow.contains { $0.startNanoseconds == 500_000_000 }, "\(slow.map(\.startNanoseconds))")
    }

    @Test(arguments: pairs) func aRateIsHeld(_ engine: EngineName, _ receiver: ReceiverName) throws {
        let (result, _) = try runTrial(over: try pair()) {
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
            $0.load.durationNanoseconds = 500_000_000
        }
        #expect(result.ledger.offered == 10_000 && result.ledger.residual == 0, "\(result.ledger)")
        #expect(result.ledger.received + result.ledger.notOffered == 10_000)
    }

    @Test(.enabled(if: KernelAccess.hasTwoCPUs), arguments: pairs)
    func twoWorkersHaveTwoBooks(_ engine: EngineName, _ receiver: ReceiverName) throws {
        let (result, _) = try runTrial(over: try pair(queues: 2)) {
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
            $0.transmit.workers = 2
            $0.load.frameCount = 50_000
        }
        // Bursts may overrun the queue of 256 that a program reads from: then they are told as dropped there.
        #expect(result.ledger.sent == 50_000 && result.ledger.residual == 0, "\(result.ledger)")
        #expect(receiver != .ring || result.ledger.received == 50_000, "\(result.ledger)")
    }

    /// Frames of every kind of plan come out as the plan has them: the receiver finds each by its signature.
    @Test(arguments: [EngineName.gso, .mmsg, .afXDP, .xdp]) func flowsTagsAndFamiliesArrive(_ engine: EngineName) throws {
        let changes: [(inout PlanDraft) -> Void] = [
            {
                $0.frame.network = .ipv6; $0.frame.sizes = FrameSizes(sizeBytes: 128)
            },
            {
                $0.frame.vlans = [7]; $0.frame.sizes = FrameSizes(sizeBytes: 128)
            },
            {
                $0.frame.vlans = [7, 8]; $0.frame.sizes = FrameSizes(sizeBytes: 128)
            }, { $0.frame.sizes = .imix },
            { $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 10)] },
            {
                $0.frame.transport = .tcp; $0.frame.sizes = FrameSizes(sizeBytes: 128)
            }, { $0.frame.network = .raw }, { $0.frame.udpChecksum = true }
        ]
        for (position, change) in changes.enumerated() {
            let (result, _) = try runTrial(over: try pair()) {
                change(&$0)
                $0.transmit.engine = engine
                $0.receive.receiver = .ring
                $0.load.frameCount = 5_000
            }
            #expect(result.ledger == Ledger(offered: 5_000, sent: 5_000, received: 5_000), "\(engine) \(position)")
            let sizes = try #require(result.sizes)
            #expect(sizes.allSatisfy { $0.sent > 0 && $0.received == $0.sent }, "\(engine) \(position): \(sizes)")
            // The order of shares is `FrameShareTests`' to see; here, that all three came.
            if position == 3 { #expect(sizes.map(\.sizeBytes) == [64, 594, 1_518], "\(engine): \(sizes)") }
            #expect(sizes.reduce(0) { $0 + $1.sent } == 5_000, "\(engine) \(position): \(sizes)")
        }
    }

    /// Of 1,000 frames those numbered 0 go alone every 1,024th; the rest are cut out of slots, unless they can't be.
    @Test func theReportSaysHowFramesWent() throws {
        func segmented(_ change: (inout PlanDraft) -> Void) throws -> UInt64? {
            try runTrial(over: try pair(mtuBytes: 65_000)) {
                $0.transmit.engine = .gso
                $0.load.frameCount = 1_001
                change(&$0)
            }.result.workers.first { $0.role == .transmit }?.segmentedFrames
        }
        // Frame 0 alone; 1,000 in slots of 64, the last of which holds 40.
        #expect(try segmented { _ in } == 1_000)
        #expect(
            try segmented {
                $0.frame.transport = .tcp; $0.frame.sizes = FrameSizes(sizeBytes: 128)
            } == 1_000)
        #expect(try segmented { $0.frame.network = .raw } == 0)
        // Two of these don't fit 64 KiB.
        #expect(
            try segmented {
                $0.link.mtuBytes = 65_000; $0.frame.sizes = FrameSizes(sizeBytes: 40_000)
            } == 0)
        #expect(
            try segmented {
                $0.transmit.segments = 2; $0.load.frameCount = 3
            } == 2)
    }

    /// Faults of exactly known size, whatever sends.
    @Test(arguments: [EngineName.gso, .mmsg, .afXDP]) func everySixteenthFrameDroppedIsExactlyThat(_ engine: EngineName) throws {
        let relay = try Relay { position, frame in position % 16 == 15 ? [] : position == 777 ? [frame, frame] : [frame] }
        let (result, _) = try runTrial(over: relay.path) {
            $0.transmit.engine = engine
            $0.load.frameCount = 16_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
        }
        _ = try relay.finish()
        #expect(result.ledger == Ledger(offered: 16_000, sent: 16_000, linkDropped: 1_000, received: 15_000, duplicates: 1))
    }

    /// The counting program judges as the socket reader does.
    @Test func theProgramSeesTheSameFaults() throws {
        let relay = try Relay { position, frame in position % 16 == 15 ? [] : position == 777 ? [frame, frame] : [frame] }
        let (result, _) = try runTrial(over: relay.path) {
            $0.transmit.engine = .ring
            $0.receive.receiver = .xdp
            $0.load.frameCount = 16_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
        }
        _ = try relay.finish()
        #expect(result.ledger.received == 15_000 && result.ledger.duplicates == 1 && result.ledger.residual == 0, "\(result.ledger)")
    }

    /// Programs on skbs, readers that poll for themselves: the same frames.
    @Test func theOtherWaysToRunAReceiverCountTheSame() throws {
        let changes: [(inout PlanDraft) -> Void] = [
            {
                $0.receive.receiver = .xdp; $0.receive.xdpMode = .generic
            },
            {
                $0.receive.receiver = .afXDP; $0.receive.xdpMode = .generic
            },
            {
                $0.receive.receiver = .afXDP; $0.receive.busyPollMicroseconds = 50
            },
            {
                $0.receive.receiver = .xdp; $0.receive.foreign = .drop
            }
        ]
        for (position, change) in changes.enumerated() {
            let (result, _) = try runTrial(over: try pair()) {
                change(&$0)
                $0.transmit.engine = .ring
                $0.load.frameCount = 10_000
                $0.load.rate = .packets(PacketRate(packetsPerSecond: 100_000))
            }
            #expect(result.ledger == Ledger(offered: 10_000, sent: 10_000, received: 10_000), "\(position): \(result.ledger)")
        }
    }

    @Test func nobodyCountsForSomebodyElse() throws {
        let (result, warnings) = try runTrial(over: try pair()) {
            $0.transmit.engine = .gso
            $0.receive.receiver = ReceiverName.none
            $0.load.frameCount = 5_000
        }
        #expect(result.ledger == Ledger(offered: 5_000, sent: 5_000, received: 5_000))
        #expect(result.evidence.receiveLink.rxPackets == 5_000)
        #expect(warnings.map(\.code).contains("nobody-counted"))
    }

    /// A queue for the receiving softirq, and who drops out of it is in the book.
    @Test(.enabled(if: KernelAccess.hasTwoCPUs), arguments: [PlacementName.splitSoftirq, .napiThread])
    func movedSoftirqKeepsTheBook(_ placement: PlacementName) throws {
        for (engine, receiver) in [(EngineName.ring, ReceiverName.ring), (.xdp, .xdp)] where placement == .napiThread || receiver == .ring {
            let (result, _) = try runTrial(over: try pair()) {
                $0.transmit.engine = engine
                $0.receive.receiver = receiver
                $0.link.placement = placement
                $0.load.durationNanoseconds = 200_000_000
            }
            #expect(result.ledger.residual == 0 && result.ledger.received > 0, "\(engine): \(result.ledger)")
        }
    }
}
