import Metrics
import Plans

/// What to write instead of a value that a setting can't have.
struct SettingRemedy {
    let row: any SettingRow

    init(_ row: any SettingRow) { self.row = row }

    /// Stands behind the sentence that says what is wrong: the value as it may have been meant, or the default.
    ///
    /// - Parameter isRangeTold: Whether that sentence says the range; else it said how such values are written.
    func text(written: String, isRangeTold: Bool) -> String {
        let range = isRangeTold || row.unit == .rate || row.unit == .number ? "" : "it must be \(row.allowed); "
        if written.drop(while: \.isWhitespace).hasPrefix("-") { return range + "give a value without a sign" }
        return equivalent(written) ?? range + leaveOut
    }

    /// What to do about a value that isn't even a text.
    var leaveOut: String {
        "leave it out for the default\(row.unit == .duration ? " duration" : ""): \(standard)"
    }

    /// `9k`, `2MB` and the like where they are clear to a reader, but not to a program.
    private func equivalent(_ written: String) -> String? {
        let text = written.lowercased()
        switch row.unit {
        case .bytes:
            guard let unit = text.firstIndex(where: \.isLetter), ["k", "kb", "m", "mb", "g", "gb"].contains(text[unit...]) else {
                return nil
            }
            return "write \(text[..<unit].prefix { $0 != " " })\(text[unit].uppercased())iB for powers of two"
        case .rate:
            guard let number = Double(text), number > 0 else { return nil }
            return row.field == .rate ? "write \(text)pps for frames a second, or \(text)bps for bits" : "write \(text)bps"
        case .number:
            guard let count = try? CountText(parsing: written).count, count > 0, text.contains(where: \.isLetter) else { return nil }
            return "write the number out: \(count)"
        case .duration, .word, .truth, .stream: return nil
        }
    }

    /// What a plan has where the setting is left out, in the words of docs/profiles.md.
    private var standard: String {
        guard let plan = try? TrialPlan(PlanDraft()) else { return "as it is" }
        return row.standard(plan).replacing("`", with: "")
    }
}
