import Plans

/// What a profile file says.
public struct Profile: Equatable, Sendable {
    public static let currentSchema = "vethmark.profile/1"

    /// The file, as the user named it.
    public var file: String
    public var description: String?
    public var draft: PlanDraft
    /// What `vethmark sweep` makes of it; nil if the file has no such section.
    public var sweep: SweepRequest?
    /// Who `vethmark capture` lets listen; nil if the file has no such section.
    public var capture: CaptureRequest?
    /// What `vethmark replay` makes of it; nil if the file has no such section.
    public var replay: ReplayRequest?

    /// Where each field's value stands.
    public var places: [PlanField: SourcePlace] {
        var places: [PlanField: SourcePlace] = [:]
        for field in PlanField.allCases {
            if case .profile(_, let place?) = draft.origin(of: field) { places[field] = place }
        }
        return places
    }

    /// The plan of this profile with the command line's flags laid over it, setting by setting.
    ///
    /// - Throws: everything that can't be had: with its line where the profile asked for it, with its flag
    ///   where the command line did.
    public func plan(
        applying flags: PlanDraft = PlanDraft(), limits: PlanLimits = .thisMachine
    ) throws(ProfileError) -> TrialPlan {
        let draft = draft.applying(flags)
        do throws(PlanError) {
            return try TrialPlan(draft, limits: limits)
        } catch {
            throw ProfileError(TrialPlan.errors(in: draft, limits: limits).map { problem($0, in: draft) })
        }
    }

    /// Whoever makes frames of his own can't take a profile whose frames lie in a file.
    public var replayProblem: ProfileProblem? {
        guard replay != nil else { return nil }
        return ProfileProblem(
            file: file, field: ReplaySection.name,
            message: "says that the frames lie in a file, which only a replay sends; use `vethmark replay`")
    }

    private func problem(_ error: PlanError, in draft: PlanDraft) -> ProfileProblem {
        switch draft.origin(of: error.field) {
        case .flag, .method: ProfileProblem(file: nil, field: error.flag, message: error.predicate)
        case .profile(let file, let place):
            ProfileProblem(file: file, place: place, field: error.field.path, message: error.predicate)
        // A field that nobody set is at odds with one that the profile set; the file is still the one to look at.
        case .standard, .automatic: ProfileProblem(file: file, field: error.field.path, message: error.predicate)
        }
    }
}
