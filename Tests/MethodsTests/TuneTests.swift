import Frames
import Metrics
import Profiles
import TestSupport
import Testing

@testable import Engines
@testable import Methods
@testable import Plans
@testable import Results

/// Tuning over played results.
@Suite struct TuneTests {
    /// - Parameter pps: of a plan in its nth trial.
    private func tune(
        _ goal: TuneGoal = .throughput, isInterrupted: @escaping (Int) -> Bool = { _ in false },
        ask: (inout PlanDraft) -> Void = { _ in },
        change: @escaping (inout TrialResult, TrialPlan) -> Void = { _, _ in }, pps: @escaping (TrialPlan, Int) throws -> Double
    ) throws -> (result: TuneResult, plans: [TrialPlan]) {
        var base = PlanDraft()
        ask(&base)
        var plans: [TrialPlan] = []
        let tune = try Tune(
            base: base, goal: goal, command: ["vethmark", "tune"], conditions: sampleRun().conditions,
            isInterrupted: { isInterrupted(plans.count) }
        ) { plan in
            plans.append(plan)
            let pps = try pps(plan, plans.count)
            return try sampleRun(plan: plan) {
                $0.trials[0].rates.rxPps = pps
                $0.trials[0].latency.response = $0.trials[0].latency.path
                change(&$0.trials[0], plan)
            }
        }
        return (try tune.measure(), plans)
    }

    /// A little noise that no cell has to itself.
    private func noise(_ turn: Int) -> Double { 1 + 0.001 * Double(turn * 7 % 11) }

    @Test func theBestEngineAndPlacementWin() throws {
        let (result, plans) = try tune { plan, turn in
            let isBest = plan.transmit.engine == .mmsg && plan.link.placement == .napiThread
            return (isBest ? 2_000 : 1_000) * self.noise(turn)
        }
        let winner = try #require(result.winner)
        #expect(winner.settings["engine"] == "mmsg" && winner.settings["placement"] == "napi-thread" && result.trusted)
        let margin = try #require(winner.margin)
        #expect(margin.rounds == 12 && margin.isTold && (margin.ratio - 2).magnitude < 0.05)
        #expect(winner.words.contains("more frames a second than the default ("))
        // Another receiver would answer another question.
        #expect(plans.allSatisfy { $0.receive.receiver == .ring })
        #expect(Set(plans.map(\.transmit.engine)) == Set(EngineName.contestants))
    }

    @Test func stepsThatHelpAreTakenTogether() throws {
        let (result, _) = try tune(ask: { ($0.transmit.engine, $0.link.placement) = (.gso, .sameCore) }) { plan, turn in
            let batch: Double = plan.transmit.batchFrames == 512 ? 100 : 0
            let blocks: Double = plan.receive.blocks == 2_048 ? 150 : 0
            return (1_000 + batch + blocks) * self.noise(turn)
        }
        let winner = try #require(result.winner)
        #expect(winner.settings["batch"] == "512" && winner.settings["blocks"] == "2048", "\(winner)")
        #expect(try #require(winner.margin).ratio > 1.2)
    }

    @Test func whereAllIsNoiseTheDefaultStays() throws {
        var generator = SeededGenerator()
        let (result, _) = try tune { _, _ in Double.random(in: 900...1_100, using: &generator) }
        let winner = try #require(result.winner)
        #expect(winner.settings.isEmpty && winner.margin?.isTold != true, "\(winner)")
    }

    @Test func whatWasAskedForStays() throws {
        let (_, plans) = try tune(
            ask: {
                $0.transmit.engine = .ring
                $0.transmit.batchFrames = 16
                $0.receive.blocks = 32
            }, pps: { _, turn in 1_000 * self.noise(turn) })
        #expect(plans.allSatisfy { $0.transmit.engine == .ring && $0.transmit.batchFrames == 16 && $0.receive.blocks == 32 })
        #expect(Set(plans.map(\.link.placement)).count == PlacementName.candidates.count)
    }

    @Test func aCellThatCantBeIsOutAndTold() throws {
        let (result, _) = try tune { plan, turn in
            if plan.transmit.engine == .xdp { throw TrialError.programsNotPermitted(needs: [.netAdmin]) }
            return 1_000 * self.noise(turn)
        }
        let obstacles = result.cells.filter { $0.obstacle != nil }
        #expect(!obstacles.isEmpty && obstacles.allSatisfy { $0.settings["engine"] == "xdp" } && result.winner != nil)
    }

    @Test func voidTrialsWinNothing() throws {
        let void = try Tune(
            base: PlanDraft(), goal: .throughput, command: [], conditions: sampleRun().conditions
        ) { plan in
            try sampleRun(plan: plan) {
                $0.trials[0].rates.rxPps = plan.transmit.engine == .mmsg ? 9_000 : 1_000
                $0.trusted = plan.transmit.engine != .mmsg
            }
        }.measure()
        #expect(void.winner?.settings["engine"] != "mmsg")
    }

    @Test func theLowestTailWinsLatency() throws {
        let (result, _) = try tune(
            .latency, ask: { $0.load.rate = .packets(PacketRate(packetsPerSecond: 1_000)) },
            change: { trial, plan in
                trial.latency.response.p99 = plan.link.placement == .sameCore ? 2_000 : 4_000
                // Quick, because it drops what is late.
                if plan.link.placement == .splitSoftirq {
                    trial.latency.response.p99 = 100
                    trial.ledger.received = 900_000
                }
            }, pps: { _, _ in 1_000 })
        let winner = try #require(result.winner)
        #expect(
            winner.settings["placement"] == "same-core" && winner.margin?.ratio == 0.5 && winner.words.hasPrefix("50 % lower p99"),
            "\(winner)")
    }

    @Test func mostFramesDeliveredWinLoss() throws {
        let (result, _) = try tune(
            .loss, change: { trial, plan in if plan.receive.blocks != 256 { trial.ledger.received = 900_000 } }, pps: { _, _ in 1_000 })
        #expect(result.winner?.settings["blocks"] == "256" && result.winner?.words.contains("more of the frames delivered") == true)
    }

    @Test func anInterruptFindsNobody() throws {
        for turn in [0, 1, 50] {
            let (result, plans) = try tune(isInterrupted: { $0 == turn }) { _, _ in 1_000 }
            #expect(result.winner == nil && result.interrupted && !result.trusted && plans.count == turn)
            #expect(result.cells.map(\.sample.trials.count).reduce(0, +) + result.calibration.trials.count == turn)
        }
    }
}
