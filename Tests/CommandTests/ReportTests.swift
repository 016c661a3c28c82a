import Foundation
import Reports
import Synchronization
import TestSupport
import Testing

/// `vethmark report`, over results that were measured for it, as a browser, an HTML checker and users see it.
@Suite(.enabled(if: Requirement.root), .serialized) struct ReportTests {
    private static let checker = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("check-report.py").path

    /// Short and slow, so that a busy machine only warns. Their figures don't matter here.
    private static let commands: [(kind: String, words: [String])] = [
        ("run", ["run", "-b", "20kpps", "-t", "400ms", "--warmup", "0", "--interval", "50ms"]),
        ("repeats", ["run", "-b", "10kpps", "-t", "50ms", "--warmup", "0", "--repeats", "6", "-s", "64,1518"]),
        (
            "sweep",
            [
                "sweep", "--vary", "mtu=1500,9000", "--vary", "size=64,1518,9018", "-b", "10kpps", "-t", "20ms", "--warmup", "0",
                "--rounds", "6"
            ]
        ),
        ("tune", ["tune", "-b", "10kpps"] + ShortTune.words),
        ("compare", ["compare", "--ab", "-s 64 -b 10kpps -t 20ms --warmup 0", "-s 512 -b 10kpps -t 20ms --warmup 0", "--rounds", "6"]),
        ("search", ["search", "--max-rate", "20kpps", "--width", "20%", "-t", "50ms", "--warmup", "0"]),
        (
            "rfc2544",
            ["rfc2544", "--max-rate", "20kpps", "--width", "20%", "-t", "20ms", "--sizes", "64,512", "--rounds", "2", "--warmup", "0"]
        ),
        (
            "rfc9004",
            ["rfc9004", "--max-rate", "20kpps", "--width", "20%", "-t", "20ms", "--sizes", "64,512", "--rounds", "2", "--warmup", "0"]
        ),
        ("capture", ["capture", "-n", "2000", "-b", "20kpps", "--", "tcpdump", "-i", "{if}", "-w", "{file}"]),
        (
            "tools",
            [
                "capture", "-n", "2000", "-b", "20kpps", "--rounds", "2", "--compare", "tcpdump -i {if} -w {file}",
                "dumpcap -i {if} -w {file}"
            ]
        ),
        ("replay", ["replay", "frames.pcap", "--loop", "2000", "-b", "20kpps"])
    ]

    /// A result of every kind, each in a folder of its name; the bakeoff's in `bakeoff.json`.
    private func measured(in folder: TemporaryFolder) async throws -> [String] {
        @Sendable func run(_ words: [String]) async throws -> Finished {
            let run = try await Program.vethmark(words, in: folder.path)
            #expect(run.exitCode == 0 || run.exitCode == 3, "\(words): \(run.errors)")
            return run
        }
        _ = try await run(["send", "--dry-run", "-q", "--udp", "1,2", "hello", "--write", "frames.pcap"])
        let bakeoff = ["bakeoff", "-q", "--rounds", "2", "-t", "20ms", "--warmup", "0", "-b", "10kpps", "--json"]
        // What only sends at a rate of its own takes no harm from others beside it.
        let searches = ["search", "rfc2544", "rfc9004"]
        try await atOnce([("bakeoff.json", bakeoff)] + Self.commands.filter { !searches.contains($0.kind) }) { kind, words in
            guard kind == "bakeoff.json" else { return _ = try await run([words[0], "-q", "-o", kind] + words.dropFirst()) }
            _ = try folder.file(kind, try await run(words).output)
        }
        for (kind, words) in Self.commands where searches.contains(kind) {
            _ = try await run([words[0], "-q", "-o", kind] + words.dropFirst())
        }
        return Self.commands.map(\.kind) + ["bakeoff.json"]
    }

    private func report(_ words: String..., in folder: TemporaryFolder) async throws -> Finished {
        try await Program.vethmark(["report"] + words, in: folder.path)
    }

    /// In namespaces without a way out, so that whatever a page wants from the network is missing, and told. Two browsers share the pages.
    ///
    /// - Parameter width: of the window, in pixels; nil for each that there is.
    /// - Returns: what is wrong, a line each.
    private func browsed(_ pages: [String], width: Int? = nil, in folder: TemporaryFolder) async throws -> [Substring] {
        let halves = [Array(pages.prefix(pages.count / 2)), Array(pages.dropFirst(pages.count / 2))].filter { !$0.isEmpty }
        let options = width.map { ["--width", "\($0)"] } ?? []
        let wrong = Mutex<[Substring]>([])
        try await atOnce(halves) { half in
            let script = "ip link set lo up && exec python3 \"$@\""
            let words = ["--net", "bash", "-c", script, "bash", Self.checker] + options + half
            let run = try await Program.run("unshare", words, in: folder.path)
            let lines = run.output.split(separator: "\n")
            #expect(run.exitCode == (lines.isEmpty ? 0 : 1), "\(run.errors.suffix(1_000))")
            wrong.withLock { $0 += lines }
        }
        return wrong.withLock { $0 }
    }

    @Test func everyKindHasAPageThatABrowserAndACheckerTake() async throws {
        let folder = try TemporaryFolder()
        let results = try await measured(in: folder)
        var pages: [String] = []
        for result in results {
            let page = result.replacing(".json", with: "") + ".html"
            let run = try await report(result, "-o", page, in: folder)
            #expect(run.exitCode == 0 && run.output.isEmpty && run.errors == "report in \(page)\n", "\(run)")
            pages.append(page)
        }
        let together = try await Program.vethmark(["report"] + results + ["-o", "all.html", "--svg", "plots"], in: folder.path)
        #expect(together.exitCode == 0 && together.errors.hasSuffix("report in all.html\n"), "\(together.errors)")
        let sides = try await report("repeats", "repeats", "-o", "sides.html", in: folder)
        #expect(sides.exitCode == 0, "\(sides.errors)")
        pages += ["all.html", "sides.html"]
        for page in pages {
            let tidy = try await Program.run("tidy", ["-q", "-e", page], in: folder.path)
            #expect(tidy.exitCode == 0 && tidy.output.isEmpty && tidy.errors.isEmpty, "\(page): \(tidy.errors.prefix(600))")
        }
        let browser = try await browsed(pages, in: folder)
        #expect(browser.isEmpty, "\(browser.prefix(20))")
        let plots = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/plots")
        #expect(plots.count > 30 && plots.allSatisfy { $0.hasSuffix(".svg") }, "\(plots.sorted())")
        for result in results {
            let csv = try await report(result, "--csv", in: folder)
            let lines = csv.output.split(separator: "\n")
            #expect(csv.exitCode == 0 && lines.count > 1 && lines[0].contains(","), "\(result): \(csv)")
            let markdown = try await report(result, "--markdown", in: folder)
            #expect(
                markdown.exitCode == 0 && markdown.output.hasPrefix("# ") && markdown.output.contains("| --- |"),
                "\(result): \(markdown.output.prefix(300))")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/report.html"))
    }

    /// What is taken out of a page, what takes its place, and what the checker says then; empty where a page is as good as before. Each is there in a wide
    /// window, but for the one of narrow ones.
    private static let faults = [
        ("<h2>", "<h4>", "is of level 4"), ("lang=\"en\"", "", "no language"), ("<caption>", "<caption hidden>", ""),
        ("role=\"img\"", "role=\"none\"", "a picture without"), ("--muted:#515c69", "--muted:#c5ccd5", "1.4.3: contrast"),
        ("sign * order(a, b)", "0", "does not turn it round"), ("\"use strict\";", "\"use strict\"; nothing();", "console: "),
        ("</main>", "<p style=\"width:3000px;max-width:none\">x</p></main>", "pixels wide"),
        ("</main>", "<img src=\"http://127.0.0.1:1/x\"></main>", "console: "),
        ("</main>", "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=\"></main>", "axe image-alt: "),
        ("lang=\"en\"", "lang=\"martian\"", "axe html-lang-valid: "),
        ("<main id", "<main role=\"nonsense\" id", "axe aria-roles: "),
        ("--muted:#515c69", "--muted:#c5ccd5", "light: axe color-contrast: "),
        ("--muted:#a3afbc", "--muted:#39424d", "dark: axe color-contrast: "),
        ("<section>", "<section role=\"region\" aria-label=\"twice\">", "axe landmark-unique: ")
    ]

    private static let narrowFaults = [("svg.narrow{display:block;", "svg.narrow{display:none;", "plots are shown")]

    /// The checker has to see what is wrong, or it would let everything pass. One browser looks at all pages, each with its fault.
    @Test func theCheckerSeesFaults() async throws {
        let page = HTMLReport.text([ReportPage(try sampleRun(trials: 3))])
        for (width, faults) in [(1280, Self.faults), (390, Self.narrowFaults)] {
            let folder = try TemporaryFolder()
            let names = try faults.enumerated().map { position, fault in
                #expect(page.contains(fault.0), "\(fault.0)")
                _ = try folder.file("page\(position).html", page.replacing(fault.0, with: fault.1))
                return "page\(position).html"
            }
            let browser = try await browsed(names, width: width, in: folder)
            for (name, (_, fault, sentence)) in zip(names, faults) {
                let lines = browser.filter { $0.hasPrefix(name + ": ") }
                #expect(sentence.isEmpty ? lines.isEmpty : lines.contains { $0.contains(sentence) }, "\(fault): \(lines.prefix(5))")
            }
        }
    }

    @Test func aRunWritesItAtOnce() async throws {
        let folder = try TemporaryFolder()
        let quick = ["-b", "5kpps", "-t", "50ms", "--warmup", "0", "-q", "--no-save"]
        let run = try await Program.vethmark(["run"] + quick + ["--report", "now.html"], in: folder.path)
        #expect(run.exitCode == 0 && run.errors.contains("report in now.html\n") && run.output.contains("received"), "\(run)")
        let text = try String(contentsOfFile: folder.path + "/now.html", encoding: .utf8)
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.contains("--report now.html"))
        let sweep = try await Program.vethmark(
            ["sweep", "--vary", "mtu=1500,9000", "--rounds", "1"] + quick + ["--report", "sweep.html"], in: folder.path)
        #expect(sweep.exitCode == 0 && sweep.errors.contains("report in sweep.html"), "\(sweep.errors)")
    }

    @Test(arguments: [
        (["report"], "a report needs a result"), (["report", "x", "--csv", "--markdown"], "choose one"),
        (["report", "x", "y", "--csv"], "one result"),
        (["report", "x", "-o", ""], "names no file"), (["report", "x", "-o", "-", "--csv"], "both want standard output"),
        (["run", "--report", "/nowhere/report.html"], "--report: there is no folder /nowhere"),
        (["run", "--report", "/"], "--report: / is a folder"),
        (["run", "--report", "/dev/null"], "--report: /dev/null is no ordinary file")
    ])
    func wrongUsageIsToldInALine(_ words: [String], _ sentence: String) async throws {
        let run = try await Program.vethmark(words)
        #expect(run.exitCode == 64 && run.output.isEmpty && run.errors.contains(sentence), "\(run.errors)")
        #expect(run.errors.hasPrefix("vethmark: ") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }

    @Test func whatCannotBeReadOrWrittenEndsWithOne() async throws {
        let folder = try TemporaryFolder()
        try ResultStore(folder: folder.path + "/run").save(try sampleRun())
        let whole = try String(contentsOfFile: folder.path + "/run/result.json", encoding: .utf8)
        _ = try folder.file("half.json", String(whole.prefix(1_000)))
        _ = try folder.file("other.json", "{\"name\": \"foreign\"}")
        for (words, sentence) in [
            (["nowhere"], "there is no result nowhere"), (["half.json"], "half.json is no whole JSON object"),
            (["other.json"], "other.json is no result of vethmark"), (["run", "-o", "run"], "run is a folder"),
            (["run", "-o", "a/b.html"], "there is no folder"), (["run", "--svg", "half.json"], "half.json can't be made")
        ] {
            let run = try await Program.vethmark(["report"] + words, in: folder.path)
            #expect(run.exitCode == 1 && run.output.isEmpty && run.errors.contains(sentence), "\(words): \(run)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["half.json", "other.json", "run"], "\(names)")
    }

    @Test func aFullDiskAndAClosedPipeAreNoDisaster() async throws {
        let folder = try TemporaryFolder()
        try ResultStore(folder: folder.path + "/run").save(try sampleRun())
        let script = """
            mkdir full && mount -t tmpfs -o size=8k none full && echo old > full/report.html
            \(Program.vethmarkPath) report run -o full/report.html; echo $?; cat full/report.html; ls full
            \(Program.vethmarkPath) report run -o - | head -c 10; echo; echo ${PIPESTATUS[0]}
            """
        let run = try await Program.run("unshare", ["--mount", "bash", "-c", script], in: folder.path)
        #expect(
            run.errors == "vethmark: full/report.html can't be written: No space left on device; make room, or choose another place\n",
            "\(run.errors)")
        #expect(run.output == "1\nold\nreport.html\n<!DOCTYPE \n0\n", "\(run.output)")
    }
}
