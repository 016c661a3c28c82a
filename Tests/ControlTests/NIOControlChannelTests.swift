import Foundation
import Kernel
import TestSupport
import Testing

@testable import Control

/// Two ends in this process, over a Unix socket in a folder of the test's own or TCP of the loopback.
@Suite(.serialized) struct NIOControlChannelTests {
    private static let secret = "a secret of sixteen letters"
    private static let quick = ControlTiming(
        beatNanoseconds: 50_000_000, beatsUntilLost: 6, helloNanoseconds: 500_000_000, retryNanoseconds: 20_000_000)

    private func hello(_ rank: Int, of ranks: Int = 2) -> ControlHello { ControlHello(rank: rank, ranks: ranks, version: "1") }
    private func soon(_ seconds: Double = 10) -> UInt64 { Clock.monotonicNanoseconds + UInt64(seconds * 1e9) }

    private func withSocketPath<Output>(_ body: (ControlAddress) throws -> Output) throws -> Output {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("control-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(.unix(path: folder.appendingPathComponent("s").path))
    }

    private func listener(_ address: ControlAddress, ranks: Int = 2, secret: String = secret, clock: ControlClock? = nil) throws
        -> ControlListener
    {
        try ControlListener(
            at: address, secret: try ControlSecret(secret), hello: hello(0, of: ranks), timing: Self.quick, clock: clock)
    }

    private func connect(_ address: ControlAddress, rank: Int = 1, ranks: Int = 2, secret: String = secret, seconds: Double = 5) throws
        -> NIOControlChannel
    {
        try NIOControlChannel.connect(
            to: address, secret: try ControlSecret(secret), hello: hello(rank, of: ranks), untilMonotonic: soon(seconds), timing: Self.quick
        )
    }

    private func withPair(
        _ address: ControlAddress, clock: ControlClock? = nil, _ body: (NIOControlChannel, NIOControlChannel) throws -> Void
    ) throws {
        let listener = try listener(address, clock: clock)
        defer { listener.close() }
        let far = try connect(listener.address)
        let near = try listener.accept(untilMonotonic: soon())
        defer {
            near.close()
            far.close()
        }
        try body(near, far)
    }

    @Test func wordsGoBothWays() throws { try withSocketPath { try wordsGoBothWays($0) } }

    @Test(.enabled(if: KernelAccess.isGranted), arguments: ["127.0.0.1:0", "[::1]:0", "localhost:0"])
    func wordsGoBothWaysOverTCP(_ text: String) throws {
        let namespace = try NetworkNamespace.makePrivate(name: "control")
        try namespace.perform {
            try RawSocket.raiseLoopback()
            try wordsGoBothWays(try ControlAddress(text))
        }
    }

    private func wordsGoBothWays(_ address: ControlAddress) throws {
        try withPair(address) { near, far in
            #expect(near.peer.rank == 1 && far.peer.rank == 0)
            #expect(near.peer.sharesClock(with: far.peer))
            for serial in 0..<200 as Range<UInt32> {
                try near.send(ControlMessage(.open, serial: serial, body: [UInt8](repeating: 7, count: Int(serial) * 100)))
                try far.send(ControlMessage(.counts, serial: serial))
            }
            for serial in 0..<200 as Range<UInt32> {
                let message = try #require(try far.next(untilMonotonic: soon()))
                #expect(message.serial == serial && message.body.count == Int(serial) * 100)
                #expect(try near.next(untilMonotonic: soon()) == ControlMessage(.counts, serial: serial))
            }
            #expect(try near.next(untilMonotonic: soon(0.01)) == nil)
        }
    }

    /// Silence on both sides for several times what a peer may be silent: heartbeats keep it.
    @Test func nobodyIsLostWhoHasNothingToSay() throws {
        try withSocketPath { path in
            try withPair(path) { near, far in
                #expect(try near.next(untilMonotonic: soon(1)) == nil)
                try far.send(ControlMessage(.counts))
                #expect(try near.next(untilMonotonic: soon()) == ControlMessage(.counts))
            }
        }
    }

    /// All that was sent arrives, then the end.
    @Test func aClosedEndIsLostAfterItsLastWord() throws {
        try withSocketPath { path in
            try withPair(path) { near, far in
                let large = ControlMessage(.outcome, serial: 1, body: [UInt8](repeating: 1, count: 8 << 20))
                try near.send(large)
                near.close()
                #expect(try far.next(untilMonotonic: soon()) == large)
                #expect(throws: ControlError.lost(peer: far.peer.name, .closed)) { _ = try far.next(untilMonotonic: soon()) }
                #expect(throws: ControlError.lost(peer: far.peer.name, .closed)) { try far.send(ControlMessage(.counts)) }
                #expect(throws: ControlError.closed) { try near.send(ControlMessage(.counts)) }
            }
        }
    }

    /// A peer of the test's own that has met us, and our end of it.
    private func withRawPeer(_ path: ControlAddress, _ body: (RawSocket, inout ControlWire, NIOControlChannel) throws -> Void) throws {
        let listener = try listener(path)
        defer { listener.close() }
        guard case .unix(let name) = path else { return }
        let socket = try RawSocket(path: name)
        var wire = ControlWire(role: .connector, secret: try ControlSecret(Self.secret), hello: hello(1))
        try socket.write(wire.preamble)
        var hasMet = false
        while !hasMet {
            let bytes = try socket.read()
            try #require(!bytes.isEmpty)
            let (events, reply) = wire.hear(bytes)
            if !reply.isEmpty { try socket.write(reply) }
            hasMet = events.contains { if case .met = $0 { true } else { false } }
        }
        let near = try listener.accept(untilMonotonic: soon())
        defer { near.close() }
        try body(socket, &wire, near)
    }

    /// As silent as one whose cable was pulled.
    @Test func aSilentEndIsLost() throws {
        try withSocketPath { path in
            try withRawPeer(path) { _, _, near in
                let begin = Clock.monotonicNanoseconds
                #expect(throws: ControlError.lost(peer: near.peer.name, .silent(milliseconds: 300))) {
                    _ = try near.next(untilMonotonic: soon())
                }
                #expect(Clock.monotonicNanoseconds - begin < 5_000_000_000)
            }
        }
    }

    /// What came before counts, and nothing behind it.
    @Test func aForgedWordIsTheEnd() throws {
        try withSocketPath { path in
            try withRawPeer(path) { socket, wire, near in
                let (true1, true2) = (
                    wire.bytes(of: ControlMessage(.counts, serial: 1)), wire.bytes(of: ControlMessage(.counts, serial: 2))
                )
                try socket.write(true1 + true1 + true2)
                #expect(try near.next(untilMonotonic: soon()) == ControlMessage(.counts, serial: 1))
                #expect(throws: ControlError.lost(peer: near.peer.name, .forged)) { _ = try near.next(untilMonotonic: soon()) }
                #expect(throws: ControlError.lost(peer: near.peer.name, .forged)) { try near.send(ControlMessage(.stop)) }
            }
        }
    }

    /// Nobody makes us keep more than anybody has to say.
    @Test func anInboxHasAnEnd() {
        let inbox = ControlInbox()
        let large = ControlMessage(.counts, body: [UInt8](repeating: 0, count: ControlInbox.mostBytes / 4))
        for _ in 0..<4 { #expect(inbox.put(large)) }
        #expect(!inbox.put(ControlMessage(.counts, body: [0])) && inbox.put(ControlMessage(.counts)))
        let other = ControlInbox()
        for _ in 0..<ControlInbox.mostMessages { _ = other.put(ControlMessage(.counts)) }
        #expect(!other.put(ControlMessage(.counts)))
    }

    @Test func strangersDontKeepARankAway() throws {
        try withSocketPath { path in
            let listener = try listener(path)
            defer { listener.close() }
            guard case .unix(let name) = path else { return }
            let sockets = try (0..<5).map { _ in try RawSocket(path: name) }
            try sockets[0].write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(throws: ControlError.otherSecret(path)) { _ = try connect(path, secret: "another one of sixteen letters") }
            let far = try connect(path)
            let near = try listener.accept(untilMonotonic: soon())
            #expect(near.peer.rank == 1)
            near.close()
            far.close()
            withExtendedLifetime(sockets) {}
        }
    }

    @Test func whoWaitsInVainIsToldWhy() throws {
        try withSocketPath { path in
            let listener = try listener(path)
            #expect(throws: ControlError.nobodyCame(path, seconds: 0)) { _ = try listener.accept(untilMonotonic: soon(0.1)) }
            #expect(throws: ControlError.otherSecret(path)) { _ = try connect(path, secret: "another one of sixteen letters") }
            #expect(throws: ControlError.otherSecret(path)) { _ = try listener.accept(untilMonotonic: soon(0.3)) }
            #expect(throws: ControlError.self) { _ = try connect(path, rank: 0) }
            #expect(throws: ControlError.strangers("both ends say that they are rank 0")) {
                _ = try listener.accept(untilMonotonic: soon(1))
            }
            listener.close()
            guard case .failure(let error) = Result(catching: { try connect(path, seconds: 0.2) }) else { throw ControlError.closed }
            guard case .nobodyThere(path, 0, _)? = error as? ControlError else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(throws: ControlError.self) { _ = try listener(.unix(path: "/nowhere/at/all")) }
        #expect(throws: ControlError.self) { _ = try listener(.tcp(host: "no.such.name.invalid", port: 0)) }
    }

    /// A byte now and then is not a hello: its place is free again after the time for one.
    @Test func whoDribblesIsSentAway() throws {
        try withSocketPath { path in
            let listener = try listener(path)
            defer { listener.close() }
            guard case .unix(let name) = path else { return }
            let socket = try RawSocket(path: name)
            let preamble = ControlWire(role: .connector, secret: try ControlSecret(Self.secret), hello: hello(1)).preamble
            #expect(throws: SystemError.self) {
                for byte in preamble.dropLast() {
                    try socket.write([byte])
                    Clock.sleep(nanoseconds: 40_000_000)
                }
            }
        }
    }

    /// Two that say they are the same: the first stays, and nobody is left in doubt.
    @Test func aRankComesOnce() throws {
        try withSocketPath { path in
            let listener = try listener(path, ranks: 3)
            defer { listener.close() }
            let first = try connect(path, ranks: 3)
            let near = try listener.accept(untilMonotonic: soon())
            let second = try connect(path, ranks: 3)
            #expect(throws: ControlError.lost(peer: second.peer.name, .closed)) { _ = try second.next(untilMonotonic: soon()) }
            #expect(throws: ControlError.strangers("two came that say they are rank 1")) { _ = try listener.accept(untilMonotonic: soon()) }
            try first.send(ControlMessage(.counts))
            #expect(try near.next(untilMonotonic: soon()) == ControlMessage(.counts))
            for channel in [first, near, second] { channel.close() }
        }
    }

    /// A rank that comes before rank 0 listens waits for it.
    @Test func whoComesFirstWaits() throws {
        try withSocketPath { path in
            let early = try WorkerThread(name: "early") { try connect(path) }
            Clock.sleep(nanoseconds: 100_000_000)
            let listener = try listener(path)
            defer { listener.close() }
            let near = try listener.accept(untilMonotonic: soon())
            let far = try early.join().get()
            try far.send(ControlMessage(.ready, serial: 1))
            #expect(try near.next(untilMonotonic: soon()) == ControlMessage(.ready, serial: 1))
            near.close()
            far.close()
        }
    }

    @Test func manyRanksComeToOneAddress() throws {
        try withSocketPath { path in
            let listener = try listener(path, ranks: 8)
            defer { listener.close() }
            let far = try (1..<8).map { try connect(path, rank: $0, ranks: 8) }
            let near = try (1..<8).map { _ in try listener.accept(untilMonotonic: soon()) }
            #expect(Set(near.map(\.peer.rank)) == Set(1..<8))
            for channel in near + far { channel.close() }
        }
    }

    /// The other's clock is 3 s ahead: the exchange says so within half its round trip, while other messages wait.
    @Test func theOthersTimeIsAskedFor() throws {
        let ahead: Int64 = 3_000_000_000
        try withSocketPath { path in
            try withPair(path, clock: { Int64(Clock.realtimeNanoseconds) + ahead }) { near, far in
                try near.send(ControlMessage(.counts, serial: 5))
                let exchange = try #require(try far.askClock(untilMonotonic: soon()))
                let offset =
                    (exchange.heardNanoseconds - exchange.sentNanoseconds + exchange.answeredNanoseconds - exchange.returnedNanoseconds) / 2
                let roundTrip =
                    exchange.returnedNanoseconds - exchange.sentNanoseconds - (exchange.answeredNanoseconds - exchange.heardNanoseconds)
                #expect(roundTrip > 0 && abs(offset - ahead) <= roundTrip / 2 + 1)
                #expect(try far.next(untilMonotonic: soon()) == ControlMessage(.counts, serial: 5))
                far.close()
                #expect(throws: ControlError.closed) { _ = try far.askClock(untilMonotonic: soon()) }
            }
        }
    }
}
