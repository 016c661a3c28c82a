import Plans
import Testing

@testable import Profiles

/// The `capture` of a profile.
@Suite struct ProfileCaptureTests {
    @Test func itIsRead() throws {
        let profile = try ProfileLoader.parse(
            "capture:\n  rounds: 5\n  tools:\n    - tcpdump -i {if} -w {file}\n    - \"tshark -i {if} -f 'port 9, or 10' -w {file}\"\nload: {count: 9}",
            file: "t.yaml")
        let capture = try #require(profile.capture)
        #expect(capture.rounds == 5)
        // Commas belong to the tools.
        #expect(capture.tools == ["tcpdump -i {if} -w {file}", "tshark -i {if} -f 'port 9, or 10' -w {file}"])
        #expect(profile.draft.load.frameCount == 9)
        #expect(try ProfileLoader.parse("capture:", file: "t.yaml").capture == nil)
    }

    @Test(arguments: [
        ("capture: tcpdump", "t.yaml:1:10: capture is 'tcpdump' but must be a mapping, as in capture: {tools: "),
        ("capture: {tool: [a]}", "t.yaml:1:11: capture.tool is not a key that profiles have; did you mean 'tools'?"),
        ("capture: {tools: tcpdump}", "t.yaml:1:18: capture.tools is 'tcpdump' but must be a list of command lines"),
        ("capture: {tools: []}", "t.yaml:1:18: capture.tools is a list but must be a list of command lines"),
        ("capture: {rounds: 0}", "t.yaml:1:19: capture.rounds is '0' but must be 1 to 100")
    ])
    func whatIsWrongIsSaid(_ text: String, _ sentence: String) {
        let sentences = ProfilesTests.sentences(of: text)
        #expect(sentences.count == 1 && sentences[0].hasPrefix(sentence), "\(sentences)")
    }
}
