@testable import Profiles

/// What is wrong with a profile's text, a sentence each; none if nothing is.
func sentences(of text: String) -> [String] {
    do throws(ProfileError) {
        _ = try ProfileLoader.parse(text, file: "t.yaml")
        return []
    } catch {
        return error.problems.map(\.sentence)
    }
}
