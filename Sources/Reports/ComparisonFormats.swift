import Methods
import Metrics

/// What services that follow benchmarks read.
public enum ComparisonFormat: String, CaseIterable, Sendable {
    /// Go's benchmark format, both sides with a key to tell them apart: `benchstat -col side FILE`.
    case benchstat
    /// github-action-benchmark, new's figures of which more is better (`customBiggerIsBetter`).
    case github
    /// The others (`customSmallerIsBetter`).
    case githubSmaller = "github-smaller"
    /// Bencher's metric format, new's figures.
    case bencher

    /// Ends with a line break.
    public func text(_ comparison: ResultComparison) throws -> String {
        switch self {
        case .benchstat: Self.benchstat(comparison)
        case .github: try JSONReport.text(Self.github(comparison, isHigherBetter: true))
        case .githubSmaller: try JSONReport.text(Self.github(comparison, isHigherBetter: false))
        case .bencher:
            try JSONReport.text(
                Dictionary(
                    Self.groups(comparison).map { ("vethmark" + $0.labels.map { " \($0)=\($1)" }.joined(), Self.bencher($0.figures)) },
                    uniquingKeysWith: { $1 }))
        }
    }

    /// The figures of two runs, or of each cell by its settings.
    private static func groups(
        _ comparison: ResultComparison
    ) -> [(labels: [(setting: String, value: String)], figures: [FigureComparison])] {
        guard let cells = comparison.cells else { return [([], comparison.figures)] }
        return cells.map { cell in
            ((comparison.vary ?? []).compactMap { axis in cell.settings[axis.setting].map { (axis.setting, $0) } }, cell.figures)
        }
    }

    /// golang.org/design/14313-benchmark-format: a line for each trial.
    private static func benchstat(_ comparison: ResultComparison) -> String {
        let groups = groups(comparison)
        let better = ResultFigure.allCases.filter { figure in
            figure.isHigherBetter && groups.contains { $0.figures.contains { $0.figure == figure } }
        }
        var lines = better.map { "Unit \($0.rawValue) better=higher" }
        for (side, samples) in [("base", \FigureComparison.baseSamples), ("new", \FigureComparison.newSamples)] {
            lines += ["", "side: \(side)"]
            for (labels, figures) in groups {
                // Spaces end a name there.
                let name = "BenchmarkVethmark" + labels.map { "/\($0)=\($1.replacing(" ", with: "_"))" }.joined()
                for index in 0..<(figures.map { $0[keyPath: samples].count }.max() ?? 0) {
                    let values = figures.filter { index < $0[keyPath: samples].count }.map {
                        "\($0[keyPath: samples][index]) \(unit($0))"
                    }
                    lines.append("\(name) 1 \(values.joined(separator: " "))")
                }
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Benchstat scales `ns` as a time, and keeps what it doesn't know.
    private static func unit(_ entry: FigureComparison) -> String { "\(entry.figure.rawValue)" }

    private static func github(_ comparison: ResultComparison, isHigherBetter: Bool) -> [GithubBenchmark] {
        groups(comparison).flatMap { labels, figures in
            figures.filter { $0.figure.isHigherBetter == isHigherBetter }.map { entry in
                let interval = MedianInterval(entry.newSamples)?.interval
                return GithubBenchmark(
                    name: "vethmark\(labels.map { " \($0)=\($1)" }.joined()) \(entry.figure.title)", unit: entry.figure.unit,
                    value: entry.new, range: interval.map { "\($0.low) … \($0.high)" },
                    extra: "\(entry.newSamples.count) trials; to base: \(entry.words)")
            }
        }
    }

    private static func bencher(_ figures: [FigureComparison]) -> [String: BencherMetric] {
        let metrics = figures.map { entry in
            let interval = MedianInterval(entry.newSamples)?.interval
            return (entry.figure.rawValue, BencherMetric(value: entry.new, lower_value: interval?.low, upper_value: interval?.high))
        }
        return Dictionary(metrics, uniquingKeysWith: { $1 })
    }
}
