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

    /// The first results with streams had their figures side by side.
    @Test func flatStreamsAreRead() throws {
        var stream = StreamResult(
            name: "voice", share: 2, ledger: .init(sent: 10), rates: .init(txPps: 5, txL2Bps: 2560), latency: .init(path: .notMeasured))
        (stream.ledger.received, stream.ledger.lost, stream.rates.rxPps) = (9, 1, 4.5)
        let run = try sampleRun {
            $0.trials[0].streams = [stream, StreamResult(name: "bulk", share: 1, ledger: .init(sent: 1), rates: stream.rates)]
        }
        var object = try object(run)
        #expect(try self.run(object) == run)
        var trials = try #require(object["trials"] as? [[String: Any]])
        var streams = try #require(trials[0]["streams"] as? [[String: Any]])
        for place in streams.indices {
            for key in ["ledger", "rates", "latency"] {
                for (name, value) in streams[place][key] as? [String: Any] ?? [:] { streams[place][name] = value }
                streams[place][key] = nil
            }
        }
        #expect(streams[0]["sent"] as? Int == 10 && streams[1]["path"] == nil)
        trials[0]["streams"] = streams
        object["trials"] = trials
        #expect(try self.run(object) == run)
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
        var gaps = GapDistributions()
        gaps.bursts.record(1)
        func granularity(_ plan: TrialPlan) -> PacingResult.Granularity? {
            PacingResult(plan: plan, departures: gaps, arrivals: nothing, lag: .notMeasured)?.granularity
        }
        draft.transmit.engine = .gso
        let slots = try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
        #expect(granularity(paced) == .frame && granularity(slots) == .slot)
        #expect(paced.burstGapNanoseconds == 500_000 && full.burstGapNanoseconds == 0)
    }
}
