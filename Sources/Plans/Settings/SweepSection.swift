/// What a profile's `sweep` has besides `vary` and `cases`. It says nothing of a trial, so that the table of settings doesn't have it.
public struct SweepSection: SettingSection {
    public static let name = "sweep"
    public static let title = "Sweep"
    public static let shared = SweepSection()

    public let zip = Setting<Bool>(
        "sweep.zip", "First values go with first values, second with second, instead of all with all.", .truth, default: { _ in "false" },
        examples: "true")
    public let rounds = Setting<Int>(
        "sweep.rounds", "How often each cell has its turn.", .number(1...1000), default: { _ in "6, or at most 30 with `precision`" },
        examples: "12")
    public let precision = Setting<Double>(
        "sweep.precision", "Go on until half the interval of each cell's median is no wider.", .share(0.0001...0.5),
        default: { _ in "none: a fixed number of rounds" }, examples: "2%")
}

extension SettingKind where Value == Double {
    /// `2%` or `0.02`.
    static func share(_ range: ClosedRange<Double>) -> SettingKind {
        let text: @Sendable (Double) -> String = { share in
            let percent = share * 100
            return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
        }
        let bounds = SettingBounds(range, text: text)
        return SettingKind(.word, bounds.text, bounds: bounds, text: text) { input throws(SettingProblem) in
            let written = try input.text()
            let isPercent = written.hasSuffix("%")
            guard let number = Double(isPercent ? String(written.dropLast()) : written) else { throw input.problem() }
            return isPercent ? number / 100 : number
        }
    }
}
