@testable import Control
@testable import Engines
import Results

/// A control connection: a stranger's bytes, and then what somebody says who has the secret.
///
/// The input's first byte says how the bytes are cut. Behind it stands what a stranger sends; behind a preamble of ours and a right hello (`FuzzControl.greeting`)
/// that is one who has met us. The same bytes once more are a row of words, each a verb, a serial, two bytes of length and a body, which are signed as their
/// sender would: no fuzzer finds a code by itself.
public func fuzzControl(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = input.dropFirst()
    FuzzControl.hear(bytes, inPieces: Int(first) + 1)
    FuzzControl.hear(FuzzControl.greeting + bytes, inPieces: Int(first) + 1)
    FuzzControl.converse(FuzzControl.words(bytes))
}

public enum FuzzControl {
    private static let hellos = (0..<2).map { ControlHello(rank: $0, ranks: 2, version: "1", host: "h\($0)", bootID: "b\($0)") }

    /// An end whose every byte is known.
    private static func wire(_ role: ControlWire.Role) -> ControlWire {
        guard let secret = try? ControlSecret("0123456789abcdef") else { preconditionFailure("a secret that is long enough is refused") }
        return ControlWire(
            role: role, secret: secret, hello: hellos[Int(role.rawValue)],
            nonce: [UInt8](repeating: role.rawValue + 1, count: ControlWire.nonceBytes))
    }

    /// What the connector sends, up to its hello.
    static let greeting: [UInt8] = {
        var connector = wire(.connector)
        return connector.preamble + connector.hear(wire(.listener).preamble).reply
    }()

    /// However they are cut, the same is heard; behind a refusal, nothing.
    static func hear(_ bytes: some Sequence<UInt8>, inPieces size: Int) {
        let whole = Array(bytes)
        var (atOnce, piecewise) = (wire(.listener), wire(.listener))
        let expected = atOnce.hear(whole).events
        var events: [ControlWire.Event] = []
        for start in stride(from: 0, to: whole.count, by: size) {
            events += piecewise.hear(whole[start..<min(start + size, whole.count)]).events
        }
        precondition(events == expected, "what is heard depends on how it is cut")
        let refusals = events.indices.filter { if case .refused = events[$0] { true } else { false } }
        precondition(refusals.isEmpty || refusals == [events.count - 1], "something is heard behind a refusal")
    }

    // MARK: words

    /// A row of words as `words` reads it: what the corpus is made of.
    public static func script(_ words: [(verb: UInt8, serial: UInt8, body: [UInt8])]) -> [UInt8] {
        [31]
            + words.flatMap { word in
                [word.verb, word.serial, UInt8(truncatingIfNeeded: word.body.count >> 8), UInt8(truncatingIfNeeded: word.body.count)]
                    + word.body
            }
    }

    static func words(_ bytes: ArraySlice<UInt8>) -> [ControlMessage] {
        var (rest, messages) = (bytes, [ControlMessage]())
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
            let body = rest.prefix(Int(head[2]) << 8 | Int(head[3]))
            rest = rest.dropFirst(body.count)
            guard let verb = ControlVerb(rawValue: head[0]) else { continue }
            messages.append(ControlMessage(verb, serial: UInt32(head[1]), body: Array(body)))
        }
        return messages
    }

    /// Each word over the wire, into both halves of a conversation, and read as what it should be.
    static func converse(_ messages: [ControlMessage]) {
        var (listener, connector) = (wire(.listener), wire(.connector))
        let (greeting, answer) = (listener.hear(connector.preamble).reply, connector.hear(listener.preamble).reply)
        _ = (connector.hear(greeting), listener.hear(answer))
        var lead = LeadConversation(peer: "rank 1")
        var follow = FollowConversation(peer: "rank 0", nowNanoseconds: 0)
        var mesh = MeshSchedule(.pairs, ranks: 4).map { MeshConductor($0, mesh: 0, limitNanoseconds: 1 << 40) }
        _ = mesh?.begin(nowNanoseconds: 0)
        for (index, message) in messages.enumerated() {
            read(message)
            let now = UInt64(index) << 32
            // Words of ours between those of the other, so that its answers find somebody who waits.
            for action in lead.handle(ours(lead.phase), nowNanoseconds: now) + lead.handle(.heard(message), nowNanoseconds: now) {
                look(action)
            }
            for action in mesh?.handle(.heard(message, from: index % 4), nowNanoseconds: now) ?? [] { look(action) }
            for action in follow.handle(.heard(message), nowNanoseconds: now) { look(action) }
            if let answer = answered(follow.phase) { _ = follow.handle(answer, nowNanoseconds: now) }
            let heard = listener.hear(connector.bytes(of: message)).events
            precondition(
                heard == (message.verb == .hello ? [.refused(.forged)] : [.message(message)]), "a word came otherwise than it was sent")
            // Refused once, refused for good.
            if message.verb == .hello { return }
        }
    }

    private static func ours(_ phase: ControlPhase) -> LeadConversation.Event {
        switch phase {
        case .idle: .prepare([])
        case .ready: .open([])
        case .open: .stop([])
        default: .time
        }
    }

    private static func answered(_ phase: ControlPhase) -> FollowConversation.Event? {
        switch phase {
        case .preparing: .ready([])
        case .draining: .drained([])
        case .settling: .outcome([])
        default: nil
        }
    }

    /// What is told to people is one line.
    private static func look(_ action: ConversationAction) {
        guard case .end(let error?) = action else { return }
        precondition(!error.description.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }, "an error moves the cursor")
    }

    private static func look(_ action: MeshConductor.Action) {
        guard case .settled(let outcome) = action, let missed = outcome.missed else { return }
        precondition(!missed.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }, "a missed meeting's reason moves the cursor")
    }

    // MARK: bodies

    /// As whoever hears a word reads it.
    private static func read(_ message: ControlMessage) {
        switch message.verb {
        case .hello:
            guard let hello: ControlHello = try? message.decoded() else { return }
            precondition(!hello.name.contains("\n"), "a name is more than one line")
            try? hellos[0].meet(hello)
        case .prepare: again(message, RemoteOrder.self)
        case .ready: again(message, ReceiverReady.self)
        case .open: again(message, PhaseOpening.self)
        case .stop, .drained: again(message, PhaseEnding.self)
        case .counts: again(message, CountsSoFar.self)
        case .outcome: again(message, ReceiverOutcome.self)
        case .meet: again(message, MeshOrder.self)
        case .listening: again(message, MeshPlace.self)
        case .held: again(message, RunResult.self)
        case .failed, .missed: precondition(!ControlFailure.sentence(in: message).isEmpty, "a failure without a sentence")
        case .finished, .clockAsk, .clockAnswer, .beat, .abandon: break
        }
    }

    /// What was read is written, and read again.
    private static func again<Body: Codable>(_ message: ControlMessage, _ type: Body.Type) {
        guard let body = try? message.decoded(type) else { return }
        guard let written = try? ControlMessage(message.verb, encoding: body) else {
            preconditionFailure("\(type) was read and can't be written")
        }
        precondition((try? written.decoded(type)) != nil, "\(type) is written otherwise than it is read")
    }
}
