import Testing

@testable import Traces

@Suite struct CaptureFilterTests {
    @Test func anEmptyExpressionTakesAll() throws {
        // ret #262144: BPF_RET | BPF_K.
        #expect(try CaptureFilter("").program.map(\.code) == [0x06])
        #expect(try CaptureFilter("", snapBytes: 96).program.map(\.operand) == [96])
        #expect(try CaptureFilter("udp port 9").program.count > 5)
    }

    /// libpcap's words, and under which word they belong.
    @Test(arguments: [
        ("tcp prot 80", "syntax error", 4), ("udp and and tcp", "syntax error", 8), ("host 1.2.3.4 foo", "syntax error", 13),
        ("(tcp or udp", "syntax error", 11), ("port 99999", "illegal port number", 5), ("ether host zz", "unknown ether host", 11),
        ("ip[0 = 1", "syntax error", 5),
        ("tcp port", "syntax error", 8), (") tcp", "syntax error", 0), ("not", "syntax error", 3)
    ])
    func mistakesAreShownWhereTheyAre(_ expression: String, _ words: String, _ position: Int) {
        do {
            _ = try CaptureFilter(expression)
            Issue.record("\(expression) was taken")
        } catch {
            #expect(error.reason.contains(words), "\(error.reason)")
            #expect(error.position == position, "\(error)")
        }
    }
}
