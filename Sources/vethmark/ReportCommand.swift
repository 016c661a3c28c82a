import ArgumentParser
import Kernel
import Reports

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Saved results as one HTML file, with plots and tables.",
        discussion: """
            The file needs nothing beside it and no network. Of two runs or sweeps their comparison stands in front; other results stand one behind the \
            other. docs/reports.md tells what each plot shows. Exit codes: 0 done; 1 failed; 64 wrong usage.
            """)

    @Argument(help: "Saved results of any kind: folders that vethmark saved, or result.json.", completion: Completion.result) var results:
        [String] = []
    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp(
            "The HTML file, - for standard output (default: report.html, where neither plots nor text were asked for).", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Write every plot into this folder, as an SVG file of its own.", valueName: "folder"),
        completion: .directory)
    var svg: String?
    @Flag(help: "Print the result as CSV: a line for each trial, cell, round or figure.") var csv = false
    @Flag(help: "Print the report as Markdown, without its plots.") var markdown = false

    func validate() throws {
        guard !results.isEmpty else { throw ValidationError("a report needs a result; name a folder that vethmark saved") }
        guard !(csv && markdown) else { throw ValidationError("--csv and --markdown exclude each other; choose one") }
        guard !csv || results.count == 1 else { throw ValidationError("--csv takes one result, not \(results.count); name one") }
        guard output != "-" || !csv && !markdown else {
            throw ValidationError("-o - and \(csv ? "--csv" : "--markdown") both want standard output; choose one")
        }
        guard svg != "" else { throw ValidationError("--svg names no folder; give it a name") }
        guard output != "" else { throw ValidationError("-o names no file; give it a name, or leave it out for report.html") }
    }

    func run() throws {
        let loaded = try Exit.failure { try results.map { (name: $0, result: try SavedResult.loadAny($0)) } }
        let pages = AnyResult.pages(loaded, command: CommandLine.arguments)
        if let svg {
            let names = try Exit.failure { try ReportFile.writePlots(of: pages, into: svg) }
            Exit.say("\(names.count == 1 ? "1 plot" : "\(names.count) plots") in \(svg)")
        }
        let file = output ?? (svg == nil && !csv && !markdown ? "report.html" : nil)
        if let file, file != "-" {
            try Exit.failure { try ReportFile.write(HTMLReport.text(pages), to: file) }
            Exit.say("report in \(file)")
        }
        if file == "-" { return try Publication.show { HTMLReport.text(pages) } }
        if csv { try Publication.show { loaded[0].result.csv } }
        if markdown { try Publication.show { MarkdownReport.text(pages) } }
    }
}

/// `--report FILE` of commands that measure.
struct ReportOption: ParsableArguments {
    @Option(
        name: .customLong("report"), parsing: .unconditional,
        help: ArgumentHelp("Write the result as an HTML file too; see vethmark report.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var file: String?

    func validate() throws {
        guard let file else { return }
        do throws(ReportFile.WriteError) {
            try ReportFile.check(file)
        } catch {
            throw ValidationError("--report: \(error.explanation)")
        }
    }

    /// Nil if none is wanted; else writes it, and says where.
    func writer(_ page: @escaping () throws -> ReportPage) -> (() throws -> String)? {
        file.map { file in
            {
                try ReportFile.write(HTMLReport.text([page()]), to: file)
                return file
            }
        }
    }
}
