import Foundation
import Frames
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Reports
@testable import Results
@testable import Trials

@Suite struct ConsoleReportTests {
    @Test func theAnswerComesFirst() throws {
        let lines = ConsoleReport(try sampleRun(), style: .plain).text.split(separator: "\n")
        #expect(lines[0] == "750 kpps received (384 Mb/s at layer 2), no loss, frames of 64 bytes, engine ring → receiver ring")
        #expect(lines.dropLast().last == "The book is closed: every frame is accounted for." && lines.last == lines[0])
    }

    private func headline(_ change: (inout RunResult) -> Void) throws -> [String] {
        let text = ConsoleReport(try sampleRun(trials: 1, change), style: .plain).text
        return text.components(separatedBy: "\n\n")[0].components(separatedBy: "\n")
    }

    private func paced(_ run: inout RunResult, _ rate: Double) {
        run.plan.load.packetRate = PacketRate(packetsPerSecond: rate)
    }

    @Test func theHeadlineSaysWhatWasAskedFor() throws {
        #expect(
            try headline { paced(&$0, 750_000) } == [
                "750 kpps received of 750 kpps asked for (384 Mb/s at layer 2), no loss, frames of 64 bytes, engine ring → receiver ring"
            ])
    }

    @Test func theHeadlineBeginsWithTheRunsName() throws {
        #expect(try headline { $0.plan.run.label = "before" }[0].hasPrefix("before, 750 kpps received"))
        #expect(try !headline { _ in }[0].contains("before"))
    }

    @Test func aSenderThatFellBehindIsToldWithTheEngineThatCould() throws {
        let lines = try headline {
            paced(&$0, 2e6)
            $0.trials[0].ledger.notOffered = 1_000_000
        }
        #expect(lines[0].hasPrefix("750 kpps received of 2 Mpps asked for"))
        #expect(lines[1].hasPrefix("the sender fell behind: 750 kpps of 2 Mpps sent (37.5 %); --engine xdp"))
        let near = try headline {
            paced(&$0, 1e6)
            $0.trials[0].ledger.notOffered = 250_000
            $0.plan.transmit.engine = .ring
        }
        #expect(near[1].hasSuffix("--engine gso, which sends all that is due in one slot, could, or more --threads"))
        let fastest = try headline {
            paced(&$0, 2e6)
            $0.trials[0].ledger.notOffered = 1_000_000
            $0.plan.transmit.engine = .xdp
        }
        #expect(fastest[1].hasSuffix("more --threads could, or a lower --rate"))
    }

    /// How many frames leave at once, where all that is due goes into a slot.
    @Test func slotsAtARateSayHowLongTheirRunsAre() throws {
        func text(_ granularity: PacingResult.Granularity?) throws -> String {
            ConsoleReport(
                try sampleRun {
                    var gaps = $0.trials[0].latency.path
                    gaps.count = 10
                    $0.trials[0].pacing = PacingResult(granularity: granularity, interDeparture: gaps, bursts: .init(gapNanoseconds: 5))
                    for place in $0.trials[0].workers.indices where $0.trials[0].workers[place].role == .transmit {
                        ($0.trials[0].workers[place].frames, $0.trials[0].workers[place].systemCalls) = (1_000, 160)
                    }
                }, style: .plain
            ).text
        }
        let words = "what is due leaves at once, cut out of slots: 6.3 frames a call on average"
        #expect(try text(.slot).contains(words))
        #expect(try !text(.frame).contains("leaves at once") && !text(nil).contains("leaves at once"))
    }

    @Test func theHeadlineSaysWhatCutItShort() throws {
        let run = try headline { $0.trials[0].endedBecause = .interrupted }
        #expect(run[0].contains("no loss, interrupted after 1.333 s, frames of"))
        let endless = try headline {
            $0.trials[0].endedBecause = .interrupted
            $0.plan.load.durationNanoseconds = nil
        }
        #expect(!endless[0].contains("interrupted"))
        let among = try headline {
            $0.trials[0].endedBecause = .interrupted
            $0.plan.run.repeats = 5
        }
        #expect(among[0].contains("interrupted in trial 1 of 5"))
        let failed = try headline { $0.failure = "trial 2 of 5 failed: no memory" }
        #expect(failed[1] == "trial 2 of 5 failed: no memory")
        let untrusted = try headline { $0.trusted = false }
        #expect(untrusted[0].contains("not to be trusted"))
        let nothing = try headline { $0.trials[0].ledger = Ledger() }
        #expect(nothing[0] == "nothing was measured")
    }

    @Test(arguments: [
        ("64", "frames of 64 bytes"), ("64,512,1518", "frames of 64, 512 and 1518 bytes in turn"),
        ("64:7,1518", "frames of 64 (7×) and 1518 (1×) bytes"), ("imix", "imix frames (64, 594 and 1518 bytes)")
    ])
    func sizesAreWords(_ sizes: String, _ words: String) throws {
        let lines = try headline { $0.plan.frame.sizes = FrameSizes(sizes)! }
        #expect(lines[0].contains(", \(words), engine"), "\(lines)")
    }

    @Test func whereNobodyCountsThereIsNoTableOfDashes() throws {
        let run = try sampleRun {
            $0.plan.receive.receiver = .none
            $0.trials[0].receiver = .none
            $0.trials[0].latency = .init(
                path: .notMeasured, unbatched: .notMeasured, response: .notMeasured, sendLag: .notMeasured, pathHistogram: [],
                responseHistogram: [])
        }
        let text = ConsoleReport(run, style: .plain).text
        #expect(text.hasPrefix("750 kpps sent (384 Mb/s at layer 2), counted by nobody"))
        #expect(!text.contains("Latency") && !text.contains("–"))
    }

    @Test func theIntervalSaysWhatItIsOf() throws {
        #expect(ConsoleReport(try sampleRun(trials: 3), style: .plain).text.contains("the interval is that of trials of this one run"))
    }

    @Test(arguments: [60, 80, 120]) func noLineIsLongerThanTheTerminal(_ columns: Int) throws {
        let run = try sampleRun(trials: 2) {
            $0.warnings = [
                Warning(code: "a", message: String(repeating: "many words ", count: 20), remedy: String(repeating: "more ", count: 40))
            ]
        }
        let text = ConsoleReport(run, style: TextStyle(isColoured: true, columns: columns)).text
        for line in text.split(separator: "\n") where columns >= 80 || line.contains("words") || line.contains("more") {
            #expect(TextStyle.width(line) <= columns, "\(line)")
        }
        // In a file lines go on.
        #expect(ConsoleReport(run, style: .plain).text.contains(String(repeating: "more ", count: 39)))
    }

    @Test func everyRowOfTheLedgerIsThere() throws {
        let run = try sampleRun {
            $0.trials[0].ledger = Ledger(
                offered: 1_001_111, notOffered: 1000, refused: 111, sent: 1_000_000, linkDropped: 300, receiverDropped: 20,
                received: 999_679, duplicates: 4, reordered: 5, foreign: 6)
        }
        let text = ConsoleReport(run, style: .plain).text
        for row in [
            "offered", "not offered in time", "refused by the kernel", "sent", "dropped on the link",
            "dropped by the receiver's ring", "received", "duplicates", "reordered", "foreign", "residual"
        ] {
            #expect(text.contains(row), "\(row)")
        }
        #expect(text.contains("1,001,111"))
        // 1,001,111 − 1000 − 111 − 300 − 20 − 999,679
        #expect(text.split(separator: "\n").contains { $0.contains("residual") && $0.hasSuffix(" 1") })
        #expect(text.contains("lost"))
    }

    @Test func notMeasuredIsADashAndNeverZero() throws {
        let text = ConsoleReport(try sampleRun(), style: .plain).text
        let median = try #require(text.split(separator: "\n").first { $0.contains("p50") })
        #expect(median.split(separator: " ") == ["p50", "2", "µs", "–", "–", "–"])
        #expect(text.contains("without --rate"))
    }

    @Test func anUntrustedResultSaysWhyAboveTheLastLine() throws {
        let run = try sampleRun {
            $0.trusted = false
            $0.warnings = [
                Warning(code: "link-lost", message: "the link was lost", remedy: "keep it up", voidsResult: true),
                Warning(code: "foreign", message: "6 frames of others", remedy: "silence them")
            ]
        }
        let lines = ConsoleReport(run, style: .plain).text.split(separator: "\n")
        #expect(lines.dropLast().last == "Don't trust this result: the link was lost.")
        #expect(lines.last?.contains("not to be trusted") == true)
        #expect(lines.contains { $0.contains("[foreign]") })
        #expect(lines.contains { $0.contains("→ silence them") })
    }

    @Test func severalTrialsHaveASummary() throws {
        let text = ConsoleReport(try sampleRun(trials: 3), style: .plain).text
        #expect(text.contains("Trial 3"))
        #expect(text.contains("Over 3 trials"))
        #expect(text.contains("751 kpps"))
    }

    @Test func aHistogramSaysOfWhichFramesItIs() throws {
        #expect(ConsoleReport(try sampleRun(), style: .plain).text.contains("Path latency, all frames"))
        let sampled = ConsoleReport(try sampleRun { $0.plan.run.latency = LatencySampling("1/16") }, style: .plain).text
        #expect(sampled.contains("Path latency, one frame in 16") && !sampled.contains("all frames"))
    }

    @Test func aSingleFrameInTheTailIsStillSeen() throws {
        let text = ConsoleReport(try sampleRun(), style: .plain).text
        let last = try #require(text.split(separator: "\n").first { $0.contains("131.1 µs") })
        #expect(last.contains("▏"))
    }

    @Test func plainTextHasNoEscapeAndColouredHas() throws {
        #expect(!ConsoleReport(try sampleRun(), style: .plain).text.contains("\u{1B}"))
        #expect(ConsoleReport(try sampleRun(), style: TextStyle(isColoured: true)).text.contains("\u{1B}["))
    }

    @Test func colourObeysNoColor() {
        #expect(TextStyle(isTerminal: true, environment: [:]).isColoured)
        #expect(!TextStyle(isTerminal: true, environment: ["NO_COLOR": "1"]).isColoured)
        #expect(TextStyle(isTerminal: true, environment: ["NO_COLOR": ""]).isColoured)
        #expect(!TextStyle(isTerminal: true, environment: ["TERM": "dumb"]).isColoured)
        #expect(!TextStyle(isTerminal: false, environment: [:]).isColoured)
    }
}

@Suite struct JSONReportTests {
    @Test func aResultSurvivesTheRoundTrip() throws {
        let run = try sampleRun(trials: 2)
        #expect(try JSONReport.result(try JSONReport.text(run)) == run)
    }

    @Test func theStableKeysAreThere() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try JSONReport.text(try sampleRun()).utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "vethmark.result/1")
        let trial = try #require((object["trials"] as? [[String: Any]])?.first)
        let ledger = try #require(trial["ledger"] as? [String: Any])
        for key in [
            "offered", "notOffered", "refused", "sent", "linkDropped", "receiverDropped", "received", "duplicates",
            "reordered", "foreign", "residual"
        ] { #expect(ledger[key] != nil, "\(key)") }
        let latency = try #require(trial["latency"] as? [String: Any])
        let path = try #require(latency["path"] as? [String: Any])
        for key in ["count", "min", "p50", "p90", "p99", "p999", "p9999", "max", "mean"] { #expect(path[key] != nil, "\(key)") }
        let response = try #require(latency["response"] as? [String: Any])
        #expect(response["count"] as? Int == 0)
        #expect(response["p50"] == nil)
    }
}

@Suite struct OtherReportTests {
    @Test func csvHasALineATrial() throws {
        let lines = CSVReport.text(try sampleRun(trials: 3)).split(separator: "\n", omittingEmptySubsequences: true)
        #expect(lines.count == 4)
        let columns = lines[0].split(separator: ",").count
        for line in lines.dropFirst() { #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == columns) }
        #expect(lines[1].hasPrefix("0,ring,ring,\"64\",1,"))
    }

    @Test func progressSaysRateLossAndTimeLeft() {
        let interval = IntervalResult(
            startNanoseconds: 0, endNanoseconds: 1_000_000_000, sent: 1000, received: 990, txPps: 750_000, rxPps: 740_000)
        let progress = TrialProgress(
            phase: .running, trialIndex: 1, trialCount: 3, elapsedNanoseconds: 2_000_000_000, totalNanoseconds: 5_000_000_000,
            interval: interval, lostSoFar: 10)
        #expect(ProgressPrinter.line(progress) == "trial 2/3  2.0 s  tx 750 kpps  rx 740 kpps  in flight 10  3.0 s left")
        // A tenth of a second's frames are on their way, and no more.
        #expect(ProgressPrinter.line(with(progress, outstanding: 75_000)).contains("  in flight 75,000"))
        #expect(ProgressPrinter.line(with(progress, outstanding: 75_001)).contains("  in flight or lost 75,001"))
        let long = ProgressPrinter.line(with(progress, outstanding: 123_456_789_012))
        #expect(long.count < 80 && !long.contains("lost \u{2264}"))
    }

    @Test func progressOfSuperframesSaysSo() {
        var progress = TrialProgress(
            phase: .running, trialIndex: 1, trialCount: 3, elapsedNanoseconds: 2_000_000_000, totalNanoseconds: 5_000_000_000,
            interval: IntervalResult(
                startNanoseconds: 0, endNanoseconds: 1_000_000_000, sent: 1000, received: 990, txPps: 750_000, rxPps: 740_000),
            lostSoFar: 10, noun: "superframe")
        #expect(ProgressPrinter.line(progress) == "trial 2/3  2.0 s  tx 750 k  rx 740 k superframes/s  in flight 10  3.0 s left")
        (progress.trialIndex, progress.trialCount, progress.lostSoFar) = (98, 100, 123_456_789_012)
        // Whole words only, on a line that doesn't wrap.
        #expect(ProgressPrinter.line(progress) == "trial 99/100  2.0 s  tx 750 k  rx 740 k superframes/s  3.0 s left")
    }

    private func with(_ progress: TrialProgress, outstanding: UInt64) -> TrialProgress {
        var progress = progress
        progress.lostSoFar = outstanding
        return progress
    }

    @Test func progressIsRewrittenOnATerminalAndPlainElsewhere() {
        func output(isTerminal: Bool) -> String {
            var text = ""
            let printer = ProgressPrinter(isTerminal: isTerminal) { text += $0 }
            for phase in [TrialProgress.Phase.preparing, .preparing, .draining] {
                printer.show(
                    TrialProgress(
                        phase: phase, trialIndex: 0, trialCount: 1, elapsedNanoseconds: 0, totalNanoseconds: nil, interval: nil,
                        lostSoFar: 0))
            }
            printer.finish()
            return text
        }
        #expect(output(isTerminal: false) == "preparing\ndraining\n")
        #expect(output(isTerminal: true).hasSuffix("\r\u{1B}[K"))
    }

    @Test func hexDumpsShowOffsetsBytesAndText() {
        let lines = HexDump.lines(Array("vethmark frames!ok".utf8))
        #expect(lines[0] == "0x0000:  7665 7468 6d61 726b 2066 7261 6d65 7321  vethmark frames!")
        #expect(lines[1].hasPrefix("0x0010:  6f6b "))
        #expect(lines[1].hasSuffix(" ok"))
    }

    @Test func theProbeNamesRemedies() {
        let result = ProbeResult(items: [
            ProbeItem(name: "xdp", available: false, detail: "not permitted", remedy: "run as root"),
            ProbeItem(name: "tx-ring", available: true, detail: "works")
        ])
        let text = ProbeReport.text(result, style: .plain)
        #expect(text.contains("xdp      no   not permitted"))
        #expect(text.contains("→ run as root"))
        #expect(text.contains("tx-ring  yes  works"))
    }
}

@Suite struct ResultStoreTests {
    private func temporaryFolder() -> String { NSTemporaryDirectory() + "store-\(UUID().uuidString)" }

    @Test func aRunIsSavedWholeAndNeverOverAnother() throws {
        let base = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        let run = try sampleRun()
        let first = try ResultStore(folder: base + "/run").save(run)
        let second = try ResultStore(folder: base + "/run").save(run)
        #expect(first != second)
        for folder in [first, second] {
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["report.txt", "result.json", "trials.csv"])
            let text = try String(contentsOfFile: folder + "/result.json", encoding: .utf8)
            #expect(try JSONReport.result(text) == run)
        }
    }

    @Test func aRunThatGrewReplacesItself() throws {
        let base = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        let store = ResultStore(folder: base + "/run")
        let first = try store.save(try sampleRun(trials: 1))
        #expect(try store.save(try sampleRun(trials: 3)) == first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: first).sorted() == ["report.txt", "result.json", "trials.csv"])
        #expect(try JSONReport.result(try String(contentsOfFile: first + "/result.json", encoding: .utf8)).trials.count == 3)
    }

    @Test func twoRunsOfOneSecondHaveTwoFolders() throws {
        let base = temporaryFolder()
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        let before = FileManager.default.currentDirectoryPath
        _ = FileManager.default.changeCurrentDirectoryPath(base)
        defer {
            _ = FileManager.default.changeCurrentDirectoryPath(before)
            try? FileManager.default.removeItem(atPath: base)
        }
        let now = Date.now
        let folders = try [ResultStore(now: now), ResultStore(now: now)].map { try $0.save(try sampleRun()) }
        #expect(Set(folders).count == 2 && folders[1] == folders[0] + "-2")
    }

    @Test func theKernelsWordsAreTold() throws {
        let error = #expect(throws: ResultStore.SaveError.self) { try ResultStore(folder: "/proc/vethmark").save(try sampleRun()) }
        #expect(
            error?.description
                == "the run could not be saved in /proc/vethmark: No such file or directory; choose another folder with -o, or use --no-save"
        )
    }

    @Test func whatLiesInTheFolderAlreadyStays() throws {
        let base = temporaryFolder()
        try FileManager.default.createDirectory(atPath: base + "/trials.csv/x", withIntermediateDirectories: true)
        try "mine".write(toFile: base + "/notes.txt", atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: base) }
        #expect(throws: ResultStore.SaveError.self) { try ResultStore(folder: base).save(try sampleRun()) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: base).sorted() == ["notes.txt", "trials.csv"])
    }

    @Test func aFileInTheWayIsNamed() throws {
        let base = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        try Data().write(to: URL(fileURLWithPath: base))
        let error = #expect(throws: ResultStore.SaveError.self) { try ResultStore(folder: base + "/run").save(try sampleRun()) }
        #expect(error?.path == base + "/run")
        #expect(error.map { "\($0)".contains("--no-save") } == true)
    }
}
