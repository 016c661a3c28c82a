import Foundation
import Methods
import Metrics
import TestSupport
import Testing

@testable import Reports
@testable import Results

@Suite struct ComparisonReportTests {
    private func comparison(_ factor: Double, threshold: Double? = nil, _ change: (inout RunResult) -> Void = { _ in }) throws
        -> ResultComparison
    {
        let base = try sampleRun(trials: 12)
        let new = try sampleRun(trials: 12) { run in
            for index in run.trials.indices { run.trials[index].rates.rxPps *= factor }
            change(&run)
        }
        return ResultComparison(
            base: base, called: "before", new: new, called: "after", design: .paired, threshold: threshold, command: ["vethmark"])
    }

    @Test func theAnswerComesFirst() throws {
        let lines = ComparisonReport(try comparison(1.1), style: .plain).text.components(separatedBy: "\n")
        #expect(lines[0] == "received: new is 10 % faster (10 … 10)")
        #expect(lines.contains("  none in plan, placement and conditions"))
    }

    @Test func whatCannotBeTrustedIsSaidBeforeIt() throws {
        let comparison = try comparison(1.1) { run in
            run.trusted = false
            run.warnings = [Warning(code: "residual", message: "m", remedy: "r", voidsResult: true)]
        }
        #expect(ComparisonReport(comparison, style: .plain).text.hasPrefix("new is not to be trusted (residual)\n"))
        #expect(ComparisonReport.failure(comparison) == "new is not to be trusted (residual)")
    }

    @Test func aBrokenThresholdIsTold() throws {
        let comparison = try comparison(0.9, threshold: 0.05)
        #expect(ComparisonReport.failure(comparison) == "the threshold of 5 %: received 10 % slower (10 … 10)")
        #expect(ComparisonReport.failure(try self.comparison(0.99, threshold: 0.05)) == nil)
    }

    @Test(arguments: [20, 40, 80, 120]) func linesKeepToTheTerminal(_ columns: Int) throws {
        let comparison = try comparison(0.9, threshold: 0.05) { $0.plan.link.mtuBytes = 9000 }
        let text = ComparisonReport(comparison, style: TextStyle(isColoured: false, columns: max(columns, 40))).text
        #expect(text.components(separatedBy: "\n").allSatisfy { $0.count <= max(columns, 40) }, "\(text)")
    }

    @Test func jsonHasTheStableKeys() throws {
        let text = try JSONReport.text(try comparison(1.1))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "vethmark.compare/1" && object["verdict"] as? String == "faster")
        for key in ["conditions", "command", "differences", "figures", "trusted", "base", "new"] { #expect(object[key] != nil, "\(key)") }
        let figures = try #require(object["figures"] as? [[String: Any]])
        for key in ["name", "base", "new", "ratio", "ci95", "level", "verdict", "words", "smallestVisible"] {
            #expect(figures[0][key] != nil, "\(key)")
        }
        #expect(figures[0]["name"] as? String == "rxPps" && (figures[0]["ci95"] as? [Double])?.count == 2)
    }

    @Test func markdownIsATable() throws {
        let text = ComparisonReport.markdown(try comparison(1.1) { $0.conditions.cpuModel = "A|B" })
        #expect(text.contains("| received | 755.5 kpps | 831.1 kpps | 10 % faster (10 … 10) |"), "\(text)")
        #expect(text.contains("A\\|B"))
    }

    @Test func benchstatGetsALineForEachTrial() throws {
        let lines = try ComparisonFormat.benchstat.text(try comparison(1.1)).components(separatedBy: "\n")
        #expect(lines[0] == "Unit rxPps better=higher")
        #expect(lines.filter { $0.hasPrefix("BenchmarkVethmark 1 ") }.count == 24 && lines.filter { $0.hasPrefix("side: ") }.count == 2)
    }

    @Test func servicesGetNewsMediansWithTheirIntervals() throws {
        let comparison = try comparison(1.1)
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(ComparisonFormat.github.text(comparison).utf8)) as? [[String: Any]])
        #expect(entries.map { $0["name"] as? String } == ["vethmark received", "vethmark sent"])
        #expect(entries[0]["range"] != nil && entries[0]["unit"] as? String == "frames/s")
        let smaller = try #require(
            try JSONSerialization.jsonObject(with: Data(ComparisonFormat.githubSmaller.text(comparison).utf8)) as? [[String: Any]])
        #expect(smaller.count == comparison.figures.count - 2)
        let bencher = try #require(
            try JSONSerialization.jsonObject(with: Data(ComparisonFormat.bencher.text(comparison).utf8))
                as? [String: [String: [String: Any]]])
        let metric = try #require(bencher["vethmark"]?["rxPps"])
        let (low, value, high) = (metric["lower_value"] as? Double, metric["value"] as? Double, metric["upper_value"] as? Double)
        #expect(low ?? 1 <= value ?? 0 && value ?? 1 <= high ?? 0)
    }
}

@Suite struct SavedResultTests {
    private func error(_ text: String) throws -> String {
        let file = NSTemporaryDirectory() + "vethmark-saved-\(UUID().uuidString).json"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        do throws(SavedResult.ReadError) {
            _ = try SavedResult.load(file)
            return ""
        } catch {
            return error.explanation.replacing(file, with: "FILE")
        }
    }

    @Test func aFolderAndItsFileAreTheSame() throws {
        let folder = NSTemporaryDirectory() + "vethmark-saved-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try sampleRun(trials: 2)
        try ResultStore(folder: folder).save(run)
        #expect(try SavedResult.load(folder) == run && SavedResult.load(folder + "/result.json") == run)
    }

    @Test func whatIsNoRunIsRefusedInASentence() throws {
        let whole = try JSONReport.text(try sampleRun())
        #expect(try error(whole).isEmpty)
        #expect(try error(String(whole.dropLast(20))).hasPrefix("FILE is no whole JSON object; "))
        #expect(try error("[1]").hasPrefix("FILE is no whole JSON object; "))
        #expect(try error("{}").hasPrefix("FILE is no result of vethmark, not a vethmark.result/1; "))
        #expect(try error(#"{"entries": [], "winners": {}}"#).hasPrefix("FILE is a bakeoff, which keeps no trials, not a "))
        #expect(try error(#"{"schema": "vethmark.result/2"}"#).hasPrefix("FILE is a vethmark.result/2, not a vethmark.result/1; "))
        #expect(try error(#"{"schema": "vethmark.compare/1"}"#).hasSuffix("; name one of the runs beside it, base.json or new.json"))
        #expect(
            try error(whole.replacing("\"offered\" : 1000000", with: "\"offered\" : \"many\""))
                .hasPrefix("FILE is not as vethmark wrote it: .trials[0].ledger.offered can't be read; "))
        #expect(try error(whole.replacing("\"offered\"", with: "\"offred\"")).contains(".trials[0].ledger.offered is missing"))
    }

    @Test func whatIsNotThereIsTold() {
        #expect(throws: SavedResult.ReadError.self) { try SavedResult.load("/nowhere/at/all") }
        #expect(throws: SavedResult.ReadError.self) { try SavedResult.load("/proc") }
    }
}
