import ArgumentParser
import Plans
import Scrape

/// Who may look on at a run's metrics while it goes on.
struct MetricsOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the run's metrics in this file, anew at each --interval, for node_exporter's textfile collector and whatever reads OpenMetrics.",
            valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var openmetrics: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Serve the run's metrics at http://127.0.0.1:PORT/metrics while it goes on, for Prometheus to scrape; ADDRESS:PORT serves them to others.",
            valueName: "port"))
    var listen: String?

    /// - Throws: `ValidationError`.
    func check(isDryRun: Bool) throws {
        guard openmetrics != "" else { throw ValidationError("--openmetrics names no file; give it a name, as in run.prom") }
        if let listen, ListenAddress(listen) == nil {
            throw ValidationError(
                "--listen '\(listen.visible)' is no port and no address; write a port, as in 9464, or an address of this machine with one, as in 192.0.2.1:9464 or [2001:db8::1]:9464"
            )
        }
        guard openmetrics == nil && listen == nil || !isDryRun else {
            throw ValidationError(
                "\(openmetrics == nil ? "--listen" : "--openmetrics") has nothing to tell of a --dry-run; leave out one of them")
        }
    }

    /// Nil where nobody asks for them.
    ///
    /// - Throws: `ToldMetrics.Refusal`; `ScrapeError`.
    func open(_ plan: TrialPlan) throws -> ToldMetrics? {
        openmetrics == nil && listen == nil ? nil : try ToldMetrics(plan, file: openmetrics, address: listen.flatMap { ListenAddress($0) })
    }
}
