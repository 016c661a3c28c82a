import Foundation
import Plans
import TestSupport
import Testing

@testable import Profiles

/// Random damage to good profiles: whatever comes in, a plan or an error comes out.
@Suite struct ProfileMutationTests {
    private static let pieces = [
        ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "? ", "|", ">", "'", "\"", "#", "\n", "\n  ", "\t",
        "---\n", "...\n", "<<: ", "~", "null", "-1", "0", "1e400", "99999999999999999999", "0x10", "imix", "max", "%",
        "\u{0}", "\u{FEFF}", "é", "\u{2028}", "frame:\n", "  size: ", "[[[[[[[[", "64,", "true", "::", "vethmark"
    ].map { Array($0.utf8) }

    private static func mutated(_ source: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = source
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...20, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: start)
            case 3: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &random)!)
            default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &random) }
            }
        }
        return bytes
    }

    /// Every error stands somewhere in the text, on one line, and says something.
    private static func check(_ error: ProfileError, lines: Int) {
        #expect(!error.problems.isEmpty)
        for problem in error.problems {
            #expect(!problem.message.isEmpty && !problem.message.contains("\n"), "\(problem)")
            if let place = problem.place {
                #expect((1...lines + 1).contains(place.line) && place.column >= 1, "\(problem)")
            }
        }
    }

    @Test func damagedProfilesNeverCrash() throws {
        var random = SeededGenerator()
        let sources = try SourceTree.profileNames.map {
            [UInt8](try Data(contentsOf: SourceTree.profiles.appendingPathComponent($0)))
        }
        var plans = 0, refused = 0
        for _ in 0..<3_000 {
            let text = String(decoding: Self.mutated(sources.randomElement(using: &random)!, using: &random), as: UTF8.self)
            let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            do throws(ProfileError) {
                let profile = try ProfileLoader.parse(text, file: "t.yaml")
                _ = try profile.plan(limits: PlanLimits())
                plans += 1
            } catch {
                refused += 1
                Self.check(error, lines: lines * 2)
            }
        }
        // Damage in comments does no harm, other damage does: both must have come up.
        #expect(plans > 100 && refused > 100)
    }

    @Test func deepNestingIsRefused() {
        let text = "frame: " + String(repeating: "[", count: 100_000)
        #expect(throws: ProfileError.self) { try ProfileLoader.parse(text, file: "t.yaml") }
    }
}
