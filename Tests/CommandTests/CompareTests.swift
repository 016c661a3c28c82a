import Foundation
import Reports
import Subprocess
import TestSupport
import Testing

/// `vethmark compare` and the bounds of `run`, as users and scripts run them. Rates are low, so that a busy machine only warns.
@Suite(.enabled(if: Requirement.root), .serialized) struct CompareTests {
    private let quick = "-b 5kpps -t 100ms --warmup 0"

    private func compare(_ arguments: String..., in folder: String? = nil) async throws -> Finished {
        try await Program.vethmark(["compare"] + arguments, in: folder)
    }

    /// Two runs of twelve trials, the second slower by a tenth.
    private func saved(_ folder: TemporaryFolder) throws {
        for (name, factor) in [("before", 1.0), ("after", 0.9)] {
            let run = try sampleRun(trials: 12) { run in
                for index in run.trials.indices { run.trials[index].rates.rxPps *= factor }
            }
            try ResultStore(folder: folder.path + "/" + name).save(run)
        }
    }

    @Test func aRegressionEndsWithThree() async throws {
        let folder = try TemporaryFolder()
        try saved(folder)
        let plain = try await compare("before", "after", in: folder.path)
        #expect(plain.exitCode == 0 && plain.errors.isEmpty && plain.output.hasPrefix("received: new is 10 % slower ("), "\(plain)")
        #expect(plain.output.contains("not measured in turns"))
        let broken = try await compare("before", "after", "--threshold", "5%", "--json", in: folder.path)
        #expect(broken.exitCode == 3 && broken.errors.hasPrefix("vethmark: the threshold of 5 %: received 10 % slower"), "\(broken.errors)")
        #expect(try broken.json()["regressions"] as? [String] == ["rxPps"] && broken.json()["verdict"] as? String == "slower")
        #expect(try await compare("before", "after", "--threshold", "20%", in: folder.path).exitCode == 0)
        #expect(try await compare("after", "before", "--threshold", "5%", in: folder.path).exitCode == 0)
    }

    @Test func whatCannotBeTrustedEndsWithThreeUnlessAskedFor() async throws {
        let folder = try TemporaryFolder()
        for name in ["before", "after"] {
            try ResultStore(folder: folder.path + "/" + name).save(try sampleRun(trials: 6) { $0.trusted = false })
        }
        let refused = try await compare("before", "after", in: folder.path)
        #expect(refused.exitCode == 3 && refused.output.hasPrefix("base is not to be trusted"), "\(refused)")
        #expect(try await compare("before", "after", "--allow-untrusted", in: folder.path).exitCode == 0)
    }

    @Test func bothSidesAreMeasuredInTurns() async throws {
        let folder = try TemporaryFolder()
        let run = try await compare(
            "--ab", "-s 64 \(quick)", "--mtu 9000 --name 'large MTU' \(quick)", "--rounds", "6", "-o", "kept", "--json",
            "--allow-untrusted",
            in: folder.path)
        #expect(run.exitCode == 0 && run.errors.contains("round 6/6, A") && run.errors.contains("saved in kept"), "\(run.errors)")
        let result = try run.json()
        #expect(result["design"] as? String == "paired" && result["schema"] as? String == "vethmark.compare/1")
        let differences = try #require(result["differences"] as? [[String: String]])
        #expect(differences.contains(["path": "plan.link.mtuBytes", "base": "1500", "new": "9000"]), "\(differences)")
        let figures = try #require(result["figures"] as? [[String: Any]])
        #expect(figures[0]["count"] as? Int == 6 && figures[0]["level"] as? Double == 0.96875)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/kept").sorted()
        #expect(names == ["base.json", "new.json", "report.txt", "result.json"])
        // The sides are runs that can be compared with others.
        let again = try await compare("kept/base.json", "kept/new.json", "--allow-untrusted", in: folder.path)
        #expect(again.exitCode == 0, "\(again.errors)")
    }

    @Test func interruptedItComparesWhatThereIs() async throws {
        let folder = try TemporaryFolder()
        let kept = folder.path + "/kept"
        let run = try await Program.vethmark([
            "compare", "--ab", quick, quick, "--rounds", "300", "-o", kept, "--json", "--allow-untrusted", "-q"
        ]) { process in
            // Each round is saved as it ends.
            try await eventually("a round") { FileManager.default.fileExists(atPath: kept + "/result.json") }
            kill(process.value, SIGINT)
        }
        #expect(run.exitCode == 0, "\(run.errors.suffix(300))")
        let result = try run.json()
        #expect(result["interrupted"] as? Bool == true)
        let figures = try #require(result["figures"] as? [[String: Any]])
        #expect((figures[0]["count"] as? Int ?? 0) > 0)
    }

    /// Results of one kind are compared cell by cell, in all forms.
    @Test func sweepsAndBakeoffsAreComparedCellByCell() async throws {
        let folder = try TemporaryFolder()
        let load = "-b 5kpps -t 20ms --warmup 0 -q"
        let commands = ["a", "b"].flatMap { name in
            ["sweep --vary mtu=1500,9000,100 -s 512 --rounds 6 \(load) -o sweep-\(name)", "bakeoff --rounds 1 \(load) -o bakeoff-\(name)"]
        }
        try await atOnce(commands) { command in
            let run = try await Program.vethmark(command.split(separator: " ").map(String.init), in: folder.path)
            #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        }
        let sweeps = try await compare("sweep-a", "sweep-b", "--allow-untrusted", "--json", in: folder.path)
        #expect(sweeps.exitCode == 0, "\(sweeps.errors)")
        let cells = try #require(try sweeps.json()["cells"] as? [[String: Any]])
        #expect(cells.map { $0["settings"] as? [String: String] } == ["1500", "9000", "100"].map { ["mtu": $0] })
        #expect(cells.map { $0["wasNotMeasured"] as? Bool } == [false, false, true])
        let text = try await compare("sweep-a", "sweep-b", "--allow-untrusted", in: folder.path)
        #expect(text.output.contains("Cells, received") && text.output.contains("of 3 cells; 1 not measured"), "\(text.output)")
        let markdown = try await compare("sweep-a", "sweep-b", "--allow-untrusted", "--markdown", in: folder.path)
        #expect(markdown.output.contains("| mtu | base | new | verdict |"), "\(markdown.output)")
        let lines = try await compare("sweep-a", "sweep-b", "--allow-untrusted", "--format", "benchstat", in: folder.path)
        #expect(lines.output.split(separator: "\n").count { $0.hasPrefix("BenchmarkVethmark/mtu=9000 1 ") } == 12, "\(lines.output)")
        let bakeoffs = try await compare("bakeoff-a", "bakeoff-b", "--allow-untrusted", "--json", "--report", "r.html", in: folder.path)
        #expect((try bakeoffs.json()["cells"] as? [[String: Any]])?.count == 15, "\(bakeoffs.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/r.html"))
        let both = try await compare("sweep-a", "bakeoff-b", in: folder.path)
        #expect(both.exitCode == 1)
        #expect(
            both.errors
                == "vethmark: sweep-a is a sweep and bakeoff-b is a bakeoff; compare two runs, two sweeps or two bakeoffs\n",
            "\(both.errors)")
    }

    @Test(arguments: [
        (["before"], "name base and new"), (["--ab", "-s 64"], "put each in quotes"), (["--ab", "--mtu x", ""], "A: --mtu is 'x'"),
        (["--ab", "", "--name 'x"], "B: a ' is never closed"), (["--ab", "", "--nonsense"], "B: --nonsense is no option"),
        (["--ab", "", "--json"], "behind `vethmark compare`"),
        (["--ab", "--brief", ""], "A: output and bounds are those of the comparison"),
        (["--ab", "", "--openmetrics a.prom"], "B: output and bounds"), (["--ab", "", "--listen 9464"], "B: output and bounds"),
        (["--ab", "--max-loss 1%", ""], "A: output and bounds"), (["--ab", "--live", ""], "A: output and bounds"),
        (["--ab", "--repeats 3", ""], "A: --repeats has no place here; use --rounds"),
        (["--ab", "-t 0", ""], "A: --time is 0"), (["--ab", "--help", ""], "A: '--help' asks for help"),
        (["before", "after", "--rounds", "6"], "--rounds belongs to --ab"), (["before", "after", "--threshold", "5"], "as in 5%"),
        (["before", "after", "--json", "--markdown"], "choose one"), (["--ab", "", "", "before"], "no place for 'before'"),
        (["before", "after", "--format", "csv"], "allowed: benchstat")
    ])
    func wrongUsageIsToldInALine(_ arguments: [String], _ sentence: String) async throws {
        let run = try await Program.vethmark(["compare"] + arguments)
        #expect(run.exitCode == 64 && run.output.isEmpty && run.errors.contains(sentence), "\(run.errors)")
        #expect(run.errors.hasPrefix("vethmark: ") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }

    @Test func whatIsNotThereEndsWithOne() async throws {
        let run = try await compare("/nowhere", "/nowhere")
        #expect(run.exitCode == 1 && run.errors.hasPrefix("vethmark: there is no result /nowhere; "))
    }

    @Test func aBrokenBoundEndsARunWithThree() async throws {
        let common = ["run", "-b", "5kpps", "-t", "200ms", "--warmup", "0", "-q", "--no-save", "--json"]
        let run = try await Program.vethmark(common + ["--max-loss", "1%", "--min-rate", "1gpps", "--max-p99", "1s"])
        #expect(run.exitCode == 3 && run.errors.contains("vethmark: --min-rate: received must be at least 1 Gpps and is "), "\(run.errors)")
        let gates = try #require(try run.json()["gates"] as? [[String: Any]])
        #expect(gates.map { $0["name"] as? String } == ["max-loss", "min-rate", "max-p99"])
        #expect(gates[1]["passed"] as? Bool == false && gates[1]["bound"] as? Double == 1e9 && gates[1]["value"] != nil)
        let blind = try await Program.vethmark(["run", "--engine", "null", "-n", "1000", "--no-save", "-q", "--max-p99", "1s"])
        #expect(blind.exitCode == 3 && blind.output.contains("path p99 must be at most 1 s and was not measured"), "\(blind.output)")
        #expect(try await Program.vethmark(["run", "--min-rate", "max"]).exitCode == 64)
        #expect(try await Program.vethmark(["run", "--max-loss", "101%"]).exitCode == 64)
    }
}
