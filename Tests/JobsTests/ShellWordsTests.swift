import TestSupport
import Testing

@testable import Jobs

@Suite struct ShellWordsTests {
    @Test(arguments: [
        ("", []), ("  ", []), ("-s 64  -b 1mpps", ["-s", "64", "-b", "1mpps"]), ("--name 'a b'", ["--name", "a b"]),
        (#"--name "a 'b' \" \n c""#, ["--name", #"a 'b' " \n c"#]), (#"a\ b ''"#, ["a b", ""]), ("a'b'\"c\"d", ["abcd"]),
        ("a\tb\nc", ["a", "b", "c"])
    ])
    func wordsAreTheShells(_ line: String, _ words: [String]) throws { #expect(try ShellWords.split(line) == words) }

    @Test(arguments: [("'a", "'"), ("a\"", "\""), ("a\\", "\\")]) func whatIsNotClosedIsRefused(_ line: String, _ mark: String) {
        #expect(throws: ShellWords.Unfinished(mark: Character(mark))) { try ShellWords.split(line) }
    }

    /// By ourselves and by the shell.
    @Test func joinedWordsAreSplitIntoTheSame() async throws {
        var generator = SeededGenerator()
        for _ in 0..<40 {
            let words = HostileWords.some(&generator)
            for line in [ShellWords.joined(words), ShellWords.joinedForTemplate(words)] {
                #expect(try ShellWords.split(line) == words)
                let said = try await Tool.run("/bin/sh", ["-c", "exec printf '%s\\0' \(line)"])
                #expect(said.output == words.map { $0 + "\0" }.joined(), "\(line)")
            }
            let template = ShellWords.joinedForTemplate(words)
            #expect(template.firstMatch(of: /\{[^']/) == nil, "\(template)")
        }
    }
}
