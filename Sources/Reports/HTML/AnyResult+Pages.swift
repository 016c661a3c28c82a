import Methods
import Results

extension AnyResult {
    /// - Parameter source: which of several it is.
    public func page(source: String? = nil) -> ReportPage {
        switch self {
        case .run(let result): ReportPage(result, source: source)
        case .sweep(let result): ReportPage(result, source: source)
        case .tune(let result): ReportPage(result, source: source)
        case .bakeoff(let result): ReportPage(result, source: source)
        case .compare(let result): ReportPage(result, source: source)
        case .search(let result): ReportPage(result, source: source)
        case .suite(let result): ReportPage(result, source: source)
        case .capture(let result): ReportPage(result, source: source)
        case .replay(let result): ReportPage(result, source: source)
        case .mesh(let result): ReportPage(result, source: source)
        }
    }

    /// A line each for trials, cells, rounds or figures, with a heading; ends with a line break.
    public var csv: String { lines ?? page().mainTable?.csv ?? "" }

    /// Where a kind has lines of its own, CSV of trials or cells with all their columns.
    var lines: String? {
        switch self {
        case .run(let result): CSVReport.text(result)
        case .sweep(let result): SweepCSV.cells(result)
        case .search(let result): MethodWords.csv(result.trials)
        case .suite(let result): MethodWords.csv(result.trials)
        case .tune, .bakeoff, .capture, .replay, .compare, .mesh: nil
        }
    }

    private var grid: ComparableGrid? {
        switch self {
        case .sweep(let result): ComparableGrid(result)
        case .bakeoff(let result): ComparableGrid(result)
        case .run, .tune, .search, .suite, .capture, .replay, .compare, .mesh: nil
        }
    }

    /// Of each result a page; of two runs, and of two sweeps or bakeoffs with cells in common, their comparison in front.
    ///
    /// - Parameters:
    ///   - results: with the names by which they were asked for.
    ///   - command: the words of the command line, where a comparison is made.
    public static func pages(_ results: [(name: String, result: AnyResult)], command: [String]) -> [ReportPage] {
        let pages = results.map { $0.result.page(source: results.count > 1 ? $0.name : nil) }
        guard results.count == 2 else { return pages }
        if let base = results[0].result.grid, let new = results[1].result.grid {
            let comparison = ResultComparison(
                base: base, called: results[0].name, new: new, called: results[1].name, command: command)
            return (comparison.map { [ReportPage($0)] } ?? []) + pages
        }
        guard case .run(let base) = results[0].result, case .run(let new) = results[1].result else { return pages }
        let comparison = ResultComparison(
            base: base, called: results[0].name, new: new, called: results[1].name, design: .unpaired, command: command)
        return [ReportPage(comparison)] + pages
    }
}
