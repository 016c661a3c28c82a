import Foundation
import Testing

/// How much a run prints, and in which signs.
@Suite(.serialized) struct ReportLengthTests {
    private let quick = ["--engine", "null", "-n", "1000", "--warmup", "0", "-q", "--repeats", "3"]

    /// Windows this short can't be trusted on a machine that has other work, and are told all the same.
    private func isMeasured(_ run: Finished) -> Bool { run.exitCode == 0 || run.exitCode == 3 }

    @Test func briefIsALineForEachTrialAndTheAnswer() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(["run", "--brief", "-o", "a"] + quick, in: folder.path)
        let lines = run.output.split(separator: "\n")
        #expect(isMeasured(run) && lines.count == 4, "\(run)")
        #expect(lines[0].hasPrefix("trial 1/3: sent ") && lines[2].hasPrefix("trial 3/3: sent ") && lines[3].contains("engine null"))
        let again = try await Program.vethmark(["rerun", "a", "--brief", "-q", "--no-save"], in: folder.path)
        #expect(isMeasured(again) && again.output.split(separator: "\n").count == 4, "\(again)")
        // What is saved is whole.
        let report = try String(contentsOfFile: folder.path + "/a/report.txt", encoding: .utf8)
        #expect(report.contains("Trial 3") && report.contains("Workers"))
    }

    @Test(arguments: ["--json", "--json-stream", "--dry-run", "--verbose"]) func briefContradictsThem(_ flag: String) async throws {
        let run = try await Program.vethmark(["run", "--brief", "--no-save", flag] + quick)
        #expect(run.exitCode == 64 && run.output.isEmpty && run.errors.contains("--brief"), "\(run)")
    }

    @Test func repeatsAreRowsUnlessVerbose() async throws {
        let run = try await Program.vethmark(["run", "--no-save"] + quick)
        #expect(isMeasured(run) && run.output.contains("\nTrials\n") && run.output.contains("Over 3 trials"), "\(run)")
        #expect(!run.output.contains("Workers") && run.output.split(separator: "\n").count < 60)
        let all = try await Program.vethmark(["run", "--no-save", "--verbose"] + quick)
        #expect(all.output.components(separatedBy: "\nWorkers\n").count == 4 && all.output.contains("Over 3 trials"), "\(all)")
    }

    @Test func aLocaleWithoutUTF8GetsASCII() async throws {
        let plain = try await Program.vethmark(["run", "--no-save"] + quick, environment: ["LC_ALL": "C"])
        #expect(isMeasured(plain) && plain.output.contains("engine null -> receiver"), "\(plain)")
        #expect((plain.output + plain.errors).utf8.allSatisfy { $0 < 0x80 }, "\(plain)")
        let full = try await Program.vethmark(["run", "--no-save"] + quick, environment: ["LC_ALL": "C.UTF-8"])
        #expect(full.output.contains("engine null → receiver"), "\(full)")
        let help = try await Program.vethmark(["results", "list"], environment: ["LC_ALL": "C"])
        #expect(help.output.utf8.allSatisfy { $0 < 0x80 })
    }

    /// In a terminal of 80 columns, which `script` makes.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))) func aTerminalsLinesAreShortEnough() async throws {
        let name = String(repeating: "name-", count: 12)
        let line = "stty cols 80 rows 24; $V run --no-save --name \(name) \(quick.joined(separator: " ")) -v"
        let run = try await Program.run(
            "script", ["-qec", line, "/dev/null"], environment: ["V": Program.vethmarkPath, "LC_ALL": "C", "TERM": "xterm"])
        let seen = run.output.replacing(/\u{1B}\[[0-9;]*[mK]/, with: "").replacing("\r", with: "")
        #expect(isMeasured(run) && seen.contains("residual"), "\(run)")
        #expect(seen.utf8.allSatisfy { $0 < 0x80 })
        let report = seen.split(separator: "\n").filter { !$0.hasPrefix("debug") && !$0.hasPrefix("info") }
        #expect(report.allSatisfy { $0.count <= 80 }, "\(report.filter { $0.count > 80 })")
    }
}
