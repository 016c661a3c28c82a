import Testing
import Trials

@testable import Profiles

@Suite struct ProfileKeyTests {
    static let samples = ProfileKey.all.flatMap { key in key.examples.map { (key.field, $0) } }

    static func profile(_ field: PlanField, _ value: String) throws(ProfileError) -> Profile {
        try ProfileLoader.parse("\(field.section):\n  \(field.key): \(value)\n", file: "t.yaml")
    }

    @Test func everyFieldHasOneKeyAndOnePath() {
        #expect(ProfileKey.all.count == PlanField.allCases.count)
        #expect(Set(ProfileKey.all.map(\.field)) == Set(PlanField.allCases))
        #expect(Set(PlanField.allCases.map(\.section)) == Set(ProfileReader.sections))
    }

    @Test func onlyTheTwoCPUListsShareAFlag() {
        let flags = Dictionary(grouping: PlanField.allCases, by: \.flag)
        #expect(flags.filter { $0.value.count > 1 } == ["--cpus": [.transmitCPUs, .receiveCPUs]])
    }

    @Test(arguments: samples)
    func eachExampleSetsItsFieldAndNoOther(_ field: PlanField, _ value: String) throws {
        let profile = try Self.profile(field, value)
        #expect(ProfileKey.all.filter { $0.isSet(profile.draft) }.map(\.field) == [field])
        #expect(profile.places == [field: SourcePlace(line: 2, column: field.key.count + 5)])
    }

    @Test func theKeysTogetherSetTheWholeDraft() throws {
        var draft = PlanDraft()
        for (field, value) in Self.samples { draft = draft.applying(try Self.profile(field, value).draft) }
        for section in Mirror(reflecting: draft).children {
            for property in Mirror(reflecting: section.value).children {
                let isNil = Mirror(reflecting: property.value).children.isEmpty
                #expect(!isNil, "\(section.label ?? "").\(property.label ?? "") is set by no key")
            }
        }
    }

    @Test(arguments: samples)
    func mergingKeepsWhatOneSideSays(_ field: PlanField, _ value: String) throws {
        let draft = try Self.profile(field, value).draft
        #expect(draft.merging(over: PlanDraft()) == draft)
        #expect(PlanDraft().merging(over: draft) == draft)
    }

    @Test(arguments: ProfileKey.all.filter { $0.examples.count > 1 }.map(\.field))
    func flagsWinOverTheProfile(_ field: PlanField) throws {
        let examples = try #require(ProfileKey.byField[field]).examples
        // Two addresses of different families are two fields of a draft.
        guard field != .sourceIP, field != .destinationIP else { return }
        let first = try Self.profile(field, examples[0]).draft
        let second = try Self.profile(field, examples[1]).draft
        #expect(first != second)
        #expect(first.applying(second) == second)
        #expect(second.applying(first) == first)
    }

    @Test(arguments: ProfileKey.all.map(\.field))
    func noKeyTakesAMappingOrNothing(_ field: PlanField) throws {
        let allowed = try #require(ProfileKey.byField[field]).allowed
        for (value, found) in [("{}", "a mapping"), ("", "empty"), ("~", "empty")] {
            let error = #expect(throws: ProfileError.self) { try Self.profile(field, value) }
            let message = "\(field.path) is \(found) but must be \(allowed)"
            #expect(error?.problems.count == 1)
            #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "no error")")
        }
    }

    @Test(arguments: ProfileKey.all.map(\.field))
    func aMisspeltKeyIsToldTheRightOne(_ field: PlanField) throws {
        let wrong = field.key + "x"
        let text = "\(field.section):\n  \(wrong): 1\n"
        let error = #expect(throws: ProfileError.self) { try ProfileLoader.parse(text, file: "t.yaml") }
        #expect(
            error?.description == "t.yaml:2:3: \(field.section).\(wrong) is not a key that profiles have; "
                + "did you mean '\(field.key)'?")
    }
}
