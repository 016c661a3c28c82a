import Frames
import Kernel
import Links
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Plans

/// Slots that pass whole, over a real pair: a book of superframes, and how many segments are in them.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct SuperframeTests {
    private func pair(_ settings: LinkSettings = LinkSettings()) throws -> LinkPair { try LinkPair.makePrivate(settings) }

    private static let changes: [(name: String, change: @Sendable (inout PlanDraft) -> Void)] = [
        ("UDP", { _ in }), ("TCP", { $0.frame.transport = .tcp }), ("UDP over IPv6", { $0.frame.network = .ipv6 }),
        (
            "TCP over IPv6",
            {
                $0.frame.network = .ipv6; $0.frame.transport = .tcp
            }
        ), ("a tag", { $0.frame.vlans = [7] }),
        (
            "two tags",
            {
                $0.frame.vlans = [7, 8]; $0.frame.transport = .tcp
            }
        ), ("linear", { $0.transmit.layout = .linear }),
        ("fragments", { $0.transmit.layout = .fragments }), ("two segments", { $0.transmit.segments = 2 }),
        ("128 small ones", { $0.frame.sizes = FrameSizes(sizeBytes: 128) }),
        ("no latency", { $0.run.latency = .off })
    ]

    @Test(arguments: changes.indices) func theBookClosesBySuperframesAndBySegments(_ position: Int) throws {
        let (name, change) = Self.changes[position]
        var draft = PlanDraft()
        draft.transmit.engine = .gso
        draft.transmit.superframes = true
        draft.load.frameCount = 2_001
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        change(&draft)
        let plan = try TrialPlan(draft)
        let segments = try #require(plan.transmit.segments)
        let (result, warnings) = try runTrial(over: try pair()) {
            $0 = draft; $0.load.warmupNanoseconds = 0
        }
        #expect(result.ledger == Ledger(offered: 2_001, sent: 2_001, received: 2_001), "\(name): \(result.ledger)")
        let superframes = try #require(result.superframes)
        #expect(superframes.sentSegments == 2_001 * UInt64(segments) && superframes.receivedSegments == superframes.sentSegments, "\(name)")
        let headerBytes = plan.frame.recipe.headerBytes
        #expect(superframes.superframeBytes == headerBytes + segments * superframes.segmentBytes, "\(name)")
        #expect(result.sizes == [.init(sizeBytes: superframes.superframeBytes, sent: 2_001, received: 2_001)], "\(name)")
        // The bits of the rate are those of the superframes that came, and nothing besides.
        let seconds = Double(result.rates.receiveDurationNanoseconds) / 1e9
        #expect(abs(result.rates.rxL2Bps * seconds / 8 / Double(2_001 * superframes.superframeBytes) - 1) < 1e-9, "\(name)")
        #expect(abs(superframes.rxPayloadBps * seconds / 8 / Double(2_001 * segments * superframes.segmentBytes) - 1) < 1e-9, "\(name)")
        #expect(result.latency.path.count == (name == "no latency" ? 0 : 2_001) && result.workers[0].segmentedFrames == nil, "\(name)")
        #expect(result.trusted && warnings.allSatisfy { $0.code != "tcp-sequence-by-slot" }, "\(name): \(warnings.map(\.code))")
    }

    /// A stranger's socket sees packets of the slot's length, in order.
    @Test func aTapSeesThemWhole() throws {
        let pair = try pair()
        let tap = try Tap(pair.receive)
        let (result, _) = try runTrial(over: pair) {
            $0.transmit.engine = .gso
            $0.transmit.superframes = true
            $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 10)]
            $0.load.frameCount = 1_000
        }
        let frames = try tap.finish()
        #expect(result.ledger == Ledger(offered: 1_000, sent: 1_000, received: 1_000), "\(result.ledger)")
        #expect(frames.count == 1_000 && frames.allSatisfy { $0.bytes == 42 + 44 * 1_472 })
        #expect(frames.indices.allSatisfy { frames[$0].sequence == UInt64($0) && frames[$0].sourcePort == frames[0].sourcePort + $0 % 10 })
    }

    /// Faults of exactly known size, by a relay that hands superframes on as a virtual machine does.
    @Test func everySixteenthSuperframeDroppedIsExactlyThat() throws {
        let relay = try Relay(passesSuperframes: true) { position, frame in
            position % 16 == 15 ? [] : position == 777 ? [frame, frame] : [frame]
        }
        let (result, _) = try runTrial(over: relay.path) {
            $0.transmit.engine = .gso
            $0.transmit.superframes = true
            $0.load.frameCount = 1_600
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 2_000))
        }
        _ = try relay.finish()
        #expect(result.ledger == Ledger(offered: 1_600, sent: 1_600, linkDropped: 100, received: 1_500, duplicates: 1), "\(result.ledger)")
        #expect(result.superframes?.sentSegments == 1_600 * 44 && result.superframes?.receivedSegments == 1_500 * 44)
        #expect(result.latency.response.count == 1_500)
    }

    /// Behind a device without segmentation what comes are frames: the book tells it, and isn't trusted.
    @Test func superframesThatAreCutOnTheWayAreTold() throws {
        let relay = try Relay(passesSuperframes: true, cutsSuperframes: true) { _, frame in [frame] }
        let (result, warnings) = try runTrial(over: relay.path) {
            $0.transmit.engine = .gso
            $0.transmit.superframes = true
            $0.load.frameCount = 200
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 1_000))
        }
        _ = try relay.finish()
        #expect(warnings.contains { $0.code == "superframes-changed" && $0.voidsResult } && !result.trusted, "\(warnings.map(\.code))")
        #expect(result.superframes?.receivedSegments == 200, "the first segment of each has the signature: \(result.ledger)")
    }

    @Test(.enabled(if: KernelAccess.hasTwoCPUs)) func twoWorkersHaveTwoBooks() throws {
        var settings = LinkSettings()
        settings.channels = LinkChannels(transmit: 2, receive: 2)
        let (result, _) = try runTrial(over: try pair(settings)) {
            $0.transmit.engine = .gso
            $0.transmit.superframes = true
            $0.transmit.workers = 2
            $0.load.frameCount = 5_000
        }
        #expect(result.ledger == Ledger(offered: 5_000, sent: 5_000, received: 5_000), "\(result.ledger)")
        #expect(result.superframes?.receivedSegments == 5_000 * 44)
    }
}
