import Trials

/// What a profile file says.
public struct Profile: Equatable, Sendable {
    public static let currentSchema = "vethmark.profile/1"

    /// The file, as the user named it.
    public var file: String
    public var description: String?
    public var draft: PlanDraft
    /// Where each field's value stands.
    public var places: [PlanField: SourcePlace]

    /// The plan of this profile with the command line's flags laid over it, field by field.
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
            throw ProfileError(TrialPlan.errors(in: draft, limits: limits).map { problem($0, flags: flags) })
        }
    }

    private func problem(_ error: PlanError, flags: PlanDraft) -> ProfileProblem {
        if ProfileKey.byField[error.field]?.isSet(flags) == true {
            return ProfileProblem(file: nil, field: error.flag, message: error.predicate)
        }
        // A field that nobody set is at odds with one that the profile set; the file is still the one to look at.
        return ProfileProblem(
            file: file, place: places[error.field], field: error.field.path, message: error.predicate)
    }
}
