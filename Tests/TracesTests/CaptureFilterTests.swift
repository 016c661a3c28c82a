import Frames
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

    /// Programs of any length are compiled, and run where the kernel doesn't take them: each frame that is asked for, and no other.
    @Test(arguments: [150, 800]) func longExpressionsAreRunHere(_ terms: Int) throws {
        let expression = (0..<terms).map { "(host 10.0.\($0 >> 8).\($0 & 255) and port \(1_000 + $0))" }.joined(separator: " or ")
        let filter = try CaptureFilter(expression)
        #expect(terms < 800 || filter.program.count > Int(UInt16.max))
        let matcher = FrameMatcher(filter)
        func matches(_ host: Int, _ port: Int) -> Bool {
            let bytes = FrameStack.build([
                EthernetLayer(destination: .broadcast, source: .broadcast),
                IPv4Layer(source: IPv4Address(value: 1), destination: IPv4Address(value: 0x0A00_0000 + UInt32(host))),
                UDPLayer(sourcePort: 1, destinationPort: UInt16(port))
            ])
            return matcher.matches(CapturedFrame(timestampNanoseconds: 0, bytes: bytes))
        }
        for term in [0, 1, terms / 2, terms - 1] {
            #expect(matches(term, 1_000 + term), "\(term)")
            #expect(!matches(term, 1_001 + term), "\(term)")
        }
        #expect(!matches(terms, 1_000 + terms))
    }

    /// What is wrong in the middle of thousands of words is told, and not looked for with thousands of compilations.
    @Test func aLongMistakeIsToldAtOnce() {
        let expression = (0..<1_000).map { "port \($0)" }.joined(separator: " or ") + " or prot 1"
        #expect { try CaptureFilter(expression) } throws: { error in
            (error as? FilterError)?.position == nil && "\(error)".utf8.count < 1_000
        }
    }

    /// The same words on frames that begin with something else; where they say nothing of those, that is counted.
    @Test func otherLinkTypesHaveProgramsOfTheirOwn() throws {
        let packet = FrameStack.build([
            IPv4Layer(source: IPv4Address(value: 1), destination: IPv4Address(value: 2)), UDPLayer(sourcePort: 1, destinationPort: 9)
        ])
        let frame = CapturedFrame(timestampNanoseconds: 0, bytes: packet)
        let udp = try FrameMatcher("udp port 9")
        #expect(udp.matches(frame, linkType: .rawIP) && !udp.matches(frame) && udp.incomparable == 0)
        let ethernet = try FrameMatcher("ether host 02:00:00:00:00:01")
        #expect(!ethernet.matches(frame, linkType: .rawIP) && ethernet.incomparable == 1)
        #expect(LinkType.rawIP.name == "RAW" && LinkType.ethernet.name == "EN10MB" && LinkType(rawValue: 60_000).name == "60000")
    }
}
