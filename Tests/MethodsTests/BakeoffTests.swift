import Metrics
import TestSupport
import Testing

@testable import Engines
@testable import Methods
@testable import Plans
@testable import Results

/// A bakeoff over played results.
@Suite struct BakeoffTests {
    private struct OutOfLuck: Error, CustomStringConvertible { let description = "the disk is on fire" }

    /// Calibration trials are played as well, and don't reach `run`.
    private func bakeoff(
        _ rounds: Int = 1, of draft: PlanDraft = PlanDraft(), isInterrupted: @escaping () -> Bool = { false },
        run: @escaping (TrialPlan) throws -> RunResult
    ) throws -> BakeoffResult {
        var isCalibration = false
        let sweep = Sweep(
            try Bakeoff.design(draft, rounds: rounds), command: ["vethmark", "bakeoff"], conditions: try sampleRun().conditions,
            isInterrupted: isInterrupted, observe: { isCalibration = $0.cell == nil }
        ) { plan in
            try isCalibration ? Played.result(plan, pps: 500) : run(plan)
        }
        return BakeoffResult(try sweep.measure())
    }

    private func outcome(_ pps: @escaping (EngineName, ReceiverName, Int) throws -> Double) throws -> (BakeoffResult, order: [String]) {
        var order: [String] = []
        var draft = PlanDraft()
        draft.load.durationNanoseconds = 1_000_000_000
        let result = try bakeoff(3, of: draft) { plan in
            let (engine, receiver) = (plan.transmit.engine, plan.receive.receiver)
            let round = order.filter { $0 == "\(engine) \(receiver)" }.count
            order.append("\(engine) \(receiver)")
            return try Played.result(plan, pps: try pps(engine, receiver, round))
        }
        return (result, order)
    }

    @Test func everyPairHasItsTurnInEveryRoundToAndFro() throws {
        let (result, order) = try outcome { _, _, _ in 1_000 }
        let round = Bakeoff.pairs.map { "\($0.engine) \($0.receiver)" }
        #expect(order == round + round.reversed() + round)
        #expect(result.entries.map { "\($0.engine) \($0.receiver)" } == round && result.trusted)
        #expect(result.entries.allSatisfy { $0.trials?.count == 3 } && result.calibration?.trials.count == 3)
    }

    @Test func theMedianDecidesAndNotTheBestRound() throws {
        let (result, _) = try outcome { engine, receiver, round in
            if engine == .gso, receiver == .ring { return [900, 1_000, 1_100][round] }
            return engine == .ring && receiver == .ring ? [100, 100, 9_000][round] : 10
        }
        #expect(result.winners["throughput"] == "gso → ring")
        let entry = try #require(result.entries.first { $0.engine == .gso && $0.receiver == .ring })
        #expect(entry.rxPps.median == 1_000 && entry.rxPps.min == 900 && entry.rxPps.max == 1_100)
        #expect(entry.pathP50Nanoseconds.median == 21_487 && entry.pathP99Nanoseconds.median == 44_543)
    }

    @Test func aRunsSummaryHasItsTrialsLatency() throws {
        let result = try Played.result(try TrialPlan(PlanDraft()), pps: 1)
        #expect(result.summary.pathP50Nanoseconds.median == 21_487 && result.summary.pathP99Nanoseconds.median == 44_543)
    }

    @Test func whatCantBeDoneIsToldAndNotTriedAgain() throws {
        let (result, order) = try outcome { engine, _, _ in
            if engine == .xdp { throw TrialError.programsNotPermitted(needs: [.netAdmin]) }
            return 1_000
        }
        #expect(order.filter { $0 == "xdp xdp" }.count == 1)
        let entry = try #require(result.entries.first { $0.engine == .xdp && $0.receiver == .xdp })
        #expect(entry.obstacle?.contains("CAP_NET_ADMIN") == true)
        #expect(result.trusted && result.winners["throughput"]?.contains("xdp → xdp") == false)
    }

    @Test func anyErrorIsItsPairsObstacleAndNobodyElses() throws {
        let result = try bakeoff {
            if $0.receive.receiver == .xdp { throw OutOfLuck() }
            return try Played.result($0, pps: 1_000)
        }
        #expect(result.trusted)
        for entry in result.entries { #expect(entry.obstacle == (entry.receiver == .xdp ? "the disk is on fire" : nil)) }
    }

    @Test func settingsGoToThoseThatHaveThem() throws {
        var draft = PlanDraft()
        draft.transmit.segments = 32
        draft.receive.busyPollMicroseconds = 50
        draft.receive.foreign = .drop
        var seen: [String: TrialPlan] = [:]
        let result = try bakeoff(of: draft) { plan in
            seen["\(plan.transmit.engine) \(plan.receive.receiver)"] = plan
            return try Played.result(plan, pps: 1)
        }
        #expect(result.entries.allSatisfy { $0.obstacle == nil })
        #expect(seen["gso ring"]?.transmit.segments == 32 && seen["ring ring"]?.transmit.segments == nil)
        #expect(seen["ring afXDP"]?.receive.busyPollMicroseconds == 50 && seen["ring xdp"]?.receive.foreign == .drop)
    }

    @Test func whatFitsOnlySomeIsTheOthersObstacle() throws {
        var draft = PlanDraft()
        draft.transmit.qdiscBypass = true
        let result = try bakeoff(of: draft) { try Played.result($0, pps: 1) }
        for entry in result.entries {
            #expect((entry.obstacle?.hasPrefix("--qdisc-bypass is true but must be") == true) == (entry.engine == .gso))
        }
        draft.receive.blocks = 1
        #expect(throws: PlanError.self) { try Bakeoff.design(draft, rounds: 3) }
    }

    @Test func anInterruptLeavesWhatThereIs() throws {
        var count = 0
        let result = try bakeoff(3, isInterrupted: { count == 4 }) { plan in
            count += 1
            return try Played.result(plan, pps: 1_000)
        }
        #expect(result.interrupted && result.trusted)
        #expect(result.entries.map { $0.rxPps.count } == [1, 1, 1, 1] + Array(repeating: 0, count: 11))
        #expect(result.entries.filter { $0.obstacle?.contains("interrupted") == true }.count == 11)
        #expect(result.winners["throughput"] != nil)
    }

    /// The second trial of the second round, which runs backwards.
    @Test func aTrialCutShortIsNoSample() throws {
        var count = 0
        let result = try bakeoff(3) { plan in
            count += 1
            return try Played.result(plan, pps: 1_000, ended: count == 17 ? .interrupted : .duration)
        }
        #expect(result.interrupted && result.entries.map { $0.rxPps.count } == Array(repeating: 1, count: 14) + [2])
    }

    @Test func nothingMeasuredIsNoResult() throws {
        let result = try bakeoff(run: { _ in throw OutOfLuck() })
        #expect(!result.trusted && result.winners.isEmpty)
    }
}

@Suite struct CPUCostTests {
    /// One sender on CPU 0, one reader on CPU 1, 1,000 frames, the CPUs watched for 1.2 s of which the window was 1 s.
    private func cost(tasks: Double, idle: Double, worker: (user: UInt64, system: UInt64), softirq: Double) throws -> CPUCost? {
        var result = try Played.result(try TrialPlan(PlanDraft()), pps: 1_000)
        var cpus = [
            CPUEvidence(cpu: 0, user: 0.1, system: tasks - 0.1, softirq: softirq, idle: idle), CPUEvidence(cpu: 1, user: 0.1, idle: 0.9),
            // Somebody else's.
            CPUEvidence(cpu: 2, user: 0.5, system: 0.5, softirq: 0.5)
        ]
        for index in cpus.indices { cpus[index].totalNanoseconds = 1_200_000_000 }
        result.trials[0].evidence.cpus = cpus
        result.trials[0].workers = [
            WorkerResult(role: .transmit, index: 0, cpu: 0, node: 0, userNanoseconds: worker.user, systemNanoseconds: worker.system),
            WorkerResult(role: .receive, index: 0, cpu: 1, node: 0, userNanoseconds: 120_000_000, systemNanoseconds: 0)
        ]
        return CPUCost(result.trials[0], result.placement, .auto)
    }

    @Test func softirqsInsideOfTheWorkersTimeCountOnce() throws {
        // As tick accounting books it: the sender has 1 s, of which 0.48 s were softirqs.
        let cost = try #require(try cost(tasks: 0.52 / 1.2, idle: 0.2 / 1.2, worker: (120_000_000, 880_000_000), softirq: 0.48 / 1.2))
        #expect((cost.userNanoseconds - 240_000).magnitude < 1)
        #expect((cost.systemNanoseconds - 400_000).magnitude < 1)
        #expect((cost.softirqNanoseconds - 480_000).magnitude < 1)
    }

    @Test func softirqsBesideTheWorkersTimeAreAdded() throws {
        // With CONFIG_IRQ_TIME_ACCOUNTING: the sender has 0.52 s, and the softirqs are the CPU's.
        let cost = try #require(try cost(tasks: 0.52 / 1.2, idle: 0.2 / 1.2, worker: (120_000_000, 400_000_000), softirq: 0.48 / 1.2))
        #expect((cost.userNanoseconds + cost.systemNanoseconds + cost.softirqNanoseconds - 1_120_000).magnitude < 1)
    }

    @Test func theOrdersOfMagnitudeAreThoseOfNanoseconds() throws {
        // Once a count was taken for a bit pattern: 3e-321.
        let cost = try #require(try cost(tasks: 0.5, idle: 0, worker: (0, 0), softirq: 0.5))
        #expect(cost.softirqNanoseconds == 600_000)
    }
}

@Suite struct RunCourseTests {
    private func course(_ trials: [(TrialResult.EndReason, sent: UInt64, pps: Double)], repeats: Int = 5) throws -> RunCourse {
        var draft = PlanDraft()
        draft.run.repeats = repeats
        let played = try Played.result(try TrialPlan(draft), pps: 0)
        var course = RunCourse(plan: played.plan, placement: played.placement, conditions: played.conditions, command: [], warnings: [])
        for (index, trial) in trials.enumerated() {
            var result = try Played.result(played.plan, pps: trial.pps, ended: trial.0).trials[0]
            result.index = index
            result.ledger.sent = trial.sent
            let warning = Warning(code: "nothing-measured", message: "", remedy: "", voidsResult: true)
            course.add((result, trial.sent == 0 ? [warning] : []))
        }
        return course
    }

    @Test func anInterruptedTrialIsNoSample() throws {
        let result = try course([(.duration, 9, 100), (.duration, 9, 110), (.interrupted, 9, 3)]).result
        #expect(result.trials.count == 3 && result.trusted)
        #expect(result.summary.rxPps.count == 2 && result.summary.rxPps.min == 100 && result.summary.lossRatio.count == 2)
    }

    @Test func aRunUntilCtrlCStandsForItself() throws {
        #expect(try course([(.interrupted, 9, 100)], repeats: 1).result.summary.rxPps.median == 100)
    }

    @Test func anEmptyTrialAmongOthersIsLeftOut() throws {
        let result = try course([(.duration, 9, 100), (.interrupted, 0, 0)]).result
        #expect(result.trials.count == 1 && result.trusted && result.summary.rxPps.min == 100)
        #expect(result.warnings.map(\.code) == ["interrupted"])
        #expect(result.warnings[0].message.contains("trial 2 of 5"))
    }

    @Test(arguments: [TrialResult.EndReason.interrupted, .linkLost, .workerFailed, .duration])
    func nothingMeasuredIsNoResult(_ reason: TrialResult.EndReason) throws {
        let result = try course([(reason, 0, 0)], repeats: 1).result
        #expect(!result.trusted && !result.trials[0].trusted && result.summary.rxPps.count == 0)
        // The trial's own, and no more.
        #expect(result.warnings.map(\.code) == ["nothing-measured"])
    }

    @Test func aFailureLeavesTheTrialsBeforeIt() throws {
        var course = try course([(.duration, 9, 100), (.duration, 9, 110)])
        course.fail(trial: 2, TrialError.workerStuck("transmit"))
        let result = course.result
        #expect(result.trials.count == 2 && result.summary.rxPps.count == 2 && result.trials.allSatisfy(\.trusted))
        #expect(result.failure == "trial 3 of 5 failed: a transmit worker did not come to an end within 10 s")
        #expect(!result.trusted && result.warnings.map(\.code) == ["trial-failed"])
    }
}

/// Results of a plan that nobody ran.
private enum Played {
    static func result(_ plan: TrialPlan, pps: Double, ended reason: TrialResult.EndReason = .duration) throws -> RunResult {
        try sampleRun(plan: plan) {
            $0.placement = Placement(transmit: [], receive: [], reason: "")
            $0.trials = [
                sampleTrial {
                    ($0.engine, $0.receiver, $0.endedBecause) = (plan.transmit.engine, plan.receive.receiver, reason)
                    $0.ledger = Ledger(offered: 1_000, sent: 1_000, received: 1_000)
                    ($0.rates.txPps, $0.rates.rxPps, $0.rates.durationNanoseconds) = (pps, pps, 1_000_000_000)
                    ($0.latency.path.count, $0.latency.path.p50, $0.latency.path.p99) = (1_000, 21_487, 44_543)
                    $0.workers = []
                }
            ]
            $0.summary = .init($0.trials)
        }
    }
}
