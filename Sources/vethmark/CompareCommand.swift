import ArgumentParser
import Foundation
import Kernel
import Methods
import Metrics
import Reports
import Trials

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Two results side by side: faster, slower, the same, or undecided.",
        discussion: """
            Figures are medians over trials, with intervals of 95 %; below 6 trials a side nothing is decided. Exit codes: 0 done; 1 failed; 3 a figure \
            is worse by more than --threshold, or a result can't be trusted; 64 wrong usage.
            """)

    @Argument(help: "Two saved results, before and after: folders of `vethmark run --repeats`, or result.json.") var results: [String] = []
    @Option(
        parsing: .unconditional,
        help:
            "What counts as a regression, as in 5%: so much fewer frames or more time, or points of loss. Less is the same (default: 2 % is).",
        transform: { try Percentage.parse($0) })
    var threshold: Double?
    @Flag(help: "Exit 0 also if a result can't be trusted.") var allowUntrusted = false
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object on stdout.") var json = false
    @Flag(help: "Print a table in Markdown.") var markdown = false
    @Option(
        parsing: .unconditional,
        help: "Print for a service that follows benchmarks: \(ComparisonFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: text("format", ComparisonFormat.allCases.map(\.rawValue).joined(separator: ", ")) { ComparisonFormat(rawValue: $0) })
    var format: ComparisonFormat?

    func validate() throws {
        guard results.count == 2 else {
            throw ValidationError("two results make a comparison, not \(results.count); name base and new")
        }
        guard (json ? 1 : 0) + (markdown ? 1 : 0) + (format == nil ? 0 : 1) < 2 else {
            throw ValidationError("--json, --markdown and --format exclude each other; choose one")
        }
    }

    func run() throws {
        let comparison = try Exit.failure {
            ResultComparison(
                base: try SavedResult.load(results[0]), called: results[0], new: try SavedResult.load(results[1]), called: results[1],
                design: .unpaired, threshold: threshold, command: CommandLine.arguments)
        }
        try Terminal.print(output(comparison, style: Terminal.style), terminator: "")
        guard comparison.passes, comparison.trusted || allowUntrusted else {
            if let failure = ComparisonReport.failure(comparison) { Exit.say("vethmark: \(failure)") }
            throw ExitCode(Exit.untrusted)
        }
    }

    private func output(_ comparison: ResultComparison, style: TextStyle) throws -> String {
        if json { return try JSONReport.text(comparison) }
        if let format { return try format.text(comparison) }
        return markdown ? ComparisonReport.markdown(comparison) : ComparisonReport(comparison, style: style).text
    }
}

/// A share of the whole, as in 5% or 0.1%.
enum Percentage {
    /// 0 to 1; 0 and 100 % are shares too.
    ///
    /// - Throws: `ValidationError`, a sentence behind the option's name.
    static func parse(_ text: String) throws -> Double {
        let number = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard text.hasSuffix("%"), number.first?.isNumber == true, let value = Double(number), (0...100).contains(value) else {
            throw ValidationError("is '\(text.visible)' but must be 0% to 100%, with its sign, as in 5%")
        }
        return value / 100
    }
}
