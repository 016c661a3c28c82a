import Foundation
import Metrics
import Plans
import TestSupport
import Testing

@testable import Results

/// A result is what its file says, and files of before can be read.
@Suite struct ResultCodingTests {
    private func object(_ run: RunResult) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(run)) as? [String: Any])
    }

    private func run(_ object: [String: Any]) throws -> RunResult {
        try JSONDecoder().decode(RunResult.self, from: JSONSerialization.data(withJSONObject: object))
    }

    @Test func aRunIsReadAsItWasWritten() throws {
        let run = try sampleRun(trials: 3) {
            $0.command = ["vethmark", "run", "-P", "2"]
            $0.trials[1].sizes = [SizeResult(sizeBytes: 64, sent: 10, received: 9)]
            $0.trials[2].endedBecause = .linkLost
            $0.warnings = [Warning(code: "toy", message: "a sentence", remedy: "another")]
        }
        #expect(try self.run(object(run)) == run)
    }

    /// What came later is absent there, and means that nobody measured it.
    @Test func whatOlderFilesLackIsNil() throws {
        var object = try object(sampleRun { $0.command = ["vethmark"] })
        object["command"] = nil
        var trials = try #require(object["trials"] as? [[String: Any]])
        for key in ["sizes", "pacing", "warmupFrames"] { trials[0][key] = nil }
        var latency = try #require(trials[0]["latency"] as? [String: Any])
        for key in ["of", "clock", "negative", "overflow"] { latency[key] = nil }
        trials[0]["latency"] = latency
        object["trials"] = trials
        let read = try run(object)
        #expect(read.command == nil && read.trials[0].sizes == nil && read.trials[0].pacing == nil && read.trials[0].latency.of == nil)
        #expect(try read.trials[0].ledger == sampleRun().trials[0].ledger)
    }

    @Test(arguments: ["plan", "trials", "conditions", "trusted"])
    func aFileWithoutItsMainPartsIsNoResult(_ key: String) throws {
        var object = try object(sampleRun())
        object[key] = nil
        #expect(throws: DecodingError.self) { try run(object) }
    }

    /// Without a rate there is no plan for frames to keep, and without frames nothing to say of it.
    @Test func pacingIsToldWhereSomethingWasMeasured() throws {
        var draft = PlanDraft()
        let full = try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 1000))
        let paced = try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
        let nothing = GapDistributions()
        #expect(PacingResult(plan: paced, departures: nothing, arrivals: nothing, lag: .notMeasured) == nil)
        #expect(PacingResult(plan: full, departures: nothing, arrivals: nothing, lag: .notMeasured) == nil)
        #expect(paced.burstGapNanoseconds == 500_000 && full.burstGapNanoseconds == 0)
    }
}
