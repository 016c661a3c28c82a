import Frames
import Kernel
import Links
import Metrics
import Results
import TestSupport
import Testing

@testable import Plans

/// Faults of exactly known size must come out exactly.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct TruthTests {
    /// 16,000 frames at a pace that the relay holds.
    private func steady(_ draft: inout PlanDraft) {
        draft.load.frameCount = 16_000
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
    }

    @Test func aFaithfulRelayLosesNothing() throws {
        let relay = try Relay { _, frame in [frame] }
        let (result, warnings) = try runTrial(over: relay.path, steady)
        #expect(try relay.finish() == 16_000)
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, received: 16_000))
        #expect(result.trusted)
        #expect(warnings.map(\.code).filter { !machineCodes.contains($0) } == ["path-not-direct"])
    }

    @Test func every16thFrameDroppedIsExactlyThat() throws {
        let relay = try Relay { position, frame in position % 16 == 15 ? [] : [frame] }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, linkDropped: 1000, received: 15_000))
        #expect(result.ledger.residual == 0)
        #expect(result.latency.path.count == 15_000)
    }

    @Test func aRepeatedFrameIsADuplicateAndNotReceivedTwice() throws {
        let relay = try Relay { position, frame in position == 777 ? [frame, frame] : [frame] }
        let (result, warnings) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, received: 16_000, duplicates: 1))
        #expect(result.latency.path.count == 16_000)
        #expect(warnings.contains { $0.code == "duplicates" })
    }

    /// Of 16,000 frames.
    private func bin(_ value: Int, _ frames: UInt64) -> ReorderDensityResult.Bin {
        ReorderDensityResult.Bin(value: value, frames: frames, density: Double(frames) / 16_000)
    }

    @Test func twoSwappedFramesAreOneReordered() throws {
        let held = Monitor<[UInt8]>([])
        let relay = try Relay { position, frame in
            switch position {
            case 500:
                held.change { $0 = frame }
                return []
            case 501: return [frame, held.read { $0 }]
            default: return [frame]
            }
        }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, received: 16_000, reordered: 1))
        let reordering = try #require(result.reordering)
        #expect(reordering.maximumExtent == 1 && reordering.meanExtent == 1 && reordering.nReordered == [1])
        #expect(reordering.ratio == 1 / 16_000 && reordering.cutFrames == nil)
        let density = try #require(reordering.density)
        let places = [(-1, 1), (0, 15_998), (1, 1)].map { bin($0.0, $0.1) }
        #expect(density.displacement == places)
        #expect(density.occupancy == [bin(0, 15_999), bin(1, 1)])
        #expect(density.displacedBeyond == nil && density.heldBeyond == nil && density.threshold == 128)
    }

    /// One comes ten frames late, and a run of four behind five that left later: extents 10, and 5, 6, 7, 8.
    @Test func extentsComeOutExactly() throws {
        let held = Monitor<[[UInt8]]>([])
        let relay = try Relay { position, frame in
            switch position {
            case 500, 1_000..<1_004:
                held.change { $0.append(frame) }
                return []
            case 510, 1_008:
                return [frame]
                    + held.change { held in
                        defer { held = [] }
                        return held
                    }
            default: return [frame]
            }
        }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(result.ledger == Ledger(offered: 16_000, sent: 16_000, received: 16_000, reordered: 5))
        let reordering = try #require(result.reordering)
        #expect(reordering.maximumExtent == 10 && reordering.meanExtent == (10 + 5 + 6 + 7 + 8) / 5)
        #expect(reordering.nReordered == [2, 2, 2, 2, 2, 1, 1, 1, 1, 1])
        // Ten early by one and one late by ten; five early by four, four late by five.
        let density = try #require(reordering.density)
        let places = [(-4, 5), (-1, 10), (0, 15_980), (5, 4), (10, 1)].map { bin($0.0, $0.1) }
        let occupancies: [UInt64] = [15_982, 2, 2, 2, 2, 5, 1, 1, 1, 1, 1]
        #expect(density.displacement == places)
        #expect(density.occupancy == occupancies.enumerated().map { bin($0.offset, $0.element) })
    }

    @Test func strangersOnTheWayAreForeign() throws {
        let stranger = [UInt8](repeating: 0xAB, count: 60)
        // The right magic in the right place, and nothing else that fits.
        var impostor = stranger
        impostor.replaceSubrange(42..<44, with: [0x76, 0x6D])
        let forged = impostor
        let relay = try Relay { position, frame in
            switch position {
            case 10: [stranger, frame]
            case 20: [forged, frame]
            default: [frame]
            }
        }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, received: 16_000, foreign: 2))
        #expect(result.trusted)
    }

    @Test func severalFaultsAndWorkersAtOnce() throws {
        let relay = try Relay { position, frame in
            if position % 100 == 3 { return [] }
            return position % 1000 == 7 ? [frame, frame, frame] : [frame]
        }
        let (result, _) = try runTrial(over: relay.path) {
            steady(&$0)
            $0.transmit.workers = 3
            $0.receive.workers = 2
        }
        _ = try relay.finish()
        #expect(result.ledger.sent == 16_000)
        #expect(result.ledger.linkDropped == 160)
        #expect(result.ledger.received == 15_840)
        #expect(result.ledger.duplicates == 32)
        #expect(result.ledger.residual == 0)
        #expect(result.workers.filter { $0.role == .receive }.map(\.frames).reduce(0, +) == 15_840)
    }

    @Test func framesOfAnEarlierTrialAreStaleAndInNobodysBook() throws {
        let late = Monitor<[UInt8]>([])
        let relay = try Relay { position, frame in
            if position == 100 { late.change { $0 = frame } }
            return position == 17_000 ? [late.read { $0 }, frame] : [frame]
        }
        _ = try runTrial(over: relay.path, index: 0, steady)
        let (result, _) = try runTrial(over: relay.path, index: 1, steady)
        _ = try relay.finish()
        #expect(result.evidence.staleFrames == 1)
        #expect(
            result.ledger
                == Ledger(offered: 16_000, sent: 16_000, received: 16_000))
    }
}
