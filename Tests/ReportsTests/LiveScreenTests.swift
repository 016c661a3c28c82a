import Foundation
import Kernel
import Methods
import Metrics
import Plans
import TestSupport
import Testing

@testable import Reports
@testable import Results

/// What a live screen shows of what is known, in whatever room there is.
@Suite struct LiveScreenTests {
    private static let plain = TextStyle(isColoured: false)

    // MARK: states

    private static func latency(_ values: [UInt64]) -> RoughLatency {
        var groups = Array(repeating: UInt64(0), count: RoughLatency().groups.count)
        // Below 2 µs a group is 64 ns.
        for value in values { groups[Int(value / 64)] += 1 }
        return RoughLatency(groups: groups, minimum: values.min() ?? .max, maximum: values.max() ?? 0)
    }

    private static func reading(
        _ phase: TrialProgress.Phase = .running, seconds: Double, sent: UInt64, received: UInt64, missing: UInt64? = 0, pairs: Int = 1
    ) -> TrialReading {
        var reading = TrialReading(phase: phase, trialIndex: 1, trialCount: 3)
        reading.elapsedNanoseconds = UInt64(seconds * 1e9)
        reading.totalNanoseconds = 60_000_000_000
        (reading.sent, reading.received) = (sent, received)
        reading.workers = (0..<pairs).map { .init(role: .transmit, index: $0, cpu: 2 * $0, node: 0, frames: sent / UInt64(pairs)) }
        reading.workers += (0..<pairs).map {
            .init(
                role: .receive, index: $0, cpu: 2 * $0 + 1, node: 0, frames: received / UInt64(pairs),
                latency: missing == nil ? nil : latency([700, 800, 1500]))
        }
        if let missing {
            var arrivals = TrialReading.Arrivals()
            arrivals.missing = missing
            (arrivals.duplicates, arrivals.reordered, arrivals.altered, arrivals.foreign, arrivals.stale) = (11, 12, 13, 14, 15)
            arrivals.latency = latency([700, 800, 1500])
            reading.arrivals = arrivals
        }
        return reading
    }

    private static func state(looks: Int = 8, missing: UInt64? = 300, pairs: Int = 1) -> LiveState {
        var state = LiveState(command: "run")
        state.plan = "ring → ring, frames of 64 bytes, 5 kpps, a private pair"
        for look in 1...looks {
            let sent = UInt64(look) * 1250
            let reading = reading(
                seconds: Double(look) / 4, sent: sent, received: sent - (missing ?? 0) - 7, missing: missing, pairs: pairs)
            state.trial.add(reading, at: 10_000_000_000 + UInt64(look) * 250_000_000)
        }
        var times: [Int: KernelCounters.Times] = [0: .init(), 1: .init()]
        state.look(at: times)
        (times[0]!.user, times[0]!.idle, times[1]!.softirq) = (50, 50, 100)
        state.look(at: times)
        state.earlier = [4000, 5000, 6000]
        return state
    }

    private static func sweep(cells: Int, at current: Int?) -> LiveSweep {
        var sweep = LiveSweep(
            cells: (0..<cells).map { LiveSweep.Cell(name: "mtu \(1500 + $0), size 64", rates: $0 == 0 ? [] : [1e6, 2e6, 4e6]) }, rounds: 6)
        (sweep.round, sweep.position, sweep.current, sweep.remainingNanoseconds) = (1, current ?? 0, current, 150_000_000_000)
        return sweep
    }

    private func text(_ state: LiveState, _ columns: Int, _ rows: Int, _ style: TextStyle = plain) -> String {
        LiveScreen.lines(state, columns: columns, rows: rows, style: style).joined(separator: "\n")
    }

    // MARK: figures

    private static let figures = [
        "vethmark run  trial 2/3  running  2.0 s of 1 min, 58.0 s left", "tx             5 kpps  █", "rx             5 kpps  ",
        "missing           3 %",
        "p99            1.5 µs  █", "sent 10,000", "received 9,693", "in flight 7", "missing 300", "copies 11", "reordered 12",
        "altered 13",
        "foreign 14", "stale 15", "p50 800 ns", "p99 1.5 µs", "max 1.5 µs", "median 5 kpps", "of 3 trials so far",
        "tx 0       0       5 kpps",
        "rx 0       1", "cpu 0    ██··  50 %  user  50 %", "cpu 1    ████ 100 %", "softirq 100 %", "a private pair"
    ]

    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func everyFigureIsThere(_ columns: Int, _ rows: Int) {
        let text = text(Self.state(), columns, rows)
        for figure in Self.figures {
            // A bar is as wide as there is room for.
            let wanted = figure.replacing(
                "██··", with: columns == 80 ? "██··" : String(repeating: "█", count: 10) + String(repeating: "·", count: 10)
            )
            .replacing("████ ", with: columns == 80 ? "████ " : String(repeating: "█", count: 20) + " ")
            #expect(text.contains(wanted), "\(wanted) at \(columns)x\(rows):\n\(text)")
        }
    }

    @Test func aSmallScreenHasWhatMattersMost() {
        let text = text(Self.state(), 40, 10)
        for figure in ["run", "58.0 s left", "tx ", "5 kpps", "rx ", "sent 10,000", "in flight 7", "missing 300", "p50 800 ns"] {
            #expect(text.contains(figure), "\(figure):\n\(text)")
        }
    }

    /// Where no reader tells what was overtaken, nobody knows what is lost.
    @Test func whatIsOnItsWayIsNotLost() {
        var state = LiveState(command: "run")
        for (look, missing) in [(1, 0), (2, 2000)] {
            let sent = UInt64(look) * 5000
            state.trial.add(
                Self.reading(seconds: Double(look), sent: sent, received: sent - UInt64(missing) - 3, missing: nil),
                at: UInt64(look) * 1_000_000_000)
            #expect(state.trial.outstanding.missing == nil)
            #expect(state.trial.outstanding.word == (missing == 0 ? "in flight" : "in flight or lost"))
        }
        #expect(text(state, 80, 24).contains("in flight or lost 2,003"))
        #expect(!text(state, 80, 24).replacing("in flight or lost", with: "").contains("lost"))
        // More than has come can't be missing.
        var reading = Self.reading(seconds: 1, sent: 10, received: 9, missing: 5)
        var trial = LiveTrial()
        trial.add(reading, at: 2_000_000_000)
        #expect(trial.outstanding == LiveTrial.Outstanding(missing: 1, rest: 0, word: "in flight"))
        (reading.sent, reading.received) = (9, 10)
        trial.add(reading, at: 3_000_000_000)
        #expect(trial.outstanding.rest == 0)
    }

    // MARK: room

    /// Any window, any state.
    @Test func noLineIsTooWideAndNoneTooMany() {
        var random = SeededGenerator()
        let esc = /\u{1B}\[[0-9;]*m/
        for _ in 0..<400 {
            let (columns, rows) = (Int.random(in: 0...220, using: &random), Int.random(in: 0...80, using: &random))
            var state =
                Bool.random(using: &random)
                ? Self.state(
                    looks: Int.random(in: 1...400, using: &random), missing: Bool.random(using: &random) ? nil : 5,
                    pairs: Int.random(in: 1...70, using: &random)) : LiveState(command: "run")
            if Bool.random(using: &random) {
                let cells = Int.random(in: 1...300, using: &random)
                state.sweep = Self.sweep(cells: cells, at: Bool.random(using: &random) ? nil : Int.random(in: 0..<cells, using: &random))
            }
            for note in 0..<Int.random(in: 0...6, using: &random) { state.notes.append(String(repeating: "note \(note) ", count: 30)) }
            let style = TextStyle(isColoured: Bool.random(using: &random), isASCII: Bool.random(using: &random))
            let lines = LiveScreen.lines(state, columns: columns, rows: rows, style: style)
            #expect(lines.count <= rows)
            #expect(lines.allSatisfy { $0.replacing(esc, with: "").count <= columns }, "\(columns)x\(rows)")
            #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") })
            if style.isASCII { #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }) }
            if !style.isColoured { #expect(lines.allSatisfy { !$0.utf8.contains(0x1B) }) }
            #expect(rows == 0 || columns == 0 || !lines.isEmpty)
        }
    }

    /// Half a number is another number: what is cut says so.
    @Test(arguments: 1...79) func whatIsCutSaysSo(_ columns: Int) {
        let wide = Set(text(Self.state(), 400, 60).split(whereSeparator: { $0 == " " || $0 == "\n" }))
        for line in LiveScreen.lines(Self.state(), columns: columns, rows: 60, style: Self.plain) {
            for word in line.split(separator: " ") where !word.hasSuffix("…") && !word.contains(where: { "▁▂▃▄▅▆▇█·".contains($0) }) {
                #expect(wide.contains(word), "\(word) at \(columns): \(line)")
            }
        }
    }

    // MARK: sweeps

    @Test func cellsStandBesideTheTrialOrBelow() throws {
        var state = Self.state()
        state.sweep = Self.sweep(cells: 4, at: 2)
        let wide = text(state, 120, 40)
        #expect(wide.contains("round 2/6  cell 3/4  2 min 30 s left  mtu 1502, size 64"))
        let row = try #require(wide.split(separator: "\n").first { $0.contains("mtu 1501") })
        #expect(row.contains(" │   mtu 1501, size 64") && row.contains("3        2 Mpps"), "\(row)")
        #expect(wide.contains(" │ > mtu 1502, size 64"))
        let narrow = text(state, 80, 40)
        #expect(narrow.contains("\n> mtu 1502, size 64") && narrow.contains("\n  mtu 1500, size 64") && !narrow.contains("│"), "\(narrow)")
        state.sweep?.cells[0].obstacle = "needs a program"
        #expect(text(state, 80, 40).contains("needs a program"))
    }

    @Test(arguments: [0, 17, 150, 299]) func theCellThatRunsIsSeen(_ current: Int) {
        var state = Self.state()
        state.sweep = Self.sweep(cells: 300, at: current)
        for (columns, rows) in [(80, 24), (120, 24), (200, 60), (60, 20)] {
            #expect(text(state, columns, rows).contains("> mtu \(1500 + current)"), "\(columns)x\(rows)")
        }
    }

    @Test func aSweepsRecordsMakeItsCells() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        let design = try SweepDesign(base: draft, varying: [try #require(SettingVariation.parse(["size=64,128"]).first)], rounds: 2)
        var sweep = LiveSweep(design, records: [])
        #expect(sweep.cells.map(\.name) == ["size 64", "size 128"] && sweep.current == nil)
        sweep.add(try record(#"{"round": 0, "cell": 1, "obstacle": "no room"}"#))
        sweep.add(try record(#"{"round": 0, "obstacle": "calibration"}"#))
        #expect(sweep.cells[1].obstacle == "no room" && sweep.cells[0].obstacle == nil)
    }

    private func record(_ text: String) throws -> SweepRecord { try JSONDecoder().decode(SweepRecord.self, from: Data(text.utf8)) }

    @Test func theLogIsAtTheFoot() {
        var state = Self.state()
        state.notes = ["first", "\u{1B}[2Jsecond"]
        let lines = LiveScreen.lines(state, columns: 80, rows: 40, style: Self.plain)
        #expect(lines.suffix(2) == ["first", "\\x1b[2Jsecond"])
        #expect(text(state, 40, 10).contains("second"))
    }

    // MARK: signs

    @Test func colourAndSignsFollowTheStyle() {
        let coloured = text(Self.state(), 80, 24, TextStyle(isColoured: true))
        #expect(coloured.contains("\u{1B}["))
        let ascii = text(Self.state(), 80, 24, TextStyle(isColoured: false, isASCII: true))
        #expect(ascii.contains("p50 800 ns") && ascii.contains("1.5 us") && ascii.contains("ring -> ring") && ascii.contains("#"))
    }

    @Test func sparklinesTellZeroFromLittle() {
        #expect(Sparkline.text([0, 1, 1000, nil, 500]) == "▁▂█ ▅")
        #expect(Sparkline.text([0, 0]) == "▁▁" && Sparkline.text([]) == "")
        #expect(Sparkline.text([.nan, .infinity]) == "  ")
        #expect(Sparkline.bar(0.5, width: 4) == "██··" && Sparkline.bar(7, width: 2) == "██" && Sparkline.bar(.nan, width: 2) == "")
    }
}

/// Rows of figures that never grow too long.
@Suite struct LiveSeriesTests {
    @Test func neighboursBecomeTheirMean() {
        var series = LiveSeries(capacity: 4)
        for value in [1.0, 3, 5, 7] { series.add(value) }
        #expect(series.values == [2, 6] && series.looksEach == 2)
        series.add(8)
        #expect(series.values.count == 2)
        series.add(10)
        #expect(series.values == [2, 6, 9])
        series.addGap()
        series.addGap()
        series.add(nil)
        #expect(series.values.count <= 4)
    }

    /// The mean of all stays, however long it goes on, where all places stand for the same time.
    @Test(arguments: [2, 8, 240]) func itsMeanIsThatOfAll(_ capacity: Int) {
        var series = LiveSeries(capacity: capacity)
        for look in 0..<(capacity * 8) {
            series.add(Double(look))
            #expect(series.values.count < capacity)
        }
        let mean = series.values.compactMap { $0 }.reduce(0, +) / Double(series.values.count)
        #expect(abs(mean - Double(capacity * 8 - 1) / 2) < 1e-6 * Double(capacity * 8))
        for places in 0...(capacity + 1) { #expect(series.values(in: places).count == min(places, series.values.count)) }
    }

    @Test func aNewPhaseBeginsAnew() {
        var trial = LiveTrial()
        var reading = TrialReading(phase: .warmingUp, trialIndex: 0, trialCount: 1)
        (reading.sent, reading.elapsedNanoseconds) = (500, 500_000_000)
        trial.add(reading, at: 1_000_000_000)
        #expect(trial.rates?.tx == 1000 && trial.tx.values == [1000])
        (reading.phase, reading.sent, reading.elapsedNanoseconds) = (.running, 25, 250_000_000)
        trial.add(reading, at: 1_250_000_000)
        #expect(trial.rates?.tx == 100 && trial.tx.values == [100])
        reading.phase = .draining
        trial.add(reading, at: 1_500_000_000)
        #expect(trial.tx.values == [100])
        trial.isContinued = true
        trial.begin()
        #expect(trial.tx.values == [100, nil] && trial.reading == nil && trial.rates == nil)
    }
}
