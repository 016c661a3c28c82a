import Foundation
import Subprocess
import Testing

/// `vethmark run` as users run it.
@Suite(.enabled(if: Requirement.root), .serialized) struct RunTests {
    private let quick = ["-t", "0.5", "--warmup", "100ms", "-q"]

    @Test func jsonIsOneObjectWithTheStableKeys() async throws {
        let run = try await Program.vethmark(["run", "-b", "20kpps", "--json", "--no-save"] + quick)
        #expect(run.exitCode == 0, "\(run.errors)")
        let result = try run.json()
        #expect(result["schema"] as? String == "vethmark.result/1")
        #expect(result["trusted"] as? Bool == true)
        for key in ["plan", "conditions", "trials", "summary", "warnings"] { #expect(result[key] != nil, "\(key)") }
        let trial = try #require((result["trials"] as? [[String: Any]])?.first)
        for key in ["ledger", "rates", "latency", "workers", "intervals"] { #expect(trial[key] != nil, "\(key)") }
        let ledger = try run.ledger()
        #expect(ledger["residual"] == 0)
        #expect((ledger["received"] ?? 0) > 0)
    }

    @Test func theReportGoesToStdoutAndProgressToStderr() async throws {
        let run = try await Program.vethmark(["run", "--no-save", "-t", "1", "-I", "300ms", "--warmup", "100ms"])
        #expect(run.ranToItsEnd)
        #expect(run.output.lowercased().contains("residual"))
        #expect(!run.output.contains("\u{1B}["))
        #expect(run.errors.split(separator: "\n").count >= 2)
    }

    @Test func withoutASubcommandItRuns() async throws {
        let run = try await Program.vethmark(["--json", "--no-save"] + quick)
        #expect(run.ranToItsEnd, "\(run.errors)")
    }

    @Test func aRunIsSavedUnderResults() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(["run"] + quick, in: folder.path)
        #expect(run.ranToItsEnd, "\(run.errors)")
        let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/results")
        #expect(runs.count == 1)
        let saved = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/results/\(runs[0])/result.json"))
        let object = try JSONSerialization.jsonObject(with: saved) as? [String: Any]
        #expect(object?["schema"] as? String == "vethmark.result/1")
    }

    @Test func aFolderThatCanNotBeWrittenStillGivesTheResult() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("taken", "x")
        let run = try await Program.vethmark(["run", "--json", "-o", file + "/below"] + quick)
        #expect(try run.ledger()["residual"] == 0)
        #expect(run.exitCode == 1)
        #expect(run.errors.contains("taken"))
    }

    @Test func anOrdinaryUserNeedsNoRoot() async throws {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/vethmark"
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: copy)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
        let run = try await Program.vethmark(
            ["run", "--json", "-o", folder.path + "/mine"] + quick, in: folder.path, asUser: 65_534, path: copy)
        #expect(run.ranToItsEnd, "\(run.errors)")
        #expect(try run.ledger()["residual"] == 0)
        let conditions = try run.json()["conditions"] as? [String: Any]
        #expect(conditions?["privilege"] as? String == "user namespace")
    }

    @Test func theFirstInterruptGivesAReportAndExitZero() async throws {
        for signal in [SIGINT, SIGTERM] {
            let run = try await Program.vethmark(["run", "--json", "--no-save", "-t", "0", "--warmup", "100ms", "-q"]) { process in
                try await Program.waitUntilItTakesSignals(process)
                try await Task.sleep(for: .seconds(1.5))
                kill(process.value, signal)
            }
            #expect(run.ranToItsEnd, "\(run.errors)")
            #expect(try run.ledger()["residual"] == 0)
            #expect((try run.ledger()["received"] ?? 0) > 0)
            let trials = try run.json()["trials"] as? [[String: Any]]
            #expect(trials?.first?["endedBecause"] as? String == "interrupted")
        }
    }

    /// Both are there when the process looks: it was stopped meanwhile, for between the first and the end of the drain are a few milliseconds.
    @Test(arguments: [SIGTERM, SIGQUIT]) func theSecondInterruptEndsAtOnceWithLinksRestored(_ second: Int32) async throws {
        try await TestBed.with { bed in
            let before = try await bed.description(bed.near, bed.txName)
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "--mtu", "4000", "-t", "0", "--warmup", "0", "-q", "--no-save", "--json"
            ]) { process in
                try await bed.waitForTap(bed.far)
                try await Task.sleep(for: .milliseconds(300))
                #expect(try await bed.description(bed.near, bed.txName).contains("\"mtu\":4000"))
                for signal in [SIGSTOP, SIGINT, second, SIGCONT] { kill(process.value, signal) }
            }
            #expect(run.exitCode == 130, "\(run.errors)")
            #expect(run.output.isEmpty)
            #expect(try await bed.description(bed.near, bed.txName) == before)
        }
    }

    @Test func killLeavesNothing() async throws {
        func namespaces() async throws -> Set<Substring> {
            Set(try await Program.tool("lsns", "-t", "net", "-n", "-o", "NS").output.split(separator: "\n"))
        }
        let before = try await namespaces()
        let run = try await Program.vethmark(["run", "--no-save", "-t", "0", "--warmup", "0", "-q"]) { process in
            try await Task.sleep(for: .seconds(1))
            kill(process.value, SIGKILL)
        }
        #expect(run.exitCode == nil)
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await namespaces().subtracting(before).isEmpty)
        let links = try await Program.tool("ip", "-br", "link").output
        #expect(!links.contains("vethmark"))
    }

    @Test func aPeerThatIsDeletedEndsTheRunUntrusted() async throws {
        try await TestBed.with { bed in
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "-t", "20", "--warmup", "0", "--json", "--no-save", "-q"
            ]) { _ in
                try await bed.waitForTap(bed.far)
                try await Task.sleep(for: .milliseconds(300))
                try await Program.tool("ip", "-n", bed.far, "link", "del", bed.rxName)
            }
            #expect(run.exitCode == 3, "\(run.errors)")
            #expect(try run.json()["trusted"] as? Bool == false)
            #expect((try run.ledger()["received"] ?? 0) > 0)
        }
    }

    @Test func aBakeoffMeasuresEveryPair() async throws {
        let bakeoff = try await Program.vethmark([
            "bakeoff", "--no-save", "--rounds", "1", "-b", "20kpps", "-t", "100ms", "--warmup", "20ms", "--json", "-q"
        ])
        #expect(bakeoff.exitCode == 0, "\(bakeoff.errors)")
        let entries = try #require(try bakeoff.json()["entries"] as? [[String: Any]])
        #expect(entries.count == 15)
        for entry in entries {
            let rate = entry["rxPps"] as? [String: Any]
            #expect(entry["obstacle"] == nil && entry["trusted"] as? Bool == true && rate?["count"] as? Int == 1, "\(entry)")
        }
        let winners = try bakeoff.json()["winners"] as? [String: String]
        #expect(winners?.keys.sorted() == ["cpu", "latency", "socket", "throughput"])
        let table = try await Program.vethmark(["bakeoff", "--no-save", "--rounds", "1", "-t", "50ms", "--warmup", "0", "-q"])
        #expect(table.output.contains("xdp → xdp") && table.output.contains("most frames a second:"), "\(table.output)")
        for wrong in [["--engine", "ring"], ["--tx", "a", "--rx", "b"], ["--rounds", "0"]] {
            #expect(try await Program.vethmark(["bakeoff"] + wrong).exitCode == 64)
        }
    }

    /// Who has no root gets what needs none, and hears why of the rest.
    @Test func withoutRootTheNextBestIsTaken() async throws {
        let program = try PublicCopy()
        let run = try await Program.vethmark(["run", "-t", "200ms", "--json", "--no-save", "-q"], asUser: 65_534, path: program.path)
        #expect(run.ranToItsEnd, "\(run.errors)")
        let trials = try #require(try run.json()["trials"] as? [[String: Any]])
        #expect(try trials.first?["engine"] as? String == "gso" && run.ledger()["residual"] == 0)
        let xdp = try await Program.vethmark(
            ["run", "--engine", "xdp", "-t", "200ms", "--no-save", "-q"], asUser: 65_534, path: program.path)
        #expect(xdp.exitCode == 1 && xdp.errors.contains("initial user namespace") && xdp.errors.contains("--engine gso"), "\(xdp.errors)")
        let bakeoff = try await Program.vethmark(
            ["bakeoff", "--no-save", "--rounds", "1", "-b", "20kpps", "-t", "50ms", "--warmup", "0", "--json", "-q"], asUser: 65_534,
            path: program.path)
        let entries = try #require(try bakeoff.json()["entries"] as? [[String: Any]])
        #expect(bakeoff.exitCode == 0 && entries.filter { $0["obstacle"] == nil }.count >= 3, "\(bakeoff.errors)")
    }

    @Test func theProbeSaysYesOrWhyNot() async throws {
        let probe = try await Program.vethmark(["probe", "--json"])
        #expect(probe.exitCode == 0)
        let items = try #require(try probe.json()["items"] as? [[String: Any]])
        for item in items {
            #expect(!(item["name"] as? String ?? "").isEmpty)
            if item["available"] as? Bool == false { #expect(!(item["remedy"] as? String ?? "").isEmpty, "\(item)") }
        }
        for name in [
            "user-namespace", "tx-ring", "rx-ring-v3", "vnet-header", "fanout-cbpf", "rps", "xdp", "numa", "clocksource",
            "engine-ring", "engine-gso", "engine-mmsg", "engine-af-xdp", "engine-xdp", "receiver-ring", "receiver-af-xdp", "receiver-xdp"
        ] {
            #expect(items.contains { $0["name"] as? String == name }, "\(name)")
        }
    }

    @Test func aDryRunShowsTheFramesAndSendsNothing() async throws {
        let run = try await Program.vethmark(["run", "--dry-run", "-s", "64,128"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.contains("766d"))
    }
}
