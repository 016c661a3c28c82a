import Kernel
import TestSupport
import Testing

@testable import Control

@Suite struct ControlWireTests {
    private static let hellos = (0..<2).map { ControlHello(rank: $0, ranks: 2, version: "1", host: "h\($0)", bootID: "b\($0)") }

    private func wire(_ role: ControlWire.Role, secret: String = "0123456789abcdef", nonce: UInt8) throws -> ControlWire {
        ControlWire(
            role: role, secret: try ControlSecret(secret), hello: Self.hellos[Int(role.rawValue)],
            nonce: [UInt8](repeating: nonce, count: ControlWire.nonceBytes))
    }

    /// Two ends that have met.
    private func met() throws -> (ControlWire, ControlWire) {
        var (listener, connector) = (try wire(.listener, nonce: 1), try wire(.connector, nonce: 2))
        let (greeting, answer) = (listener.hear(connector.preamble).reply, connector.hear(listener.preamble).reply)
        #expect(connector.hear(greeting).events == [.met(Self.hellos[0])])
        #expect(listener.hear(answer).events == [.met(Self.hellos[1])])
        return (listener, connector)
    }

    private func randomMessage(_ generator: inout SeededGenerator) -> ControlMessage {
        let count = Int(generator.nextOfAnyLength(bits: 12))
        return ControlMessage(
            ControlVerb.allCases.filter { $0 != .hello }.randomElement(using: &generator)!,
            serial: UInt32(truncatingIfNeeded: generator.next()),
            body: (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Both ways, in pieces of any size.
    @Test func messagesComeAsTheyWereSentHoweverTheyAreCut() throws {
        var generator = SeededGenerator()
        for _ in 0..<50 {
            var (listener, connector) = try met()
            let sent = (0..<Int.random(in: 1...8, using: &generator)).map { _ in randomMessage(&generator) }
            for fromListener in [true, false] {
                var bytes = sent.flatMap { fromListener ? listener.bytes(of: $0) : connector.bytes(of: $0) }
                var heard: [ControlWire.Event] = []
                while !bytes.isEmpty {
                    let piece = bytes.prefix(Int.random(in: 1...700, using: &generator))
                    heard += fromListener ? connector.hear(piece).events : listener.hear(piece).events
                    bytes.removeFirst(piece.count)
                }
                #expect(heard == sent.map { .message($0) })
            }
        }
    }

    /// Every single bit of a row of frames.
    @Test func noBitCanBeChanged() throws {
        let (listener, connector) = try met()
        var sender = connector
        let bytes = sender.bytes(of: ControlMessage(.counts, serial: 7, body: [1, 2, 3])) + sender.bytes(of: ControlMessage(.beat))
        for bit in 0..<bytes.count * 8 {
            var (changed, receiver) = (bytes, listener)
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let events = receiver.hear(changed).events
            let isWhole = events.contains(.message(ControlMessage(.counts, serial: 7, body: [1, 2, 3])))
            let isFirst = bit < (4 + 5 + 3 + 32) * 8
            #expect(!isFirst || !isWhole, "bit \(bit)")
            // A length that grew waits for what never comes; all else is told.
            let isLength = bit % ((4 + 5 + 3 + 32) * 8) < 32
            #expect(isLength || events.last == .refused(.forged), "bit \(bit)")
        }
    }

    @Test func framesCantBeRepeatedLeftOutMovedOrSentBack() throws {
        let (listener, connector) = try met()
        var sender = connector
        let one = sender.bytes(of: ControlMessage(.open, serial: 1))
        let two = sender.bytes(of: ControlMessage(.stop, serial: 1))
        var receiver = listener
        #expect(receiver.hear(one + one).events == [.message(ControlMessage(.open, serial: 1)), .refused(.forged)])
        receiver = listener
        #expect(receiver.hear(two).events == [.refused(.forged)])
        receiver = listener
        #expect(receiver.hear(two + one).events == [.refused(.forged)])
        #expect(sender.hear(one).events == [.refused(.forged)])
        // What is refused stays so.
        #expect(receiver.hear(one).events.isEmpty)
        // A frame of another connection.
        var other = try wire(.connector, nonce: 9)
        var third = try wire(.listener, nonce: 1)
        _ = third.hear(other.preamble)
        _ = third.hear(other.hear(third.preamble).reply)
        #expect(third.hear(one).events == [.refused(.forged)])
    }

    @Test func anotherSecretIsToldByBothEnds() throws {
        var (listener, connector) = (try wire(.listener, nonce: 1), try wire(.connector, secret: "fedcba9876543210", nonce: 2))
        let (greeting, answer) = (listener.hear(connector.preamble).reply, connector.hear(listener.preamble).reply)
        #expect(connector.hear(greeting).events == [.refused(.otherSecret)])
        #expect(listener.hear(answer).events == [.refused(.otherSecret)])
    }

    /// Who knows no secret can send back what we say; it isn't taken for a peer.
    @Test func anEchoIsNobody() throws {
        var listener = try wire(.listener, nonce: 1)
        #expect(listener.hear(listener.preamble).events == [.refused(.foreign)])
        // With a nonce of its own, and our hello.
        listener = try wire(.listener, nonce: 1)
        let greeting = listener.hear(try wire(.connector, nonce: 3).preamble).reply
        #expect(listener.hear(greeting).events == [.refused(.otherSecret)])
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "vethctrX", "x"])
    func strangersAreSentAway(_ words: String) throws {
        var listener = try wire(.listener, nonce: 1)
        #expect(listener.hear(Array(words.utf8)).events == [.refused(.foreign)])
    }

    /// Before the secret was shown, nobody makes us keep more than a hello.
    @Test func lengthsAreBounded() throws {
        var listener = try wire(.listener, nonce: 1)
        _ = listener.hear(try wire(.connector, nonce: 2).preamble)
        #expect(listener.hear(ControlWire.bigEndian(UInt32(ControlWire.mostHelloBytes + 1))).events == [.refused(.foreign)])
        var (met, _) = try met()
        #expect(
            met.hear(ControlWire.bigEndian(UInt32(ControlWire.mostBytes + 1))).events == [
                .refused(.tooLarge(bytes: ControlWire.mostBytes + 1))
            ])
        (met, _) = try self.met()
        #expect(met.hear(ControlWire.bigEndian(UInt32(3))).events == [.refused(.forged)])
    }

    @Test func anyBytesAtAllAreTakenOrRefused() throws {
        var generator = SeededGenerator()
        for _ in 0..<2_000 {
            var (listener, connector) = try met()
            var bytes = Bool.random(using: &generator) ? connector.bytes(of: randomMessage(&generator)) : []
            bytes += (0..<Int(generator.nextOfAnyLength(bits: 9))).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let events = listener.hear(bytes).events
            #expect(events.count <= 2)
            #expect(events.dropFirst(1).allSatisfy { if case .refused = $0 { true } else { false } })
        }
    }

    /// One frame, its second, as Python's hmac and hashlib make it from what the documentation says.
    @Test func aFrameIsWhatItsDescriptionSays() throws {
        var (_, connector) = try met()
        let bytes = connector.bytes(of: ControlMessage(.open, serial: 3, body: Array(#"{"epoch":9}"#.utf8)))
        #expect(
            bytes.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
                == "0000003004000000037b2265706f6368223a397dfc80dfb924ef25db0cda861d5169b0764c40ee08c0c5812ce644ba0cda4803e2")
    }

    @Test func bodiesAreJSON() throws {
        struct Ask: Codable, Equatable { var epoch: UInt8 }
        let message = try ControlMessage(.open, serial: 3, encoding: Ask(epoch: 9))
        #expect(message.body == Array(#"{"epoch":9}"#.utf8))
        #expect(try message.decoded() == Ask(epoch: 9))
        #expect(throws: ControlError.self) { let _: Ask = try ControlMessage(.open, body: Array("{".utf8)).decoded() }
        #expect(throws: ControlError.self) { try ControlMessage(.open, encoding: [Double.nan]) }
    }

    @Test func secretsAreThereAndLongEnough() throws {
        #expect(throws: ControlError.noSecret) { try ControlSecret { _ in nil } }
        #expect(throws: ControlError.noSecret) { try ControlSecret { _ in "" } }
        #expect(throws: ControlError.shortSecret(characters: 15)) { try ControlSecret { _ in "0123456789abcde" } }
        _ = try ControlSecret { $0 == "VETHMARK_SECRET" ? "0123456789abcdef" : nil }
    }

    @Test(arguments: [
        ("node1", ControlAddress.tcp(host: "node1", port: 7667)), ("node1:80", .tcp(host: "node1", port: 80)),
        ("10.0.0.1:0", .tcp(host: "10.0.0.1", port: 0)), ("[::1]:5", .tcp(host: "::1", port: 5)),
        ("[fe80::1%eth0]", .tcp(host: "fe80::1%eth0", port: 7667)),
        ("unix:/run/a.sock", .unix(path: "/run/a.sock"))
    ])
    func addressesAreRead(_ text: String, _ address: ControlAddress) throws { #expect(try ControlAddress(text) == address) }

    @Test(arguments: [
        "", ":1", "a:", "a:b", "a:+1", "a:65536", "::1", "[::1", "[a]:1", "[::1]x", "a b:1", "unix:a",
        "unix:/" + String(repeating: "a", count: 107)
    ])
    func otherAddressesAreRefused(_ text: String) { #expect(throws: ControlError.badAddress(text)) { try ControlAddress(text) } }

    @Test func ranksOfOneRunMeetAndNoOthers() throws {
        let one = Self.hellos[0]
        try one.meet(Self.hellos[1])
        var others = [ControlHello](repeating: Self.hellos[1], count: 5)
        others[0].rank = 0
        others[1].rank = 2
        others[2].ranks = 3
        others[3].version = "2"
        others[4].protocol = 2
        for other in others { #expect(throws: ControlError.self) { try one.meet(other) } }
        #expect(!one.sharesClock(with: Self.hellos[1]) && one.sharesClock(with: one))
    }
}
