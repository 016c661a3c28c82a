import Metrics
import TestSupport
import Testing

@testable import Plans
@testable import Results
@testable import Trials

/// Whether the machine was there to make the figure.
@Suite struct SenderWarningsTests {
    private static let second: UInt64 = 1_000_000_000

    private func warnings(rate: String? = nil, durationSeconds: UInt64 = 1, _ change: (inout TrialResult) -> Void) throws -> [Warning] {
        var draft = PlanDraft()
        if let rate { draft.load.rate = try RateRequest(parsing: rate) }
        draft.load.durationNanoseconds = durationSeconds * Self.second
        var sender = WorkerResult(role: .transmit, index: 0, cpu: 0, node: 0)
        sender.wallNanoseconds = Self.second
        sender.runNanoseconds = Self.second - 1_000_000
        sender.waitNanoseconds = 1_000_000
        sender.ranOn = [0]
        let result = sampleTrial {
            $0.workers = [sender]
            $0.rates.durationNanoseconds = durationSeconds * Self.second
            $0.evidence.awayNanoseconds = 0
            $0.evidence.longestPauseNanoseconds = 0
            change(&$0)
        }
        return SenderWarnings(plan: try TrialPlan(draft, limits: PlanLimits()), result: result).all.compactMap { $0 }
    }

    private func codes(_ warnings: [Warning]) -> [String] { warnings.map { $0.code + ($0.voidsResult ? "!" : "") } }

    @Test func aSenderThatHadItsCPUHasNone() throws {
        #expect(try warnings { _ in }.isEmpty)
    }

    @Test func aStoppedProcessVoids() throws {
        #expect(try codes(warnings { $0.evidence.awayNanoseconds = 3 * Self.second }) == ["stopped!"])
    }

    @Test func aHogOnItsCoreVoidsFromAFifthOn() throws {
        func share(_ percent: UInt64, rate: String? = nil) throws -> [String] {
            try codes(
                warnings(rate: rate) {
                    $0.workers[0].waitNanoseconds = Self.second / 100 * percent
                    $0.workers[0].runNanoseconds = Self.second / 100 * (100 - percent)
                })
        }
        #expect(try share(4) == [] && share(6) == ["cpu-shared"] && share(19) == ["cpu-shared"])
        #expect(try share(21) == ["cpu-shared!"] && share(50) == ["cpu-shared!"])
        // At a rate the schedule knows what was not offered in time.
        #expect(try share(50, rate: "10kpps") == ["cpu-shared"])
    }

    /// 60 % of the time off the CPU without wanting it: a quota. Softirqs that a thread's time doesn't hold are not missing.
    @Test func timeThatIsNowhereIsWithheld() throws {
        #expect(
            try codes(
                warnings {
                    $0.workers[0].runNanoseconds = Self.second * 4 / 10
                    $0.workers[0].waitNanoseconds = 0
                    $0.evidence.throttledNanoseconds = Self.second * 6 / 10
                }) == ["cpu-withheld!", "cpu-throttled!"])
        #expect(
            try warnings {
                $0.workers[0].runNanoseconds = Self.second * 4 / 10
                $0.workers[0].waitNanoseconds = 0
                $0.evidence.cpus = [CPUEvidence(cpu: 0, softirq: 0.5, steal: 0.1)]
            }.isEmpty)
        #expect(
            try warnings {
                $0.workers[0].runNanoseconds = Self.second * 4 / 10
                $0.workers[0].sleptNanoseconds = Self.second * 6 / 10
            }.isEmpty)
    }

    @Test func aPauseVoidsUnlessThePlanHasIt() throws {
        #expect(try codes(warnings { $0.evidence.longestPauseNanoseconds = 400_000_000 }) == ["sending-paused!"])
        #expect(try warnings(rate: "10pps") { $0.evidence.longestPauseNanoseconds = 400_000_000 }.isEmpty)
        #expect(
            try warnings {
                $0.evidence.longestPauseNanoseconds = 400_000_000
                $0.endedBecause = .count
            }.isEmpty)
    }

    @Test func aWindowThatLastsLongerVoids() throws {
        #expect(try codes(warnings { $0.rates.durationNanoseconds = Self.second * 13 / 10 }) == ["window-overran!"])
        #expect(try warnings { $0.rates.durationNanoseconds = Self.second * 12 / 10 }.isEmpty)
    }

    /// Two workers of which one sends nothing make the figure of one.
    @Test func aWorkerThatDoesNotSendVoidsFromAFifthOn() throws {
        func found(_ percent: UInt64, frames: UInt64 = 7, rate: String? = nil) throws -> [Warning] {
            try warnings(rate: rate) {
                var second = $0.workers[0]
                (second.index, second.cpu, second.ranOn, second.frames) = (1, 1, [1], frames)
                second.idleNanoseconds = Self.second / 100 * percent
                $0.workers[0].idleNanoseconds = 0
                $0.workers.append(second)
            }
        }
        #expect(try found(4).isEmpty && codes(found(6)) == ["worker-idle"] && codes(found(19)) == ["worker-idle"])
        #expect(try codes(found(21)) == ["worker-idle!"])
        let none = try found(100, frames: 0)
        #expect(codes(none) == ["worker-idle!"] && none[0].message == "transmit worker 1 sent no frame while others did")
        let nobody = try warnings {
            $0.workers[0].idleNanoseconds = Self.second
            $0.workers[0].frames = 0
            $0.ledger.sent = 0
        }
        #expect(!codes(nobody).contains { $0.hasPrefix("worker-idle") }, "\(nobody)")
        let alone = try warnings { $0.workers[0].idleNanoseconds = Self.second / 10 }
        #expect(codes(alone) == ["worker-idle"] && !alone[0].message.contains("others") && !alone[0].remedy.contains("--threads"))
        // At a rate the schedule knows what was not offered in time.
        #expect(try found(100, frames: 0, rate: "10kpps").isEmpty)
    }

    @Test func whereWorkersRanIsTold() throws {
        let found = try warnings { $0.workers[0].ranOn = [0, 1] }
        #expect(codes(found) == ["worker-moved"])
        #expect(found[0].message.contains("0 and 1"))
    }

    @Test func neighboursAreNamed() throws {
        let found = try warnings { $0.evidence.neighbours = [4711] }
        #expect(codes(found) == ["another-run-here"] && found[0].message.contains("4711"))
    }
}
