import Metrics
import Plans
import Results

/// What two sweeps, or two bakeoffs, are compared by.
public struct ComparableGrid: Sendable {
    struct Cell: Sendable {
        let settings: [String: String]
        let trials: [SweepTrial]
    }

    let command: [String]?
    let conditions: Conditions
    let plan: TrialPlan
    let vary: [SweepDesign.Axis]
    let calibration: [SweepTrial]
    let cells: [Cell]
    let trusted: Bool
    let failure: String?
    let interrupted: Bool
    /// Where it was measured; empty unless it was merged out of several hosts' parts.
    let hosts: [SweepHost]

    public init(_ sweep: SweepResult) {
        hosts = sweep.hosts ?? []
        (command, conditions, plan, vary) = (sweep.command, sweep.conditions, sweep.plan, sweep.vary)
        calibration = sweep.calibration.trials
        cells = sweep.cells.map { Cell(settings: $0.settings, trials: $0.sample.trials) }
        (trusted, failure, interrupted) = (sweep.trusted, sweep.failure, sweep.interrupted)
    }

    /// Nil for a result of before trials were kept.
    public init?(_ bakeoff: BakeoffResult) {
        guard let conditions = bakeoff.conditions, bakeoff.entries.allSatisfy({ $0.trials != nil }) else { return nil }
        hosts = []
        (command, self.conditions, plan) = (bakeoff.command, conditions, bakeoff.plan)
        vary = [
            SweepDesign.Axis(setting: "engine", values: bakeoff.entries.map(\.engine.rawValue).unique),
            SweepDesign.Axis(setting: "receiver", values: bakeoff.entries.map(\.receiver.rawValue).unique)
        ]
        calibration = bakeoff.calibration?.trials ?? []
        cells = bakeoff.entries.map { entry in
            Cell(settings: ["engine": entry.engine.rawValue, "receiver": entry.receiver.rawValue], trials: entry.trials ?? [])
        }
        (trusted, failure, interrupted) = (bakeoff.trusted, bakeoff.failure, bakeoff.interrupted)
    }
}

extension ComparableGrid {
    /// Some of its cells, as a grid of their own.
    ///
    /// - Parameter conditions: of those; nil for the grid's.
    func part(
        vary: [SweepDesign.Axis], cells: [Cell], calibration: [SweepTrial], hosts: [SweepHost], conditions: Conditions?
    ) -> ComparableGrid {
        ComparableGrid(self, vary, cells, calibration, hosts, conditions)
    }

    private init(
        _ whole: ComparableGrid, _ vary: [SweepDesign.Axis], _ cells: [Cell], _ calibration: [SweepTrial], _ hosts: [SweepHost],
        _ conditions: Conditions?
    ) {
        (command, plan, failure, interrupted) = (whole.command, whole.plan, whole.failure, whole.interrupted)
        (self.vary, self.cells, self.calibration, self.hosts) = (vary, cells, calibration, hosts)
        self.conditions = conditions ?? whole.conditions
        let measured = cells.filter { !$0.trials.isEmpty }
        trusted =
            failure == nil && !measured.isEmpty
            && measured.allSatisfy { cell in cell.trials.count < 2 * cell.trials.count(where: \.trial.trusted) }
    }
}

extension SweepTrial {
    /// Whether its figures count.
    var isSample: Bool { trial.trusted && trial.isWhole }
}

extension ResultComparison {
    /// A combination of settings that two sweeps have in common.
    public struct Cell: Codable, Equatable, Sendable {
        public let settings: [String: String]
        /// The main one first; empty if a side has no trial that can be trusted.
        public let figures: [FigureComparison]
        /// The main figure's.
        public let verdict: FigureComparison.Verdict
        public let words: String
        /// Whether neither side has a trial that can be trusted.
        public let wasNotMeasured: Bool

        /// `mtu 1500, queues 2`.
        public func name(_ vary: [SweepDesign.Axis]) -> String {
            vary.name(of: settings) ?? "the only cell"
        }
    }

    /// Two values of one of a sweep's settings, side by side in every cell of the others.
    ///
    /// - Parameters:
    ///   - axis: by what the sweep is parted.
    ///   - values: of that.
    ///   - source: where the sweep was read from.
    ///   - threshold: what counts as a regression, and as the same; nil for neither.
    /// - Returns: nil if they have no cell in common.
    public init?(
        by axis: GridAxis, _ values: (base: String, new: String), of source: String, threshold: Double? = nil, command: [String]
    ) {
        let (base, new) = (axis.part(values.base), axis.part(values.new))
        self.init(
            base: base, called: "\(source), \(axis.setting) \(values.base)", new: new, called: "\(source), \(axis.setting) \(values.new)",
            design: axis.isPaired ? .paired : .unpaired, note: axis.note(base, new), threshold: threshold, command: command)
    }

    /// Two sweeps, or two bakeoffs, cell by cell.
    ///
    /// - Parameters:
    ///   - design: whether trials of the same round belong together.
    ///   - note: what no interval covers; nil for nothing.
    ///   - threshold: what counts as a regression, and as the same; nil for neither.
    /// - Returns: nil if they have no cell in common.
    public init?(
        base: ComparableGrid, called baseSource: String, new: ComparableGrid, called newSource: String, design: Design = .unpaired,
        note: String? = ResultComparison.unpairedNote, threshold: Double? = nil, command: [String]
    ) {
        let both = base.cells.compactMap { cell in
            new.cells.first { $0.settings == cell.settings }.map { (settings: cell.settings, base: cell.trials, new: $0.trials) }
        }
        guard !both.isEmpty else { return nil }
        let cells = Self.cells(both, design, threshold)
        let calibration = Self.samples(base.calibration, new.calibration).map {
            FigureComparison($0, margin: threshold ?? $0.figure.margin, adjustedPValue: nil, noun: "trials on each side")
        }
        let regressions =
            threshold.map { threshold in
                cells.flatMap { cell in
                    cell.figures.filter { $0.isRegression(beyond: threshold) }.map { "\(cell.name(base.vary)): \($0.figure.rawValue)" }
                }
            } ?? []
        self.init(
            schema: Self.currentSchema, command: command, conditions: new.conditions, design: design,
            base: Self.side(base, baseSource), new: Self.side(new, newSource), differences: ResultDifference.between(base, new),
            figures: calibration, vary: base.vary, cells: cells, verdict: Self.verdict(cells), words: Self.words(cells),
            threshold: threshold, regressions: regressions, trusted: base.trusted && new.trusted, failure: base.failure ?? new.failure,
            interrupted: base.interrupted || new.interrupted, notes: Self.notes(base, new, both.count, calibration.first, note))
    }

    /// Of many cells one in twenty would be an alarm by chance: main figures are corrected for each other, and so are all others.
    private static func cells(
        _ both: [(settings: [String: String], base: [SweepTrial], new: [SweepTrial])], _ design: Design, _ threshold: Double?
    ) -> [Cell] {
        let samples = both.map { design == .paired ? Self.pairs($0.base, $0.new) : Self.samples($0.base, $0.new) }
        let noun = design == .paired ? "rounds" : "trials on each side"
        var mains = Holm.adjusted(samples.compactMap { $0.first?.comparison?.pValue })[...]
        var others = Holm.adjusted(samples.flatMap { $0.dropFirst().compactMap { $0.comparison?.pValue } })[...]
        return zip(both, samples).map { cell, samples in
            let figures = samples.enumerated().map { place, samples in
                let pValue = samples.comparison == nil ? nil : place == 0 ? mains.popFirst() : others.popFirst()
                return FigureComparison(
                    samples, margin: threshold ?? samples.figure.margin, adjustedPValue: pValue, noun: noun,
                    company: "one of many figures")
            }
            let isEmpty = !cell.base.contains(where: \.isSample) && !cell.new.contains(where: \.isSample)
            return Cell(
                settings: cell.settings, figures: figures, verdict: figures.first?.verdict ?? .undecided,
                words: figures.first?.words ?? (isEmpty ? "not measured" : "undecided: one side has no trial that can be trusted"),
                wasNotMeasured: isEmpty)
        }
    }

    private static func verdict(_ cells: [Cell]) -> FigureComparison.Verdict {
        let verdicts = Set(cells.filter { !$0.wasNotMeasured }.map(\.verdict))
        switch (verdicts.contains(.faster), verdicts.contains(.slower)) {
        case (true, false): return .faster
        case (false, true): return .slower
        case (true, true): return .undecided
        case (false, false): return verdicts == [.same] ? .same : .undecided
        }
    }

    private static func words(_ cells: [Cell]) -> String {
        func count(_ verdict: FigureComparison.Verdict) -> Int { cells.count { $0.verdict == verdict && !$0.wasNotMeasured } }
        let empty = cells.count(where: \.wasNotMeasured)
        return "faster in \(count(.faster)), slower in \(count(.slower)), the same in \(count(.same)) and not told apart in "
            + "\(count(.undecided)) of \(FigureText.count(cells.count, "cell"))" + (empty == 0 ? "" : "; \(empty) not measured")
    }

    private static func side(_ grid: ComparableGrid, _ source: String) -> Side {
        let trials = grid.cells.flatMap(\.trials)
        let drift = DriftTest(grid.calibration.filter(\.isSample).map(\.trial.rates.rxPps)).flatMap { $0.pValue < 0.05 ? $0.pValue : nil }
        return Side(
            source: source, command: grid.command, startedAt: grid.conditions.startedAt, trials: trials.count, trusted: grid.trusted,
            voidedBy: grid.trusted ? [] : trials.flatMap(\.warnings).voidingCodes, drift: drift)
    }

    private static func notes(
        _ base: ComparableGrid, _ new: ComparableGrid, _ common: Int, _ calibration: FigureComparison?, _ note: String?
    ) -> [String] {
        var notes = [note].compactMap { $0 }
        if let calibration {
            notes.append("the plan itself, once a round on both sides, \(calibration.figure.title): \(calibration.words)")
        }
        for (name, grid) in [("base", base), ("new", new)] where grid.cells.count > common {
            notes.append(
                "\(FigureText.count(grid.cells.count - common, "cell")) of \(name) \(grid.cells.count - common == 1 ? "is" : "are") not in the other"
            )
        }
        let void = (base.cells + new.cells).flatMap(\.trials).count { !$0.isSample }
        if void > 0 { notes.append("\(FigureText.count(void, "trial")) left out: a warning voids it, or it ended before its time") }
        return notes
    }
}
