import Methods
import Metrics
import Plans
import Results

/// A figure with all its samples, as other tools take it.
struct ExportedFigure {
    /// As in the result: `rxPps`.
    let name: String
    /// For people.
    let title: String
    /// `frames/s`, `ratio`, `ns`, `frames`.
    let unit: String
    let isHigherBetter: Bool
    /// One for each trial, or the figure itself; never empty.
    let samples: [Double]
    /// How many were measured: more than `samples` where only their median was kept.
    let count: Int

    var median: Double { SampleSummary(samples).median }
    /// Nil below 6 samples.
    var interval: ConfidenceInterval? { MedianInterval(samples)?.interval }

    /// Nil where nothing was measured.
    init?(_ name: String, _ title: String, unit: String, isHigherBetter: Bool, _ samples: [Double]) {
        let samples = samples.filter(\.isFinite)
        guard !samples.isEmpty else { return nil }
        (self.name, self.title, self.unit, self.isHigherBetter, self.samples) = (name, title, unit, isHigherBetter, samples)
        count = samples.count
    }

    /// Where only the median was kept.
    init?(_ figure: ResultFigure, _ summary: SampleSummary) {
        guard summary.count > 0 else { return nil }
        (name, title, unit, isHigherBetter) = (figure.rawValue, figure.title, figure.unit, figure.isHigherBetter)
        (samples, count) = ([summary.median], summary.count)
    }

    init?(_ figure: ResultFigure, _ samples: [Double]) {
        self.init(figure.rawValue, figure.title, unit: figure.unit, isHigherBetter: figure.isHigherBetter, samples)
    }

    func text(_ value: Double) -> String {
        switch unit {
        case "frames/s": "\(PacketRate(packetsPerSecond: max(value, 0)))"
        case "ratio": FigureText.percent(value)
        case "ns": FigureText.nanoseconds(max(value, 0))
        default: FigureText.count(UInt64(max(value, 0)))
        }
    }
}

/// Figures that belong together: a run's, a cell's, a goal's, a tool's.
struct ExportedSeries {
    /// What tells it from the others of its result.
    let labels: [(name: String, value: String)]
    let figures: [ExportedFigure]

    /// `mtu=1500 size=64`; empty for the only one.
    func name(separator: String = " ") -> String { labels.map { "\($0.name)=\($0.value)" }.joined(separator: separator) }
}

/// A result's figures, whatever its kind.
struct ExportedResult {
    let kind: ResultKind
    let conditions: Conditions?
    let trusted: Bool
    /// Those with a figure.
    let series: [ExportedSeries]
    /// Of a run or a replay.
    let trials: [TrialResult]

    init(_ result: AnyResult) {
        kind = result.kind
        conditions = result.conditions
        trusted = result.trusted
        trials =
            switch result {
            case .run(let run): run.trials
            case .replay(let replay): replay.trials
            default: []
            }
        series = Self.series(result).filter { !$0.figures.isEmpty }
    }

    private static func series(_ result: AnyResult) -> [ExportedSeries] {
        switch result {
        case .run(let run):
            // A superframe is no frame, whatever the unit is called.
            [
                ExportedSeries(
                    labels: run.plan.sendsSuperframes ? [("counted", "superframes")] : [],
                    figures: figures(run.trials, run.placement, run.plan.link.placement))
            ]
        case .replay(let replay): [ExportedSeries(labels: [], figures: figures(replay.trials, replay.placement, nil))]
        case .sweep(let sweep): sweep.cells.map { cell($0, sweep.vary.map(\.setting)) }
        case .tune(let tune): tune.cells.enumerated().map { cell($1, [], number: $0 + 1) }
        case .bakeoff(let bakeoff): bakeoff.entries.filter { $0.obstacle == nil && $0.trusted }.map(pair)
        case .search(let search): search.goals.map(goal)
        case .suite(let suite): suite.sizes.map(size)
        case .capture(let capture): capture.entries.map(tool)
        case .mesh(let mesh):
            mesh.meetings.filter(\.isTrusted).compactMap { meeting in
                meeting.result.map { run in
                    ExportedSeries(
                        labels: [("sender", "\(meeting.sender)"), ("receiver", "\(meeting.receiver)")],
                        figures: figures(run.trials, run.placement, nil))
                }
            }
        case .compare(let comparison):
            [("base", \FigureComparison.baseSamples), ("new", \.newSamples)].map { side, samples in
                ExportedSeries(
                    labels: [("side", side)], figures: comparison.figures.compactMap { ExportedFigure($0.figure, $0[keyPath: samples]) })
            }
        }
    }

    /// Of trials that came to their planned end; where none did, of what there is.
    private static func figures(_ trials: [TrialResult], _ placement: Placement?, _ name: PlacementName?) -> [ExportedFigure] {
        let whole = trials.filter { ($0.endedBecause == .duration || $0.endedBecause == .count) && $0.ledger.sent > 0 }
        let counted = whole.isEmpty ? trials.filter { $0.ledger.sent > 0 } : whole
        return ResultFigure.allCases.compactMap { figure in
            ExportedFigure(figure, counted.compactMap { figure.value($0, placement: placement, name: name) })
        }
    }

    private static func cell(_ cell: SweepResult.Cell, _ order: [String], number: Int? = nil) -> ExportedSeries {
        let names = order.isEmpty ? cell.settings.keys.sorted() : order
        let labels = names.compactMap { name in cell.settings[name].map { (name: name, value: $0) } }
        let all = number.map { [(name: "candidate", value: "\($0)")] + labels } ?? labels
        return ExportedSeries(labels: all, figures: figures(cell.sample.trials.map(\.trial).filter(\.trusted), nil, nil))
    }

    private static func pair(_ entry: Bakeoff.Entry) -> ExportedSeries {
        let figures: [(ResultFigure, SampleSummary)] = [
            (.rxPps, entry.rxPps), (.lossRatio, entry.lossRatio), (.pathP50Nanoseconds, entry.pathP50Nanoseconds),
            (.pathP99Nanoseconds, entry.pathP99Nanoseconds)
        ]
        return ExportedSeries(
            labels: [("engine", entry.engine.rawValue), ("receiver", entry.receiver.rawValue)],
            figures: figures.compactMap { ExportedFigure($0, $1) })
    }

    private static func goal(_ goal: LinkSearch.Goal) -> ExportedSeries {
        let rate = ExportedFigure(
            "throughputPps", "throughput", unit: "frames/s", isHigherBetter: true, goal.relevantLowerBound.map { [$0] } ?? [])
        return ExportedSeries(labels: [("goal", goal.goal)], figures: [rate].compactMap { $0 })
    }

    private static func size(_ row: BenchmarkSuite.Row) -> ExportedSeries {
        let rate = ExportedFigure(
            "throughputPps", "throughput", unit: "frames/s", isHigherBetter: true, row.throughputPps.map { [$0] } ?? [])
        let burst = row.backToBack.flatMap { $0.frames.count > 0 ? $0.frames.median : nil }
        let frames = ExportedFigure("burstFrames", "longest burst", unit: "frames", isHigherBetter: true, burst.map { [$0] } ?? [])
        let path = ExportedFigure(
            "pathP99Nanoseconds", "path p99", unit: "ns", isHigherBetter: false, row.latency.compactMap { $0.p99.map { Double($0) } })
        return ExportedSeries(labels: [("size", "\(row.frameBytes)")], figures: [rate, frames, path].compactMap { $0 })
    }

    private static func tool(_ entry: CaptureResult.Entry) -> ExportedSeries {
        let rounds = entry.rounds.filter(\.trusted)
        let loss = ExportedFigure(
            "lossRatio", "loss", unit: "ratio", isHigherBetter: false, rounds.compactMap { $0.score?.lossRatio })
        let cpu = ExportedFigure(
            "cpuNanosecondsPerFrame", "CPU a frame", unit: "ns", isHigherBetter: false,
            rounds.compactMap { round in
                round.score.flatMap { $0.kept > 0 ? Double(round.tool.cpu.loadNanoseconds) / Double($0.kept) : nil }
            })
        return ExportedSeries(labels: [("tool", entry.name)], figures: [loss, cpu].compactMap { $0 })
    }
}
