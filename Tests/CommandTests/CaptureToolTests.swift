import Foundation
import Testing

/// Capture tools under a load whose every frame is known.
@Suite(.enabled(if: Requirement.root), .serialized) struct CaptureToolTests {
    private static let toySource = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("capture-toy.py")

    /// The toy under a name whose counters are read.
    private func toy(in folder: TemporaryFolder, named name: String = "tcpdump") throws -> String {
        let path = try folder.file(name, try String(contentsOf: Self.toySource, encoding: .utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func capture(_ options: [String], _ tool: [String], environment: [String: String] = [:]) async throws -> Finished {
        try await Program.vethmark(
            ["capture", "-q", "--json", "--no-save", "-b", "20kpps"] + options + ["--"] + tool, environment: environment)
    }

    private func toyRun(_ mode: String, _ options: [String] = ["-n", "10000"]) async throws -> Finished {
        let folder = try TemporaryFolder()
        return try await capture(options, [try toy(in: folder), mode, "{if}", "{file}"])
    }

    private func codes(_ finished: Finished) throws -> [String] {
        (try finished.json()["warnings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
    }

    private func score(_ finished: Finished) throws -> [String: Int] {
        let score = try finished.json()["score"] as? [String: Any] ?? [:]
        return score.compactMapValues { ($0 as? NSNumber).flatMap { Int(exactly: $0) } }
    }

    /// It drops every 100th frame, holds one back, repeats one, cuts ten, spoils one, and lies: all of that, and nothing else, is told.
    @Test func faultsOfKnownSizeAreTold() async throws {
        let run = try await toyRun("faults", ["-n", "10000", "-s", "128"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let score = try score(run)
        #expect(score["sent"] == 10_000 && score["kept"] == 9_900 && score["lost"] == 100 && score["lostOnLink"] == 0)
        #expect(score["cut"] == 10 && score["repeated"] == 1 && score["reordered"] == 1 && score["altered"] == 1)
        #expect(score["claimedLost"] == 7 && score["untold"] == 93)
        #expect(score["gaps"] == 100 && score["longestGap"] == 1)
        // Frame 99 of 20 kpps was the first: the one before it was due 4.9 ms after the start, and may have left late.
        #expect(try #require(score["firstLossAt"]) >= 4_900_000)
        let tool = try run.json()["tool"] as? [String: Any]
        let claims = tool?["claims"] as? [String: Any]
        #expect(claims?["captured"] as? Int == 12_345 && tool?["readiness"] as? String == "file")
        #expect(try run.json()["schema"] as? String == "vethmark.capture/1")
        #expect(try run.json()["trusted"] as? Bool == true)
    }

    @Test func realToolsAreScoredToTheFrame() async throws {
        let lines = [
            "tcpdump -i {if} -w {file}", "dumpcap -i {if} -w {file}", "netsniff-ng --in {if} --out {file} --silent --ring-size 16MiB"
        ]
        try await atOnce(lines) { line in
            let run = try await capture(["-n", "10000", "--modify", "sourcePort=inc:4"], line.split(separator: " ").map(String.init))
            #expect(run.exitCode == 0, "\(line): \(run.errors)\n\(run.output.prefix(4_000))")
            let score = try score(run)
            let (kept, lost) = (try #require(score["kept"]), try #require(score["lost"]))
            #expect(score["sent"] == 10_000 && kept + lost == 10_000 && kept > 0, "\(line): \(score)")
            #expect(score["repeated"] == 0 && score["altered"] == 0 && score["cut"] == 0, "\(line): \(score)")
            #expect(score["claimedLost"] != nil, "\(line)")
        }
    }

    @Test func aSnapLengthCutsEveryFrame() async throws {
        let run = try await capture(["-n", "2000", "-s", "512"], ["tcpdump", "-s", "96", "-i", "{if}", "-w", "{file}"])
        let score = try score(run)
        #expect(score["cut"] == score["kept"] && score["altered"] == 0 && (score["kept"] ?? 0) > 0, "\(run.errors)")
    }

    /// Whose frames are whose can't be told any more, and the result says so.
    @Test func aSnapLengthThatCutsSignaturesIsNoScore() async throws {
        let run = try await capture(["-n", "1000"], ["tcpdump", "-s", "50", "-i", "{if}", "-w", "{file}"])
        #expect(run.exitCode == 3)
        #expect(try codes(run).contains("cut-before-signature"))
    }

    /// Without a file its own counters have to do, and hold the load alone.
    @Test func aToolWithLogsIsScoredByItsCounters() async throws {
        let folder = try TemporaryFolder()
        let run = try await capture(["-n", "10000"], [try toy(in: folder, named: "suricata"), "logs", "{if}", "{dir}"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let score = try score(run)
        #expect(score["kept"] == 9_995 && score["lost"] == 5 && score["claimedLost"] == 0 && score["untold"] == 5 && score["cut"] == nil)
        #expect((try run.json()["score"] as? [String: Any])?["source"] as? String == "counters")
        #expect(try codes(run).contains("counters-only"))
    }

    /// A log that goes on by the clock is no sign of frames that are still to come, beside a file or without one.
    @Test func aLogThatGoesOnByTheClockEndsNothing() async throws {
        try await atOnce([("ticks", "{dir}/none"), ("ticks-and-file", "{file}")]) { mode, path in
            let folder = try TemporaryFolder()
            let run = try await capture(["-n", "2000"], [try toy(in: folder, named: "suricata"), mode, "{if}", path])
            #expect(run.exitCode == 0, "\(mode): \(run.errors)")
            #expect(try score(run)["kept"] == 2_000, "\(mode)")
            #expect(try !codes(run).contains("tool-never-quiet"), "\(mode)")
        }
    }

    private static let suricata = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build-suricata/suricata").path

    /// Statistics every second, and a capture file beside them: its counters are read in both, and in the second held against what it kept.
    @Test func suricataIsScored() async throws {
        try await atOnce([("workers", false), ("workers", true), ("autofp", false), ("autofp", true)], width: 3) {
            try await scoreSuricata($0, keepsFile: $1)
        }
    }

    private func scoreSuricata(_ runMode: String, keepsFile: Bool) async throws {
        let folder = try TemporaryFolder()
        let settings = try folder.file(
            "suricata.yaml",
            """
            %YAML 1.1
            ---
            stats: {enabled: yes, interval: 1}
            outputs:
              - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [stats: {totals: yes}]}
              - pcap-log: {enabled: \(keepsFile ? "yes" : "no"), dir: /./, filename: capture.pcap, mode: normal, limit: 1gb}
            af-packet:
              - {interface: default, threads: 1, cluster-id: 99, cluster-type: cluster_flow, use-mmap: yes, tpacket-v3: yes, block-size: 1048576}
            """)
        let words = [Self.suricata, "-c", settings, "-l", "{dir}", "--af-packet={if}", "-S", "/dev/null", "--runmode", runMode]
        let run = try await capture(["-n", "20000"], words + (keepsFile ? ["--set", "outputs.1.pcap-log.filename={file}"] : []))
        #expect(run.exitCode == 0, "\(runMode): \(run.errors)\n\(run.output.prefix(4_000))")
        let score = try score(run)
        let (kept, lost) = (try #require(score["kept"]), try #require(score["lost"]))
        #expect(score["sent"] == 20_000 && kept + lost == 20_000 && kept > 0)
        let tool = try run.json()["tool"] as? [String: Any]
        let claims = try #require(tool?["claims"] as? [String: Any])
        #expect(claims["source"] as? String == "eve.json")
        #expect((try run.json()["score"] as? [String: Any])?["source"] as? String == (keepsFile ? "file" : "counters"))
        let (captured, received, dropped) = (
            try #require(claims["captured"] as? Int), try #require(claims["received"] as? Int), try #require(claims["dropped"] as? Int)
        )
        // The probes before a load with a file are in its counters, and not in the score.
        // What lies in its ring when it ends was received, and is neither.
        #expect(received >= captured + dropped)
        if keepsFile { #expect(captured >= kept && score["repeated"] == 0) } else { #expect(captured == kept) }
    }

    /// Tools and rounds of a profile; flags and tools of the command line take their place.
    @Test func aProfileNamesTheTools() async throws {
        let folder = try TemporaryFolder()
        let profile = try folder.file(
            "tools.yaml",
            """
            frame: {size: 128}
            load: {rate: 20kpps, count: 500}
            capture:
              rounds: 2
              tools: ["\(try toy(in: folder)) steady {if} {file}", "tcpdump -i {if} -s 96 -w {file}"]
            """)
        @Sendable func captured(_ options: [String]) async throws -> Finished {
            try await Program.vethmark(["capture", "-q", "--json", "--no-save", profile] + options)
        }
        async let first = captured([])
        async let second = captured(["-n", "300", "--", "tcpdump", "-i", "{if}", "-w", "{file}"])
        let (both, one) = try await (first, second)
        #expect(both.exitCode == 0, "\(both.errors)")
        let entries = try both.json()["entries"] as? [[String: Any]] ?? []
        #expect(entries.map { ($0["rounds"] as? [Any])?.count } == [2, 2] && entries.count == 2)
        #expect(try one.exitCode == 0 && score(one)["sent"] == 300, "\(one.errors)")
        let search = try await captured(["--search", "-n", "0"])
        #expect(search.exitCode == 64 && search.errors.contains("the profile names 2"), "\(search.errors)")
        let none = try await Program.vethmark(["capture", "--no-save", "imix"])
        #expect(none.exitCode == 64 && none.errors.contains("no capture tool was named"), "\(none.errors)")
    }

    @Test func readyProfilesOfToolsAreScored() async throws {
        try await atOnce(["tcpdump-buffers", "snap-length", "suricata"]) { try await scoreReadyProfile($0) }
    }

    private func scoreReadyProfile(_ profile: String) async throws {
        let folder = URL(fileURLWithPath: Self.suricata).deletingLastPathComponent()
        let path = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let profiles = folder.deletingLastPathComponent().path + "/profiles/"
        let run = try await Program.vethmark(
            ["capture", "-q", "--json", "--no-save", profiles + profile + ".yaml", "-b", "10kpps", "-n", "2000", "--rounds", "1"],
            environment: ["PATH": path])
        #expect(run.exitCode == 0, "\(profile): \(run.errors)\n\(run.output.prefix(4_000))")
        let entries = try run.json()["entries"] as? [[String: Any]] ?? []
        #expect(entries.count == (profile == "suricata" ? 2 : 3))
        for entry in entries {
            let score = ((entry["rounds"] as? [[String: Any]])?.first?["score"] as? [String: Any]) ?? [:]
            let (kept, lost) = (score["kept"] as? Int ?? -1, score["lost"] as? Int ?? -1)
            #expect(kept > 0 && kept + lost == 2_000, "\(entry["name"] ?? "")")
        }
    }

    @Test func aToolIsKeptOnItsCPUs() async throws {
        let folder = try TemporaryFolder()
        let run = try await capture(["-n", "1000", "--tool-cpus", "0"], [try toy(in: folder), "steady", "{if}", "{file}"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect((try run.json()["tool"] as? [String: Any])?["cpus"] as? [Int] == [0])
        let none = try await capture(["--tool-cpus", "4000"], ["tcpdump"])
        #expect(none.exitCode == 64 && none.errors.contains("must be some of the CPUs"), "\(none.errors)")
    }

    /// Interfaces of one's own, in namespaces that have others.
    @Test func borrowedInterfacesAreServedInTheirNamespace() async throws {
        try await TestBed.with { bed in
            let run = try await capture(["-n", "2000", "--tx", bed.tx, "--rx", bed.rx], ["tcpdump", "-i", "{if}", "-w", "{file}"])
            #expect(run.exitCode == 0, "\(run.errors)")
            let score = try score(run)
            #expect(score["kept"] == 2_000 && score["lost"] == 0)
            let sockets = try await bed.inside(bed.far, "cat", "/proc/net/packet").output
            #expect(sockets.split(separator: "\n").count == 1, "\(sockets)")
        }
    }

    /// Several files, of which each goes on where the one before it ended.
    @Test func filesInSeriesAreReadTogether() async throws {
        let run = try await capture(
            ["-n", "10000", "-s", "512"], ["dumpcap", "-q", "-i", "{if}", "-b", "filesize:1000", "-w", "{file}"])
        let score = try score(run)
        let (kept, lost) = (try #require(score["kept"]), try #require(score["lost"]))
        #expect(kept + lost == 10_000 && kept > 9_000 && score["repeated"] == 0 && score["reordered"] == 0, "\(run.errors)")
    }

    /// Of one load and of several; they mostly wait, beside each other.
    @Test func searchesFindTheHighestRateWithoutLoss() async throws {
        async let one: Void = aSearchFindsTheHighestRateWithoutLoss()
        async let several: Void = eachLoadHasItsSearch()
        _ = try await (one, several)
    }

    /// A tool that keeps 400 frames of each trial keeps up with 2 kpps for 0.2 s, and with no more.
    private func aSearchFindsTheHighestRateWithoutLoss() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark([
            "capture", "-q", "--json", "--no-save", "--search", "-b", "8kpps", "-t", "200ms", "--", try toy(in: folder), "limited", "{if}",
            "{file}"
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let search = try run.json()["search"] as? [String: Any]
        let (lower, upper) = (search?["lowerBoundPps"] as? Double ?? 0, search?["upperBoundPps"] as? Double ?? 0)
        #expect(search?["maximumPps"] as? Double == 8_000)
        #expect(lower <= 2_005 && upper - lower <= 0.05 * upper && search?["regular"] as? Bool == true, "\(lower) … \(upper)")
        // A sender that was kept from its CPU is told from a tool that lost frames.
        let limit = search?["limitedBy"] as? String
        #expect(limit == "tool" ? upper > 1_990 : limit == "generator", "\(limit ?? "nil") at \(upper)")
        let entries = try run.json()["entries"] as? [[String: Any]]
        for round in entries?.first?["rounds"] as? [[String: Any]] ?? [] {
            let score = round["score"] as? [String: Any]
            let sent = try #require(score?["sent"] as? Int)
            #expect(score?["lost"] as? Int == max(0, sent - 400))
        }
    }

    /// The same tool for each load, and one that can't be.
    private func eachLoadHasItsSearch() async throws {
        let folder = try TemporaryFolder()
        let toy = try toy(in: folder)
        let line =
            "capture -q --search --vary size=64,60000 --vary flows=1,10 --mtu 1500 -b 2100pps -t 200ms -o s -- \(toy) limited {if} {file}"
        let run = try await Program.vethmark(line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        #expect(run.output.contains("the highest rate without loss") && run.output.contains("60000"), "\(run.output)")
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/s/result.json"))
        let result = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cells = try #require(result["cells"] as? [[String: Any]])
        let sizes = ["64", "60000"]
        #expect(
            cells.map { $0["settings"] as? [String: String] } == sizes.flatMap { size in ["1", "10"].map { ["size": size, "flows": $0] } })
        for cell in cells.prefix(2) {
            let search = try #require(cell["search"] as? [String: Any], "\(cell)")
            #expect(search["lowerBoundPps"] as? Double ?? 0 <= 2_005 && search["maximumPps"] as? Double == 2_100, "\(cell)")
        }
        for cell in cells.suffix(2) {
            #expect((cell["obstacle"] as? String)?.contains("--size") == true && cell["search"] == nil, "\(cell)")
        }
        let entries = try #require(result["entries"] as? [[String: Any]])
        #expect(entries.map { $0["name"] as? String } == sizes.flatMap { ["size \($0), flows 1", "size \($0), flows 10"] })
        #expect(entries.prefix(2).allSatisfy { ($0["rounds"] as? [Any])?.isEmpty == false } && result["search"] == nil)
        let report = try await Program.vethmark(["report", "s", "-o", "r.html"], in: folder.path)
        #expect(report.exitCode == 0, "\(report.errors)")
        for (flags, sentence) in [
            (["--vary", "size=64,512"], "--vary belongs to --search"),
            (["--search", "--vary", "rate=1kpps,2kpps"], "--vary rate has no sense"),
            (["--search", "--vary", "size=1,2"], "--size is '1'")
        ] {
            let wrong = try await Program.vethmark(["capture", "-q", "--no-save"] + flags + ["--", toy, "limited", "{if}", "{file}"])
            #expect(wrong.exitCode == 64 && wrong.errors.contains(sentence), "\(wrong.errors)")
        }
    }

    // MARK: what goes wrong

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let run = try await capture([], ["no-such-tool-here", "{if}"])
        #expect(run.exitCode == 1 && run.output.isEmpty)
        #expect(run.errors == "vethmark: there is no program 'no-such-tool-here'; install it, or give its path\n")
    }

    @Test func noToolIsWrongUsage() async throws {
        let run = try await Program.vethmark(["capture", "-q", "--no-save"])
        #expect(run.exitCode == 64 && run.errors.hasPrefix("vethmark: no capture tool was named; "), "\(run.errors)")
    }

    @Test func whatGoesWrongIsSaid() async throws {
        async let before: Void = aToolThatNeverListensIsOneSentence()
        async let after: Void = whatGoesWrongIsSaidAndTheBookStands()
        _ = try await (before, after)
    }

    private func aToolThatNeverListensIsOneSentence() async throws {
        let faults = [
            ("dies-at-start", "ended with exit code 1 before it listened; its last words: toy: no such luck"),
            ("background", "went into the background before it listened"), ("never-listens", "did not listen within 10 s")
        ]
        // Nothing is sent.
        try await atOnce(faults) { mode, words in
            let run = try await toyRun(mode)
            #expect(run.exitCode == 1 && run.output.isEmpty, "\(mode)")
            #expect(run.errors.contains(words) && run.errors.split(separator: "\n").count == 1, "\(mode): \(run.errors)")
            try await expectNoToy(mode)
        }
    }

    private func whatGoesWrongIsSaidAndTheBookStands() async throws {
        let faults = [
            ("ignores-signals", "tool-killed", Int32(3)), ("only-sigterm", "tool-needed-sigterm", 0), ("no-file", "no-file", 3),
            ("forks", "tool-forked", 0), ("dies-in-mid-run", "tool-ended", 3)
        ]
        // Each sends for half a second and waits for many: the next one begins while it waits.
        try await atOnce(Array(faults.enumerated()), width: faults.count) { turn, fault in
            try await Task.sleep(for: .seconds(2 * turn))
            let (mode, code, exit) = fault
            let run = try await toyRun(mode)
            #expect(run.exitCode == exit, "\(mode): \(run.errors)")
            let codes = try codes(run)
            #expect(codes.contains(code), "\(mode): \(codes)")
            let trial = try run.json()["trial"] as? [String: Any]
            #expect((trial?["ledger"] as? [String: Any])?["sent"] as? Int == 10_000, "\(mode)")
            if mode == "dies-in-mid-run" { #expect(try score(run)["kept"] == 1_000) }
            try await expectNoToy(mode)
        }
    }

    @Test func aFullDiskIsNamed() async throws {
        let folder = try TemporaryFolder()
        let script = """
            mount -t tmpfs -o size=2m none \(folder.path)
            TMPDIR=\(folder.path) \(Program.vethmarkPath) capture -q --json --no-save -b 20kpps -n 10000 -s 1518 -- tcpdump -U -i {if} -w {file}
            """
        let run = try await Program.run("unshare", ["--mount", "bash", "-c", script])
        #expect(run.exitCode == 3, "\(run.errors)")
        let codes = try codes(run)
        #expect(codes.contains("disk-full"), "\(codes)")
    }

    @Test func anInterruptEndsBothAndReports() async throws {
        let folder = try TemporaryFolder()
        let toy = try toy(in: folder)
        let run = try await Program.vethmark(
            ["capture", "--json", "--no-save", "-b", "5kpps", "-t", "60s", "--", toy, "steady", "{if}", "{file}"]
        ) { process in
            try await eventually("the hundredth frame") { FileManager.default.fileExists(atPath: folder.path + "/seen") }
            kill(process.value, SIGINT)
        }
        #expect(run.exitCode == 0, "\(run.errors)")
        let score = try score(run)
        #expect((score["sent"] ?? 0) >= 100 && score["kept"] == score["sent"])
        try await expectNoToy("steady")
    }

    @Test func toolsTakeTurns() async throws {
        let folder = try TemporaryFolder()
        let toy = try toy(in: folder)
        let run = try await Program.vethmark([
            "capture", "-q", "--json", "--no-save", "-b", "20kpps", "-n", "10000", "--rounds", "2", "--compare",
            "\(toy) steady {if} {file}",
            "'\(toy)' faults {if} {file}"
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let entries = try run.json()["entries"] as? [[String: Any]] ?? []
        let losses = entries.map { ($0["rounds"] as? [[String: Any]] ?? []).map { ($0["score"] as? [String: Any])?["lost"] as? Int } }
        #expect(losses == [[0, 0], [100, 100]])
    }

    @Test func nobodyNeedsToBeRoot() async throws {
        let folder = try TemporaryFolder()
        let toy = try toy(in: folder)
        // Whoever may not pass the build's folders gets a copy.
        let binary = folder.path + "/vethmark"
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: binary)
        let run = try await Program.vethmark(
            ["capture", "-q", "--json", "--no-save", "-b", "2kpps", "-n", "500", "--", toy, "steady", "{if}", "{file}"], asUser: 65_534,
            path: binary)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try score(run)["kept"] == 500)
    }

    private func expectNoToy(_ mode: String) async throws {
        let found = try await Program.run("pgrep", ["-f", "tcpdump \(mode) vethmark-b"])
        #expect(found.output.isEmpty, "left behind: \(found.output)")
    }
}
