import Foundation
import Subprocess
import TestSupport
import Testing

/// `vethmark sweep` as a whole: what is saved, and what becomes of it when it is stopped.
@Suite(.serialized, .enabled(if: Requirement.root)) struct SweepTests {
    /// Eight trials of 30 ms at a rate that leaves the machine room.
    private static let short = [
        "sweep", "--vary", "mtu=1500,9000,100", "-s", "512", "--rounds", "3", "-b", "5kpps", "-t", "30ms", "--warmup", "0", "-q"
    ]

    /// What a result says of cells, without what differs from sweep to sweep.
    private func turns(_ result: [String: Any]) throws -> [[Int]] {
        let cells = try #require(result["cells"] as? [[String: Any]])
        let calibration = try #require(result["calibration"] as? [String: Any])
        return (cells + [calibration]).map { ($0["trials"] as? [[String: Any]] ?? []).compactMap { $0["round"] as? Int } }
    }

    private let whole = [[0, 1, 2], [0, 1, 2], [], [0, 1, 2]]

    private func result(_ folder: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/result.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func cellsTrialsAndObstaclesAreSavedAndPrinted() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(Self.short + ["--json", "-o", "s"], in: folder.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        let printed = try run.json()
        #expect(printed["schema"] as? String == "vethmark.sweep/1" && printed["trusted"] as? Bool == true)
        #expect((printed["command"] as? [String])?.contains("--vary") == true)
        #expect(try turns(printed) == whole)
        #expect(printed["order"] as? [[Int]] == [[0, 1], [1, 0], [0, 1]])
        let cells = try #require(printed["cells"] as? [[String: Any]])
        #expect(cells.map { $0["settings"] as? [String: String] } == ["1500", "9000", "100"].map { ["mtu": $0] })
        #expect((cells[2]["obstacle"] as? String)?.contains("at most 118 with an MTU of 100") == true)
        for trial in cells[1]["trials"] as? [[String: Any]] ?? [] {
            let ledger = trial["ledger"] as? [String: Any]
            #expect(ledger?["residual"] as? Int == 0 && (ledger?["received"] as? Int ?? 0) > 0)
            #expect(trial["rates"] != nil && trial["latency"] != nil && trial["warnings"] != nil && trial["trusted"] != nil)
        }
        let conditions = try #require(printed["conditions"] as? [String: Any])
        #expect((conditions["transmitLink"] as? [String: Any])?["kind"] as? String == "veth")
        #expect(try NSDictionary(dictionary: result(folder.path + "/s")) == NSDictionary(dictionary: printed))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/s").sorted()
        #expect(names == ["cells.csv", "report.txt", "result.json", "sweep.json", "trials", "trials.csv"])
        let csv = try String(contentsOfFile: folder.path + "/s/cells.csv", encoding: .utf8).split(separator: "\n")
        #expect(csv.count == 4 && csv[0].hasPrefix("mtu,trials,void_trials,rx_pps_median,") && csv[3].hasPrefix("100,0,0,,"))
        #expect(csv.allSatisfy { line in line.contains("\"") || line.split(separator: ",", omittingEmptySubsequences: false).count == 14 })
    }

    /// At 20 random moments: what was saved is whole, nothing is lost, nothing repeated.
    @Test func aKilledSweepGoesOn() async throws {
        var generator = SeededGenerator()
        // Trials at such a rate leave room for others beside them.
        try await atOnce((0..<20).map { _ in Int.random(in: 20...1500, using: &generator) }) { delay in
            let folder = try TemporaryFolder()
            _ = try await Program.vethmark(Self.short + ["-o", "s"], in: folder.path) { process in
                try await Task.sleep(for: .milliseconds(delay))
                kill(process.value, SIGKILL)
            }
            let path = folder.path + "/s"
            guard FileManager.default.fileExists(atPath: path + "/sweep.json") else { return }
            func trials() throws -> [String: Data] {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/trials")) ?? []
                return try Dictionary(
                    uniqueKeysWithValues: names.filter { $0.hasSuffix(".json") }.map {
                        ($0, try Data(contentsOf: URL(fileURLWithPath: path + "/trials/" + $0)))
                    })
            }
            let before = try trials()
            for data in before.values { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) } }
            let resumed = try await Program.vethmark(["sweep", "--resume", "s", "-q"], in: folder.path)
            #expect(resumed.exitCode == 0, "after \(delay) ms: \(resumed.errors)")
            let after = try trials()
            #expect(after.count == 9 && before.allSatisfy { after[$0.key] == $0.value }, "after \(delay) ms: \(after.keys.sorted())")
            #expect(try turns(result(path)) == whole, "after \(delay) ms")
            let strangers = try FileManager.default.contentsOfDirectory(atPath: path + "/trials").filter { !$0.hasSuffix(".json") }
            #expect(strangers.isEmpty)
        }
    }

    @Test func ctrlCEndsItWithWhatThereIs() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(Self.short + ["-o", "s"], in: folder.path) { process in
            // As soon as there is a trial.
            try await eventually("a trial") {
                (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/s/trials"))?.isEmpty == false
            }
            kill(process.value, SIGINT)
        }
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.status)")
        #expect(run.output.contains("Interrupted in round ") && run.errors.contains("go on with: vethmark sweep --resume s"))
        #expect(try result(folder.path + "/s")["interrupted"] as? Bool == true)
        #expect(try await Program.vethmark(["sweep", "--resume", "s/", "-q"], in: folder.path).exitCode == 0)
        #expect(try turns(result(folder.path + "/s")) == whole)
        // What is done is not done again, and can go on for longer.
        let again = try await Program.vethmark(["sweep", "--resume", "s", "--rounds", "4", "--json", "-q"], in: folder.path)
        #expect(try turns(again.json()) == [[0, 1, 2, 3], [0, 1, 2, 3], [], [0, 1, 2, 3]])
    }

    @Test func aFullDiskIsToldAndGoneOnFrom() async throws {
        let folder = try TemporaryFolder()
        let script = try folder.file(
            "full.sh",
            """
            mount -t tmpfs -o size=48k none \(folder.path)/disk
            cd \(folder.path)/disk
            \(Program.vethmarkPath) \(Self.short.joined(separator: " ")) -o s
            echo "code $?"
            mount -o remount,size=4m \(folder.path)/disk
            \(Program.vethmarkPath) sweep --resume s -q > /dev/null
            echo "code $?"
            cp s/result.json \(folder.path)
            """)
        try FileManager.default.createDirectory(atPath: folder.path + "/disk", withIntermediateDirectories: true)
        let run = try await Program.run("unshare", ["--mount", "bash", script])
        #expect(run.output.contains("code 1\n") && run.output.hasSuffix("code 0\n"), "\(run.output)\(run.errors)")
        #expect(run.errors.contains("vethmark: the run could not be saved in s: No space left on device"), "\(run.errors)")
        #expect(try turns(result(folder.path)) == whole)
    }

    /// A bakeoff is a sweep over pairs: saved turn by turn, and gone on with.
    @Test func aBakeoffGoesOn() async throws {
        let folder = try TemporaryFolder()
        let short = ["bakeoff", "-b", "5kpps", "-t", "20ms", "--warmup", "0", "-q", "--rounds", "2", "-o", "b"]
        let stopped = try await Program.vethmark(short, in: folder.path) { process in
            func turns() -> Int { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/b/trials")) ?? []).count }
            try await eventually("five turns") { turns() >= 5 }
            kill(process.value, SIGINT)
        }
        #expect(stopped.errors.contains("go on with: vethmark bakeoff --resume b"), "\(stopped.errors)")
        #expect(try result(folder.path + "/b")["interrupted"] as? Bool == true)
        let sweep = try await Program.vethmark(["sweep", "--resume", "b", "-q"], in: folder.path)
        #expect(sweep.exitCode == 64)
        #expect(
            sweep.errors == "vethmark: what is in b is a bakeoff, not a sweep; go on with it by `vethmark bakeoff --resume b`\n",
            "\(sweep.errors)")
        let resumed = try await Program.vethmark(["bakeoff", "--resume", "b", "-q", "--json"], in: folder.path)
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        let entries = try #require(try resumed.json()["entries"] as? [[String: Any]])
        let rounds = entries.map { ($0["trials"] as? [[String: Any]] ?? []).compactMap { $0["round"] as? Int } }
        #expect(rounds == Array(repeating: [0, 1], count: 15), "\(rounds)")
        #expect(try resumed.json()["interrupted"] as? Bool == false)
        #expect(try NSDictionary(dictionary: result(folder.path + "/b")) == NSDictionary(dictionary: resumed.json()))
    }

    @Test func anotherSweepsFolderIsRefused() async throws {
        let folder = try TemporaryFolder()
        let start = ["sweep", "--engine", "null", "--vary", "threads=1,2", "--rounds", "1", "-n", "1000", "--warmup", "0", "-q"]
        _ = try await Program.vethmark(start + ["-o", "s"], in: folder.path)
        let same = try await Program.vethmark(start + ["--resume", "s"], in: folder.path)
        #expect(same.errors == "saved in s\n")
        let other = try await Program.vethmark(start + ["--resume", "s", "-s", "128"], in: folder.path)
        #expect(other.exitCode == 64)
        #expect(
            other.errors
                == "vethmark: the sweep in s was another one; leave out all options but --resume to go on with it, or --resume to start anew\n"
        )
        // And a sweep's folder is nobody else's.
        let next = try await Program.vethmark(["run", "--engine", "null", "-n", "1000", "--warmup", "0", "-q", "-o", "s"], in: folder.path)
        #expect(next.errors.hasSuffix("saved in s-2\n"))
        try "{".write(toFile: folder.path + "/s/trials/round-001-cell-0001.json", atomically: true, encoding: .utf8)
        let broken = try await Program.vethmark(["sweep", "--resume", "s"], in: folder.path)
        #expect(broken.exitCode == 64 && broken.errors.contains("can't be read as a trial of a sweep; remove it"), "\(broken.errors)")
    }

    @Test func aDryRunShowsTheCells() async throws {
        let run = try await Program.vethmark(["sweep", "--vary", "mtu=1500,100", "-s", "512", "--dry-run"])
        #expect(
            run.exitCode == 0 && run.output.contains("gso → ring")
                && run.output.hasSuffix("1 cell and a calibration trial, 6 rounds: 14.4 s of sending\n"), "\(run.output)")
    }
}
