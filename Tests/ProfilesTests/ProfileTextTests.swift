import Plans
import Testing

@testable import Profiles

@Suite struct ProfileTextTests {
    /// Every setting, by its examples: what is written is read again as the same draft.
    @Test func whatIsWrittenIsReadAgain() throws {
        for row in SettingTable.rows {
            for example in row.examples {
                var draft = PlanDraft()
                let text = example.replacing("\"", with: "")
                try draft.set(row.field, toFlag: text)
                let profile = try ProfileLoader.parse(ProfileText.text(draft, description: "of \"\(row.field.path)\": \\"), file: "p")
                #expect(profile.draft == draft, "\(row.field.path): \(text)")
                #expect(profile.description == "of \"\(row.field.path)\": \\")
            }
        }
    }

    @Test func nullIsAWord() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        #expect(try ProfileLoader.parse(ProfileText.text(draft, description: "d"), file: "p").draft.transmit.engine == .null)
    }
}
