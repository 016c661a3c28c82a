/// Who said what a setting is.
public enum SettingOrigin: Equatable, Sendable {
    /// A line of a profile, whose file is named as the user named it.
    case profile(file: String, place: SourcePlace?)
    /// The command line.
    case flag
    /// A method that needs it so, as a bakeoff its engines.
    case method
    /// Nobody: what every plan has.
    case standard
    /// Nobody; vethmark chose it, for this reason.
    case automatic(reason: String)
}

/// A setting as a plan has it.
public struct SettledSetting: Equatable, Sendable {
    public let field: PlanField
    /// As a user would write it, or in words where there is no such thing.
    public let value: String
    public let origin: SettingOrigin
}

extension PlanDraft {
    /// Every setting of the plan that this draft became, in the table's order.
    public func settled(in plan: TrialPlan) -> [SettledSetting] {
        SettingTable.rows.map { row in
            if let choice = row.choice?(plan) {
                return SettledSetting(field: row.field, value: choice.value, origin: .automatic(reason: choice.reason))
            }
            guard let text = row.text(in: self) else {
                // What was taken back is what every plan has.
                return SettledSetting(field: row.field, value: row.standard(plan), origin: .standard)
            }
            return SettledSetting(field: row.field, value: text, origin: origin(of: row.field))
        }
    }
}
