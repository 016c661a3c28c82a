import Kernel
import Methods
import Plans
import Reports
import Results

/// `--json-stream`: a line of JSON on standard output for each event, as it happens. Whoever stops reading ends the lines, and not the work.
final class EventStream {
    private var isOpen = true
    private var plan: TrialPlan?
    /// Trials of the plans before this one.
    private var before = 0
    /// The trial of this plan that began last.
    private var begun: Int?
    private var ended = 0
    private var told: Set<Warning> = []
    /// Up to where the intervals of the trial that began last were told, from the start of its window.
    private var toldNanoseconds: UInt64 = 0

    // MARK: a plan and its trials

    /// Trials to come are those of this plan.
    func begin(_ plan: TrialPlan) {
        before += ended
        ended = 0
        begun = nil
        guard plan != self.plan else { return }
        self.plan = plan
        write(.plan, StreamPlan(command: CommandLine.arguments, plan: plan))
    }

    /// What a session's thread tells of its trials.
    func observe(_ progress: TrialProgress) {
        begin(trial: progress.trialIndex)
        guard let interval = progress.interval else { return }
        tell(interval, of: progress.trialIndex, outstanding: progress.lostSoFar)
    }

    private func tell(_ interval: IntervalResult, of trial: Int, outstanding: UInt64) {
        guard interval.endNanoseconds > toldNanoseconds else { return }
        toldNanoseconds = interval.endNanoseconds
        write(.interval, StreamInterval(trial: before + trial, interval, outstanding: outstanding))
    }

    /// Tells what is new in a run as far as it has come.
    func tell(_ trials: [TrialResult], _ warnings: [Warning]) {
        for trial in trials.dropFirst(ended) {
            begin(trial: ended)
            // The last one ends with its trial, and was no line of progress.
            var (sent, received): (UInt64, UInt64) = (0, 0)
            for interval in trial.intervals {
                (sent, received) = (sent + interval.sent, received + interval.received)
                tell(interval, of: ended, outstanding: sent - min(sent, received))
            }
            write(.trialEnded, StreamTrialEnd(trial: before + ended, result: trial))
            ended += 1
        }
        for warning in warnings where told.insert(warning).inserted {
            write(.warning, StreamWarning(trial: begun.map { before + $0 }, warning: warning))
        }
    }

    /// A method's trial: one plan, run to its end.
    func follow(_ plan: TrialPlan, _ run: () throws -> RunResult) rethrows -> RunResult {
        begin(plan)
        let result = try run()
        tell(result.trials, result.warnings)
        return result
    }

    private func begin(trial index: Int) {
        guard begun.map({ index > $0 }) ?? true else { return }
        begun = index
        toldNanoseconds = 0
        write(.trialBegun, StreamTrial(trial: before + index))
    }

    // MARK: the end

    /// The last line.
    func end(_ result: some Encodable & Sendable, path: String?, code: Int32) {
        write(.end, StreamEnd(path: path, exitCode: code, result: result))
    }

    private func write(_ event: StreamEvent, _ body: some Encodable & Sendable) {
        guard isOpen else { return }
        do {
            try Terminal.print(StreamLine(event, at: Clock.realtimeNanoseconds, body).text(), terminator: "")
            // Each line as it happens.
            try Terminal.flush()
        } catch {
            // A reader who has gone ends the lines; any other trouble is told by the last flush.
            isOpen = false
        }
    }
}
