import Kernel

/// The body of `failed`.
struct ControlFailure: Codable {
    let sentence: String

    /// No sentence of ours is longer, by far.
    private static let longest = 2_000

    static func message(_ sentence: String, serial: UInt32) -> ControlMessage {
        let failure = ControlFailure(sentence: String(sentence.prefix(longest)))
        return (try? ControlMessage(.failed, serial: serial, encoding: failure)) ?? ControlMessage(.failed, serial: serial)
    }

    /// Fit for a terminal: it is another host's.
    static func sentence(in message: ControlMessage) -> String {
        guard let failure: ControlFailure = try? message.decoded(), !failure.sentence.isEmpty else { return "it didn't say why" }
        return String(failure.sentence.prefix(longest)).visible
    }
}
