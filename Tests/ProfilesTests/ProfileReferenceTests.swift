import Foundation
import Plans
import Testing

@testable import Profiles

/// `docs/profiles.md` says what the table of keys says. With VETHMARK_WRITE_DOCS set, the test writes it anew.
@Suite struct ProfileReferenceTests {
    @Test func theReferenceIsMadeFromTheTable() throws {
        let tables = ProfileReference.markdown(defaults: try TrialPlan(PlanDraft(), limits: PlanLimits()))
        var page = try String(contentsOf: SourceTree.profileReference, encoding: .utf8)
        let begin = try #require(page.range(of: "<!-- begin of keys"))
        let lineEnd = try #require(page[begin.upperBound...].firstIndex(of: "\n"))
        let end = try #require(page.range(of: "<!-- end of keys -->"))
        let written = page.index(after: lineEnd)..<end.lowerBound
        if ProcessInfo.processInfo.environment["VETHMARK_WRITE_DOCS"] != nil {
            page.replaceSubrange(written, with: "\n" + tables + "\n")
            try page.write(to: SourceTree.profileReference, atomically: true, encoding: .utf8)
            return
        }
        #expect(page[written] == "\n" + tables + "\n")
    }

    @Test func everyReadyProfileIsDescribed() throws {
        let page = try String(contentsOf: SourceTree.profileReference, encoding: .utf8)
        for name in SourceTree.profileNames {
            #expect(page.contains("| `\(name.dropLast(".yaml".count))` |"), "\(name)")
        }
    }
}
