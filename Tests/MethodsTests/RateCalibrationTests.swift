import Metrics
import TestSupport
import Testing
import Traffic

@testable import Methods
@testable import Plans
@testable import Results

@Suite struct RateCalibrationTests {
    private func calibration(_ pps: Double?, _ change: (inout PlanDraft) -> Void = { _ in }) throws -> (RateCalibration?, PlanDraft) {
        var draft = PlanDraft()
        draft.load.rate = pps.map { .packets(PacketRate(packetsPerSecond: $0)) }
        change(&draft)
        return (RateCalibration(try TrialPlan(draft, limits: PlanLimits(cpuCount: 4)), of: draft), draft)
    }

    @Test func onlyWhatDependsOnTheMachineIsMeasured() throws {
        #expect(try calibration(nil).0 == nil && calibration(150_000).0 == nil)
        #expect(try calibration(300_000).0 != nil && calibration(300_000) { $0.transmit.workers = 2 }.0 == nil)
        #expect(try calibration(1e6) { $0.transmit.engine = .ring }.0 == nil, "what was asked for stays")
        #expect(try calibration(1e6) { ($0.link.transmit, $0.link.receive) = (InterfaceReference("a"), InterfaceReference("b")) }.0 == nil)
        #expect(try calibration(1e6) { $0.load.shape = .poisson }.0 == nil)
        #expect(try calibration(1e6) { $0.receive.receiver = .xdp }.0 == nil)
        // Slots would change these, so nothing is found out.
        #expect(try calibration(1e6) { $0.frame.sizes = .imix }.0 == nil && calibration(1e6) { $0.frame.udpChecksum = false }.0 == nil)
        #expect(try calibration(1e6) { $0.transmit.layout = .fragments }.0 == nil)
    }

    /// A short trial that asks for more than anybody can send, by the engine in question, of the plan's own frames.
    @Test func itIsAShortTrialOfThePlansOwn() throws {
        let (calibration, _) = try calibration(1e6) {
            $0.transmit.workers = 2
            $0.frame.sizes = FrameSizes(sizeBytes: 128)
            $0.load.frameCount = 5
            $0.run.repeats = 7
        }
        var plans: [TrialPlan] = []
        let pps = try #require(calibration).measure { plan in
            plans.append(plan)
            return try sampleRun(plan: plan) { $0.trials[0].rates.txPps = 1_400_000 }
        }
        #expect(pps == 700_000 && plans.count == 1)
        let plan = try #require(plans.first)
        #expect(plan.transmit.engine == .ring && plan.transmit.workers == 2 && plan.frame.sizes.maximumBytes == 128)
        #expect(plan.load.durationNanoseconds == 100_000_000 && plan.load.frameCount == nil && plan.run.repeats == 1)
        #expect(plan.load.packetRate?.packetsPerSecond == 1e9)
    }
}
