import ArgumentParser
import Kernel
import Reports

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "A saved result for other tools: CSV, Markdown, Prometheus and those that follow benchmarks.",
        discussion: """
            Figures are medians over trials, with their intervals where a format has a place for them; what wasn't measured is left out. Takes results of \
            every kind. benchstat and otava take several results and put them in the order of their times. docs/results.md has the formats.
            """)

    @Argument(help: "The folder of a saved result, or its result.json.", completion: .file(extensions: ["json"]))
    var results: [String]

    @Option(
        name: .customLong("as"), parsing: .unconditional,
        help: ArgumentHelp(
            "\(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"),
        completion: .list(ExportFormat.allCases.map(\.rawValue)), transform: { try ExportCommand.format($0) })
    var format: ExportFormat

    func run() throws {
        let results = try Exit.failure { try self.results.map { path throws in try SavedResult.loadAny(path) } }
        let text = try Exit.usage { try format.text(results) }
        try Terminal.print(text, terminator: "")
    }

    private static func format(_ text: String) throws -> ExportFormat {
        guard let format = ExportFormat(rawValue: text) else {
            throw ValidationError("is '\(text.visible)' but must be \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return format
    }
}
