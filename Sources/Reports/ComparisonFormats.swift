import Foundation
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
        case .bencher: try JSONReport.text(["vethmark": Self.bencher(comparison)])
        }
    }

    /// golang.org/design/14313-benchmark-format: a line for each trial.
    private static func benchstat(_ comparison: ResultComparison) -> String {
        var lines = comparison.figures.filter { $0.figure.isHigherBetter }.map { "Unit \(unit($0)) better=higher" }
        for (side, samples) in [("base", \FigureComparison.baseSamples), ("new", \FigureComparison.newSamples)] {
            lines += ["", "side: \(side)"]
            for index in 0..<(comparison.figures.map { $0[keyPath: samples].count }.max() ?? 0) {
                let values = comparison.figures.filter { index < $0[keyPath: samples].count }.map {
                    "\($0[keyPath: samples][index]) \(unit($0))"
                }
                lines.append("BenchmarkVethmark 1 \(values.joined(separator: " "))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Benchstat scales `ns` as a time, and keeps what it doesn't know.
    private static func unit(_ entry: FigureComparison) -> String { "\(entry.figure.rawValue)" }

    private static func github(_ comparison: ResultComparison, isHigherBetter: Bool) -> [GithubBenchmark] {
        comparison.figures.filter { $0.figure.isHigherBetter == isHigherBetter }.map { entry in
            let interval = MedianInterval(entry.newSamples)?.interval
            return GithubBenchmark(
                name: "vethmark \(entry.figure.title)", unit: entry.figure.unit, value: entry.new,
                range: interval.map { "\($0.low) … \($0.high)" }, extra: "\(entry.newSamples.count) trials; to base: \(entry.words)")
        }
    }

    private static func bencher(_ comparison: ResultComparison) -> [String: BencherMetric] {
        let metrics = comparison.figures.map { entry in
            let interval = MedianInterval(entry.newSamples)?.interval
            return (entry.figure.rawValue, BencherMetric(value: entry.new, lower_value: interval?.low, upper_value: interval?.high))
        }
        return Dictionary(metrics, uniquingKeysWith: { $1 })
    }
}
