import ArgumentParser
import Kernel
import Reports
import Results

/// Options that say whether and where a result is saved.
protocol SavingOptions {
    var json: Bool { get }
    var jsonStream: Bool { get }
    /// All that `-o` was given; one is possible.
    var output: [String] { get }
    var noSave: Bool { get }
}

extension SavingOptions {
    /// Nil if nothing is to be saved.
    var store: ResultStore? { noSave ? nil : output.first.map { ResultStore(folder: $0) } ?? ResultStore() }

    /// Nil if events aren't asked for.
    var stream: EventStream? { jsonStream ? EventStream() : nil }

    /// - Parameter what: "a run".
    /// - Throws: `ValidationError`.
    func checkSaving(of what: String) throws {
        guard output.count < 2 else {
            throw ValidationError("\(what) is saved in one folder, and -o names \(output.count); leave out all but one")
        }
        guard !(noSave && !output.isEmpty) else { throw ValidationError("--no-save and -o contradict each other; leave out one of them") }
        guard !(json && jsonStream) else {
            throw ValidationError("--json and --json-stream exclude each other; the last line of the stream holds the result as well")
        }
        guard output.first != "" else { throw ValidationError("-o names no folder; give it a name, or leave it out for results/") }
    }

    /// - Parameter resume: what is to be gone on with, which saves in its own folder.
    /// - Throws: `ValidationError`.
    func check(resume: String?) throws {
        guard resume == nil || !noSave && output.isEmpty else {
            throw ValidationError("--resume saves in its own folder; leave out \(noSave ? "--no-save" : "-o")")
        }
    }
}

/// Where results of every kind go.
struct ResultOptions: ParsableArguments, SavingOptions {
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.")
    var json = false

    @Flag(help: "Print a line of JSON for each interval and event as it happens, in place of the result.")
    var jsonStream = false

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Save the result in this folder (default: a new one under results/, named by the time).", valueName: "folder"),
        completion: .directory)
    var output: [String] = []

    @Flag(help: "Save nothing.")
    var noSave = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @OptionGroup var report: ReportOption

    @Flag(name: .shortAndLong, help: "Tell more about what happens.")
    var verbose = false

    func validate() throws {
        try checkSaving(of: "a result")
    }

    /// Saves `report.txt` and `result.json`, says where, prints one of them: in this order, so that a full terminal costs nothing.
    ///
    /// - Parameters:
    ///   - report: the same for people, in a style.
    ///   - page: the same for `--report`.
    ///   - code: the result's own exit code.
    /// - Returns: the exit code.
    /// - Throws: `Terminal.Failure`.
    func publish(
        _ result: some Encodable & Sendable, report: @escaping (TextStyle) -> String, page: @escaping () throws -> ReportPage, code: Int32,
        _ stream: EventStream? = nil
    ) throws -> Int32 {
        let text = try JSONReport.text(result)
        return try Publication.publish(
            code, saved: store.map { store in { try store.save { [("report.txt", report(.plain)), ("result.json", text)] } } },
            report: self.report.writer(page), end: stream.map { stream in { stream.end(result, path: $0, code: $1) } },
            text: { json ? text : report(Terminal.style) })
    }
}

/// Where results go.
struct OutputOptions: ParsableArguments, SavingOptions {
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.")
    var json = false

    @Flag(help: "Print a line of JSON for each interval and event as it happens, in place of the result.")
    var jsonStream = false

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Save the run in this folder (default: a new one under results/, named by the time).", valueName: "folder"),
        completion: .directory)
    var output: [String] = []

    @Flag(help: "Save nothing.")
    var noSave = false

    @Flag(help: "Show the resolved plan and its frames, and send nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @OptionGroup var report: ReportOption

    @Flag(name: .shortAndLong, help: "Tell more about what happens.")
    var verbose = false

    func validate() throws {
        try checkSaving(of: "a run")
        guard !(jsonStream && dryRun) else {
            throw ValidationError("--json-stream has nothing to tell of a --dry-run; use --json")
        }
    }

    /// Saves the result, says where, prints it: in this order, so that a full terminal costs nothing.
    ///
    /// - Returns: the exit code. A folder that can't be written costs that, not the result.
    /// - Throws: `Terminal.Failure`.
    func publish(_ result: RunResult, in store: ResultStore?, _ stream: EventStream? = nil, isBrief: Bool = false) throws -> Int32 {
        let broken = (result.gates ?? []).filter { !$0.passed }
        return try publish(
            result, result.failure != nil ? Exit.failed : result.trusted && broken.isEmpty ? Exit.done : Exit.untrusted,
            saved: store.map { store in { try store.save(result) } },
            notes: broken.map { "vethmark: --\($0.name): \($0.words)" }, stream: stream, page: { ReportPage(result) },
            text: {
                let report = ConsoleReport(result, style: $0, showsEachTrial: verbose)
                return isBrief ? report.brief : report.text
            })
    }

    /// The same for results of other kinds.
    func publish(
        _ result: some Encodable & Sendable, _ code: Int32, saved: (() throws -> String)?, notes: [String] = [],
        stream: EventStream? = nil, page: @escaping () throws -> ReportPage, text: (TextStyle) -> String
    ) throws -> Int32 {
        try Publication.publish(
            code, saved: saved, report: report.writer(page), notes: notes,
            end: stream.map { stream in { stream.end(result, path: $0, code: $1) } }
        ) {
            try json ? JSONReport.text(result) : text(Terminal.style)
        }
    }
}

/// How a result leaves: it is saved, it is said where, and it is printed, in this order, so that a full terminal costs nothing.
enum Publication {
    /// - Parameters:
    ///   - code: the exit code if all can be saved.
    ///   - saved: saves, and says where; nil if nothing is to be saved.
    ///   - report: the same of a report.
    ///   - notes: for stderr.
    ///   - end: what is to be done in place of the text, with where it is saved and the exit code.
    ///   - text: for stdout.
    /// - Returns: the exit code. A folder that can't be written costs that, not the result.
    /// - Throws: `Terminal.Failure`.
    static func publish(
        _ code: Int32, saved: (() throws -> String)?, report: (() throws -> String)? = nil, notes: [String] = [],
        end: ((String?, Int32) -> Void)? = nil, text: () throws -> String
    ) throws -> Int32 {
        var code = code
        var path: String?
        if let saved {
            do {
                path = try saved()
                Exit.say("saved in \(path ?? "")")
            } catch {
                Exit.say("vethmark: \(error)")
                code = Exit.failed
            }
        }
        if !write(report) { code = Exit.failed }
        for note in notes { Exit.say(note) }
        if let end { end(path, code) } else { try show(text) }
        return code
    }

    /// Writes a report if one is wanted, and says where, or why not.
    ///
    /// - Returns: whether all is well.
    static func write(_ report: (() throws -> String)?) -> Bool {
        guard let report else { return true }
        do {
            Exit.say("report in \(try report())")
            return true
        } catch {
            Exit.say("vethmark: \(Explanation(of: error).explanation)")
            return false
        }
    }

    /// Prints a result. Whoever reads its first lines only has an exit code all the same.
    ///
    /// - Throws: `Terminal.Failure`.
    static func show(_ text: () throws -> String) throws {
        do {
            try Terminal.print(text(), terminator: "")
        } catch is Terminal.ReaderGone {}
    }
}
