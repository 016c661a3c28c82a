import ArgumentParser
import Kernel
import Methods
import Metrics
import Reports

/// How a comparison is told, and where it is kept.
struct CompareOutput: ParsableArguments {
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object on stdout.") var json = false
    @Flag(help: "Print a table in Markdown.") var markdown = false
    @Option(
        parsing: .unconditional,
        help: "Print for a service that follows benchmarks: \(ComparisonFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: vethmark.text("format", ComparisonFormat.allCases.map(\.rawValue).joined(separator: ", ")) {
            ComparisonFormat(rawValue: $0)
        })
    var format: ComparisonFormat?
    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp(
            "Save what --ab measures in this folder (default: a new one under results/, named by the time).", valueName: "folder"),
        completion: .directory)
    var folder: String?
    @Flag(help: "Save nothing.") var noSave = false
    @OptionGroup var report: ReportOption
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false
    @Flag(name: .shortAndLong, help: "Tell more about what happens.") var verbose = false

    func validate() throws {
        guard (json ? 1 : 0) + (markdown ? 1 : 0) + (format == nil ? 0 : 1) < 2 else {
            throw ValidationError("--json, --markdown and --format exclude each other; choose one")
        }
        guard !noSave || folder == nil else { throw ValidationError("--no-save and -o contradict each other; leave out one of them") }
        guard folder != "" else { throw ValidationError("-o names no folder; give it a name, or leave it out for results/") }
    }

    /// Nil if nothing is to be saved.
    var store: ResultStore? { noSave ? nil : folder.map { ResultStore(folder: $0) } ?? ResultStore() }

    /// Ends with a line break.
    func text(_ comparison: ResultComparison) throws -> String {
        if json { return try JSONReport.text(comparison) }
        if let format { return try format.text(comparison) }
        return markdown ? ComparisonReport.markdown(comparison) : ComparisonReport(comparison, style: Terminal.style).text
    }
}

/// Which round it is and how long the others will take, on stderr.
final class TurnProgress {
    private let rounds: Int
    private let printer: ProgressPrinter?
    private let startedAt = Clock.monotonicNanoseconds
    private var begun = 0

    init(rounds: Int, isQuiet: Bool) {
        self.rounds = rounds
        printer = isQuiet ? nil : ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
    }

    func begin(_ round: Int, _ side: AlternatingRun.Side) {
        let left = begun == 0 ? nil : (Clock.monotonicNanoseconds - startedAt) / UInt64(begun) * UInt64(2 * rounds - begun)
        begun += 1
        let time = left.map { ", about \(($0 + 500_000_000) / 1_000_000_000) s left" } ?? ""
        printer?.note("round \(round + 1)/\(rounds), \(side == .base ? "A" : "B")\(time)")
    }

    func finish() { printer?.finish() }
}
