import Plans
import Profiles

/// A profile: read, and made into a plan; all that may be wrong with it is told with its place.
public func fuzzProfiles(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    do throws(ProfileError) {
        _ = try ProfileLoader.parse(text, file: "fuzz.yaml").plan(applying: PlanDraft(), limits: .thisMachine)
    } catch {
        precondition(!error.problems.isEmpty, "a profile was refused without a reason")
    }
}
