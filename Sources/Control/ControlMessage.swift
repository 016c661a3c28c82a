import FoundationEssentials

/// What one rank says to the other.
public enum ControlVerb: UInt8, CaseIterable, Sendable {
    /// Who this is: the first word of both.
    case hello = 1
    /// Rank 0: make ready for a trial.
    case prepare
    /// Rank 1: everybody who counts is listening.
    case ready
    /// Rank 0: a phase begins; frames of its epoch and key count from now on.
    case open
    /// Rank 1: what came so far.
    case counts
    /// Rank 0: no more frames leave in this phase.
    case stop
    /// Rank 1: what was on the way has come, or won't.
    case drained
    /// Rank 0 asks for all that was counted, with an empty body; rank 1 tells it.
    case outcome
    /// Rank 0: there are no more trials.
    case finished
    /// Either: this end can't go on, and why.
    case failed
    /// Either: what time is it there? Channels answer by themselves.
    case clockAsk
    case clockAnswer
    /// Either: still here.
    case beat
    /// Of a mesh, whose words have a meeting's number in place of a trial's. Rank 0: this meeting is held now, and who is in it.
    case meet
    /// Who receives: it listens for the sender, and where.
    case listening
    /// Either of a meeting: it was held to its end; the sender's has the result.
    case held
    /// Either of a meeting: it ended before its time, and why.
    case missed
    /// Rank 0: the meeting is no more, for the other is lost or nobody waits for it any longer.
    case abandon

    /// Whether channels keep it to themselves.
    public var isOfTheChannel: Bool { self == .hello || self == .clockAsk || self == .clockAnswer || self == .beat }
}

/// A verb, what it is about, and what its user has to say.
public struct ControlMessage: Equatable, Sendable {
    public var verb: ControlVerb
    /// Which trial; counts from 1, and 0 is none.
    public var serial: UInt32
    /// JSON of whoever uses the verb, or nothing.
    public var body: [UInt8]

    public init(_ verb: ControlVerb, serial: UInt32 = 0, body: [UInt8] = []) {
        (self.verb, self.serial, self.body) = (verb, serial, body)
    }

    /// With a value as its body.
    ///
    /// - Throws: `ControlError.unreadable` for what JSON can't hold, such as a NaN.
    public init(_ verb: ControlVerb, serial: UInt32 = 0, encoding value: some Encodable) throws(ControlError) {
        self.init(verb, serial: serial, body: try ControlBody.encode(value, of: verb))
    }

    /// The body as a value.
    ///
    /// - Throws: `ControlError.unreadable`.
    public func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws(ControlError) -> Value {
        try ControlBody.decode(body, of: verb)
    }
}

/// Values as bodies of messages: JSON.
public enum ControlBody {
    /// - Throws: `ControlError.unreadable` for what JSON can't hold, such as a NaN.
    public static func encode(_ value: some Encodable, of verb: ControlVerb) throws(ControlError) -> [UInt8] {
        do { return [UInt8](try JSONEncoder().encode(value)) } catch { throw .unreadable(verb, "\(error)") }
    }

    /// - Throws: `ControlError.unreadable`.
    public static func decode<Value: Decodable>(_ body: [UInt8], of verb: ControlVerb) throws(ControlError) -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(body)) } catch { throw .unreadable(verb, "\(error)") }
    }
}
