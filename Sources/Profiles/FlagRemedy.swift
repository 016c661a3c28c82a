import Metrics
import Trials

/// What to write instead of a value that a flag can't have.
public enum FlagRemedy {
    /// Stands behind the sentence that says what is wrong: the value as it may have been meant, or the default.
    public static func text(_ field: PlanField, written: String) -> String {
        if written.drop(while: \.isWhitespace).hasPrefix("-") { return "give a value without a sign" }
        return equivalent(field, written) ?? "leave it out for the default\(noun(field)): \(standard(field))"
    }

    /// `9k`, `2MB` and the like where they are clear to a reader, but not to a program.
    private static func equivalent(_ field: PlanField, _ written: String) -> String? {
        let text = written.lowercased()
        switch field {
        case .blockBytes, .snapBytes:
            guard let unit = text.firstIndex(where: \.isLetter), ["k", "kb", "m", "mb", "g", "gb"].contains(text[unit...]) else {
                return nil
            }
            return "write \(text[..<unit].trimmedBlanks)\(text[unit].uppercased())iB for powers of two"
        case .rate, .lineRate:
            guard let number = Double(text), number > 0 else { return nil }
            return field == .rate ? "write \(text)pps for frames a second, or \(text)bps for bits" : "write \(text)bps"
        case .duration, .warmup, .interval, .retire: return nil
        default:
            guard let count = try? CountText(parsing: written).count, count > 0, text.contains(where: \.isLetter) else { return nil }
            return "write the number out: \(count)"
        }
    }

    private static func noun(_ field: PlanField) -> String {
        switch field {
        case .duration, .warmup, .interval, .retire: " duration"
        default: ""
        }
    }

    /// What a plan has where the field is left out, in the words of docs/profiles.md.
    private static func standard(_ field: PlanField) -> String {
        guard let key = ProfileKey.byField[field], let plan = try? TrialPlan(PlanDraft()) else { return "as it is" }
        return key.standard(plan).replacing("`", with: "")
    }
}

extension Substring {
    fileprivate var trimmedBlanks: Substring { prefix { $0 != " " } }
}
