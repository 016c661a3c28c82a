import Plans
import Results
import TestSupport
import Testing

@testable import Reports

/// A run's metrics at each moment of it.
@Suite struct RunMetricsTests {
    private func line(_ trial: Int, _ phase: TrialProgress.Phase = .running, sent: UInt64? = nil, end: UInt64 = 1) -> TrialProgress {
        let interval = sent.map {
            IntervalResult(startNanoseconds: 0, endNanoseconds: end, sent: $0, received: $0 - 1, txPps: 10, rxPps: 9.5)
        }
        return TrialProgress(
            phase: phase, trialIndex: trial, trialCount: 2, elapsedNanoseconds: 0, totalNanoseconds: nil, interval: interval, lostSoFar: 3)
    }

    private func lines(_ metrics: RunMetrics) -> [String] {
        metrics.text(at: 1_500_000_000).split(separator: "\n").map(String.init)
    }

    @Test func itGoesFromTrialToTrialWithoutAStepBack() throws {
        let run = try sampleRun(trials: 1)
        var metrics = RunMetrics(run.plan, version: "9")
        #expect(lines(metrics).contains("vethmark_run_sent_frames 0") && lines(metrics).contains("vethmark_run_active 1"))
        metrics.observe(line(0, .preparing))
        #expect(lines(metrics).contains("vethmark_run_phase{phase=\"preparing\"} 1"))
        metrics.observe(line(0, sent: 100, end: 1))
        metrics.observe(line(0, sent: 50, end: 2))
        #expect(lines(metrics).contains("vethmark_run_sent_frames 150") && lines(metrics).contains("vethmark_run_received_frames 148"))
        #expect(lines(metrics).contains("vethmark_run_receive_rate_frames_per_second 9.5"))
        #expect(
            lines(metrics).contains("vethmark_run_outstanding_frames 3") && lines(metrics).contains("vethmark_run_update_time_seconds 1.5"))
        #expect(!lines(metrics).contains { $0.hasPrefix("vethmark_ledger") })
        metrics.add(run)
        let ended = run.trials[0].ledger.sent
        #expect(
            lines(metrics).contains("vethmark_run_sent_frames \(ended)") && lines(metrics).contains("vethmark_run_outstanding_frames 0"))
        #expect(lines(metrics).contains("vethmark_ledger_frames{row=\"sent\"} \(ended)"))
        metrics.observe(line(1, sent: 7))
        #expect(lines(metrics).contains("vethmark_run_sent_frames \(ended + 7)"))
        metrics.end()
        #expect(lines(metrics).contains("vethmark_run_active 0") && !lines(metrics).contains { $0.hasPrefix("vethmark_run_receive_rate") })
        #expect(lines(metrics).filter { $0.hasPrefix("vethmark_run_phase") }.allSatisfy { $0.hasSuffix(" 0") })
    }

    @Test func everyFamilyStandsOnceWithItsUnit() throws {
        let run = try sampleRun(trials: 2)
        var metrics = RunMetrics(run.plan, version: "9")
        metrics.observe(line(0, sent: 100))
        metrics.add(run)
        let types = lines(metrics).filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(Set(types).count == types.count && types.count > 15)
        #expect(lines(metrics).contains("# UNIT vethmark_run_sent_frames frames"))
        #expect(lines(metrics).last == "# EOF")
    }
}
