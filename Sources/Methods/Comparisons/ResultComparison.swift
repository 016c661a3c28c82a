import Metrics
import Results

/// Two results side by side: what was different about them, and what came out differently.
public struct ResultComparison: Codable, Sendable {
    public enum Design: String, Codable, CaseIterable, Sendable {
        /// Trials in turns, ABBA.
        case paired
        /// One result behind the other: what drifted in between is in every figure.
        case unpaired
    }

    /// One of the results.
    public struct Side: Codable, Equatable, Sendable {
        /// Where it was read from, or its flags.
        public let source: String
        public let command: [String]?
        public let startedAt: String
        public let trials: Int
        public let trusted: Bool
        /// Codes of what voids it.
        public let voidedBy: [String]
        /// Of the main figure over its trials, where it drifts: p value of Mann and Kendall's test below 5 %.
        public let drift: Double?
    }

    public static let currentSchema = "vethmark.compare/1"

    public let schema: String
    public let command: [String]
    /// Of the new result.
    public let conditions: Conditions
    public let design: Design
    public let base: Side
    public let new: Side
    public let differences: [ResultDifference]
    /// The main one first: received frames a second, or sent ones where nobody counts. Of sweeps and bakeoffs, the calibration trials': what the machine
    /// itself made of one and the same plan.
    public let figures: [FigureComparison]
    /// The settings that tell cells apart; nil for two runs, as `cells`.
    public let vary: [SweepDesign.Axis]?
    /// Those that both sides have.
    public let cells: [Cell]?
    /// The main figure's, or what is true of all cells that changed.
    public let verdict: FigureComparison.Verdict
    public let words: String
    public let threshold: Double?
    /// Names of figures that are worse by more than the threshold, with their cell.
    public let regressions: [String]
    public let trusted: Bool
    /// What ended either run before its time.
    public let failure: String?
    /// Whether Ctrl-C came before all rounds were over.
    public let interrupted: Bool
    /// What the figures can't tell, a sentence each.
    public let notes: [String]
}

extension ResultComparison {
    /// Two runs.
    ///
    /// - Parameters:
    ///   - threshold: what counts as a regression, and as the same; nil for neither.
    public init(
        base: RunResult, called baseSource: String, new: RunResult, called newSource: String, design: Design, threshold: Double? = nil,
        interrupted: Bool = false, command: [String]
    ) {
        schema = Self.currentSchema
        self.command = command
        self.design = design
        self.threshold = threshold
        self.interrupted = interrupted
        conditions = new.conditions
        differences = ResultDifference.between(base, new)
        vary = nil
        cells = nil
        let samples = Self.samples(base, new, design)
        // The main figure was chosen before anybody looked; of the others one in twenty would be an alarm by chance.
        let others = Array(samples.dropFirst())
        let adjusted = Holm.adjusted(others.compactMap { $0.comparison?.pValue })
        var position = 0
        let noun = design == .paired ? "rounds" : "trials on each side"
        let figures = samples.enumerated().map { index, samples in
            var pValue: Double?
            if index > 0, samples.comparison != nil {
                pValue = adjusted[position]
                position += 1
            }
            return FigureComparison(samples, margin: threshold ?? samples.figure.margin, adjustedPValue: pValue, noun: noun)
        }
        self.figures = figures
        self.base = Self.side(base, baseSource, figures.first?.baseSamples ?? [])
        self.new = Self.side(new, newSource, figures.first?.newSamples ?? [])
        verdict = figures.first?.verdict ?? .undecided
        words = figures.first?.words ?? "undecided: nothing was measured"
        regressions = threshold.map { threshold in figures.filter { $0.isRegression(beyond: threshold) }.map(\.figure.rawValue) } ?? []
        trusted = base.trusted && new.trusted
        failure = base.failure ?? new.failure
        notes = Self.notes(base, new, design, figures, [self.base, self.new])
    }

    /// Whether the threshold holds as far as can be told; a main figure that can't be judged at all doesn't pass.
    public var passes: Bool {
        guard threshold != nil else { return true }
        guard regressions.isEmpty else { return false }
        guard let cells else { return figures.first?.comparison != nil }
        return !cells.isEmpty && cells.allSatisfy { $0.figures.first?.comparison != nil || $0.wasNotMeasured }
    }

    // MARK: samples

    private static func samples(_ base: RunResult, _ new: RunResult, _ design: Design) -> [FigureComparison.Samples] {
        let clocks = Set((base.trials + new.trials).compactMap(\.latency.clock))
        return ResultFigure.allCases.compactMap { figure in
            if figure.isLatency, clocks.count > 1 { return nil }
            let (left, right) =
                design == .paired ? pairs(figure, base, new) : (values(figure, base).map(\.value), values(figure, new).map(\.value))
            guard !left.isEmpty, !right.isEmpty else { return nil }
            let comparison: (any Comparison)? =
                design == .paired
                ? PairedComparison(base: left, new: right, scale: figure.scale)
                : UnpairedComparison(base: left, new: right, scale: figure.scale)
            return FigureComparison.Samples(figure: figure, base: left, new: right, comparison: comparison)
        }
    }

    /// Of trials that can be trusted, not measured in turns.
    static func samples(_ base: [SweepTrial], _ new: [SweepTrial]) -> [FigureComparison.Samples] {
        let (left, right) = (base.filter(\.isSample), new.filter(\.isSample))
        let clocks = Set((left + right).compactMap(\.trial.latency.clock))
        return ResultFigure.allCases.compactMap { figure in
            if figure.isLatency, clocks.count > 1 { return nil }
            let (before, after) = (left.compactMap(figure.value), right.compactMap(figure.value))
            guard !before.isEmpty, !after.isEmpty else { return nil }
            return FigureComparison.Samples(
                figure: figure, base: before, new: after,
                comparison: UnpairedComparison(base: before, new: after, scale: figure.scale))
        }
    }

    /// Of rounds in which both have a trial that can be trusted.
    static func pairs(_ base: [SweepTrial], _ new: [SweepTrial]) -> [FigureComparison.Samples] {
        let right = Dictionary(new.filter(\.isSample).map { ($0.round, $0) }, uniquingKeysWith: { $1 })
        let both = base.filter(\.isSample).compactMap { trial in right[trial.round].map { (trial, $0) } }
        let clocks = Set(both.flatMap { [$0.0, $0.1] }.compactMap(\.trial.latency.clock))
        return ResultFigure.allCases.compactMap { figure in
            if figure.isLatency, clocks.count > 1 { return nil }
            let values = both.compactMap { left, right in figure.value(left).flatMap { value in figure.value(right).map { (value, $0) } } }
            guard !values.isEmpty else { return nil }
            let (before, after) = (values.map(\.0), values.map(\.1))
            return FigureComparison.Samples(
                figure: figure, base: before, new: after, comparison: PairedComparison(base: before, new: after, scale: figure.scale))
        }
    }

    private static func values(_ figure: ResultFigure, _ result: RunResult) -> [(index: Int, value: Double)] {
        result.trials.filter(\.isWhole).compactMap { trial in figure.value(trial, of: result).map { (trial.index, $0) } }
    }

    /// Of rounds that both sides have.
    private static func pairs(_ figure: ResultFigure, _ base: RunResult, _ new: RunResult) -> ([Double], [Double]) {
        let right = Dictionary(values(figure, new).map { ($0.index, $0.value) }, uniquingKeysWith: { $1 })
        let both = values(figure, base).compactMap { left in right[left.index].map { (left.value, $0) } }
        return (both.map(\.0), both.map(\.1))
    }

    private static func side(_ result: RunResult, _ source: String, _ samples: [Double]) -> Side {
        let drift = DriftTest(samples).flatMap { $0.pValue < 0.05 ? $0.pValue : nil }
        return Side(
            source: source, command: result.command, startedAt: result.conditions.startedAt, trials: result.trials.count,
            trusted: result.trusted, voidedBy: result.warnings.voidingCodes, drift: drift)
    }

    // MARK: notes

    public static let unpairedNote =
        "the results were not measured in turns: what changed on the machine between them is in every figure, and no interval "
        + "covers it; `vethmark compare --ab` measures in turns"

    private static func notes(
        _ base: RunResult, _ new: RunResult, _ design: Design, _ figures: [FigureComparison], _ sides: [Side]
    ) -> [String] {
        var notes: [String] = []
        if design == .unpaired {
            notes.append(unpairedNote)
        }
        if Set((base.trials + new.trials).compactMap(\.latency.clock)).count > 1 {
            notes.append("receive times were taken in different places, so that latencies can't be compared")
        }
        if design == .unpaired {
            for (name, side) in zip(["base", "new"], sides) where side.drift != nil {
                notes.append("\(name) drifts from trial to trial: its trials are no samples of the same speed")
            }
        }
        let outliers = figures.first.map { Outliers.positions(in: $0.baseSamples).count + Outliers.positions(in: $0.newSamples).count } ?? 0
        if outliers > 0 { notes.append("\(FigureText.count(outliers, "trial")) far from the others: kept, for medians bear them") }
        let short = (base.trials + new.trials).count { !$0.isWhole }
        if short > 0 { notes.append("\(FigureText.count(short, "trial")) left out: ended before the planned end, or nothing was sent") }
        return notes
    }
}
