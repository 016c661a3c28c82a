import Testing

/// What can't be had across two hosts is told by one line, before a rank waits for the other.
@Suite struct AcrossPlanTests {
    @Test(arguments: [
        ("", "there is no private pair", "--tx"),
        ("--tx a --rx b --receiver xdp", "receiver xdp can't tell its times by another host's clock", "--receiver ring"),
        ("--tx a --rx b --receiver none", "receiver none can't tell its times", "--receiver ring"),
        ("--tx a --rx b --placement same-core", "--placement same-core seats sender and receiver of one host", "--cpus"),
        ("--tx a --rx b --superframes", "superframes don't leave a host whole", "--superframes")
    ])
    func whatIsOfOneHostIsRefused(_ flags: String, _ sentence: String, _ remedy: String) async throws {
        let ended = try await Program.vethmark(["across", "--dry-run"] + flags.split(separator: " ").map(String.init))
        #expect(ended.exitCode == 64 && ended.output.isEmpty)
        #expect(ended.errors.contains(sentence) && ended.errors.contains(remedy), "\(ended.errors)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
    }

    @Test func whatCanBeHadIsShown() async throws {
        let shown = try await Program.vethmark(["across", "--dry-run", "--tx", "a", "--rx", "b", "-b", "5kpps", "-s", "128"])
        #expect(shown.exitCode == 0 && shown.output.contains("128"), "\(shown.errors)")
    }
}
