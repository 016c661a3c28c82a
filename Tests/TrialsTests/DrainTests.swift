import Testing

@testable import Trials

/// When a drain is over, played in steps of 5 ms.
@Suite struct DrainRuleTests {
    private static let millisecond: UInt64 = 1_000_000

    /// - Parameter arrivals: how many frames have come after so many milliseconds.
    private func drain(
        sent: UInt64, slowestMilliseconds: UInt64 = 0, hurriedAfter: UInt64 = .max, arrivals: (UInt64) -> UInt64
    ) -> (verdict: DrainRule.Verdict, afterMilliseconds: UInt64) {
        var rule = DrainRule(retireMilliseconds: 4, startNanoseconds: 7)
        for time in stride(from: 0, through: 60_000, by: 5) as StrideThrough<UInt64> {
            let verdict = rule.judge(
                at: 7 + time * Self.millisecond, sent: sent, arrivals: arrivals(time),
                slowestNanoseconds: slowestMilliseconds * Self.millisecond,
                isHurried: time >= hurriedAfter)
            if verdict != .goOn { return (verdict, time) }
        }
        return (.goOn, 60_000)
    }

    @Test func whatHasAllComeIsOverSoon() {
        let (verdict, time) = drain(sent: 100) { _ in 100 }
        #expect(verdict == .over && time == 30)
    }

    /// 200 ms on the way, the last frames still coming: none of them is lost.
    @Test func aSlowPathIsWaitedFor() {
        let (verdict, time) = drain(sent: 10_000, slowestMilliseconds: 200) { min(8_000 + $0 * 10, 10_000) }
        #expect(verdict == .over && time == 230)
    }

    /// The path stalls for 300 ms in the middle.
    @Test func aStallIsWaitedFor() {
        let (verdict, time) = drain(sent: 10, slowestMilliseconds: 300) { $0 < 300 ? 5 : 10 }
        #expect(verdict == .over && time == 330)
    }

    @Test func nothingIsKnownOfAPathOnWhichNothingCame() {
        #expect(drain(sent: 10) { $0 < 2000 ? 0 : 10 }.afterMilliseconds == 2030)
        let (verdict, time) = drain(sent: 10) { _ in 0 }
        #expect(verdict == .over && time == 3000)
    }

    /// Lost frames never come: several times as long as the slowest one, and it is over.
    @Test func lossCostsALittlePatience() {
        #expect(drain(sent: 10) { _ in 9 } == (.over, 200))
        #expect(drain(sent: 10, slowestMilliseconds: 500) { _ in 9 } == (.over, 2000))
    }

    @Test func anEndlessTrickleIsGivenUp() {
        let (verdict, time) = drain(sent: 1_000_000, slowestMilliseconds: 100) { $0 / 50 }
        #expect(verdict == .gaveUp && time == 30_000)
    }

    /// Whoever wants an end gets it, and what may still be on its way is not called lost.
    @Test func aHurriedDrainGivesUp() {
        let (verdict, time) = drain(sent: 10, slowestMilliseconds: 5_000, hurriedAfter: 100) { _ in 5 }
        #expect(verdict == .gaveUp && time == 100)
    }
}

@Suite struct PauseWatchTests {
    private static let millisecond: UInt64 = 1_000_000

    private func watch(_ looks: [(milliseconds: UInt64, sent: UInt64)], deadlineMilliseconds: UInt64? = nil) -> PauseWatch {
        var watch = PauseWatch()
        for look in looks {
            watch.look(
                at: look.milliseconds * Self.millisecond, from: 1000 * Self.millisecond, sent: look.sent,
                untilMonotonic: deadlineMilliseconds.map { $0 * Self.millisecond })
        }
        return watch
    }

    @Test func steadySendingIsNoPause() {
        let seen = watch((0...20).map { (1000 + $0 * 100, $0 * 1000) })
        #expect(seen.longestNanoseconds == 0 && seen.awayNanoseconds == 0)
    }

    @Test func timeWithoutAFrameIsAPause() {
        let seen = watch([(1100, 10), (1200, 10), (1300, 10), (1400, 10), (1500, 20)])
        #expect(seen.longestNanoseconds == 300 * Self.millisecond && seen.awayNanoseconds == 0)
    }

    /// Nothing at all is a pause from the start on; before the start there is none.
    @Test func nothingAtAllIsAPause() {
        #expect(watch([(995, 0), (1100, 0), (1200, 0)]).longestNanoseconds == 200 * Self.millisecond)
    }

    @Test func whoeverDoesNotLookWasAway() {
        let seen = watch([(1100, 10), (4200, 20), (4300, 30)])
        #expect(seen.awayNanoseconds == 3100 * Self.millisecond)
    }

    @Test func behindThePlannedEndNothingCounts() {
        #expect(watch([(1900, 10), (2000, 20), (2600, 20)], deadlineMilliseconds: 2000).longestNanoseconds == 0)
    }
}
