import Testing

/// What can't be had across two hosts is told by one line, before a rank waits for the other.
@Suite struct AcrossPlanTests {
    @Test(arguments: [
        ("", "there is no private pair", "--tx"),
        ("--tx a --rx b --receiver xdp", "receiver xdp can't tell its times by another host's clock", "--receiver ring"),
        ("--tx a --rx b --receiver none", "receiver none can't tell its times", "--receiver ring"),
        ("--tx a --rx b --placement same-core", "--placement same-core seats sender and receiver of one host", "--cpus"),
        ("--tx a --rx b --superframes", "superframes don't leave a host whole", "--superframes"),
        ("--tx a --rx b --rank 0/3", "--rank is '0/3' but must be 0/2", "--pattern"),
        ("--tx a --rx b --pattern pairs --rank 0/1", "--rank is '0/1' but must be of two ranks at least", "0/8"),
        ("--tx a --rx b --pattern ring", "--pattern is 'ring' but must be pairs, all-to-one or one-to-all", "--help"),
        ("--tx a --rx b --pattern pairs -t 0", "the meetings of a pattern have to end by themselves", "-t 10"),
        ("--tx a --rx b --pattern pairs --live", "--live tells of the trials of one run", "--json")
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
