import Foundation
import Metrics
import Results
import TestSupport
import Testing

@testable import Reports

@Suite struct ExportTests {
    /// Six trials whose rates are 750,000 to 755,000, and a bar of latencies each.
    private func run(_ change: (inout RunResult) -> Void = { _ in }) throws -> AnyResult {
        .run(
            try sampleRun(trials: 6) { run in
                for index in run.trials.indices { run.trials[index].rates.txPps = 750_000 + Double(index) * 1000 }
                change(&run)
            })
    }

    private func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    @Test func medianAndIntervalGoToServices() throws {
        let bencher = try #require(try json(ExportFormat.bencher.text([run()])) as? [String: [String: [String: Double]]])
        let rate = try #require(bencher["vethmark"]?["rxPps"])
        #expect(rate["value"] == 752_500 && rate["lower_value"] == 750_000 && rate["upper_value"] == 755_000)
        let github = try #require(try json(ExportFormat.githubActionBenchmark.text([run()])) as? [[String: Any]])
        #expect(github.map { $0["name"] as? String } == ["vethmark received", "vethmark sent"])
        #expect(github[0]["value"] as? Double == 752_500 && github[0]["unit"] as? String == "frames/s")
        let smaller = try #require(try json(ExportFormat.githubActionBenchmarkSmaller.text([run()])) as? [[String: Any]])
        #expect(smaller.map { $0["name"] as? String }.contains("vethmark path p99"))
    }

    @Test func benchstatHasALineForEachTrial() throws {
        let lines = try ExportFormat.benchstat.text([run()]).split(separator: "\n")
        #expect(lines[0] == "Unit rxPps better=higher" && lines.contains("cpu: Test CPU"))
        let trials = lines.filter { $0.hasPrefix("BenchmarkVethmark 1 ") }
        #expect(
            trials.count == 6 && trials[2].contains(" 752000.0 rxPps 752000.0 txPps 0.0 lossRatio 2000.0 pathP50Nanoseconds"), "\(trials)")
    }

    /// What wasn't measured is left out, and no 0.
    @Test func notMeasuredIsLeftOut() throws {
        let blind = try run { run in
            for index in run.trials.indices {
                run.trials[index].receiver = .none
                run.trials[index].latency = .init()
            }
        }
        let text = try ExportFormat.openmetrics.text([blind])
        #expect(
            !text.contains("receive_rate") && !text.contains("loss_ratio") && !text.contains("path_latency")
                && text.contains("transmit_rate"))
        let bencher = try #require(try json(ExportFormat.bencher.text([blind])) as? [String: [String: Any]])
        #expect(bencher["vethmark"]?.keys.sorted() == ["cpuNanosecondsPerFrame", "txPps"])
        let markdown = try ExportFormat.markdown.text([blind])
        #expect(markdown.contains("| sent | 752.5 kpps | 750 kpps … 755 kpps | 6 |") && !markdown.contains("| loss |"), "\(markdown)")
    }

    @Test func openMetricsAreInBaseUnits() throws {
        let lines = try ExportFormat.openmetrics.text([run()]).split(separator: "\n").map(String.init)
        #expect(lines.last == "# EOF")
        #expect(lines.contains("vethmark_receive_rate_frames_per_second 752500"))
        #expect(lines.contains("vethmark_path_latency_p99_seconds 4e-06") && lines.contains("vethmark_ledger_frames{row=\"sent\"} 6000000"))
        // Bars of 600,000, 399,999 and 1 in each of six trials, cumulative.
        let buckets = lines.filter { $0.hasPrefix("vethmark_path_latency_seconds_bucket") }
        #expect(
            buckets == [
                #"vethmark_path_latency_seconds_bucket{le="2.048e-06"} 3600000"#,
                #"vethmark_path_latency_seconds_bucket{le="4.096e-06"} 5999994"#,
                #"vethmark_path_latency_seconds_bucket{le="0.000131072"} 6000000"#,
                #"vethmark_path_latency_seconds_bucket{le="+Inf"} 6000000"#
            ], "\(buckets)")
        #expect(lines.contains("vethmark_path_latency_seconds_count 6000000"))
        let sum = try #require(
            lines.first { $0.hasPrefix("vethmark_path_latency_seconds_sum ") }?.split(separator: " ").last.flatMap { Double($0) })
        #expect(abs(sum - 6 * 2.1005) < 1e-9)
        // Every family once, its lines together, with help and type before them.
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(Set(types).count == types.count && lines.filter { $0.hasPrefix("# HELP ") }.count == types.count)
    }

    @Test func labelsAreEscaped() throws {
        let odd = try run { $0.conditions.cpuModel = "A \"B\" \\ C\nD" }
        let text = try ExportFormat.openmetrics.text([odd])
        #expect(
            text.contains(#"cpu_model="A \"B\" \\ C"#)
                && text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("vethmark_") })
        let csv = try ExportFormat.otava.text([odd]).split(separator: "\n")
        #expect(csv.count == 2 && csv[1].contains(#""A ""B"" \ C"#), "\(csv)")
    }

    @Test func otavaHasARowForEachResultInTheOrderOfTime() throws {
        let later = try run { $0.conditions.startedAt = "2026-03-01T00:00:00Z" }
        let rows = try ExportFormat.otava.text([later, run()]).split(separator: "\n")
        #expect(rows.count == 3 && rows[0].hasPrefix("time,version,commit,kernel,cpu_model,trusted,rxPps,txPps,"))
        #expect(rows[1].hasPrefix("2026-01-01T00:00:00Z,0.0.0,,6.1.0,Test CPU,true,752500.0,") && rows[2].hasPrefix("2026-03-01"))
    }

    @Test func severalOrNothingIsRefused() throws {
        #expect(throws: ExportFormat.Refusal.self) { try ExportFormat.csv.text([run(), run()]) }
        let empty = try run { run in
            run.trials = []
            run.summary = sampleSummary([])
        }
        #expect(throws: ExportFormat.Refusal.self) { try ExportFormat.bencher.text([empty]) }
    }
}
