import Foundation
import Methods
import Metrics
import TestSupport
import Testing

@testable import Reports
@testable import Trials
@testable import Plans
@testable import Results

@Suite struct MarkupTests {
    @Test(arguments: [
        ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("\u{0}\u{1B}[31m", "\\x00\\x1b[31m"), ("a\u{202E}b", "a\\u{202e}b"),
        ("\u{FFFE}", "\u{FFFD}"),
        ("ä → 漢", "ä → 漢"), ("a\nb", "a\\x0ab")
    ])
    func textIsEscaped(_ plain: String, _ escaped: String) {
        #expect(Markup(escaping: plain).text == escaped)
        #expect(("<p title=\"\(plain)\">" as Markup).text == "<p title=\"\(escaped)\">")
    }

    @Test func onlyMarkupStaysMarkup() {
        let inner: Markup = "<b>\("<i>")</b>"
        #expect(("<p>\(inner)</p>" as Markup).text == "<p><b>&lt;i&gt;</b></p>")
        #expect(("\(1.0)|\(1.256)|\(-0.004)|\(Double.nan)|\(7)" as Markup).text == "1|1.26|0|0|7")
    }
}

@Suite struct HTMLReportTests {
    @Test func nothingOutOfAResultBecomesMarkup() throws {
        let bait = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202E}"
        let run = try SamplePages.fullRun { run in
            run.plan.run.label = bait
            run.warnings = [Warning(code: bait, message: bait, remedy: bait)]
            run.command = ["vethmark", bait]
            run.failure = bait
            run.placement.reason = bait
            run.gates = [GateResult(name: bait, bound: 1, value: nil, passed: false, words: bait)]
            run.conditions.cpuModel = bait
            run.conditions.mitigations = [bait: bait]
            run.conditions.transmitLink.name = bait
            run.conditions.transmitLink.features = [bait: true]
        }
        // As somebody may have written it into a file.
        var object = try #require(
            JSONSerialization.jsonObject(with: Data(JSONReport.text(SamplePages.comparison()).utf8)) as? [String: Any])
        var side = try #require(object["base"] as? [String: Any])
        side["source"] = bait
        var figures = try #require(object["figures"] as? [[String: Any]])
        figures[0]["words"] = bait
        figures[1]["unit"] = bait
        (object["base"], object["notes"], object["figures"]) = (side, [bait], figures)
        func read() throws -> ResultComparison {
            try JSONDecoder().decode(ResultComparison.self, from: JSONSerialization.data(withJSONObject: object))
        }
        let comparison = try read()
        figures[1]["name"] = bait
        object["figures"] = figures
        #expect(throws: DecodingError.self) { try read() }
        let pages = [ReportPage(run, source: bait), ReportPage(comparison)]
        let text = HTMLReport.text(pages)
        #expect(!text.contains("alert(1)</script>") && !text.contains("<img") && !text.contains("\u{202E}"))
        #expect(text.components(separatedBy: "<script").count == 2 && text.components(separatedBy: "</title>").count > 2)
        #expect(text.contains("&lt;img src=x onerror=alert(2)&gt;"))
        for (_, plot) in ReportFile.plots(of: pages) { #expect(!SVG.file(plot).contains("<script") && !SVG.file(plot).contains("<img")) }
        let markdown = MarkdownReport.text(pages).split(separator: "\n").filter { !$0.hasPrefix("    ") }.joined(separator: "\n")
        #expect(!markdown.contains("<script") && !markdown.contains("<img"))
    }

    @Test func nothingIsFetched() throws {
        let text = HTMLReport.text([ReportPage(try SamplePages.fullRun())])
        for word in ["http://", "https://", "url(", "@import", "<link", "src="] { #expect(!text.contains(word), "\(word)") }
        #expect(text.contains("default-src 'none'"))
    }

    @Test func theAnswerStandsInFront() throws {
        let trusted = HTMLReport.text([ReportPage(try sampleRun())])
        let heading = try #require(trusted.firstMatch(of: /<h1[^>]*>([^<]*)<\/h1>/)).1
        #expect(heading.hasPrefix("750 kpps received (384 Mb/s at layer 2), no loss"))
        #expect(trusted.contains("Trusted: the book is closed"))
        let void = HTMLReport.text([ReportPage(try SamplePages.fullRun { $0.trusted = false })])
        #expect(void.contains("Don&#39;t trust this result: the book does not close."))
        #expect(void.contains("<strong class=\"bad\">This voids the result.</strong>"))
    }

    @Test func aHundredCellsAreBelowAMegabyte() throws {
        let sweep = try SamplePages.sweep(sizes: 10)
        #expect(sweep.cells.count == 100)
        let page = ReportPage(sweep)
        let text = HTMLReport.text([page])
        #expect(text.utf8.count < 1_000_000, "\(text.utf8.count)")
        #expect(text.contains("can&#39;t be had"))
        let names = ReportFile.plots(of: [page]).map(\.name)
        #expect(names.contains("sweep-grid-received-mtu-size.svg") && names.contains("sweep-received-by-mtu.svg"), "\(names)")
    }

    @Test func aHundredAndTwentyIntervalsOfTenTrialsAreToo() throws {
        let run = try SamplePages.fullRun(trials: 10) { run in
            for index in run.trials.indices { run.trials[index].latency.pathOverTime = SamplePages.overTime(intervals: 120, classes: 24) }
        }
        let page = ReportPage(run)
        let text = HTMLReport.text([page])
        #expect(text.utf8.count < 1_000_000, "\(text.utf8.count)")
        #expect(ReportFile.plots(of: [page]).map(\.name).contains("run-latency-over-time-10.svg"))
    }

    @Test func latencyOverTimeIsAMapAndATable() throws {
        let page = ReportPage(try SamplePages.fullRun())
        let map = try #require(page.sections.flatMap(\.blocks).flatMap(\.plots).first { $0.name == "latency-over-time" } as? TimeMap)
        #expect(map.summary == "10 intervals; p50 between 2.048 µs and 2.048 µs, p99 between 2.896 µs and 6.888 µs, most from 200 ms on.")
        for width in [PlotWidth.narrow, PlotWidth.wide] {
            let text = map.drawing(width: width).shapes.text
            // A line that stops where nothing came goes on behind it, and both have a rim.
            #expect(text.components(separatedBy: "class=\"halo\"").count == 3)
            let path = try #require(text.firstMatch(of: /class="curve l-ink dashed" d="([^"]*)"/.ignoresCase())?.1 ?? nil)
            #expect(path.components(separatedBy: "M").count <= 3, "\(path)")
        }
        let table = try #require(TrialTables.overTime(SamplePages.fullRun().trials[0]))
        #expect(table.rows.count == 10 && table.rows[4].map(\.text) == ["400 ms", "0", "–", "–", "–"])
        #expect(MarkdownReport.text([page]).contains("Path latency by interval"))
    }

    @Test func whatLastedAMomentTellsNoRate() throws {
        var trial = try SamplePages.fullRun().trials[0]
        trial.intervals.append(
            IntervalResult(
                startNanoseconds: 1_000_000_000, endNanoseconds: 1_001_000_000, sent: 0, received: 100, txPps: 0, rxPps: 100_000))
        #expect(TrialPlots.rates(trial)?.series.map(\.points.count) == [10, 10])
        trial.intervals[10].endNanoseconds += 99_000_000
        #expect(TrialPlots.rates(trial)?.series.map(\.points.count) == [11, 11])
    }

    @Test func whatWasNotMeasuredOverTimeIsSaid() throws {
        func text(_ course: LatencyOverTime?) throws -> String {
            HTMLReport.text([ReportPage(try SamplePages.fullRun { $0.trials[0].latency.pathOverTime = course })])
        }
        #expect(try text(nil).contains("Latency over time: not measured."))
        #expect(try text(SamplePages.overTime(intervals: 1)).contains("--interval makes them shorter"))
        #expect(try !text(SamplePages.overTime(intervals: 2)).contains("Latency over time:"))
    }

    @Test func aCellsObstacleIsInItsRow() throws {
        let sweep = try SamplePages.sweep(sizes: 2)
        let table = SweepTables.cells(sweep.cells, settings: ["mtu", "size"])
        let row = try #require(table.rows.first { $0[0].text == "1500" && $0[1].text == "64" })
        #expect(row.last?.text.contains("can't be had") == true, "\(row.map(\.text))")
        #expect(table.rows.allSatisfy { $0.count == table.columns.count } && table.isSorting)
    }

    @Test func twoRunsHaveTheirComparisonInFront() throws {
        let results: [(name: String, result: AnyResult)] = [
            ("a", .run(try sampleRun(trials: 6))), ("b", .run(try sampleRun(trials: 6)))
        ]
        let pages = AnyResult.pages(results, command: ["vethmark", "report"])
        #expect(pages.map(\.kind) == ["comparison", "run", "run"])
        #expect(AnyResult.pages([results[0]], command: []).map(\.kind) == ["run"])
        let text = HTMLReport.text(pages)
        #expect(text.contains("<h1>Side by side</h1>") && text.contains("href=\"#r3\"") && text.contains("id=\"r3\""))
    }

    private func view(_ base: SweepResult, _ new: SweepResult) -> CellComparisonView? {
        ResultComparison(base: ComparableGrid(base), called: "a", new: ComparableGrid(new), called: "b", command: ["vethmark"])
            .flatMap { CellComparisonView($0) }
    }

    @Test func twoSweepsAreComparedCellByCell() throws {
        let (base, new) = (try SamplePages.sweep(sizes: 2), try SamplePages.sweep(sizes: 2, factor: 1.5))
        let pages = AnyResult.pages([("a", .sweep(base)), ("b", .sweep(new))], command: [])
        #expect(pages.map(\.kind) == ["comparison", "sweep", "sweep"])
        let view = try #require(self.view(base, new))
        // The cell with an obstacle has too few trials to be told apart.
        #expect(view.rows.map(\.verdict) == [.undecided, .faster, .faster, .faster])
        #expect(view.rows.dropFirst().allSatisfy { (($0.ratio ?? 0) - 1.5).magnitude < 0.01 })
        let same = try #require(self.view(base, base))
        #expect(same.rows.dropFirst().allSatisfy { $0.verdict == .same || $0.verdict == .undecided })
        #expect(self.view(base, try SamplePages.sweep(sizes: 1, first: 5)) == nil)
    }

    @Test func aComparisonSurvivesItsFile() throws {
        let saved = try SamplePages.comparison()
        let page = ReportPage(saved)
        #expect(page.headline[0].hasPrefix("Received: new is 10 % slower"))
        #expect(page.verdict.tone == .bad && page.verdict.words.contains("the threshold of 5 %"))
        #expect(ComparisonView(comparison: saved).table.rows[0].map(\.text)[3] == "0.9×")
    }

    @Test func textOfOtherKinds() throws {
        var table = ReportTable("t", [.text("a"), .number("b,c"), .number("d")])
        table.rows = [["x\"y", .init("1.5 Mpps", value: 1_500_000), "–"], ["line\nbreak", .init(0.25, .ratio), "n/a"]]
        #expect(table.csv == "a,\"b,c\",d\n\"x\"\"y\",1500000,\n\"line\nbreak\",0.25,n/a\n")
        #expect(MarkdownReport.plain("a|b*c<d>&") == "a\\|b\\*c&lt;d>&amp;")
        let markdown = MarkdownReport.text([ReportPage(try SamplePages.fullRun())])
        #expect(markdown.hasPrefix("# 750 kpps received") && markdown.contains("| dropped on the link | 300 |"))
        #expect(ShellText.line(["a", "b c", "d'e", ""]) == "a 'b c' 'd'\\''e' ''")
    }
}

@Suite struct UnreadableReportTests {
    private func message(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "report-\(UUID().uuidString).json"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: SavedResult.ReadError.self) { try SavedResult.loadAny(path) }
        return error.map { "\($0.sentence)".replacing(path, with: "F") } ?? ""
    }

    @Test func whatCannotBeReadIsRefusedInASentence() throws {
        let whole = try JSONReport.text(try sampleRun())
        #expect(try message(String(whole.dropLast(whole.count / 2))) == "F is no whole JSON object")
        #expect(try message("") == "F is no whole JSON object" && message("[1]") == "F is no whole JSON object")
        #expect(try message("{\"a\": 1}") == "F is no result of vethmark")
        #expect(try message("{\"schema\": \"other/1\"}") == "F is no result of vethmark")
        #expect(try message("{\"schema\": \"vethmark.probe/1\"}") == "F is a vethmark.probe/1, which this vethmark can't read")
        for schema in ["result", "sweep", "tune", "compare", "search", "rfc2544", "rfc9004", "capture", "replay"] {
            #expect(try message("{\"schema\": \"vethmark.\(schema)/1\"}").hasPrefix("F is not as vethmark wrote it: ."), "\(schema)")
        }
        #expect(throws: SavedResult.ReadError.self) { try SavedResult.loadAny("/nowhere") }
    }

    @Test func whatIsNoOrdinaryFileIsNotReplaced() throws {
        #expect(throws: ReportFile.WriteError.self) { try ReportFile.write("x", to: "/dev/null") }
        #expect(throws: ReportFile.WriteError.self) { try ReportFile.write("x", to: "/") }
        #expect(throws: ReportFile.WriteError.self) { try ReportFile.check("/nowhere/report.html") }
        let folder = NSTemporaryDirectory() + "report-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/file")
        try ReportFile.write("one", to: folder + "/file")
        try ReportFile.write("two", to: folder + "/link")
        #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "two")
    }
}
