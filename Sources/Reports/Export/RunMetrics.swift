import Plans
import Results

/// A run as its metrics tell it while it goes on, and at its end: what `export --as openmetrics` says of the trials so far, and how far it has come.
///
/// What a run has sent so far is a gauge and no counter: it begins anew with each run, and the names of counters are what OpenMetrics and Prometheus' own
/// text format differ in, whereas gauges and histograms are read by either.
public struct RunMetrics: Sendable {
    private let plan: TrialPlan
    private let version: String
    private var phase: TrialProgress.Phase?
    private var interval: IntervalResult?
    /// The trial that runs, from 0, and what its intervals add up to.
    private var current: (trial: Int, sent: UInt64, received: UInt64, outstanding: UInt64) = (0, 0, 0, 0)
    private var result: RunResult?
    private var isOver = false

    /// - Parameter version: vethmark's.
    public init(_ plan: TrialPlan, version: String) {
        self.plan = plan
        self.version = version
    }

    /// A line of progress.
    public mutating func observe(_ line: TrialProgress) {
        if line.trialIndex != current.trial { current = (line.trialIndex, 0, 0, 0) }
        phase = line.phase
        guard let interval = line.interval else { return }
        self.interval = interval
        current.sent += interval.sent
        current.received += interval.received
        current.outstanding = line.lostSoFar
    }

    /// The run as far as it has come, its last trial ended.
    public mutating func add(_ result: RunResult) {
        self.result = result
        current = (result.trials.count, 0, 0, 0)
    }

    /// The run is over, whether it came to its end or not.
    public mutating func end() { (isOver, phase, interval) = (true, nil, nil) }

    /// Ends with `# EOF` and a line break.
    ///
    /// - Parameter nanoseconds: now, since 1970.
    public func text(at nanoseconds: UInt64) -> String {
        let trials = result?.trials ?? []
        let sent = trials.reduce(current.sent) { $0 + $1.ledger.sent }
        let received = trials.reduce(current.received) { $0 + $1.ledger.received }
        var families = [
            info, gauge("active", "Whether the run goes on.", isOver ? 0 : 1), phases,
            gauge("planned_trials", "Trials that the plan asks for.", plan.run.repeats),
            gauge("ended_trials", "Trials whose books are settled.", trials.count),
            gauge("sent_frames", "Frames sent so far, in all trials, warm-up left out.", sent),
            gauge("received_frames", "Frames that came so far, in all trials.", received),
            gauge(
                "outstanding_frames", "Frames of the trial that runs which were sent and haven't come: on their way or lost.",
                current.outstanding)
        ]
        let seconds = Double(nanoseconds) / 1e9
        families.append(
            OpenMetrics.Family("vethmark_run_update_time_seconds", "When this was written, since 1970.", samples: [([], seconds)]))
        if let interval {
            for (name, help, rate) in [
                ("transmit", "Frames that left a second, over the last interval.", interval.txPps),
                ("receive", "Frames that came a second, over the last interval.", interval.rxPps)
            ] {
                families.append(OpenMetrics.Family("vethmark_run_\(name)_rate_frames_per_second", help, samples: [([], rate)]))
            }
        }
        if let result, !trials.isEmpty { families += OpenMetrics.families(ExportedResult(.run(result))) }
        return OpenMetrics.text(families)
    }

    private func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) -> OpenMetrics.Family {
        OpenMetrics.Family("vethmark_run_" + name, help, samples: [([], Double(value))])
    }

    private var info: OpenMetrics.Family {
        let labels: OpenMetrics.Labels = [
            ("version", version), ("engine", plan.transmit.engine.rawValue), ("receiver", plan.receive.receiver.rawValue),
            ("label", plan.run.label ?? "")
        ]
        return OpenMetrics.Family("vethmark_run_info", "What runs; always 1.", samples: [(labels, 1)])
    }

    private var phases: OpenMetrics.Family {
        let names: [(String, TrialProgress.Phase)] = [
            ("preparing", .preparing), ("warming_up", .warmingUp), ("running", .running), ("draining", .draining)
        ]
        var family = OpenMetrics.Family("vethmark_run_phase", "1 for what the run is doing.")
        for (name, phase) in names { family.add(phase == self.phase ? 1 : 0, [("phase", name)]) }
        return family
    }
}
