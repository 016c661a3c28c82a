import Control
import Kernel
import TestSupport
import Testing

/// Both ranks over a played channel, each with a thread of its own, as trials have them.
@Suite struct RankTests {
    private func soon(_ seconds: Double = 10) -> UInt64 { Clock.monotonicNanoseconds + UInt64(seconds * 1e9) }

    /// Answers rank 0 until it has finished; what it heard.
    private func answering(_ channel: PlayedChannel, until last: ControlVerb = .finished) throws -> WorkerThread<[ControlVerb]> {
        let deadline = soon(20)
        return try WorkerThread(name: "follow") {
            let rank = FollowRank(over: channel)
            var heard: [ControlVerb] = []
            while let duty = try rank.duty(untilMonotonic: deadline) {
                heard.append(duty.verb)
                if duty.verb == last { return heard }
                switch duty.verb {
                case .prepare: try rank.ready(duty.body + [1])
                case .open:
                    // Too many for anybody to wait for each.
                    for count in 1...100 as ClosedRange<UInt8> { try rank.counts([count]) }
                case .stop:
                    try rank.counts([200])
                    try rank.drained(duty.body)
                case .outcome: try rank.outcome([42])
                default: return heard
                }
            }
            return heard
        }
    }

    @Test func trialsGoThrough() throws {
        let (near, far) = PlayedChannel.pair()
        let follower = try answering(far)
        let lead = LeadRank(over: near)
        for trial in 1...3 as ClosedRange<UInt8> {
            #expect(try lead.prepare([trial]) == [trial, 1])
            for phase in 1...2 as ClosedRange<UInt8> {
                try lead.open([phase])
                var counts: [UInt8]?
                let deadline = soon()
                while counts != [100], Clock.monotonicNanoseconds < deadline { counts = try lead.latestCounts() }
                #expect(counts == [100])
                try lead.stop([phase])
                #expect(try lead.drained() == [phase])
                #expect(try lead.latestCounts() == [200])
            }
            #expect(try lead.outcome() == [42])
        }
        try lead.finish()
        let heard = try follower.join().get()
        let trial: [ControlVerb] = [.prepare, .open, .stop, .open, .stop, .outcome]
        #expect(heard == trial + trial + trial + [.finished])
        #expect(throws: ControlError.closed) { _ = try lead.prepare([]) }
    }

    /// Rank 1 fails, is closed or cut off where rank 0 waits for its word.
    @Test(arguments: [ControlVerb.prepare, .stop, .outcome])
    func whatEndsTheFollowerEndsTheLead(_ last: ControlVerb) throws {
        for fault in ["failed", "closed", "cut"] {
            let (near, far) = PlayedChannel.pair()
            let lead = LeadRank(over: near)
            let fate = try WorkerThread(name: "fate") {
                let rank = FollowRank(over: far)
                let deadline = Clock.monotonicNanoseconds + 10_000_000_000
                while let duty = try rank.duty(untilMonotonic: deadline), duty.verb != last {
                    if duty.verb == .prepare { try rank.ready([]) }
                    if duty.verb == .stop { try rank.drained([]) }
                }
                switch fault {
                case "failed": rank.fail("the disk is full")
                case "closed": far.close()
                default: far.cut()
                }
            }
            let outcome = Result {
                _ = try lead.prepare([])
                try lead.open([])
                try lead.stop()
                _ = try lead.drained()
                _ = try lead.outcome()
            }
            let expected: ControlError =
                fault == "failed"
                ? .peerFailed(peer: near.peer.name, sentence: "the disk is full")
                : .lost(peer: "rank 1", fault == "closed" ? .closed : .silent(milliseconds: 3_000))
            #expect(throws: expected) { try outcome.get() }
            #expect(lead.phase == .over)
            #expect(throws: expected) { try lead.open([]) }
            try fate.join().get()
        }
    }

    /// The lead is the one that goes, while the other waits for its next word, or has one to say.
    @Test(arguments: ["failed", "closed", "cut"])
    func whatEndsTheLeadEndsTheFollower(_ fault: String) throws {
        let (near, far) = PlayedChannel.pair()
        let lead = LeadRank(over: near)
        let follow = FollowRank(over: far)
        let preparing = try WorkerThread(name: "lead") { try? lead.prepare([]) }
        #expect(try follow.duty(untilMonotonic: soon())?.verb == .prepare)
        try follow.ready([])
        #expect(preparing.join(untilMonotonic: soon()) != nil)
        switch fault {
        case "failed": lead.fail("interrupted")
        case "closed": near.close()
        default: near.cut()
        }
        let expected: ControlError =
            fault == "failed"
            ? .peerFailed(peer: far.peer.name, sentence: "interrupted")
            : .lost(peer: "rank 0", fault == "closed" ? .closed : .silent(milliseconds: 3_000))
        #expect(throws: expected) { _ = try follow.duty(untilMonotonic: soon()) }
        #expect(throws: expected) { try follow.drained([]) }
        try follow.counts([])
        #expect(follow.phase == .over)
    }

    /// A thread of ours ends it while another waits.
    @Test func whoWaitsIsWokenByItsOwnFailure() throws {
        let (near, far) = PlayedChannel.pair()
        let lead = LeadRank(over: near)
        let waiting = try WorkerThread(name: "waiting") { try lead.prepare([]) }
        let follow = FollowRank(over: far)
        #expect(try follow.duty(untilMonotonic: soon())?.verb == .prepare)
        lead.fail("a worker is stuck")
        let outcome = try #require(waiting.join(untilMonotonic: soon()))
        #expect(throws: ControlError.self) { try outcome.get() }
        #expect(throws: ControlError.peerFailed(peer: far.peer.name, sentence: "a worker is stuck")) { try follow.ready([]) }
    }

    /// It is there, and says nothing.
    @Test func patienceEnds() throws {
        var limits = ControlLimits.standard
        limits[.preparing] = 50_000_000
        limits[.idle] = 50_000_000
        let (near, far) = PlayedChannel.pair()
        let lead = LeadRank(over: near, limits: limits)
        #expect(throws: ControlError.overdue(.preparing, seconds: 0)) { _ = try lead.prepare([]) }
        let (_, other) = PlayedChannel.pair()
        #expect(throws: ControlError.overdue(.idle, seconds: 0)) {
            _ = try FollowRank(over: other, limits: limits).duty(untilMonotonic: soon())
        }
        withExtendedLifetime(far) {}
    }
}
