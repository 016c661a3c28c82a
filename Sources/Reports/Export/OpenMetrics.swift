import FoundationEssentials
import Kernel
import Methods
import Metrics
import Results

/// A result as OpenMetrics 1.0, which Prometheus' text format reads too: gauges and histograms in base units, each family once.
///
/// A result is a state and no count that goes on, so that its frames are gauges as well.
enum OpenMetrics {
    /// Ends with `# EOF` and a line break.
    static func text(_ result: ExportedResult) -> String { text(families(result)) }

    /// Families that have samples. Ends with `# EOF` and a line break.
    static func text(_ families: [Family]) -> String {
        families.filter { !$0.lines.isEmpty }.flatMap(\.text).map { $0 + "\n" }.joined() + "# EOF\n"
    }

    static func families(_ result: ExportedResult) -> [Family] {
        var families: [Family] = [info(result)]
        families.append(
            Family(
                "vethmark_trusted", "Whether every book closed and no warning voids the result.", samples: [([], result.trusted ? 1 : 0)]))
        if let conditions = result.conditions, let start = try? Date(conditions.startedAt, strategy: .iso8601) {
            families.append(
                Family(
                    "vethmark_start_time_seconds", "When the measurement began, since 1970.", samples: [([], start.timeIntervalSince1970)]))
        }
        families += figures(result) + [ledger(result), histogram(result, \.path, \.pathHistogram, "path", "Receive minus send timestamp.")]
        families.append(
            histogram(result, \.response, \.responseHistogram, "response", "Receive timestamp minus planned send time."))
        return families
    }

    typealias Labels = [(name: String, value: String)]

    /// A name with all its samples.
    struct Family {
        let name: String
        let help: String
        let type: String
        private(set) var lines: [String] = []

        init(_ name: String, _ help: String, type: String = "gauge", samples: [(Labels, Double)] = []) {
            (self.name, self.help, self.type) = (name, help, type)
            for (labels, value) in samples { add(value, labels) }
        }

        mutating func add(_ value: Double, _ labels: Labels, suffix: String = "") {
            lines.append("\(name)\(suffix)\(OpenMetrics.text(labels)) \(OpenMetrics.number(value))")
        }

        /// Units that OpenMetrics knows stand at the end of the name.
        var text: [String] {
            let unit = ["seconds", "ratio", "frames"].first { name.hasSuffix("_" + $0) }
            return ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"] + (unit.map { ["# UNIT \(name) \($0)"] } ?? []) + lines
        }
    }

    // MARK: families

    private static func info(_ result: ExportedResult) -> Family {
        var labels: Labels = [("kind", result.kind.rawValue)]
        if let conditions = result.conditions {
            labels += [
                ("version", conditions.vethmarkVersion), ("commit", conditions.gitCommit ?? ""), ("kernel", conditions.kernelRelease),
                ("cpu_model", conditions.cpuModel)
            ]
        }
        if let trial = result.trials.first { labels += [("engine", trial.engine.rawValue), ("receiver", trial.receiver.rawValue)] }
        return Family("vethmark_result_info", "What was measured, and with what; always 1.", samples: [(labels, 1)])
    }

    private static func figures(_ result: ExportedResult) -> [Family] {
        var families: [Family] = []
        for series in result.series {
            for figure in series.figures {
                guard let (name, help, divisor) = metric(figure) else { continue }
                let labels = series.labels.map { (name: label($0.name), value: $0.value) }
                let position = families.firstIndex { $0.name == name } ?? families.endIndex
                if position == families.endIndex { families.append(Family(name, help)) }
                families[position].add(figure.median / divisor, labels)
            }
        }
        return families
    }

    /// Its name in base units, and what to divide by.
    private static func metric(_ figure: ExportedFigure) -> (name: String, help: String, divisor: Double)? {
        switch figure.name {
        case "rxPps": ("vethmark_receive_rate_frames_per_second", "Frames that came a second, median over trials.", 1)
        case "txPps": ("vethmark_transmit_rate_frames_per_second", "Frames that left a second, median over trials.", 1)
        case "throughputPps": ("vethmark_throughput_frames_per_second", "The highest rate that keeps to its goal.", 1)
        case "burstFrames": ("vethmark_longest_burst_frames", "The longest burst without loss, median over repeats.", 1)
        case "lossRatio": ("vethmark_loss_ratio", "Lost frames over sent frames, median over trials.", 1)
        case "pathP50Nanoseconds":
            ("vethmark_path_latency_p50_seconds", "Receive minus send timestamp: median over trials of the median.", 1e9)
        case "pathP99Nanoseconds":
            ("vethmark_path_latency_p99_seconds", "Receive minus send timestamp: median over trials of the 99th percentile.", 1e9)
        case "cpuNanosecondsPerFrame": ("vethmark_cpu_per_frame_seconds", "CPU time for each frame, median over trials.", 1e9)
        default: nil
        }
    }

    private static func ledger(_ result: ExportedResult) -> Family {
        var family = Family("vethmark_ledger_frames", "Where every offered frame ended, over all trials.")
        guard !result.trials.isEmpty else { return family }
        let rows: [(String, KeyPath<Ledger, UInt64>)] = [
            ("offered", \.offered), ("not_offered", \.notOffered), ("refused", \.refused), ("sent", \.sent),
            ("link_dropped", \.linkDropped),
            ("receiver_dropped", \.receiverDropped), ("received", \.received), ("altered", \.altered),
            ("in_flight_at_end", \.inFlightAtEnd),
            ("duplicates", \.duplicates), ("reordered", \.reordered), ("foreign", \.foreign)
        ]
        for (name, path) in rows {
            family.add(result.trials.reduce(0.0) { $0 + Double($1.ledger[keyPath: path]) }, [("row", name)])
        }
        family.add(result.trials.reduce(0.0) { $0 + Double($1.ledger.residual) }, [("row", "residual")])
        return family
    }

    /// Of all trials together, with the bounds of the result's own bars.
    private static func histogram(
        _ result: ExportedResult, _ summary: KeyPath<TrialResult.Latency, LatencySummary>,
        _ bars: KeyPath<TrialResult.Latency, [HistogramBar]>, _ name: String, _ help: String
    ) -> Family {
        var family = Family("vethmark_\(name)_latency_seconds", help, type: "histogram")
        let measured = result.trials.map(\.latency).filter { $0[keyPath: summary].count > 0 && !$0[keyPath: bars].isEmpty }
        guard !measured.isEmpty else { return family }
        var counts: [UInt64: UInt64] = [:]
        for bar in measured.flatMap({ $0[keyPath: bars] }) { counts[bar.upper, default: 0] += bar.count }
        var total: UInt64 = 0
        for upper in counts.keys.sorted() {
            total += counts[upper] ?? 0
            family.add(Double(total), [("le", number(Double(upper) / 1e9))], suffix: "_bucket")
        }
        family.add(Double(total), [("le", "+Inf")], suffix: "_bucket")
        family.add(
            measured.reduce(0.0) { $0 + ($1[keyPath: summary].mean ?? 0) * Double($1[keyPath: summary].count) } / 1e9, [], suffix: "_sum")
        family.add(Double(total), [], suffix: "_count")
        return family
    }

    // MARK: words

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { label in
            let value = label.value.visible.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\(label.name)=\"\(value)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// Letters, digits and low lines, no digit first.
    private static func label(_ name: String) -> String {
        let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return plain.first?.isNumber ?? true ? "_" + plain : plain
    }

    /// Whole numbers without a fraction; `+Inf` never comes.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
