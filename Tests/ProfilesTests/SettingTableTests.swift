import Plans
import Testing

@testable import Profiles

/// The table of settings, by way of the profiles that it reads.
@Suite struct SettingTableTests {
    static let samples = SettingTable.rows.flatMap { row in row.examples.map { (row.field, $0) } }

    static func profile(_ field: PlanField, _ value: String) throws(ProfileError) -> Profile {
        try ProfileLoader.parse("\(field.section):\n  \(field.key): \(value)\n", file: "t.yaml")
    }

    @Test func everyPropertyOfASectionIsARowOfItsOwnPath() {
        for section in SettingTable.sections {
            let rows = SettingTable.rows(of: section)
            #expect(rows.count == Mirror(reflecting: section.shared).children.count, "\(section.name)")
            #expect(rows.allSatisfy { $0.field.section == section.name && !$0.field.key.isEmpty }, "\(section.name)")
        }
        #expect(Set(PlanField.allCases).count == SettingTable.rows.count)
        #expect(SettingTable.rows.allSatisfy { $0.meaning.hasSuffix(".") && !$0.examples.isEmpty })
    }

    /// A row that no plan is made from would be taken and forgotten.
    @Test(arguments: PlanField.allCases)
    func everySettingChangesAPlanOrIsRefused(_ field: PlanField) throws {
        let limits = PlanLimits(cpuCount: 8)
        let isHeard = try SettingTable.row(field).examples.contains { example in
            try ["ring", "gso"].contains { engine in
                var plain = PlanDraft()
                if field != .engine { try plain.set(.engine, toFlag: engine) }
                let draft = plain.applying(try Self.profile(field, example).draft)
                return try TrialPlan.errors(in: draft, limits: limits).contains { $0.field == field || $0.field.section == field.section }
                    || TrialPlan(draft, limits: limits) != TrialPlan(plain, limits: limits)
            }
        }
        #expect(isHeard)
    }

    @Test func onlyTheTwoCPUListsShareAFlag() {
        let flags = Dictionary(grouping: PlanField.allCases, by: \.flag)
        #expect(flags.filter { $0.value.count > 1 } == ["--cpus": [.transmitCPUs, .receiveCPUs]])
    }

    @Test(arguments: samples)
    func eachExampleSetsItsFieldAndNoOther(_ field: PlanField, _ value: String) throws {
        let profile = try Self.profile(field, value)
        #expect(PlanField.allCases.filter { profile.draft.isSet($0) } == [field])
        #expect(profile.places == [field: SourcePlace(line: 2, column: field.key.count + 5)])
    }

    @Test func theKeysTogetherSetTheWholeDraft() throws {
        var draft = PlanDraft()
        for (field, value) in Self.samples { draft = draft.applying(try Self.profile(field, value).draft) }
        #expect(PlanField.allCases.filter { !draft.isSet($0) } == [])
    }

    @Test(arguments: samples)
    func mergingKeepsWhatOneSideSays(_ field: PlanField, _ value: String) throws {
        let draft = try Self.profile(field, value).draft
        #expect(draft.merging(over: PlanDraft()) == draft)
        #expect(PlanDraft().merging(over: draft) == draft)
    }

    @Test(arguments: SettingTable.rows.filter { $0.examples.count > 1 }.map(\.field))
    func flagsWinOverTheProfile(_ field: PlanField) throws {
        let examples = SettingTable.row(field).examples
        let first = try Self.profile(field, examples[0]).draft
        let second = try Self.profile(field, examples[1]).draft
        #expect(first != second)
        #expect(first.applying(second) == second)
        #expect(second.applying(first) == first)
    }

    @Test(arguments: PlanField.allCases)
    func noKeyTakesAMappingOrNothing(_ field: PlanField) throws {
        let allowed = SettingTable.row(field).allowed
        for (value, found) in [("{}", "a mapping"), ("", "empty"), ("~", "empty")] {
            let error = #expect(throws: ProfileError.self) { try Self.profile(field, value) }
            let message = "\(field.path) is \(found) but must be \(allowed)"
            #expect(error?.problems.count == 1)
            #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "no error")")
        }
    }

    @Test(arguments: PlanField.allCases)
    func aMisspeltKeyIsToldTheRightOne(_ field: PlanField) throws {
        let wrong = field.key + "x"
        let text = "\(field.section):\n  \(wrong): 1\n"
        let error = #expect(throws: ProfileError.self) { try ProfileLoader.parse(text, file: "t.yaml") }
        #expect(
            error?.description == "t.yaml:2:3: \(field.section).\(wrong) is not a key that profiles have; "
                + "did you mean '\(field.key)'?")
    }
}
