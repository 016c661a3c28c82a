import Foundation
import Subprocess
import Testing

/// What becomes of a command whose output can't be written, and of its result.
@Suite(.enabled(if: Requirement.root), .serialized) struct OutputTests {
    private let quick = "-b 20kpps -t 200ms --warmup 0"

    /// A line of bash, with `V` for vethmark, in a folder of its own; its exit code is that of `V` if it says so with PIPESTATUS.
    private func shell(_ line: String, in folder: TemporaryFolder) async throws -> Finished {
        try await Program.run("bash", ["-c", line], in: folder.path, environment: ["V": Program.vethmarkPath])
    }

    private func saved(_ folder: TemporaryFolder) throws -> [String: Any]? {
        let runs = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/results")) ?? []
        guard runs.count == 1 else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/results/\(runs[0])/result.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any]
    }

    @Test(arguments: [
        "--version", "-V", "--help", "run --help", "help link add", "probe", "probe --json", "run --dry-run", "run --dry-run --json",
        "run --no-save -q -t 100ms --warmup 0", "run --json --no-save -q -t 100ms --warmup 0",
        "bakeoff --rounds 1 -t 20ms --warmup 0 -q --no-save", "link", "link show --json", "link show --tree",
        "send --dry-run --udp 1,2 hello",
        "sniff -e help", "sniff -r frames.pcap", "sniff -r frames.pcap --json", "--generate-completion-script bash"
    ])
    func aFullDiskIsOneLineAndExit1(_ command: String) async throws {
        let folder = try TemporaryFolder()
        _ = try await shell("$V send --dry-run -q --udp 1,2 hello --write frames.pcap", in: folder)
        let run = try await shell("$V \(command) > /dev/full", in: folder)
        #expect(run.exitCode == 1, "\(run.status)")
        let lines = run.errors.split(separator: "\n").filter { !$0.hasSuffix("matched") }
        #expect(
            lines == ["vethmark: standard output can't be written: No space left on device; make room, or send it elsewhere"],
            "\(run.errors)")
    }

    @Test(arguments: ["", "--json"]) func aFullDiskCostsNoResult(_ form: String) async throws {
        let folder = try TemporaryFolder()
        let run = try await shell("$V run \(quick) -q \(form) > /dev/full", in: folder)
        #expect(run.exitCode == 1)
        #expect(run.errors.contains("saved in results/"))
        #expect(try saved(folder)?["trusted"] as? Bool == true)
    }

    @Test func aClosedStreamIsNoOtherFilesPlace() async throws {
        let folder = try TemporaryFolder()
        let run = try await shell("$V run \(quick) -q >&-", in: folder)
        #expect(run.exitCode == 1 && run.errors.contains("standard output is closed"), "\(run.errors)")
        #expect(try saved(folder)?["trusted"] as? Bool == true)
        // Both, and the keyboard.
        #expect(try await shell("$V run \(quick) --no-save <&- 2>&- | tail -1; exit ${PIPESTATUS[0]}", in: folder).exitCode == 0)
    }

    /// The reader of the first line is served, and the exit code is the work's own.
    @Test(arguments: [
        ("run -b 20kpps -t 200ms --warmup 0 -q --json", 0), ("run -b 20kpps -t 200ms --warmup 0 -v 2>&1", 0), ("run --help", 0),
        ("link show --json", 0),
        ("sniff -r many.pcap", 0), ("sniff -r many.pcap -w -", 0), ("sniff -r many.pcap --json", 0), ("run --foo", 64)
    ])
    func aReaderThatLeavesIsAnOrdinaryEnd(_ command: String, _ code: Int32) async throws {
        let folder = try TemporaryFolder()
        _ = try await shell("$V send --dry-run -q --udp 1,2 hello -n 20000 --write many.pcap", in: folder)
        let run = try await shell("$V \(command) | head -1; exit ${PIPESTATUS[0]}", in: folder)
        #expect(run.exitCode == code, "\(command): \(run.status) \(run.errors)")
        #expect(!run.errors.contains("Fatal") && !run.errors.contains("can't be written"), "\(run.errors)")
        if command.hasPrefix("run -b") { #expect(try saved(folder)?["trusted"] as? Bool == true) }
    }

    /// Nobody is left who could press Ctrl-C.
    @Test func aRunWithoutEndEndsWithItsLastReader() async throws {
        let folder = try TemporaryFolder()
        let run = try await shell("timeout 20 $V run -t 0 --warmup 0 -I 50ms -v 2>&1 | head -1; exit ${PIPESTATUS[0]}", in: folder)
        #expect(run.exitCode != 124, "\(run.status)")
    }

    @Test func stderrThatIsFullOrLeavesHarmsNothing() async throws {
        let folder = try TemporaryFolder()
        for line in [
            "$V run \(quick) -I 20ms -v --json --no-save 2> /dev/full",
            "$V run \(quick) -I 20ms -v --json --no-save 2> >(head -1 > /dev/null)"
        ] {
            let run = try await shell(line, in: folder)
            #expect(run.exitCode == 0, "\(run.status)")
            #expect(try run.ledger()["residual"] == 0)
        }
    }

    @Test func borrowedSettingsAreGivenBackWhenTheReaderLeaves() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let before = try await bed.description(bed.near, bed.txName)
            let run = try await shell(
                "$V run --tx \(bed.tx) --rx \(bed.rx) --mtu 4000 \(quick) -I 20ms -v --no-save 2>&1 | head -1; exit ${PIPESTATUS[0]}",
                in: folder)
            #expect(run.exitCode == 0)
            #expect(try await bed.description(bed.near, bed.txName) == before)
        }
    }

    @Test func whereItWasSavedIsAlwaysSaid() async throws {
        let folder = try TemporaryFolder()
        let run = try await shell("$V run \(quick) -q -o here && $V run \(quick) -q -o here", in: folder)
        #expect(run.exitCode == 0)
        #expect(run.errors == "saved in here\nsaved in here-2\n")
    }

    @Test func aFullDiskUnderTheResultsIsToldPlainly() async throws {
        let folder = try TemporaryFolder()
        // In a mount namespace, gone with it.
        let line =
            "mkdir full && mount -t tmpfs -o size=4k none full && $V run \(quick) -q -o full/a --json; code=$?; ls full >&2; exit $code"
        let run = try await Program.run("unshare", ["-m", "bash", "-c", line], in: folder.path, environment: ["V": Program.vethmarkPath])
        #expect(run.exitCode == 1)
        #expect(try run.ledger()["residual"] == 0)
        #expect(
            run.errors
                == "vethmark: the run could not be saved in full/a: No space left on device; choose another folder with -o, or use --no-save\n"
        )
    }

    /// Trial 2 or 3 finds no descriptor left: what was measured before is kept, told and saved.
    @Test func trialsBeforeAFailureAreKept() async throws {
        let folder = try TemporaryFolder()
        let result = folder.path + "/kept/result.json"
        let run = try await Program.vethmark(
            ["run", "-b", "20kpps", "-t", "400ms", "--warmup", "0", "--repeats", "6", "-q", "--json", "-o", "kept"], in: folder.path
        ) { process in
            try await eventually("a result") { FileManager.default.fileExists(atPath: result) }
            try await Task.sleep(for: .milliseconds(150))
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.value)/fd").count
            try await Program.tool("prlimit", "--pid", "\(process.value)", "--nofile=\(open - 1)")
        }
        #expect(run.exitCode == 1, "\(run.status) \(run.errors)")
        let trials = try #require(try run.json()["trials"] as? [[String: Any]])
        #expect((1...5).contains(trials.count) && trials.allSatisfy { $0["trusted"] as? Bool == true })
        let failure = try #require(try run.json()["failure"] as? String)
        #expect(failure.hasPrefix("trial \(trials.count + 1) of 6 failed: ") && failure.contains("Too many open files"), "\(failure)")
        let warnings = try run.json()["warnings"] as? [[String: Any]] ?? []
        #expect(warnings.contains { $0["code"] as? String == "trial-failed" })
        let saved = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: result))) as? [String: Any]
        #expect((saved?["trials"] as? [Any])?.count == trials.count && saved?["failure"] as? String == failure)
    }

    @Test func trialsBeforeASecondInterruptAreSaved() async throws {
        let folder = try TemporaryFolder()
        let result = folder.path + "/kept/result.json"
        let run = try await Program.vethmark(["run", "-t", "2", "--warmup", "0", "--repeats", "6", "-q", "-o", "kept"], in: folder.path) {
            process in
            try await eventually("a result") { FileManager.default.fileExists(atPath: result) }
            kill(process.value, SIGINT)
            try await Task.sleep(for: .milliseconds(1))
            kill(process.value, SIGINT)
        }
        // The first may have ended the trial before the second came.
        #expect(run.exitCode == 130 && run.errors.contains("the trials before are saved in kept") || run.exitCode == 0, "\(run.errors)")
        #expect(FileManager.default.fileExists(atPath: result))
    }
}

/// Ctrl-C at any time: what was measured is told, and what wasn't is no result.
@Suite(.enabled(if: Requirement.root), .serialized) struct InterruptTests {
    private func run(_ arguments: [String], interruptedAfter seconds: Double) async throws -> Finished {
        try await Program.vethmark(arguments) { process in
            try await Program.waitUntilItTakesSignals(process)
            try await Task.sleep(for: .seconds(seconds))
            kill(process.value, SIGINT)
        }
    }

    @Test func inTheWarmupNothingWasMeasured() async throws {
        let json = try await run(["run", "--warmup", "10", "--no-save", "-q", "--json"], interruptedAfter: 1)
        #expect(json.exitCode == 3)
        #expect(try json.json()["trusted"] as? Bool == false)
        let text = try await run(["run", "--warmup", "10", "--no-save", "-q"], interruptedAfter: 1)
        #expect(text.exitCode == 3 && text.output.hasPrefix("nothing was measured\n"), "\(text.output)")
        #expect(!text.output.contains("every frame is accounted for"))
    }

    @Test func inALaterTrialTheEarlierOnesAreTheResult() async throws {
        let run = try await run(
            ["run", "--warmup", "0", "-t", "500ms", "--repeats", "50", "--no-save", "-q", "--json"], interruptedAfter: 2.8)
        #expect(run.exitCode == 0, "\(run.errors)")
        let summary = try #require(try run.json()["summary"] as? [String: Any])
        let rate = try #require(summary["rxPps"] as? [String: Any])
        let trials = try #require(try run.json()["trials"] as? [[String: Any]])
        let whole = trials.filter { $0["endedBecause"] as? String == "duration" }
        #expect(rate["count"] as? Int == whole.count && whole.count >= 2)
        #expect((rate["min"] as? Double ?? 0) > 0 && (rate["confidenceLow"] as? Double ?? -1) > 0)
    }

    @Test func aBakeoffTellsWhatThereIs() async throws {
        let json = try await run(
            ["bakeoff", "-b", "20kpps", "-t", "200ms", "--warmup", "0", "--json", "-q", "--rounds", "100", "--no-save"], interruptedAfter: 4
        )
        #expect(json.exitCode == 0, "\(json.errors)")
        #expect(try json.json()["interrupted"] as? Bool == true)
        let entries = try #require(try json.json()["entries"] as? [[String: Any]])
        #expect(entries.contains { $0["obstacle"] == nil && $0["trusted"] as? Bool == true })
        let nothing = try await run(["bakeoff", "-t", "1", "--warmup", "10", "-q", "--no-save"], interruptedAfter: 1)
        #expect(nothing.exitCode == 3 && nothing.output.contains("nothing was measured"), "\(nothing.output) \(nothing.errors)")
    }
}
