import ArgumentParser
import Kernel
import Methods
import Reports
import Results

struct ResultsMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "One result of what many hosts have measured of a sweep.",
        discussion: """
            Of shards (`vethmark sweep --shard`) the whole grid, of whole sweeps (--per-host) a grid with the host as its first setting. Parts that are \
            not finished count with the turns they have had. Turns that were had twice and turns that are missing are named; with missing ones the exit \
            code is 3. Whatever the order of the folders, the result is the same, byte for byte.
            """)

    @Argument(help: "Folders of parts, or one that holds them: what -o named.", completion: .directory) var folders: [String]
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.") var json = false
    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp("Save the result in this folder (default: a new one under results/, named by the time).", valueName: "folder"))
    var output: String?
    @Flag(help: "Save nothing.") var noSave = false
    @OptionGroup var report: ReportOption

    func validate() throws {
        guard !folders.contains("") else { throw ValidationError("a folder has no name; leave it out") }
        guard !noSave || output == nil else { throw ValidationError("--no-save and -o contradict each other; leave out one of them") }
        guard output != "" else { throw ValidationError("-o names no folder; give it a name, or leave it out for results/") }
    }

    func run() throws {
        let names = folders.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        let result = try Exit.failure {
            try SweepMerge(SweepFolder.parts(in: names)).result(
                command: [CommandLine.arguments[0], "results", "merge"] + Set(names).sorted())
        }
        let store = noSave ? nil : output.map { ResultStore(folder: $0) } ?? ResultStore()
        let isComplete = !result.warnings.contains { $0.code == SweepMerge.missingTurns }
        let code = try Publication.publish(
            result.trusted && isComplete ? Exit.done : Exit.untrusted, saved: store.map { store in { try store.save(result) } },
            report: report.writer { ReportPage(result) },
            notes: result.warnings.map { "vethmark: \($0.message); \($0.remedy)" },
            text: { try json ? JSONReport.text(result) : SweepReport(result, style: Terminal.style).text })
        if code != Exit.done { throw ExitCode(code) }
    }
}
