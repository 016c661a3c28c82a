import Control
import Kernel
import Links
import Metrics
import Results
import TestSupport
import Testing

@testable import Plans
@testable import Trials

/// A trial with an end on each of two hosts: what happens on the path comes out exactly, whatever clock the other host has, and whenever it is lost.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct AcrossTests {
    /// 8,000 frames at a pace that the relay holds.
    private func steady(_ draft: inout PlanDraft) {
        draft.load.frameCount = 8_000
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
    }

    @Test func everySixteenthFrameDroppedIsExactlyThat() throws {
        let relay = try Relay { position, frame in position % 16 == 15 ? [] : [frame] }
        let outcome = try runAcross(over: relay.path, steady)
        #expect(try relay.finish() == 8_000)
        let (result, warnings) = try outcome.sender.get()
        try outcome.receiver.get()
        #expect(result.ledger == Ledger(offered: 8_000, sent: 8_000, linkDropped: 500, received: 7_500))
        #expect(result.ledger.residual == 0 && result.latency.clockOffset != nil)
        #expect(warnings.contains { $0.code == "path-not-direct" } && !warnings.contains { $0.code == "peer-lost" })
        #expect(result.workers.map(\.host) == [nil, HostName.current])
        #expect(result.evidence.receiveLink.rxPackets >= 7_500 && result.evidence.receiveHost != nil)
    }

    /// Frames of the warm-up are in no book.
    @Test(arguments: [EngineName.ring, .gso]) func aWarmUpComesBefore(_ engine: EngineName) throws {
        let relay = try Relay { _, frame in [frame] }
        let outcome = try runAcross(over: relay.path) { draft in
            steady(&draft)
            draft.transmit.engine = engine
            draft.load.frameCount = 1_000
            draft.load.warmupNanoseconds = 200_000_000
        }
        let came = try relay.finish()
        let (result, _) = try outcome.sender.get()
        #expect(result.ledger == Ledger(offered: 1_000, sent: 1_000, received: 1_000))
        #expect(result.warmupFrames.map { came == 1_000 + Int($0) && $0 > 500 } == true, "\(came)")
    }

    struct Clocks: CustomTestStringConvertible, Sendable {
        let aheadSeconds: Int64
        let ppm: Int64
        /// Whether questions and answers go through sockets.
        let isReal: Bool
        var testDescription: String { "\(aheadSeconds) s ahead, \(ppm) ppm faster\(isReal ? ", asked over a socket" : "")" }
    }

    /// The path holds each frame back for 500 µs at least, whatever clock rank 1 has.
    @Test(arguments: [
        Clocks(aheadSeconds: 0, ppm: 0, isReal: false), Clocks(aheadSeconds: 3, ppm: 50, isReal: false),
        Clocks(aheadSeconds: -3, ppm: -50, isReal: false), Clocks(aheadSeconds: 3, ppm: 50, isReal: true)
    ])
    func aDelayComesOutByAnyClock(_ clock: Clocks) throws {
        let start = Int64(Clock.realtimeNanoseconds)
        let ahead: @Sendable () -> Int64 = {
            clock.aheadSeconds * 1_000_000_000 + (Int64(Clock.realtimeNanoseconds) - start) * clock.ppm / 1_000_000
        }
        let relay = try Relay(holdNanoseconds: 500_000) { _, frame in [frame] }
        let outcome = try runAcross(over: relay.path, ahead: ahead, isReal: clock.isReal) { draft in
            draft.load.frameCount = 3_000
            draft.load.rate = .packets(PacketRate(packetsPerSecond: 2_000))
        }
        #expect(try relay.finish() == 3_000)
        let (result, warnings) = try outcome.sender.get()
        #expect(result.ledger == Ledger(offered: 3_000, sent: 3_000, received: 3_000))
        let told = try #require(result.latency.clockOffset)
        let error = Int64(told.errorNanoseconds)
        // In memory answers take no time; over a socket as long as the machine likes.
        #expect(told.method == .exchange && (clock.isReal || error < 100_000), "\(told)")
        // In the middle of the window, as far as that is known here.
        let middle = Int64(result.startedAtNanoseconds) + 750_000_000
        let right = clock.aheadSeconds * 1_000_000_000 + (middle - start) * clock.ppm / 1_000_000
        let slack = error + 200_000_000 * abs(clock.ppm) / 1_000_000
        #expect(abs(told.offsetNanoseconds - right) <= slack, "\(told) \(right)")
        guard let least = result.latency.path.min else {
            #expect(clock.isReal && warnings.contains { $0.code == "clock-unsure" }, "\(told)")
            return
        }
        #expect(result.latency.negative == 0 && result.latency.path.count == 3_000)
        #expect(Int64(least) >= 500_000 - error, "\(least) \(told)")
        #expect(!warnings.contains { $0.code == "clock-unsure" || $0.code == "latency-incomplete" }, "\(warnings)")
        print("a delay of 500 µs: at least \(least) ns, known to \(error) ns, \(clock.testDescription)")
    }

    /// A clock that nobody knows well enough says nothing of a path, and nothing else is the worse for it.
    @Test func anUnsureClockHasNoLatency() throws {
        // By half a millisecond to and fro, once for each question.
        let relay = try Relay { _, frame in [frame] }
        let outcome = try runAcross(over: relay.path, ahead: { Int64(Clock.monotonicNanoseconds / 7_000_000 % 2) * 5_000_000 }, steady)
        _ = try relay.finish()
        let (result, warnings) = try outcome.sender.get()
        #expect(result.ledger == Ledger(offered: 8_000, sent: 8_000, received: 8_000))
        #expect(result.latency.path == .notMeasured && result.latency.pathHistogram.isEmpty)
        #expect(result.latency.clockOffset.map { $0.errorNanoseconds > 1_000_000 } == true)
        #expect(warnings.contains { $0.code == "clock-unsure" && !$0.voidsResult }, "\(warnings)")
    }

    struct Cut: CustomTestStringConvertible, Sendable {
        let rank: Int
        let verb: ControlVerb
        let moment: CuttingChannel.Moment
        var testDescription: String { "rank \(rank), \(moment.rawValue) \(verb)" }

        static let all: [Cut] = [
            (0, ControlVerb.prepare), (1, .ready), (0, .open), (1, .counts), (0, .stop), (1, .drained), (0, .outcome), (1, .outcome)
        ].flatMap { rank, verb in CuttingChannel.Moment.allCases.map { Cut(rank: rank, verb: verb, moment: $0) } }
    }

    /// Whichever word is the last one, both ranks come to an end of their own, and the book says no more than was heard.
    @Test(arguments: Cut.all, [UInt64(0), 100_000_000]) func whoeverIsLostEndsTheOther(_ cut: Cut, _ warmup: UInt64) throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let outcome = try runAcross(over: pair, cut: (cut.rank, cut.verb, cut.moment)) { draft in
            draft.load.rate = .packets(PacketRate(packetsPerSecond: 2_000))
            draft.load.durationNanoseconds = 300_000_000
            draft.load.warmupNanoseconds = warmup
        }
        let behind = try #require(outcome.nanosecondsBehindTheCut, "it was never cut")
        #expect(behind < 5_000_000_000, "\(behind) ns")
        let isWhole = cut.verb == .outcome && cut.rank == 1 && cut.moment == .behind
        if isWhole {
            try outcome.receiver.get()
            let (result, warnings) = try outcome.sender.get()
            #expect(result.ledger.residual == 0 && result.ledger.received == result.ledger.sent && result.ledger.sent > 0)
            #expect(!warnings.contains { $0.code == "peer-lost" })
            return
        }
        let error = #expect(throws: ControlError.self) { try outcome.receiver.get() }
        #expect(error?.exitCode == 3)
        // Without a word from the other side there is no trial.
        guard cut.verb != .prepare && (cut.verb, cut.moment) != (.ready, .before) else {
            let error = #expect(throws: ControlError.self) { _ = try outcome.sender.get() }
            #expect(error?.exitCode == 3)
            return
        }
        let (result, warnings) = try outcome.sender.get()
        #expect(!result.trusted && warnings.contains { $0.code == "peer-lost" && $0.voidsResult }, "\(warnings)")
        #expect(result.ledger.offered == result.ledger.notOffered + result.ledger.refused + result.ledger.sent)
        // What nobody told is in no row.
        #expect(result.ledger.linkDropped == 0 && result.ledger.receiverDropped == 0 && result.ledger.inFlightAtEnd == 0)
        #expect(result.ledger.received <= result.ledger.sent && result.latency.of == nil)
    }
}
