import Foundation
import Testing

/// `--openmetrics`: a file that tells how a run goes on, whole whenever it is read.
@Suite(.serialized) struct MetricsFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Values by name and labels, of a file that is whole.
    private static func values(_ text: String) throws -> [String: Double] {
        #expect(text.hasSuffix("# EOF\n"))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return try Dictionary(
            lines.map { line in
                let space = try #require(line.lastIndex(of: " "))
                return (String(line[..<space]), try #require(Double(line[line.index(after: space)...])))
            }, uniquingKeysWith: { $1 })
    }

    private func values(_ name: String) throws -> [String: Double] {
        try Self.values(String(contentsOfFile: folder.path + "/" + name, encoding: .utf8))
    }

    @Test func aRunIsToldWhileItGoesOnAndAtItsEnd() async throws {
        let path = folder.path + "/run.prom"
        let seen = Seen()
        let run = try await Program.vethmark(
            [
                "run", "--engine", "null", "-b", "1kpps", "-t", "600ms", "--interval", "100ms", "--warmup", "0", "--repeats", "2", "-q",
                "--no-save", "--json", "--openmetrics", "run.prom"
            ], in: folder.path
        ) { process in
            // As a collector reads it: whenever it likes.
            while kill(process.value, 0) == 0 {
                if let text = try? String(contentsOfFile: path, encoding: .utf8) { try await seen.add(Self.values(text)) }
                try await Task.sleep(for: .milliseconds(20))
                if await seen.isOver { break }
            }
        }
        #expect(run.exitCode == 0, "\(run.errors)")
        let sights = await seen.all
        let running = sights.filter { $0["vethmark_run_phase{phase=\"running\"}"] == 1 }
        #expect(
            running.contains { ($0["vethmark_run_sent_frames"] ?? 0) > 0 && $0["vethmark_run_transmit_rate_frames_per_second"] ?? 0 > 500 })
        #expect(running.contains { $0["vethmark_run_ended_trials"] == 1 && $0["vethmark_ledger_frames{row=\"sent\"}"] ?? 0 > 100 })
        // What was sent never becomes less, not even from trial to trial.
        let sent = sights.compactMap { $0["vethmark_run_sent_frames"] }
        #expect(sent == sent.sorted(), "\(sent)")
        let last = try values("run.prom")
        let ledgers = try #require((try run.json()["trials"] as? [[String: Any]])?.compactMap { $0["ledger"] as? [String: Any] })
        let total = ledgers.compactMap { $0["sent"] as? Int }.reduce(0, +)
        #expect(last["vethmark_run_active"] == 0 && last["vethmark_run_ended_trials"] == 2 && last["vethmark_run_planned_trials"] == 2)
        #expect(last["vethmark_run_sent_frames"] == Double(total) && last["vethmark_ledger_frames{row=\"sent\"}"] == Double(total))
        #expect(last.keys.allSatisfy { !$0.contains("interval") } && last["vethmark_run_transmit_rate_frames_per_second"] == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.prom"])
    }

    private actor Seen {
        private(set) var all: [[String: Double]] = []
        var isOver: Bool { all.last?["vethmark_run_active"] == 0 }
        func add(_ values: [String: Double]) { all.append(values) }
    }

    /// Real frames, so that there are histograms: with buckets that add up, for every reader of either format.
    @Test(.enabled(if: Requirement.root)) func everyReaderTakesIt() async throws {
        let run = try await Program.vethmark(
            [
                "run", "-b", "5kpps", "-n", "1000", "--warmup", "0", "-q", "--no-save", "--name", #"a "b" \c"#, "--openmetrics", "run.prom"
            ],
            in: folder.path)
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        let file = folder.path + "/run.prom"
        let last = try values("run.prom")
        let buckets = last.filter { $0.key.hasPrefix("vethmark_path_latency_seconds_bucket") }
        #expect(
            buckets.count > 1 && last["vethmark_path_latency_seconds_bucket{le=\"+Inf\"}"] == last["vethmark_path_latency_seconds_count"])
        #expect(try await Prometheus.objections(to: file) == "")
        let script = try folder.file(
            "parse.py",
            """
            import sys
            from prometheus_client import parser
            from prometheus_client.openmetrics import parser as openmetrics
            text = open(sys.argv[1]).read()
            for families in (openmetrics.text_string_to_metric_families(text), parser.text_string_to_metric_families(text)):
                families = {family.name: family for family in families}
                print(families["vethmark_run_info"].samples[0].labels["label"], families["vethmark_path_latency_seconds"].type)
            """)
        let python = try await Program.run("/usr/bin/python3", [script, file])
        #expect(python.output == "a \"b\" \\c histogram\na \"b\" \\c histogram\n", "\(python.output)\(python.errors)")
    }

    @Test func whatCantBeWrittenIsSaidBeforeAnythingIsSent() async throws {
        let run = try await Program.vethmark(
            ["run", "--engine", "null", "-n", "10", "--warmup", "0", "--openmetrics", "nowhere/run.prom"], in: folder.path)
        #expect(
            run.exitCode == 1
                && run.errors
                    == "vethmark: metrics can't be written to nowhere/run.prom: No such file or directory; name a file in a folder that this user may write to\n",
            "\(run.errors)")
        #expect(run.output.isEmpty)
        for (arguments, words) in [(["--dry-run"], "--dry-run"), (["--openmetrics", ""], "names no file")] {
            let refused = try await Program.vethmark(["run", "--openmetrics", "run.prom"] + arguments, in: folder.path)
            #expect(refused.exitCode == 64 && refused.errors.contains(words), "\(refused.errors)")
        }
    }

    /// A folder that goes away costs the metrics, and no result.
    @Test func aFolderThatGoesAwayCostsNoResult() async throws {
        let metrics = folder.path + "/metrics"
        try FileManager.default.createDirectory(atPath: metrics, withIntermediateDirectories: true)
        let run = try await Program.vethmark(
            [
                "run", "--engine", "null", "-b", "1kpps", "-t", "500ms", "--interval", "100ms", "--warmup", "0", "-q", "--no-save",
                "--json",
                "--openmetrics", "metrics/run.prom"
            ], in: folder.path
        ) { _ in
            while !FileManager.default.fileExists(atPath: metrics + "/run.prom") { try await Task.sleep(for: .milliseconds(5)) }
            try FileManager.default.moveItem(atPath: metrics, toPath: metrics + "-gone")
        }
        #expect(run.exitCode == 1 && run.errors.contains("metrics can't be written to metrics/run.prom"), "\(run.errors)")
        #expect(try run.json()["trusted"] != nil)
    }
}
