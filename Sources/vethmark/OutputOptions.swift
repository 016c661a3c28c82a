import ArgumentParser
import Kernel
import Reports
import Trials

/// Where results go.
struct OutputOptions: ParsableArguments {
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.")
    var json = false

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Save the run in this folder (default: a new one under results/, named by the time).", valueName: "folder"))
    var output: [String] = []

    @Flag(help: "Save nothing.")
    var noSave = false

    @Flag(help: "Show the resolved plan and its frames, and send nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell more about what happens.")
    var verbose = false

    func validate() throws {
        guard output.count < 2 else {
            throw ValidationError("a run is saved in one folder, and -o names \(output.count); leave out all but one")
        }
        guard !(noSave && !output.isEmpty) else { throw ValidationError("--no-save and -o contradict each other; leave out one of them") }
        guard output.first != "" else { throw ValidationError("-o names no folder; give it a name, or leave it out for results/") }
    }

    /// Nil if nothing is to be saved.
    var store: ResultStore? {
        guard !noSave else { return nil }
        return output.first.map { ResultStore(folder: $0) } ?? ResultStore()
    }

    /// Saves the result, says where, prints it: in this order, so that a full terminal costs nothing.
    ///
    /// - Returns: the exit code. A folder that can't be written costs that, not the result.
    /// - Throws: `Terminal.Failure`.
    func publish(_ result: RunResult, in store: ResultStore?) throws -> Int32 {
        let code = result.failure != nil ? Exit.failed : result.trusted ? Exit.done : Exit.untrusted
        return try publish(
            code, saved: store.map { store in { try store.save(result) } },
            json: { try JSONReport.text(result) }, text: { ConsoleReport(result, style: $0).text })
    }

    /// The same for results of other kinds.
    ///
    /// - Parameters:
    ///   - code: the exit code if all can be saved.
    ///   - saved: saves, and says where; nil if nothing is to be saved.
    func publish(
        _ code: Int32, saved: (() throws -> String)?, json: () throws -> String, text: (TextStyle) -> String
    ) throws -> Int32 {
        var code = code
        if let saved {
            do {
                Exit.say("saved in \(try saved())")
            } catch {
                Exit.say("vethmark: \(error)")
                code = Exit.failed
            }
        }
        do {
            try Terminal.print(self.json ? json() : text(Terminal.style), terminator: "")
        } catch is Terminal.ReaderGone {
            // Whoever reads the first lines only has an exit code all the same.
        }
        return code
    }
}
