import ArgumentParser
import Kernel
import Reports
import Trials

/// Where results of every kind go.
struct ResultOptions: ParsableArguments {
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.")
    var json = false

    @Option(
        name: [.customShort("o"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Save the result in this folder (default: a new one under results/, named by the time).", valueName: "folder"))
    var output: [String] = []

    @Flag(help: "Save nothing.")
    var noSave = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell more about what happens.")
    var verbose = false

    func validate() throws {
        guard output.count < 2 else {
            throw ValidationError("a result is saved in one folder, and -o names \(output.count); leave out all but one")
        }
        guard !(noSave && !output.isEmpty) else { throw ValidationError("--no-save and -o contradict each other; leave out one of them") }
        guard output.first != "" else { throw ValidationError("-o names no folder; give it a name, or leave it out for results/") }
    }

    /// Saves `report.txt` and `result.json`, says where, prints one of them: in this order, so that a full terminal costs nothing.
    ///
    /// - Parameters:
    ///   - json: the result.
    ///   - report: the same for people, in a style.
    ///   - code: the result's own exit code.
    /// - Returns: the exit code. A folder that can't be written costs that, not the result.
    /// - Throws: `Terminal.Failure`.
    func publish(json text: String, report: (TextStyle) -> String, code: Int32) throws -> Int32 {
        var code = code
        if !noSave {
            let store = output.first.map { ResultStore(folder: $0) } ?? ResultStore()
            do throws(ResultStore.SaveError) {
                Exit.say("saved in \(try store.save { [("report.txt", report(.plain)), ("result.json", text)] })")
            } catch {
                Exit.say("vethmark: \(error)")
                code = Exit.failed
            }
        }
        do {
            try Terminal.print(json ? text : report(Terminal.style), terminator: "")
        } catch is Terminal.ReaderGone {
            // Whoever reads the first lines only has an exit code all the same.
        }
        return code
    }
}

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
        let broken = (result.gates ?? []).filter { !$0.passed }
        var code = result.failure != nil ? Exit.failed : result.trusted && broken.isEmpty ? Exit.done : Exit.untrusted
        if let store {
            do throws(ResultStore.SaveError) {
                Exit.say("saved in \(try store.save(result))")
            } catch {
                Exit.say("vethmark: \(error)")
                code = Exit.failed
            }
        }
        for gate in broken { Exit.say("vethmark: --\(gate.name): \(gate.words)") }
        let style = Terminal.style
        do {
            try Terminal.print(json ? JSONReport.text(result) : ConsoleReport(result, style: style).text, terminator: "")
        } catch is Terminal.ReaderGone {
            // Whoever reads the first lines only has an exit code all the same.
        }
        return code
    }
}
