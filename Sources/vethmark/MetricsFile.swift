import ArgumentParser
import Kernel
import Plans
import Reports
import Results

/// Whether a run keeps its metrics in a file while it goes on.
struct MetricsOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the run's metrics in this file, anew at each --interval, for node_exporter's textfile collector and whatever reads OpenMetrics.",
            valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var openmetrics: String?

    /// - Throws: `ValidationError`.
    func check(isDryRun: Bool) throws {
        guard openmetrics != "" else { throw ValidationError("--openmetrics names no file; give it a name, as in run.prom") }
        guard openmetrics == nil || !isDryRun else {
            throw ValidationError("--openmetrics has nothing to tell of a --dry-run; leave out one of them")
        }
    }

    /// Nil where nobody asks for them.
    ///
    /// - Throws: `MetricsFile.Refusal`.
    func open(_ plan: TrialPlan) throws(MetricsFile.Refusal) -> MetricsFile? {
        try openmetrics.map { path throws(MetricsFile.Refusal) in try MetricsFile(path, plan) }
    }
}

/// A run's metrics in a file, which is there whole whenever it is read.
///
/// It is written by the session's thread and not synced, so that no disk holds up a trial's ticks.
final class MetricsFile {
    struct Refusal: ExplainedError {
        let path: String
        let error: SystemError
        var sentence: String { "metrics can't be written to \(path.visible): \(error.reason)" }
        var remedy: String? { "name a file in a folder that this user may write to" }
    }

    private let path: String
    private var metrics: RunMetrics

    /// Writes it for the first time, before anything is sent.
    ///
    /// - Throws: `Refusal`.
    init(_ path: String, _ plan: TrialPlan) throws(Refusal) {
        self.path = path
        metrics = RunMetrics(plan, version: vethmarkVersion)
        try write()
    }

    func observe(_ line: TrialProgress) {
        metrics.observe(line)
        // Told at the end, if it is still so.
        try? write()
    }

    func add(_ result: RunResult) {
        metrics.add(result)
        try? write()
    }

    /// The run is over. Says so if the file can't be written.
    ///
    /// - Parameter result: All of it; nil where it has failed.
    /// - Returns: whether the file has it.
    @discardableResult
    func end(_ result: RunResult? = nil) -> Bool {
        if let result { metrics.add(result) }
        metrics.end()
        do throws(Refusal) {
            try write()
            return true
        } catch {
            Exit.say("vethmark: \(Explanation(of: error).explanation)")
            return false
        }
    }

    private func write() throws(Refusal) {
        do throws(SystemError) {
            try SafeFile.write(metrics.text(at: Clock.realtimeNanoseconds), to: path, isSynced: false)
        } catch {
            throw Refusal(path: path, error: error)
        }
    }
}
