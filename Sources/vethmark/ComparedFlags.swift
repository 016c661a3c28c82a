import ArgumentParser
import Jobs
import Methods
import Plans
import Profiles

/// One side of `compare --ab`: what would stand behind `vethmark run`.
struct ComparedFlags {
    /// `A` or `B`.
    let name: String
    let text: String

    /// - Throws: `FlagDraft.Problems`, each sentence with the side's name before it.
    func plan() throws(FlagDraft.Problems) -> TrialPlan {
        do {
            let plan = try TrialPlan(flags: draft().withShortTrials)
            guard plan.run.repeats == 1 else { throw problem("--repeats has no place here; use --rounds") }
            guard plan.load.durationNanoseconds != nil || plan.load.frameCount != nil else {
                throw problem("--time is 0 but must be above it, for rounds have to end; leave it out for 1 s")
            }
            return plan
        } catch {
            let sentences = (error as? FlagDraft.Problems)?.sentences ?? "\(error)".split(separator: "\n").map(String.init)
            throw FlagDraft.Problems(sentences: sentences.map { "\(name): \($0)" })
        }
    }

    private func draft() throws -> PlanDraft {
        let words: [String]
        do throws(ShellWords.Unfinished) {
            words = try ShellWords.split(text)
        } catch {
            throw problem(error.mark == "\\" ? "a backslash stands at the end; leave it out" : "a \(error.mark) is never closed; close it")
        }
        let arguments = ["run"] + words
        let command: any ParsableCommand
        do {
            command = try Vethmark.parseAsRoot(arguments)
        } catch {
            let sentence = UsageSentence(
                message: Vethmark.message(for: error), fullText: Vethmark.fullMessage(for: error), arguments: arguments)
            throw problem(
                Vethmark.exitCode(for: error) == .success ? "'\(text)' asks for help; flags of `vethmark run` go here" : "\(sentence)")
        }
        guard let run = command as? RunCommand else { throw problem("'\(text)' asks for help; flags of `vethmark run` go here") }
        guard run.telling.isUntouched else {
            throw problem("output and bounds are those of the comparison; put their flags behind `vethmark compare`")
        }
        return try PlanResolution.resolve(run.profile, run.plan.draft()).1
    }

    private func problem(_ sentence: String) -> FlagDraft.Problems { FlagDraft.Problems(sentences: [sentence]) }
}

extension RunOptions {
    /// Whether none of the flags was given.
    fileprivate var isUntouched: Bool {
        bounds.gates == Gates() && output.isUntouched && !length.brief && !screen.live && metrics.openmetrics == nil
            && metrics.listen == nil
    }
}

extension OutputOptions {
    /// Whether none of the flags was given.
    fileprivate var isUntouched: Bool {
        !json && !jsonStream && output.isEmpty && !noSave && !dryRun && !quiet && !verbose && report.file == nil
    }
}
