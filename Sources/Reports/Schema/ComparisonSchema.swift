import Methods
import Metrics

extension ResultComparison: SchemaObject {
    public static var schemaMeaning: String { "Two results side by side: what was different about them, and what came out differently." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("schema", \Self.schema, "What kind of object this is, and which version of its keys."),
            .init("command", \Self.command, "The words of the command line, the program first."),
            .init("conditions", \Self.conditions, "Of the new result."),
            .init("design", \Self.design, "`paired`: in turns; `unpaired`: one behind the other, or on hosts of their own."),
            .init("base", \Self.base, "Before."),
            .init("new", \Self.new, "After."),
            .init("differences", \Self.differences, "In plan, placement and conditions."),
            .init(
                "figures", \Self.figures,
                "The main one first: received frames a second, or sent ones where nobody counts. Of sweeps and bakeoffs those of the calibration trials: what the machine itself made of one and the same plan; none for two values of one setting, which share them."
            ),
            .init("vary", \Self.vary, "The settings that tell cells apart. Absent for two runs."),
            .init("cells", \Self.cells, "Those that both sides have. Absent for two runs."),
            .init(
                "verdict", \Self.verdict,
                "The main figure's. Of cells: `faster` if some are and none is slower, and the other way round; `same` if all are."),
            .init("words", \Self.words, "The same as a sentence."),
            .init("threshold", \Self.threshold, "What counts as a regression, 0 to 1. Absent if nothing does."),
            .init("regressions", \Self.regressions, "Names of figures that are worse by more than the threshold, behind their cell's."),
            .init("trusted", \Self.trusted, "Whether both results can be trusted."),
            .init("failure", \Self.failure, "What ended either run before its time; absent if nothing did."),
            .init("interrupted", \Self.interrupted, "Whether Ctrl-C came before all rounds were over."),
            .init("notes", \Self.notes, "What the figures can't tell, a sentence each.")
        ]
    }
}

extension ResultComparison.Cell: SchemaObject {
    public static var schemaMeaning: String { "A combination of settings that two sweeps have in common, or a pair of two bakeoffs." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("settings", \Self.settings, "Values by the settings' names."),
            .init("figures", \Self.figures, "As of two runs, over trials that can be trusted. Empty if a side has none."),
            .init("verdict", \Self.verdict, "The main figure's."),
            .init("words", \Self.words, "The main figure's, as a sentence."),
            .init("wasNotMeasured", \Self.wasNotMeasured, "Whether neither side has a trial that can be trusted.")
        ]
    }
}

extension ResultComparison.Side: SchemaObject {
    public static var schemaMeaning: String { "One of the results." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("source", \Self.source, "Where it was read from, or its flags."),
            .init("command", \Self.command, "The words of its command line; absent in results of before they were kept."),
            .init("startedAt", \Self.startedAt, "When it began, ISO 8601."),
            .init("trials", \Self.trials, "How many."),
            .init("trusted", \Self.trusted, "Whether it can be trusted."),
            .init("voidedBy", \Self.voidedBy, "Codes of what voids it."),
            .init(
                "drift", \Self.drift,
                "Of the main figure over its trials: p value of Mann and Kendall's test. Absent where it doesn't drift (5 %).")
        ]
    }
}

extension FigureComparison: SchemaObject {
    public static var schemaMeaning: String { "One figure of two results, side by side." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("base", \Self.base, "The median before."),
            .init("new", \Self.new, "The median after."),
            .init("baseSamples", \Self.baseSamples, "Each trial."),
            .init("newSamples", \Self.newSamples, "Each trial."),
            .init("margin", \Self.margin, "What counts as the same, 0 to 1."),
            .init(
                "adjustedPValue", \Self.adjustedPValue,
                "Corrected for the number of figures besides the main one, in cells for that of cells too; absent for the main figure of two runs and where there were too few trials."
            ),
            .init("verdict", \Self.verdict, "`faster` is better, whichever direction that is."),
            .init("words", \Self.words, "The same as a sentence."),
            .init("name", ResultFigure.self, "Which figure."),
            .init("unit", String.self, "`frames/s`, `ratio`, `ns`."),
            .init("ratio", Double?.self, "New over base; absent for a figure that is compared by its difference, and where base is 0."),
            .init(
                "difference", Double?.self,
                "New minus base; absent for a figure that is compared by its ratio, and where there were too few trials."),
            .init("ci95", [Double]?.self, "Both ends of its interval; absent where there were too few trials, as the following."),
            .init(
                "level", Double?.self,
                "The probability with which such intervals hold the true figure; absent where there were too few trials."),
            .init("pValue", Double?.self, "Two-sided, of no difference; absent where there were too few trials."),
            .init(
                "smallestVisible", Double?.self,
                "The smallest difference that such samples would have shown, 0 to 1; absent where there were too few trials."),
            .init("count", Int.self, "Pairs, or the smaller of both counts."),
            .init("baseOutliers", [Int].self, "Places of trials far from the others."),
            .init("newOutliers", [Int].self, "Places of trials far from the others.")
        ]
    }
}
