import Engines
import Glibc
import Metrics
import Results

/// The pictures of a trial that several kinds of results have in common.
enum TrialPlots {
    /// Frames a second over the window, as the intervals have them; nil with fewer than two.
    ///
    /// - Parameter noun: of what leaves in one piece.
    static func rates(
        _ trial: TrialResult, name: String = "rate-over-time", title: String? = nil, noun: String = "frame"
    ) -> LinePlot? {
        guard trial.intervals.count > 1 else { return nil }
        let intervals = trial.intervals.withoutMoments
        guard intervals.count > 1 else { return nil }
        let isCounted = trial.receiver.abilities.counting != .byTheLink
        func series(_ name: String, _ colour: Int, _ value: (IntervalResult) -> Double) -> LinePlot.Series {
            LinePlot.Series(
                name: name,
                points: intervals.map { interval in
                    .init(x: Double(interval.startNanoseconds + interval.endNanoseconds) / 2, y: value(interval))
                }, form: intervals.count > 30 ? .line : .lineWithMarks, colour: colour)
        }
        let all = [series("sent", 1, \.txPps)] + (isCounted ? [series("received", 2, \.rxPps)] : [])
        let shown = isCounted ? intervals.map(\.rxPps) : intervals.map(\.txPps)
        return LinePlot(
            name: name, title: title ?? "\(PieceWords.title(noun)) a second over time",
            summary: "\(FigureText.count(intervals.count)) intervals; \(isCounted ? "received" : "sent") between "
                + "\(PlotUnit.frameRate.text(shown.min() ?? 0)) and \(PlotUnit.frameRate.text(shown.max() ?? 0)).",
            x: PlotAxis(title: "time since the start of the window", unit: .nanoseconds),
            y: PlotAxis(title: "\(noun)s a second", unit: .frameRate),
            series: all)
    }

    /// Latency by percentile, both axes logarithmic: how far the tail goes.
    static func percentiles(
        _ entries: [(name: String, summary: LatencySummary)], name: String = "latency-percentiles", title: String = "Latency by percentile"
    ) -> LinePlot? {
        let measured = entries.filter { $0.summary.count > 0 }.prefix(6)
        guard !measured.isEmpty else { return nil }
        let series = measured.enumerated().map { index, entry in
            LinePlot.Series(name: entry.name, points: points(entry.summary), form: .lineWithMarks, colour: index + 1)
        }
        let most = series.flatMap(\.points).map(\.x).max() ?? 2
        let labels = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "1−10⁻⁶", "1−10⁻⁷", "1−10⁻⁸", "1−10⁻⁹"]
        let ticks = (0...min(max(Int(most.rounded(.up)), 1), labels.count - 1)).map { PlotScale.Tick(value: Double($0), label: labels[$0]) }
        let words = measured.map { entry in
            "\(entry.name): median \(text(entry.summary.p50)), 99 % below \(text(entry.summary.p99)), at most \(text(entry.summary.max))"
        }
        return LinePlot(
            name: name, title: title, summary: words.joined(separator: "; ") + ".",
            x: PlotAxis(title: "share of the frames that is faster", unit: .count, ticks: ticks),
            y: PlotAxis(title: "latency", unit: .nanoseconds, kind: .logarithmic), series: series)
    }

    /// The last point is the slowest frame, where its share of all frames puts it.
    private static func points(_ summary: LatencySummary) -> [LinePlot.Point] {
        let end = log10(Double(max(summary.count, 2)))
        let known: [(Double, UInt64?, String)] = [
            (0, summary.min, "fastest"), (log10(2), summary.p50, "p50"), (1, summary.p90, "p90"), (2, summary.p99, "p99"),
            (3, summary.p999, "p99.9"), (4, summary.p9999, "p99.99")
        ]
        let points = known.filter { $0.0 < end } + [(end, summary.max, "slowest")]
        return points.compactMap { place, value, name in
            value.map { LinePlot.Point(x: place, y: Double(max($0, 1)), words: "\(name): \(FigureText.nanoseconds($0))") }
        }
    }

    /// Path latency over the window; nil with fewer than two intervals.
    static func overTime(
        _ trial: TrialResult, name: String = "latency-over-time", title: String = "Path latency over time"
    ) -> TimeMap? {
        guard let course = trial.latency.pathOverTime, course.intervals.count > 1, course.bounds.count > 1 else { return nil }
        func range(_ name: String, _ value: (LatencyOverTime.Interval) -> UInt64?) -> String {
            let values = course.intervals.compactMap(value)
            return "\(name) between \(text(values.min())) and \(text(values.max()))"
        }
        let slowest = course.intervals.max { ($0.p99 ?? 0) < ($1.p99 ?? 0) }
        return TimeMap(
            name: name, title: title,
            summary: "\(FigureText.count(course.intervals.count)) intervals; \(range("p50", \.p50)), \(range("p99", \.p99))"
                + (slowest.map { ", most from \(PlotUnit.nanoseconds.text(Double($0.startNanoseconds))) on." } ?? "."),
            axis: PlotAxis(title: "path latency", unit: .nanoseconds), course: course, noun: "frame")
    }

    static func text(_ nanoseconds: UInt64?) -> String { nanoseconds.map { FigureText.nanoseconds($0) } ?? "–" }

    static func histogram(_ bars: [HistogramBar]?, name: String, title: String, axis: String, noun: String = "frames") -> HistogramPlot? {
        guard let bars, bars.contains(where: { $0.count > 0 }) else { return nil }
        let total = bars.reduce(0) { $0 &+ $1.count }
        let most = bars.max { $0.count < $1.count }
        let peak = most.map {
            "most, \(FigureText.percent(Double($0.count) / Double(max(total, 1)))), from \(FigureText.nanoseconds($0.lower)) to "
                + "\(FigureText.nanoseconds($0.upper))"
        }
        return HistogramPlot(
            name: name, title: title, summary: "\(FigureText.count(total)) \(noun); \(peak ?? "").",
            axis: PlotAxis(title: axis, unit: .nanoseconds), bars: bars, noun: noun)
    }

    /// What the CPUs did, by `/proc/stat`.
    static func cpus(_ cpus: [CPUEvidence]) -> BarPlot? {
        guard !cpus.isEmpty else { return nil }
        let sorted = cpus.sorted { $0.cpu < $1.cpu }
        return BarPlot(
            name: "cpus", title: "What the CPUs did",
            summary: sorted.map { "CPU \($0.cpu) idle \(FigureText.percent($0.idle)), stolen \(FigureText.percent($0.steal))" }
                .joined(separator: "; ") + ".",
            axis: PlotAxis(title: "share of the window", unit: .ratio),
            parts: [
                .init(name: "user", fill: "f1"), .init(name: "system", fill: "f2"), .init(name: "softirq", fill: "f3"),
                .init(name: "stolen by the hypervisor", fill: "f-bad")
            ],
            bars: sorted.map { cpu in
                .init(
                    name: "CPU \(cpu.cpu)", parts: [cpu.user, cpu.system, cpu.softirq, cpu.steal],
                    words: "\(FigureText.percent(min(1, cpu.user + cpu.system + cpu.softirq + cpu.steal))) busy")
            })
    }

    static func placement(_ placement: Placement) -> PlacementPlot? {
        var seats: [(seat: Placement.Seat, tenant: String)] = []
        for (index, seat) in placement.transmit.enumerated() { seats.append((seat, "tx \(index)")) }
        for (index, seat) in placement.receive.enumerated() { seats.append((seat, "rx \(index)")) }
        for cpu in placement.softirqCPUs ?? [] {
            seats.append((seats.first { $0.seat.cpu == cpu }?.seat ?? .init(cpu: cpu, node: 0), "softirq"))
        }
        guard !seats.isEmpty else { return nil }
        let cpus = Dictionary(grouping: seats, by: \.seat.cpu).map { number, tenants in
            PlacementPlot.CPU(number: number, node: tenants[0].seat.node, tenants: tenants.map(\.tenant))
        }.sorted { $0.number < $1.number }
        let words = cpus.map { "CPU \($0.number) of node \($0.node): \($0.tenants.joined(separator: ", "))" }
        return PlacementPlot(
            name: "placement", title: "Who sat where", summary: words.joined(separator: "; ") + ". \(placement.reason)", cpus: cpus)
    }

    /// Repeated measurements in the order in which they were made.
    static func samples(
        _ values: [(name: String, values: [Double])], name: String, title: String, unit: PlotUnit, axis: String, noun: String = "trial"
    ) -> LinePlot? {
        let known = values.filter { !$0.values.isEmpty }
        guard let longest = known.map(\.values.count).max(), longest > 1 else { return nil }
        return LinePlot(
            name: name, title: title,
            summary: known.map { entry in
                let summary = SampleSummary(entry.values)
                return "\(entry.name): \(FigureText.count(summary.count, noun)), median \(unit.text(summary.median)), from "
                    + "\(unit.text(summary.min)) to \(unit.text(summary.max))"
            }.joined(separator: "; ") + ".",
            x: PlotAxis(
                title: noun, unit: .count, ticks: (1...longest).map { PlotScale.Tick(value: Double($0), label: "\($0)") }, isByName: true),
            y: PlotAxis(title: axis, unit: unit),
            series: known.enumerated().map { index, entry in
                LinePlot.Series(
                    name: entry.name,
                    points: entry.values.enumerated().map { place, value in
                        .init(x: Double(place + 1), y: value, words: "\(entry.name) \(place + 1): \(unit.text(value))")
                    }, form: .lineWithMarks, colour: index % 6 + 1)
            })
    }
}

extension [IntervalResult] {
    /// Without the rest of the window and its drain at the end, where they lasted a moment beside the others: that tells no rate.
    fileprivate var withoutMoments: [IntervalResult] {
        func length(_ interval: IntervalResult) -> UInt64 { interval.endNanoseconds - interval.startNanoseconds }
        let usual = map(length).sorted()[count / 2]
        var kept = self
        for _ in 0..<2 where kept.count > 1 && length(kept[kept.count - 1]) < usual / 10 { kept.removeLast() }
        return kept
    }
}
