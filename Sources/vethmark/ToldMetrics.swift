import Kernel
import Plans
import Reports
import Results
import Scrape

/// A run's metrics in a file, which is there whole whenever it is read, on a page, or both.
///
/// The file is written by the session's thread and not synced, so that no disk holds up a trial's ticks.
final class ToldMetrics {
    struct Refusal: ExplainedError {
        let path: String
        let error: SystemError
        var sentence: String { "metrics can't be written to \(path.visible): \(error.reason)" }
        var remedy: String? { "name a file in a folder that this user may write to" }
    }

    private let file: String?
    private let server: ScrapeServer?
    private var metrics: RunMetrics

    /// Writes them for the first time, before anything is sent.
    ///
    /// - Throws: `Refusal`; `ScrapeError`.
    init(_ plan: TrialPlan, file: String?, address: ListenAddress?) throws {
        self.file = file
        metrics = RunMetrics(plan, version: vethmarkVersion)
        let text = metrics.text(at: Clock.realtimeNanoseconds)
        server = try address.map { try ScrapeServer(at: $0, text) }
        try write()
    }

    /// Where the page is; nil without one.
    var place: String? { server.map { "http://\($0.address)/metrics" } }

    func observe(_ line: TrialProgress) {
        metrics.observe(line)
        // Told at the end, if it is still so.
        try? write()
    }

    func add(_ result: RunResult) {
        metrics.add(result)
        try? write()
    }

    /// The run is over, and with it the page. Says so if the file can't be written.
    ///
    /// - Parameter result: All of it; nil where it has failed.
    /// - Returns: whether the file has it.
    @discardableResult
    func end(_ result: RunResult? = nil) -> Bool {
        if let result { metrics.add(result) }
        metrics.end()
        defer { server?.close() }
        do throws(Refusal) {
            try write()
            return true
        } catch {
            Exit.say("vethmark: \(Explanation(of: error).explanation)")
            return false
        }
    }

    private func write() throws(Refusal) {
        let text = metrics.text(at: Clock.realtimeNanoseconds)
        server?.show(text)
        guard let file else { return }
        do throws(SystemError) {
            try SafeFile.write(text, to: file, isSynced: false)
        } catch {
            throw Refusal(path: file, error: error)
        }
    }
}
