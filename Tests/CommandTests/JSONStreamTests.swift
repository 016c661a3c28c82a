import Foundation
import Subprocess
import Testing

/// `--json-stream`: a line for each event, as it happens.
@Suite(.serialized) struct JSONStreamTests {
    private func lines(_ run: Finished) throws -> [[String: Any]] {
        try run.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func words(_ lines: [[String: Any]]) -> [String] {
        lines.map { line in (line["event"] as? String ?? "?") + ((line["trial"] as? Int).map { " \($0)" } ?? "") }
    }

    @Test func aRunTellsItsTrials() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(
            [
                "run", "--engine", "null", "-b", "1kpps", "-t", "250ms", "--interval", "100ms", "--warmup", "0", "--repeats", "2", "-q",
                "--json-stream", "-o", "a"
            ],
            in: folder.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        let lines = try lines(run)
        #expect(lines.allSatisfy { $0["schema"] as? String == "vethmark/stream/1" && ($0["atNanoseconds"] as? Int ?? 0) > 0 })
        let words = words(lines.filter { $0["event"] as? String != "warning" })
        #expect(words.first == "plan" && words.last == "end")
        let intervals = words.filter { $0 == "interval 0" }.count
        #expect(
            words == ["plan", "trial-begun 0"] + Array(repeating: "interval 0", count: intervals) + ["trial-ended 0", "trial-begun 1"]
                + words.filter { $0 == "interval 1" } + ["trial-ended 1", "end"], "\(words)")
        // Every interval of the result is a line.
        let saved = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/a/result.json"))) as? [String: Any]
        )
        let trials = try #require(saved["trials"] as? [[String: Any]])
        #expect(intervals >= 2 && (trials[0]["intervals"] as? [Any])?.count == intervals)
        let end = try #require(lines.last)
        #expect(end["path"] as? String == "a" && end["exitCode"] as? Int == 0)
        #expect(NSDictionary(dictionary: try #require(end["result"] as? [String: Any])) == NSDictionary(dictionary: saved))
        let ended = lines.filter { $0["event"] as? String == "trial-ended" }.compactMap { $0["result"] as? [String: Any] }
        #expect(ended.count == 2 && NSDictionary(dictionary: ended[1]) == NSDictionary(dictionary: trials[1]))
    }

    @Test(.enabled(if: Requirement.root)) func aWarningIsTold() async throws {
        let run = try await Program.vethmark([
            "run", "-b", "10kpps", "--receiver", "none", "-n", "100", "--warmup", "0", "-q", "--json-stream", "--no-save"
        ])
        let told = try lines(run).filter { $0["event"] as? String == "warning" }.compactMap {
            ($0["warning"] as? [String: Any])?["code"] as? String
        }
        let all = try #require((try lines(run).last?["result"] as? [String: Any])?["warnings"] as? [[String: Any]])
        #expect(!told.isEmpty && told == all.compactMap { $0["code"] as? String }, "\(told)")
    }

    /// Lines are there while the run goes on, and a reader who goes takes nothing with him.
    @Test func linesComeAsTheyHappenAndAClosedPipeEndsThem() async throws {
        let folder = try TemporaryFolder()
        let script = try folder.file(
            "pipe.sh",
            """
            (\(Program.vethmarkPath) run --engine null -b 1kpps -t 1 --warmup 0 -q --json-stream -o a; echo "code $?" > code) | head -2 > first
            date +%s%N > read
            until [ -s code ]; do sleep 0.01; done
            """)
        _ = try await Program.run("bash", [script], in: folder.path)
        func text(_ name: String) throws -> String { try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8) }
        #expect(try text("code") == "code 0\n")
        #expect(try text("first").split(separator: "\n").count == 2)
        let saved = try await Program.vethmark(["results", "show", "a", "--json"], in: folder.path).json()
        let rates = try #require((saved["trials"] as? [[String: Any]])?.first?["rates"] as? [String: Any])
        #expect((rates["durationNanoseconds"] as? Int ?? 0) > 900_000_000)
    }

    @Test(.enabled(if: Requirement.root)) func aSweepTellsEachCellsPlan() async throws {
        let run = try await Program.vethmark(
            [
                "sweep", "--vary", "size=64,128", "-b", "5kpps", "-t", "30ms", "--warmup", "0", "--rounds", "2", "-q", "--json-stream",
                "--no-save"
            ])
        let lines = try lines(run)
        let sizes = lines.filter { $0["event"] as? String == "plan" }.compactMap {
            (($0["plan"] as? [String: Any])?["frame"] as? [String: Any])?["sizes"] as? String
        }
        // Calibration and the first cell are the same plan; the second round runs backwards.
        #expect(sizes == ["64", "128", "64", "128", "64"], "\(sizes)")
        #expect(lines.filter { $0["event"] as? String == "trial-ended" }.compactMap { $0["trial"] as? Int } == Array(0..<6))
        #expect((lines.last?["result"] as? [String: Any])?["schema"] as? String == "vethmark.sweep/1")
    }

    @Test(.enabled(if: Requirement.root)) func aFullDiskIsTold() async throws {
        let run = try await Program.run(
            "bash", ["-c", "\(Program.vethmarkPath) run --engine null -n 100 --warmup 0 -q --no-save --json-stream > /dev/full"])
        #expect(run.exitCode == 1 && run.errors.contains("standard output can't be written: No space left on device"), "\(run.errors)")
    }

    @Test func contradictionsAreRefused() async throws {
        for flag in ["--json", "--dry-run"] {
            let run = try await Program.vethmark(["run", "--json-stream", flag])
            #expect(run.exitCode == 64 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
