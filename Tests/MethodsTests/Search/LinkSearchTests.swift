import Foundation
import Metrics
import TestSupport
import Testing

@testable import Methods
@testable import Plans
@testable import Results

/// Searches over played links: what becomes of loss, of frames that never left, of latency, and of what can't be trusted.
@Suite struct LinkSearchTests {
    /// What a played trial does beside losing what is over the link's capacity.
    private struct PlayedLink {
        var capacity = 200_000.0
        /// Frames a second that the sender makes.
        var ceiling = 1e6
        /// Calls that the kernel ended with ENOBUFS, of the frames sent.
        var pushBack = 0.0
        var p99: UInt64 = 20_000
        var isTrusted: (_ trial: Int, _ pps: Double) -> Bool = { _, _ in true }
        var ends: (_ trial: Int) -> TrialResult.EndReason = { _ in .duration }

        func run(_ plan: TrialPlan, _ trial: Int) throws -> RunResult {
            let asked = try #require(plan.load.packetRate?.packetsPerSecond)
            let seconds = Double(try #require(plan.load.durationNanoseconds)) / 1e9
            let offered = UInt64(asked * seconds)
            let sent = UInt64(min(asked, ceiling) * seconds)
            let received = min(sent, UInt64(capacity * seconds))
            return try sampleRun(plan: plan) {
                $0.trials[0].ledger = Ledger(
                    offered: offered, notOffered: offered - sent, sent: sent, linkDropped: sent - received, received: received)
                $0.trials[0].rates.txPps = Double(sent) / seconds
                $0.trials[0].latency.path.p99 = p99
                $0.trials[0].evidence.retries = UInt64(pushBack * Double(sent))
                $0.trials[0].endedBecause = ends(trial)
                $0.trusted = isTrusted(trial, asked)
                if !$0.trusted { $0.warnings = [Warning(code: "steal", message: "", remedy: "", voidsResult: true)] }
            }
        }
    }

    private func goal(_ text: String) throws -> SearchGoal {
        let wish = try GoalText(parsing: text)
        return SearchGoal(
            name: text, lossRatio: wish.lossRatio, latencyBound: wish.latencyBound, exceedRatio: 0.5, relativeWidth: 0.01,
            initialTrialSeconds: 0.2, finalTrialSeconds: 0.5, sumSeconds: 2.5)
    }

    private func search(
        _ link: PlayedLink, _ goals: String..., method: LinkSearch.Method = .mlr, minimum: Double = 1_000, maximum: Double? = nil,
        isInterrupted: @escaping (Int) -> Bool = { _ in false }
    ) throws -> LinkSearch.Outcome {
        var count = 0
        let trials = LoadTrials(draft: PlanDraft(), isInterrupted: { isInterrupted(count) }) { plan in
            count += 1
            return try link.run(plan, count - 1)
        }
        let request = LinkSearch.Request(goals: try goals.map(goal), method: method, minimumPps: minimum, maximumPps: maximum)
        return try LinkSearch(request, trials: trials).measure()
    }

    @Test(arguments: LinkSearch.Method.allCases) func theBoundsLieAroundTheCapacity(_ method: LinkSearch.Method) throws {
        let outcome = try search(PlayedLink(), "ndr", "1%", "10%", method: method)
        for (goal, edge) in zip(outcome.goals, [200_000, 200_000 / 0.99, 200_000 / 0.9]) {
            let (lower, upper) = (try #require(goal.relevantLowerBound), try #require(goal.relevantUpperBound))
            // A trial counts whole frames, and up to its own end.
            #expect(lower <= edge * 1.000_1 && edge < upper && upper - lower <= 0.01 * upper, "\(goal)")
            let through = try #require(goal.conditionalThroughput)
            #expect(goal.regular && goal.limitedBy == .link && through <= 200_020)
        }
        #expect(outcome.trusted && outcome.stable && !outcome.interrupted && outcome.isMaximumMeasured)
        #expect(outcome.maximumPps == 1e6 && outcome.trials.map(\.index) == Array(outcome.trials.indices))
        #expect(outcome.trials.filter { $0.purpose == .search }.allSatisfy { $0.verdict.count == 3 })
    }

    @Test func aBinarySearchTakesOneTrialALoad() throws {
        let outcome = try search(PlayedLink(), "ndr", method: .binary, maximum: 1e6)
        let loads = outcome.trials.filter { $0.purpose == .search }.compactMap(\.loadPps)
        #expect(loads.first == 1e6 && Set(loads).count == loads.count && loads.count < 12)
    }

    @Test func whatTheSenderCantMakeIsNotTheLinksLoss() throws {
        var link = PlayedLink(capacity: 1e9, ceiling: 150_000)
        let unreached = try search(link, "ndr", maximum: 1e6).goals[0]
        // Less than a width short is the same load.
        let reached = try #require(unreached.relevantLowerBound)
        #expect(unreached.limitedBy == .generator && reached > 148_000 && reached < 151_600)
        link.pushBack = 0.5
        #expect(try search(link, "ndr", maximum: 1e6).goals[0].limitedBy == .pushedBack)
        let measured = try search(PlayedLink(capacity: 1e9, ceiling: 150_000), "ndr")
        #expect(measured.goals[0].relevantLowerBound == 150_000 && measured.goals[0].limitedBy == .generator)
        #expect(measured.maximumPps == 150_000)
        let asked = try search(PlayedLink(capacity: 1e9), "ndr", maximum: 50_000).goals[0]
        #expect(asked.relevantLowerBound == 50_000 && asked.relevantUpperBound == nil && asked.limitedBy == .maximumRate && !asked.regular)
    }

    @Test func latencyBeyondItsBoundFails() throws {
        let outcome = try search(PlayedLink(p99: 200_000), "ndr", "ndr@p99<100us", "ndr@p99<1ms")
        #expect(outcome.goals.map(\.limitedBy) == [.link, .latency, .link] && outcome.stable)
        #expect(outcome.goals[1].relevantLowerBound == nil && outcome.goals[0].relevantLowerBound != nil)
        let alone = try search(PlayedLink(p99: 200_000), "ndr@p99<100us")
        #expect(!alone.stable && alone.trials.count == 2)
        #expect(alone.goals[0].relevantUpperBound == 1_000 && alone.goals[0].limitedBy == .latency)
    }

    @Test func whereTheLowestRateFailsNothingIsSearched() throws {
        let outcome = try search(PlayedLink(capacity: 900), "ndr", "pdr")
        #expect(!outcome.stable && outcome.trials.count == 2 && outcome.trials.allSatisfy { $0.purpose == .stability })
        #expect(outcome.goals.allSatisfy { $0.relevantLowerBound == nil && $0.relevantUpperBound == 1_000 && $0.limitedBy == .link })
        // One bad trial is no verdict.
        #expect(try search(PlayedLink(isTrusted: { trial, _ in trial > 1 }), "ndr").stable)
    }

    @Test func whatCantBeTrustedIsRepeatedOnceAndNeverGood() throws {
        let once = try search(PlayedLink(isTrusted: { trial, _ in trial != 5 }), "ndr")
        #expect(once.trusted && once.trials.count { $0.repeated } == 1 && once.warnings.isEmpty)
        #expect(once.trials[5].repeated && once.trials[6].loadPps == once.trials[5].loadPps && once.trials[6].trusted)
        let clean = try search(PlayedLink(), "ndr")
        #expect(once.goals[0].relevantLowerBound == clean.goals[0].relevantLowerBound && once.trials.count == clean.trials.count + 1)

        let never = try search(PlayedLink(isTrusted: { _, pps in pps < 100_000 || pps > 1e8 }), "ndr")
        let lower = try #require(never.goals[0].relevantLowerBound)
        #expect(lower < 100_000 && never.goals[0].limitedBy == .untrusted && !never.trusted)
        #expect(never.warnings.contains { $0.code == "trial-untrusted" && $0.message.contains("steal") })
    }

    @Test func anInterruptLeavesTheBoundsSoFar() throws {
        let outcome = try search(PlayedLink(), "ndr") { $0 == 8 }
        #expect(outcome.interrupted && outcome.trials.count == 8 && outcome.trusted && !outcome.goals[0].regular)
        let cut = try search(PlayedLink(ends: { $0 == 4 ? .interrupted : .duration }), "ndr")
        #expect(cut.interrupted && cut.trials.count == 4)
    }

    /// Stopped behind each of its trials and gone on with from what its file holds, a search is what it would have been.
    @Test(arguments: LinkSearch.Method.allCases) func aStoppedSearchGoesOn(_ method: LinkSearch.Method) throws {
        let request = LinkSearch.Request(goals: try [goal("ndr"), goal("5%")], method: method, minimumPps: 1_000)
        // One trial has to be made twice.
        let link = PlayedLink(isTrusted: { trial, _ in trial != 4 })
        func measure(_ earlier: [LoadTrial], stoppedAt end: Int = .max) throws -> (outcome: LinkSearch.Outcome, made: Int) {
            var count = earlier.count
            let trials = LoadTrials(
                draft: PlanDraft(), goingOnFrom: EarlierTrials(earlier, conditions: try sampleRun().conditions),
                isInterrupted: { count == end }
            ) { plan in
                count += 1
                return try link.run(plan, count - 1)
            }
            return (try LinkSearch(request, trials: trials).measure(), count - earlier.count)
        }
        func text(_ value: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let whole = try measure([]).outcome
        for end in 1..<whole.trials.count {
            let stopped = try measure([], stoppedAt: end).outcome
            #expect(stopped.interrupted && stopped.trials.count == end)
            let saved = try JSONDecoder().decode([LoadTrial].self, from: JSONEncoder().encode(stopped.trials))
            let (resumed, made) = try measure(saved)
            #expect(made == whole.trials.count - end && !resumed.interrupted)
            #expect(try text(resumed.goals) == text(whole.goals) && text(resumed.trials) == text(whole.trials), "behind trial \(end)")
        }
        // What was asked for otherwise is of no use from there on.
        var others = whole.trials
        others.remove(at: 3)
        #expect(try text(measure(others).outcome.goals) == text(whole.goals))
    }

    private struct OutOfLuck: Error, CustomStringConvertible { let description = "the disk is on fire" }

    @Test func aFailureLeavesTheTrialsBefore() throws {
        var count = 0
        let trials = LoadTrials(draft: PlanDraft()) { plan in
            count += 1
            if count == 5 { throw OutOfLuck() }
            return try PlayedLink().run(plan, count)
        }
        let request = LinkSearch.Request(goals: [try goal("ndr")], method: .mlr, minimumPps: 1_000)
        let outcome = try LinkSearch(request, trials: trials).measure()
        #expect(outcome.failure?.contains("the disk is on fire") == true && outcome.trials.count == 4 && !outcome.trusted)
        let nothing = LoadTrials(draft: PlanDraft()) { _ in throw OutOfLuck() }
        #expect(throws: OutOfLuck.self) { try LinkSearch(request, trials: nothing).measure() }
    }

    @Test func goalsAreReadAsTheyAreWritten() throws {
        #expect(try GoalText(parsing: "NDR").lossRatio == 0)
        #expect(try GoalText(parsing: "pdr").lossRatio == 0.005)
        let bounded = try GoalText(parsing: "0.1% @ p99.9 < 100us")
        #expect(bounded.lossRatio == 0.001 && bounded.latencyBound == LatencyBound(figure: .p999, belowNanoseconds: 100_000))
        for wrong in ["", "0.1", "100%", "-1%", "nan%", "ndr@", "ndr@p98<1ms", "ndr@p99<0", "ndr@p99>1ms", "ndr@p99<1ms<2ms", "mdr"] {
            #expect(throws: GoalText.Problem.self, "\(wrong)") { try GoalText(parsing: wrong) }
        }
    }
}
