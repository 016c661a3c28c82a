import Kernel
import Metrics
import Results

/// A live screen as text: what is known, in as many columns and rows as the terminal has.
public enum LiveScreen {
    /// As many lines as there are rows at most, none wider than the terminal.
    public static func lines(_ state: LiveState, columns: Int, rows: Int, style: TextStyle) -> [String] {
        guard columns > 0, rows > 0 else { return [] }
        // Lines are cut here, to what they get.
        let style = TextStyle(isColoured: style.isColoured, isASCII: style.isASCII)
        let page = LivePage(state: state, style: style)
        guard state.sweep != nil, columns >= pairedColumns, rows >= 12 else {
            return LiveSection.arrange(page.head(columns) + page.trial(columns) + page.sweep(columns) + page.foot, rows: rows)
                .map { $0.text(style, width: columns) }
        }
        let head = LiveSection.arrange(page.head(columns), rows: rows)
        let foot = LiveSection.arrange(page.foot, rows: min(4, rows / 4))
        let right = min(max(40, columns * 2 / 5), 64)
        let left = columns - right - 3
        let room = rows - head.count - foot.count - 1
        let trial = LiveSection.arrange(page.trial(left), rows: room)
        let cells = LiveSection.arrange(page.sweep(right), rows: room)
        let rule = LiveLine(" │ ", .faint)
        let body = (0..<max(trial.count, cells.count)).map { row in
            (row < trial.count ? trial[row] : LiveLine()).text(style, width: left, isPadded: true) + rule.text(style, width: 3)
                + (row < cells.count ? cells[row] : LiveLine()).text(style, width: right)
        }
        return head.map { $0.text(style, width: columns) } + [""] + body + foot.map { $0.text(style, width: columns) }
    }

    /// From here on a sweep's cells stand beside the trial.
    static let pairedColumns = 100
}

/// The sections of a live screen.
struct LivePage {
    let state: LiveState
    let style: TextStyle

    private var trial: LiveTrial { state.trial }
    private var reading: TrialReading? { state.trial.reading }

    // MARK: head

    func head(_ width: Int) -> [LiveSection] {
        var sections = [LiveSection(rank: 0, lines: [LiveLine.first(of: titles, thatFits: width, style)])]
        if let sweep = state.sweep { sections.append(LiveSection(rank: 4, lines: [turn(sweep)])) }
        if let step = state.step { sections.append(LiveSection(rank: 4, lines: [LiveLine(step)])) }
        if let plan = state.plan { sections.append(LiveSection(rank: 8, lines: [LiveLine(plan, .faint)])) }
        return sections
    }

    /// From the longest to the shortest.
    private var titles: [LiveLine] {
        let count = reading.map { $0.trialCount > 1 ? "trial \($0.trialIndex + 1)/\($0.trialCount)  " : "" } ?? ""
        let (phase, time, left) = course
        func title(_ name: String, _ parts: [String]) -> LiveLine {
            LiveLine(name, .heading) + LiveLine("  " + count + parts.filter { !$0.isEmpty }.joined(separator: "  "))
        }
        let long = time + (left.isEmpty ? "" : ", \(left)")
        return [
            title("vethmark \(state.command)", [phase, long]), title(state.command, [phase, long]), title(state.command, [phase, left]),
            title(state.command, [phase])
        ]
    }

    private var course: (phase: String, time: String, left: String) {
        guard let reading else { return ("preparing", "", "") }
        let elapsed = Self.seconds(reading.elapsedNanoseconds)
        let total = reading.totalNanoseconds
        let left = total.map { $0 > reading.elapsedNanoseconds ? "\(Self.seconds($0 - reading.elapsedNanoseconds)) left" : "" } ?? ""
        switch reading.phase {
        case .preparing: return ("preparing", "", "")
        case .warmingUp: return ("warming up", elapsed, left)
        case .draining: return ("draining", elapsed, "")
        case .running: return ("running", elapsed + (total.map { " of \(DurationText(nanoseconds: $0))" } ?? ""), left)
        }
    }

    private func turn(_ sweep: LiveSweep) -> LiveLine {
        let name = sweep.current.map { sweep.cells[$0].name } ?? "calibration"
        let cell = sweep.current == nil ? "" : "  cell \(sweep.position + 1)/\(sweep.cells.count)"
        let left = sweep.remainingNanoseconds.map { "  \(SweepProgress.rounded($0)) left" } ?? ""
        let start = "round \(sweep.round + 1)/\(sweep.rounds)" + cell + left + "  "
        return LiveLine(start) + LiveLine(name, .heading)
    }

    // MARK: the trial

    func trial(_ width: Int) -> [LiveSection] {
        var sections = [
            LiveSection(rank: 1, lines: [graph("tx", trial.rates.map { rate($0.tx) }, trial.tx, width)], isApart: true),
            LiveSection(rank: 1, lines: [graph("rx", trial.rates.map { rate($0.rx) }, trial.rx, width)]),
            LiveSection(rank: 5, lines: [lossGraph(width)]),
            LiveSection(rank: 9, lines: [graph("p99", latest(trial.latency), trial.latency, width)]),
            LiveSection(rank: 2, lines: LiveLine.flow(label("ledger"), book, indent: 9, width: width, style), least: 4, isApart: true),
            LiveSection(rank: 6, lines: LiveLine.flow(label(""), faults, indent: 9, width: width, style)),
            LiveSection(rank: 3, lines: LiveLine.flow(label("latency"), latencies, indent: 9, width: width, style), least: 2)
        ]
        if !state.earlier.isEmpty {
            sections.append(LiveSection(rank: 10, lines: LiveLine.flow(label("trials"), earlier, indent: 9, width: width, style)))
        }
        if let workers = reading?.workers, !workers.isEmpty {
            sections.append(
                LiveSection(
                    rank: 11, heading: LiveLine(Self.columns(workerTitles, width), .faint),
                    lines: workers.indices.map { row(ofWorker: $0, workers[$0], width) }, least: 5, focus: 0, isApart: true))
        }
        if !state.cpus.isEmpty {
            sections.append(LiveSection(rank: 12, lines: state.cpus.map { row($0, width) }, least: 2, focus: 0, isApart: true))
        }
        return sections
    }

    private func label(_ text: String) -> LiveLine { LiveLine(text.padded(9), .faint) }

    private func graph(_ name: String, _ figure: String?, _ series: LiveSeries, _ width: Int, _ tone: LiveLine.Tone = .plain) -> LiveLine {
        // The latest figures where there is no room for all.
        let values = series.values(in: width - 23)
        return label(name) + LiveLine((figure ?? "-").padded(12, toRight: true) + "  ", tone) + LiveLine(Sparkline.text(values), tone)
    }

    private func lossGraph(_ width: Int) -> LiveLine {
        guard let reading, let missing = trial.outstanding.missing else { return graph("missing", nil, trial.loss, width) }
        let share = reading.sent > 0 ? Double(missing) / Double(reading.sent) : 0
        return graph("missing", FigureText.percent(share), trial.loss, width, missing > 0 ? .bad : .plain)
    }

    private func latest(_ series: LiveSeries) -> String? {
        series.values.last { $0 != nil }?.map { FigureText.nanoseconds(UInt64(max(0, $0))) }
    }

    private var book: [LiveLine] {
        guard let reading else { return [LiveLine("-")] }
        let rest = trial.outstanding
        var parts = [fact("sent", reading.sent), fact("received", reading.received), fact(rest.word, rest.rest)]
        if let missing = rest.missing { parts.append(fact("missing", missing, missing > 0 ? .bad : .plain)) }
        return parts
    }

    private var faults: [LiveLine] {
        guard let arrivals = reading?.arrivals else { return [LiveLine("no reader tells of copies, order and strangers", .faint)] }
        func part(_ name: String, _ count: UInt64, isBad: Bool = true) -> (count: UInt64, line: LiveLine) {
            (count, fact(name, count, isBad && count > 0 ? .warning : .plain))
        }
        let parts = [
            part("copies", arrivals.duplicates), part("reordered", arrivals.reordered), part("altered", arrivals.altered),
            part("foreign", arrivals.foreign, isBad: false), part("stale", arrivals.stale)
        ]
        // Where not all fit, what there is comes before what there isn't.
        return (parts.filter { $0.count > 0 } + parts.filter { $0.count == 0 }).map(\.line)
    }

    private func fact(_ name: String, _ count: UInt64, _ tone: LiveLine.Tone = .plain) -> LiveLine {
        LiveLine(name + " ", .faint) + LiveLine(FigureText.count(count), tone)
    }

    private var latencies: [LiveLine] {
        func time(_ name: String, _ nanoseconds: UInt64?) -> LiveLine {
            LiveLine(name + " ", .faint) + LiveLine(nanoseconds.map { FigureText.nanoseconds($0) } ?? "-")
        }
        guard let latency = reading?.arrivals?.latency, latency.count > 0 else {
            guard let slowest = reading?.slowestNanoseconds, slowest > 0 else { return [LiveLine("-")] }
            return [time("max", slowest)]
        }
        return [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9)].map { time($0, latency.value(atPercentile: $1)) }
            + [time("max", latency.maximum)]
    }

    private var earlier: [LiveLine] {
        let median = Self.median(state.earlier).map { [LiveLine("median ", .faint) + LiveLine(rate($0))] } ?? []
        return median + [LiveLine("of ", .faint) + LiveLine(FigureText.count(state.earlier.count, "trial") + " so far")]
    }

    private var workerTitles: [String] { ["worker", "cpu", "rate", "\(state.noun)s", "p50", "p99", "node"] }
    private static let workerWidths = [7, 5, 13, 16, 11, 11, 6]

    /// Whole columns only, as many as there is room for; all but the first to the right.
    private static func columns(_ cells: [String], _ width: Int) -> String {
        var text = ""
        for (place, cell) in cells.enumerated() where place == 0 || text.count + workerWidths[place] <= width {
            guard place == 0 || text.count == workerWidths[..<place].reduce(0, +) else { break }
            text += cell.padded(workerWidths[place], toRight: place > 0)
        }
        return text
    }

    private func row(ofWorker place: Int, _ worker: TrialReading.Worker, _ width: Int) -> LiveLine {
        func time(_ percentile: Double) -> String {
            worker.latency?.value(atPercentile: percentile).map { FigureText.nanoseconds($0) } ?? ""
        }
        return LiveLine(
            Self.columns(
                [
                    "\(worker.role == .transmit ? "tx" : "rx") \(worker.index)", "\(worker.cpu)",
                    trial.rate(ofWorker: place).map { rate($0) } ?? "-", FigureText.count(worker.frames), time(50), time(99),
                    "\(worker.node)"
                ], width))
    }

    /// As many of the parts as there is room for.
    private func row(_ cpu: LiveState.CPULoad, _ width: Int) -> LiveLine {
        func whole(_ share: Double) -> String { "\(Int((min(max(share.isFinite ? share : 0, 0), 1) * 100).rounded())) %" }
        let bar = Sparkline.bar(cpu.busy, width: max(4, min(20, width - 76)))
        var line = label("cpu \(cpu.cpu)") + LiveLine(bar, cpu.busy > 0.95 ? .warning : .good)
        var parts = [LiveLine(whole(cpu.busy).padded(6, toRight: true))]
        for (name, share) in [("user", cpu.user), ("system", cpu.system), ("softirq", cpu.softirq), ("steal", cpu.steal)] {
            parts.append(LiveLine("  \(name) ", .faint) + LiveLine(whole(share).padded(5, toRight: true)))
        }
        if !cpu.roles.isEmpty { parts.append(LiveLine("  " + cpu.roles, .faint)) }
        for part in parts {
            guard line.width(style) + part.width(style) <= width else { break }
            line = line + part
        }
        return line
    }

    // MARK: the sweep's cells, and the log

    func sweep(_ width: Int) -> [LiveSection] {
        guard let sweep = state.sweep else { return [] }
        let medians = sweep.cells.map { Self.median($0.rates) }
        let most = medians.reduce(0) { max($0, $1 ?? 0) }
        let lines = sweep.cells.indices.map { index -> LiveLine in
            let cell = sweep.cells[index]
            let isCurrent = index == sweep.current
            let bar = width >= 56 ? 12 : 0
            let name = max(8, width - 20 - (bar > 0 ? bar + 2 : 0))
            var line = LiveLine(
                (isCurrent ? "> " : "  ") + cell.name.shortened(name - 2, style).padded(name - 2), isCurrent ? .heading : .plain)
            if cell.rates.isEmpty, let obstacle = cell.obstacle { return line + LiveLine("  " + obstacle, .warning) }
            line.add("\(cell.rates.count)".padded(6, toRight: true), .faint)
            line.add((medians[index].map { rate($0) } ?? "-").padded(14, toRight: true))
            if bar > 0, let median = medians[index], most > 0 { line.add("  " + Sparkline.bar(median / most, width: bar), .good) }
            return line
        }
        let name = max(8, width - 20 - (width >= 56 ? 14 : 0))
        let heading = LiveLine("cells".padded(name) + "trials" + "median rx".padded(14, toRight: true), .faint)
        return [LiveSection(rank: 7, heading: heading, lines: lines, least: 4, focus: sweep.current ?? 0, isApart: true)]
    }

    var foot: [LiveSection] {
        guard !state.notes.isEmpty else { return [] }
        return [
            LiveSection(
                rank: 4, lines: state.notes.map { LiveLine($0.visible, .warning) }, focus: state.notes.count - 1, isApart: true)
        ]
    }

    private static func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : SampleSummary(values).median }

    /// There is no room for a unit beside superframes; what they are stands in the line of the plan.
    private func rate(_ perSecond: Double) -> String { PieceWords(noun: state.noun).bare(perSecond) }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000_000 + (nanoseconds % 100_000_000 >= 50_000_000 ? 1 : 0)
        return tenths < 6000 ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 600) min \(tenths % 600 / 10) s"
    }
}
