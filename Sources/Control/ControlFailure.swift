import Kernel

/// The body of `failed` and `missed`.
struct ControlFailure: Codable {
    let sentence: String

    /// No sentence of ours is longer, by far.
    private static let longest = 2_000

    /// - Parameter verb: `failed`, or `missed` of a meeting.
    static func message(_ sentence: String, serial: UInt32, as verb: ControlVerb = .failed) -> ControlMessage {
        let failure = ControlFailure(sentence: String(sentence.prefix(longest)))
        return (try? ControlMessage(verb, serial: serial, encoding: failure)) ?? ControlMessage(verb, serial: serial)
    }

    /// Fit for a terminal: it is another host's.
    static func sentence(in message: ControlMessage) -> String {
        guard let failure: ControlFailure = try? message.decoded(), !failure.sentence.isEmpty else { return "it didn't say why" }
        return String(failure.sentence.prefix(longest)).visible
    }
}
