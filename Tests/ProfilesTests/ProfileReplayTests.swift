import Plans
import Testing

@testable import Profiles

/// The `replay` of a profile.
@Suite struct ProfileReplayTests {
    @Test func itIsRead() throws {
        let profile = try ProfileLoader.parse(
            "replay: {file: a.pcap, loop: 3, per-loop: [ip.src=+1, vlan.id=-2], speed: 0.5, stamp: yes}\nload: {count: 9}", file: "t.yaml")
        let replay = try #require(profile.replay)
        #expect(replay.file == "a.pcap" && replay.loop == 3 && replay.speed == 0.5 && replay.stamp == true && replay.original == nil)
        #expect(replay.perLoop?.map(\.description) == ["ip.src=+1", "vlan.id=-2"])
        #expect(profile.draft.load.frameCount == 9)
        #expect(try ProfileLoader.parse("replay:\n  per-loop: ip.src=+1,ip.dst=5", file: "t.yaml").replay?.perLoop?.count == 2)
        #expect(try ProfileLoader.parse("replay:", file: "t.yaml").replay == nil)
    }

    @Test(arguments: [
        ("replay: x.pcap", "t.yaml:1:9: replay is 'x.pcap' but must be a mapping, as in replay: {file: frames.pcap}"),
        ("replay: {fil: a}", "t.yaml:1:10: replay.fil is not a key that profiles have; did you mean 'file'?"),
        ("replay: {loop: -1}", "t.yaml:1:16: replay.loop is '-1' but must be 0 to 1000000000"),
        ("replay: {speed: 0}", "t.yaml:1:17: replay.speed is '0' but must be 0.001 to 1000000"),
        ("replay: {per-loop: [ip.source=1]}", "t.yaml:1:21: replay.per-loop is 'ip.source=1' but must be a list of FIELD=STEP"),
        ("replay: {original: 2}", "t.yaml:1:20: replay.original is '2' but must be true or false")
    ])
    func whatIsWrongIsSaid(_ text: String, _ sentence: String) {
        let sentences = ProfilesTests.sentences(of: text)
        #expect(sentences.count == 1 && sentences[0].hasPrefix(sentence), "\(sentences)")
    }

    /// What a request says of times takes the place of all that another said.
    @Test func requestsLieOverEachOther() {
        var base = ReplayRequest()
        (base.file, base.loop, base.original) = ("a.pcap", 5, true)
        var flags = ReplayRequest()
        flags.speed = 2
        let faster = base.applying(flags)
        #expect(faster.speed == 2 && faster.original == nil && faster.file == "a.pcap" && faster.loop == 5)
        flags = ReplayRequest()
        flags.original = false
        #expect(base.applying(flags).original == false)
        #expect(base.applying(ReplayRequest()) == base)
    }

    @Test func othersDontMakeFramesOfTheirOwnOfIt() throws {
        let profile = try ProfileLoader.parse("replay: {file: a.pcap}", file: "t.yaml")
        #expect(profile.replayProblem?.sentence.contains("use `vethmark replay`") == true)
        #expect(try ProfileLoader.parse("load: {rate: max}", file: "t.yaml").replayProblem == nil)
    }
}
