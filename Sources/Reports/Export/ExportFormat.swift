import Kernel
import Methods
import Metrics
import Trials

/// What other tools read of results.
public enum ExportFormat: String, CaseIterable, Sendable {
    case csv, markdown
    /// Go's benchmark format, a line for each trial.
    case benchstat
    /// github-action-benchmark, figures of which more is better (`customBiggerIsBetter`), and the others (`customSmallerIsBetter`).
    case githubActionBenchmark = "github-action-benchmark"
    case githubActionBenchmarkSmaller = "github-action-benchmark-smaller"
    /// Bencher's metric format.
    case bencher
    /// OpenMetrics, which is Prometheus' text format as well.
    case openmetrics
    /// CSV of Apache Otava: a row for each result, in the order of time.
    case otava

    /// Why a result can't be had in a format.
    public struct Refusal: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
    }

    /// Whether several results make one output.
    public var takesSeveral: Bool { self == .otava || self == .benchstat }

    /// Ends with a line break.
    ///
    /// - Throws: `Refusal` if there is nothing to tell, or more results than one.
    public func text(_ results: [AnyResult]) throws -> String {
        guard results.count < 2 || takesSeveral else {
            throw Refusal(
                sentence: "\(rawValue) takes one result, and \(results.count) are named",
                remedy: "name one, or use \(Self.allCases.filter(\.takesSeveral).map(\.rawValue).joined(separator: " or "))")
        }
        let exported = results.map(ExportedResult.init)
        guard exported.contains(where: { !$0.series.isEmpty }) || self == .csv else {
            throw Refusal(sentence: "nothing was measured, so that there is nothing to export", remedy: "look at `vethmark results show`")
        }
        switch self {
        case .csv: return results.map { $0.lines ?? Self.figures(ExportedResult($0)) }.joined()
        case .markdown: return zip(results, exported).map { Self.markdown($0, $1) }.joined()
        case .benchstat: return exported.sorted(by: Self.isOlder).map(Self.benchstat).joined(separator: "\n")
        case .githubActionBenchmark: return try github(exported, isHigherBetter: true)
        case .githubActionBenchmarkSmaller: return try github(exported, isHigherBetter: false)
        case .bencher: return try Self.bencher(exported)
        case .openmetrics: return exported.map(OpenMetrics.text).joined()
        case .otava: return Self.otava(exported.sorted(by: Self.isOlder))
        }
    }

    private static func isOlder(_ left: ExportedResult, _ right: ExportedResult) -> Bool {
        (left.conditions?.startedAt ?? "") < (right.conditions?.startedAt ?? "")
    }

    // MARK: tables

    /// A line for each figure.
    private static func figures(_ result: ExportedResult) -> String {
        let heading = ["series", "figure", "unit", "count", "median", "low", "high", "level"]
        let rows = result.series.flatMap { series in series.figures.map { row($0, of: series) } }
        return ([heading] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private static func row(_ figure: ExportedFigure, of series: ExportedSeries) -> [String] {
        let interval = figure.interval
        let ends = [interval?.low, interval?.high, interval?.level].map { end in end.map { "\($0)" } ?? "" }
        return [CSVField.quoted(series.name()), figure.name, figure.unit, "\(figure.count)", "\(figure.median)"] + ends
    }

    private static func markdown(_ result: AnyResult, _ exported: ExportedResult) -> String {
        if case .compare(let comparison) = result { return ComparisonReport.markdown(comparison) }
        func cell(_ text: String) -> String { text.visible.replacing("|", with: "\\|").replacing("`", with: "'") }
        var lines = ["**\(cell(result.headline(style: .plain)))**", ""]
        if exported.series.count == 1, exported.series[0].labels.isEmpty {
            lines += ["| figure | median | interval of 95 % | trials |", "| --- | ---: | ---: | ---: |"]
            lines += exported.series[0].figures.map { figure in
                let interval = figure.interval.map { "\(figure.text($0.low)) … \(figure.text($0.high))" } ?? "–"
                return "| \(figure.title) | \(figure.text(figure.median)) | \(interval) | \(figure.count) |"
            }
        } else {
            var names: [String] = []
            var figures: [(name: String, title: String)] = []
            for series in exported.series {
                for label in series.labels where !names.contains(label.name) { names.append(label.name) }
                for figure in series.figures where !figures.contains(where: { $0.name == figure.name }) {
                    figures.append((figure.name, figure.title))
                }
            }
            lines.append("| " + (names.map(cell) + figures.map(\.title)).joined(separator: " | ") + " |")
            lines.append("| " + (names.map { _ in "---" } + figures.map { _ in "---:" }).joined(separator: " | ") + " |")
            for series in exported.series {
                let labels = names.map { name in cell(series.labels.first { $0.name == name }?.value ?? "") }
                let values = figures.map { wanted in
                    series.figures.first { $0.name == wanted.name }.map { $0.text($0.median) } ?? "–"
                }
                lines.append("| " + (labels + values).joined(separator: " | ") + " |")
            }
        }
        return (lines + [""]).map { $0 + "\n" }.joined()
    }

    // MARK: services

    /// golang.org/design/14313-benchmark-format: configuration, then a line for each trial.
    private static func benchstat(_ result: ExportedResult) -> String {
        func word(_ text: String) -> String { String(text.map { $0.isWhitespace || $0 == "/" ? "_" : $0 }) }
        var lines: [String] = []
        for figure in result.series.flatMap(\.figures) where figure.isHigherBetter {
            let line = "Unit \(figure.name) better=higher"
            if !lines.contains(line) { lines.append(line) }
        }
        if let conditions = result.conditions {
            lines += [
                "goos: linux", "goarch: \(conditions.architecture.visible)", "cpu: \(conditions.cpuModel.visible)",
                "kernel: \(conditions.kernelRelease.visible)", "vethmark: \(conditions.vethmarkVersion.visible)"
            ]
        }
        lines.append("")
        for series in result.series {
            let name = (["BenchmarkVethmark"] + series.labels.map { "\(word($0.name))=\(word($0.value))" }).joined(separator: "/").visible
            for index in 0..<(series.figures.map(\.samples.count).max() ?? 0) {
                let values = series.figures.filter { index < $0.samples.count }.map { "\($0.samples[index]) \($0.name)" }
                lines.append("\(name) 1 \(values.joined(separator: " "))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func github(_ results: [ExportedResult], isHigherBetter: Bool) throws -> String {
        let entries = results.flatMap(\.series).flatMap { series in
            series.figures.filter { $0.isHigherBetter == isHigherBetter }.map { figure in
                GithubBenchmark(
                    name: ["vethmark", figure.title, series.name()].filter { !$0.isEmpty }.joined(separator: " "), unit: figure.unit,
                    value: figure.median, range: figure.interval.map { "\($0.low) … \($0.high)" },
                    extra: FigureText.count(figure.count, "trial"))
            }
        }
        guard !entries.isEmpty else {
            let other: Self = isHigherBetter ? .githubActionBenchmarkSmaller : .githubActionBenchmark
            throw Refusal(
                sentence: "none of its figures is one of which \(isHigherBetter ? "more" : "less") is better",
                remedy: "use --as \(other.rawValue)")
        }
        return try JSONReport.text(entries)
    }

    private static func bencher(_ results: [ExportedResult]) throws -> String {
        var benchmarks: [String: [String: BencherMetric]] = [:]
        for series in results.flatMap(\.series) {
            let name = ["vethmark", series.name()].filter { !$0.isEmpty }.joined(separator: " ")
            for figure in series.figures {
                let interval = figure.interval
                benchmarks[name, default: [:]][figure.name] = BencherMetric(
                    value: figure.median, lower_value: interval?.low, upper_value: interval?.high)
            }
        }
        return try JSONReport.text(benchmarks)
    }

    /// A row for each result, columns of all of them.
    private static func otava(_ results: [ExportedResult]) -> String {
        func values(_ result: ExportedResult) -> [(name: String, value: Double)] {
            result.series.flatMap { series in
                series.figures.map { figure in ([figure.name, series.name()].filter { !$0.isEmpty }.joined(separator: " "), figure.median) }
            }
        }
        var names: [String] = []
        for result in results { for value in values(result) where !names.contains(value.name) { names.append(value.name) } }
        let heading = ["time", "version", "commit", "kernel", "cpu_model", "trusted"] + names
        let rows = results.map { result in
            let conditions = result.conditions
            let known = Dictionary(values(result).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return [
                conditions?.startedAt ?? "", conditions?.vethmarkVersion ?? "", conditions?.gitCommit ?? "",
                conditions?.kernelRelease ?? "",
                conditions?.cpuModel ?? "", "\(result.trusted)"
            ] + names.map { known[$0].map { "\($0)" } ?? "" }
        }
        return ([heading] + rows).map { $0.map(CSVField.quoted).joined(separator: ",") + "\n" }.joined()
    }
}

enum CSVField {
    /// In quotes where it holds what parts fields (RFC 4180).
    static func quoted(_ text: String) -> String {
        let plain = text.visible
        return plain.contains { $0 == "," || $0 == "\"" } ? "\"" + plain.replacing("\"", with: "\"\"") + "\"" : plain
    }
}
