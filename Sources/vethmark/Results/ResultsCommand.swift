import ArgumentParser
import FoundationEssentials
import Kernel
import Reports

struct ResultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "Saved results: list them, show one again, merge those of many hosts, clear up, print their JSON Schema.",
        discussion: """
            Results are saved in results/ of the current folder, in a new folder named by the time (UTC). Where the current folder may not be written they \
            go to $XDG_STATE_HOME/vethmark, which is ~/.local/state/vethmark unless that is set. -o names another folder. Both places are listed. \
            docs/results.md has every key of a result.
            """,
        subcommands: [ResultsList.self, ResultsShow.self, ResultsMerge.self, ResultsPrune.self, ResultsSchema.self],
        defaultSubcommand: ResultsList.self)
}

struct ResultsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Saved results, the newest first: time, kind, folder and the answer.")

    @Argument(help: "Folders of results, or of one (default: results and $XDG_STATE_HOME/vethmark).", completion: .directory)
    var folders: [String] = []
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.") var json = false

    func run() throws {
        let library = try Exit.failure { try ResultLibrary(checked: folders) }
        let report = ResultListReport(library)
        try Terminal.print(json ? report.json() : Terminal.style.finished(report.text(style: Terminal.style)), terminator: "")
    }
}

struct ResultsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The report of a saved result, of whatever kind.",
        discussion: "It is made anew from result.json, as wide as the terminal is now.")

    @Argument(help: "A result's folder, or its result.json.", completion: .file(extensions: ["json"])) var result: String
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object.") var json = false
    @Flag(help: "The answer alone.") var brief = false

    func validate() throws {
        guard !(json && brief) else { throw ValidationError("--json and --brief exclude each other; choose one") }
    }

    func run() throws {
        let result = try Exit.failure { try SavedResult.loadAny(self.result) }
        let style = Terminal.style
        let text = brief ? style.finished(result.headline(style: style) + "\n") : json ? try result.json() : result.text(style: style)
        try Terminal.print(text, terminator: "")
    }
}

struct ResultsPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old results, and say which.",
        discussion: """
            Only files that vethmark writes are removed, and only from folders with a result that it can read; what else lies there stays, and its \
            folder with it. With both bounds a result has to be beyond both. A result that is still at work stays.
            """)

    @Argument(help: "Folders of results (default: results and $XDG_STATE_HOME/vethmark).", completion: .directory)
    var folders: [String] = []
    @Option(parsing: .unconditional, help: "How many of the newest stay, 0 to 1000000.", transform: number(0...1_000_000)) var keep: Int?
    @Option(parsing: .unconditional, help: "Only those that are older: 30d, 12h, 2w.", transform: { try Age.parse($0) })
    var olderThan: Double?
    @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false

    func validate() throws {
        guard keep != nil || olderThan != nil else {
            throw ValidationError("neither --keep nor --older-than is given; say which results are to go, as in --keep 20")
        }
    }

    func run() throws {
        let library = try Exit.failure { try ResultLibrary(checked: folders) }
        let pruning = ResultPruning(keep: keep, before: olderThan.map { Date.now.addingTimeInterval(-$0) })
        let candidates = pruning.candidates(in: library)
        var hasFailed = false
        for entry in candidates {
            let line =
                switch pruning.remove(entry, isDry: dryRun) {
                case .removed: "\(dryRun ? "would remove" : "removed") \(entry.path)"
                case .emptied(let others):
                    "\(dryRun ? "would remove" : "removed") the result in \(entry.path), and \(dryRun ? "leave" : "left") \(others.joined(separator: ", "))"
                case .kept(let reason): "kept \(entry.path): \(reason)"
                }
            if line.hasPrefix("kept") { hasFailed = true }
            try Terminal.print(line.visible)
        }
        if candidates.isEmpty { try Terminal.print("nothing to remove") }
        if hasFailed { throw ExitCode(Exit.failed) }
    }
}

extension ResultLibrary {
    /// A folder that was named has to be there.
    private struct NoFolder: ExplainedError {
        let sentence: String
        let remedy: String? = "name a folder of results, or leave it out for results/"
    }

    fileprivate init(checked folders: [String]) throws {
        for folder in folders where !SafeFile.isFolder(folder) { throw NoFolder(sentence: "there is no folder \(folder.visible)") }
        let plain = folders.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.init(plain.isEmpty ? ResultPlaces.all : plain)
    }
}

/// How old something is, in seconds: `30d`, `12h`, `2w`.
enum Age {
    /// - Throws: `ValidationError`, a sentence behind the option's name.
    static func parse(_ text: String) throws -> Double {
        let seconds: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let last = text.last, let unit = seconds[last], let number = Double(text.dropLast()), number >= 0, number <= 1_000_000,
            text.first?.isNumber == true
        else {
            throw ValidationError("is '\(text.visible)' but must be a number with s, m, h, d or w, as in 30d")
        }
        return number * unit
    }
}
