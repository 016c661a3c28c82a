import Foundation
import Methods
import Metrics
import Plans
import TestSupport
import Testing

@testable import Reports
@testable import Results

/// Lines, measured as they are seen.
@Suite struct ReportWidthTests {
    /// All that makes a report wide: long names, large figures, every table there is.
    private func wideRun(trials: Int) throws -> RunResult {
        let long = String(repeating: "very-long-name-", count: 12)
        return try sampleRun(trials: trials) { run in
            run.plan.run.label = long
            run.plan.run.repeats = trials
            run.plan.link.transmit = InterfaceReference("veth0")
            run.conditions.transmitLink.namespace = long
            run.conditions.receiveLink.namespace = long
            run.conditions.cpuModel = "A Processor with a Very Long Name and Many Cores, " + long
            run.placement.reason = "a CPU for each worker, " + long
            run.warnings = [
                Warning(code: "code-of-a-warning", message: "many words " + long, remedy: String(repeating: "more ", count: 40))
            ]
            run.summary.lossRatio = SampleSummary([0.123456, 0.2345])
            for index in run.trials.indices {
                run.trials[index].ledger = Ledger(
                    offered: 98_765_432_109, notOffered: 12_345_678, sent: 98_753_086_431, linkDropped: 1_234_567_890,
                    received: 97_518_518_541, duplicates: 123_456_789, reordered: 123_456_789)
                run.trials[index].streams = (0..<3).map { number in
                    var stream = StreamResult(
                        name: "\(long)\(number)", share: 64, ledger: .init(sent: 12_345_678_901),
                        rates: .init(txPps: 12_345_678.9, txL2Bps: 98_765_432_101), latency: .init(path: run.trials[index].latency.path))
                    (stream.ledger.received, stream.ledger.lost, stream.ledger.lossRatio) = (11_345_678_901, 1_000_000_000, 0.081_000)
                    (stream.ledger.altered, stream.ledger.duplicates, stream.ledger.reordered) = (123_456, 123_456, 123_456_789)
                    stream.rates.rxPps = 11_345_678.9
                    return stream
                }
                run.trials[index].latency.response = run.trials[index].latency.path
                run.trials[index].latency.pathHistogram = [
                    HistogramBar(lower: 1_048_576, upper: 2_097_152, count: 97_518_518_541), HistogramBar(lower: 1, upper: 2, count: 1)
                ]
                run.trials[index].workers = (0..<64).map { worker in
                    var one = WorkerResult(
                        role: worker % 2 == 0 ? .transmit : .receive, index: worker, cpu: 200 + worker, node: 12, ringNode: 12,
                        histogramNode: 12, ringBytes: 1_073_741_823, frames: 12_345_678_901)
                    (one.systemCalls, one.retries, one.ringDrops) = (12_345_678_901, 123_456_789, 123_456_789)
                    return one
                }
                run.trials[index].evidence.ethtool = [long: 12_345_678_901]
            }
        }
    }

    private func check(_ text: String, columns: Int, _ place: SourceLocation = #_sourceLocation) {
        for line in text.components(separatedBy: "\n") {
            #expect(TextStyle.width(line) <= columns, "\(TextStyle.width(line)): \(line)", sourceLocation: place)
        }
    }

    @Test(arguments: [(1, 80), (1, 120), (5, 80), (5, 120)]) func aRunFits(_ trials: Int, _ columns: Int) throws {
        let run = try wideRun(trials: trials)
        for style in [TextStyle(isColoured: false, columns: columns), TextStyle(isColoured: true, columns: columns, isASCII: true)] {
            for showsEachTrial in [false, true] {
                let report = ConsoleReport(run, style: style, showsEachTrial: showsEachTrial)
                check(report.text, columns: columns)
                check(report.brief, columns: columns)
                let widest = report.text.components(separatedBy: "\n").map { TextStyle.width($0) }.max() ?? 0
                #expect(widest > columns - 8, "room is left")
            }
        }
    }

    @Test func whatDoesNotFitIsStillTold() throws {
        let run = try wideRun(trials: 1)
        let text = ConsoleReport(run, style: TextStyle(isColoured: false, columns: 80)).text.replacing(/\s+/, with: " ")
        for figure in ["rx 63: CPU 263", "retries 123,456,789", "reord. 123,456,789", "residual"] {
            #expect(text.contains(figure), "\(figure)")
        }
        // In a file a table stays one.
        #expect(ConsoleReport(run, style: .plain).text.contains("ring on"))
    }

    @Test(arguments: [80, 120]) func comparisonsAndSweepsFit(_ columns: Int) throws {
        let style = TextStyle(isColoured: true, columns: columns)
        let (base, new) = (try wideRun(trials: 12), try sampleRun(trials: 12))
        let long = String(repeating: "folder/", count: 30)
        let comparison = ResultComparison(
            base: base, called: long + "a", new: new, called: long + "b", design: .paired, threshold: 0.05, command: ["vethmark"])
        check(ComparisonReport(comparison, style: style).text, columns: columns)
        check(SweepReport(try SamplePages.sweep(sizes: 3), style: style).text, columns: columns)
    }

    @Test func tablesBecomeParagraphsWhereTheyHaveNoRoom() {
        var table = Table(.text("tool"), .number("sent"), .number(""), .number("kept"))
        table.add("a-tool", "1,000", "", "999 µs → x")
        #expect(table.lines(TextStyle(isColoured: false, columns: 80)) == table.lines)
        #expect(table.lines(TextStyle(isColoured: false, columns: 26)) == ["  a-tool: sent 1,000, kept", "      999 µs → x"])
        #expect(table.lines(TextStyle(isColoured: false, isASCII: true))[1].hasSuffix("999 us -> x"))
    }

    @Test func wordsAreCutOnlyIfTheyMustBe() {
        let style = TextStyle(isColoured: true, columns: 40)
        let word = String(repeating: "x", count: 90)
        let lines = style.finished("\u{1B}[31m\(word)\u{1B}[0m\nshort").components(separatedBy: "\n")
        #expect(lines.allSatisfy { TextStyle.width($0) <= 40 } && lines.last == "short")
        #expect(lines.joined().replacing(/\u{1B}\[[0-9;]*m|\s/, with: "") == word + "short")
        #expect(style.finished("some words that go on and on and on and on\n") == "some words that go on and on and on and\n  on\n")
    }
}

@Suite struct LongReportTests {
    @Test func theHeadlineIsRepeatedLast() throws {
        let lines = ConsoleReport(try sampleRun(), style: TextStyle(isColoured: false, columns: 80)).text.split(separator: "\n")
        #expect(lines[0].hasPrefix("750 kpps received") && lines.suffix(2) == lines.prefix(2))
        #expect(lines[lines.count - 3] == "The book is closed: every frame is accounted for.")
    }

    @Test func aShortReportHasItOnce() throws {
        let text = ConsoleReport(try sampleRun { $0.trials = [] }, style: .plain).text
        #expect(text.components(separatedBy: "nothing was measured").count == 2)
    }

    @Test func severalTrialsAreRowsUnlessAllIsAskedFor() throws {
        let run = try sampleRun(trials: 5) {
            $0.plan.run.repeats = 5
            $0.trials[3].trusted = false
        }
        let short = ConsoleReport(run, style: .plain, showsEachTrial: false).text
        #expect(short.split(separator: "\n").count < 40 && !short.contains("Workers") && short.contains("Over 5 trials"))
        #expect(short.contains { $0 == "±" })
        let rows = short.split(separator: "\n").filter { $0.contains(/^\s+[1-5]\s+750 kpps\s+75\d kpps/) }
        #expect(rows.count == 5 && rows[3].hasSuffix("not to be trusted"), "\(short)")
        let full = ConsoleReport(run, style: .plain).text
        #expect(full.contains("Trial 5") && full.components(separatedBy: "Workers").count == 6)
    }

    @Test func briefIsALineForEachTrialAndTheAnswer() throws {
        let run = try sampleRun(trials: 2) {
            $0.plan.run.repeats = 3
            $0.trials[1].endedBecause = .interrupted
            $0.trials[0].ledger = Ledger(offered: 1000, sent: 1000, linkDropped: 100, received: 900)
        }
        let lines = ConsoleReport(run, style: .plain).brief.split(separator: "\n").map(String.init)
        #expect(lines[0] == "trial 1/3: sent 750 kpps, received 750 kpps, 100 lost (10 %), p50 2 µs, p99 4 µs", "\(lines)")
        #expect(lines[1] == "trial 2/3: sent 750 kpps, received 751 kpps, no loss, p50 2 µs, p99 4 µs, interrupted", "\(lines)")
        #expect(lines.count == 3 && lines[2].hasPrefix("750.5 kpps received"), "\(lines)")
    }
}

@Suite struct PlainSignsTests {
    @Test(
        arguments: [
            ([:], nil), (["LANG": "C"], true), (["LANG": "en_US.UTF-8"], false), (["LANG": "de_DE.utf8", "LC_ALL": "POSIX"], true),
            (["LANG": "C", "LC_CTYPE": "C.UTF-8"], false), (["LANG": "C.UTF-8", "LC_CTYPE": "", "LC_ALL": ""], false)
        ] as [([String: String], Bool?)])
    func theLocaleDecides(_ environment: [String: String], _ isASCII: Bool?) {
        #expect(PlainSigns.isWanted(environment) == isASCII)
        #expect(TextStyle(isTerminal: true, environment: environment).isASCII == (isASCII ?? true))
        #expect(TextStyle(isTerminal: false, environment: environment).isASCII == (isASCII ?? false))
    }

    @Test func aReportIsASCII() throws {
        let run = try sampleRun(trials: 3) { $0.warnings = [Warning(code: "a", message: "10 × as many – or so …", remedy: "≤ 3")] }
        for columns in [nil, 80, 120] {
            let report = ConsoleReport(run, style: TextStyle(isColoured: false, columns: columns, isASCII: true))
            for text in [report.text, report.brief] { #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)") }
            #expect(report.text.contains("2 us") && report.text.contains("ring -> receiver ring"))
        }
    }

    @Test func columnsStayInLine() throws {
        let text = ConsoleReport(try sampleRun(), style: TextStyle(isColoured: false, isASCII: true)).text
        let rows = text.split(separator: "\n").filter { $0.contains(/^\s+(p50|p90|max)\s/) }
        #expect(rows.count >= 3 && Set(rows.map(\.count)).count == 1, "\(rows)")
    }

    @Test func namesOfOthersStay() { #expect(PlainSigns.text("ä → ö") == "ä -> ö") }
}
