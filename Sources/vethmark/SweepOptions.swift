import Plans

enum AnySweep: SettingUse {
    /// A trial is a turn, so a sweep counts rounds; its progress is a line a turn.
    static func takes(_ row: any SettingRow) -> Bool { row.field != .repeats && row.field != .interval }
}

/// The settings that all cells of a sweep have in common; those that were given lie over the profile's values.
typealias SweepOptions = TrialOptions<AnySweep>

extension SweepOptions {
    /// The profile with the flags over it.
    ///
    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    func asked(_ profile: String?) throws -> PlanDraft {
        try PlanResolution.draft(profile, draft())
    }
}
