import ArgumentParser
import Kernel
import Methods
import Plans
import Reports
import Results
import Trials

/// Has the turns of a design, each saved as it ends, with progress on standard error.
struct SweepBench {
    let method: SweepFolder.Method
    let design: SweepDesign
    /// Turns that were had before.
    let records: [SweepRecord]
    /// Nil if nothing is to be saved.
    let folder: SweepFolder?
    let isQuiet: Bool
    let screen: LiveOption
    let stream: EventStream?

    /// Before anything starts a thread: a user namespace takes only processes that have one. Programs need none, and have their say later.
    static func acquirePrivilege(for design: SweepDesign) throws {
        let plans = [design.plan] + design.cells.compactMap(\.plan)
        guard let plan = plans.first(where: { $0.transmit.engine.abilities.needsLink && !$0.needsProgram }) else { return }
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
    }

    func measure(_ interrupts: Interrupts) throws -> SweepResult {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        let live = try Exit.failure { try screen.open(method.rawValue) }
        defer { live?.close() }
        live?.change {
            $0.sweep = LiveSweep(design, records: records)
            $0.trial.isContinued = true
            $0.show(design.plan)
        }
        let session = Session(
            interrupts: interrupts, identity: .ofThisProcess, placements: .ofThisUser,
            observe: { stream?.observe($0) }, watch: { live?.watch($0) }, note: { if !isQuiet, live == nil { progress.note($0) } })
        let sweep = Sweep(
            design, command: CommandLine.arguments, conditions: session.conditions, isInterrupted: { interrupts.hasHeard },
            keep: { record in
                live?.change { $0.sweep?.add(record) }
                try folder?.keep(record)
            },
            observe: { step in
                live?.change { $0.sweep?.begin(step, of: design) }
                if !isQuiet, live == nil { progress.note(SweepProgress.line(step, of: design)) }
            }
        ) { plan in
            try LinkSetup.acquirePrivilege(for: plan)
            return try stream?.follow(plan) { try session.run(plan) } ?? session.run(plan)
        }
        do throws(Interrupted) {
            let result = try sweep.measure(goingOnFrom: records)
            return result.adding(session.close()).of(folder?.share)
        } catch {
            _ = session.close()
            progress.finish()
            live?.close()
            if let folder { Self.sayHowToGoOn(method, folder) }
            throw ExitCode(Exit.interrupted)
        }
    }

    /// Saves the result, says where and how to go on, writes its page, prints it.
    ///
    /// - Parameters:
    ///   - interrupted: whether there are turns left to be had, as there are after a failure.
    ///   - save: into the folder.
    /// - Returns: the exit code.
    /// - Throws: `Terminal.Failure`.
    func publish(
        _ result: some Encodable & Sendable, trusted: Bool, failure: String?, interrupted: Bool, asJSON: Bool, to report: ReportOption,
        page: @escaping () throws -> ReportPage, text: () throws -> String, save: (SweepFolder) throws(ResultStore.SaveError) -> Void
    ) throws -> Int32 {
        var code = failure != nil ? Exit.failed : trusted ? Exit.done : Exit.untrusted
        if let failure { Exit.say("vethmark: \(failure)") }
        if let folder {
            do throws(ResultStore.SaveError) {
                try save(folder)
                Exit.say("saved in \(folder.path)")
            } catch {
                // What kept a trial from being saved was said already.
                if "\(error)" != failure { Exit.say("vethmark: \(error)") }
                code = Exit.failed
            }
            if interrupted || failure != nil { Self.sayHowToGoOn(method, folder) }
        }
        if !Publication.write(report.writer(page)) { code = Exit.failed }
        if let stream {
            stream.end(result, path: folder?.path, code: code)
            return code
        }
        try Publication.show { try asJSON ? JSONReport.text(result) : text() }
        return code
    }

    private static func sayHowToGoOn(_ method: SweepFolder.Method, _ folder: SweepFolder) {
        Exit.say("go on with: vethmark \(method.rawValue) --resume \(folder.path)")
    }
}
