/// What rank 0 tells who is to meet: the body of `meet`.
public struct MeshOrder: Codable, Equatable, Sendable {
    public var round: Int
    public var sender: Int
    public var receiver: Int
    /// Where the receiver listens: for the sender only, nil for the receiver itself.
    public var address: String?
    /// The same for all ranks of a mesh, and another one for each mesh: with the sender's rank it tells its frames from others'.
    public var mesh: UInt16
    /// How many meetings the sender has led before: frames of those are stale in this one.
    public var turn: Int
}

/// Where a receiver listens: the body of `listening`.
struct MeshPlace: Codable {
    let address: String
}

extension ControlMessage {
    /// - Parameter sentence: why a meeting ended before its time.
    public static func missed(_ sentence: String, serial: UInt32) -> ControlMessage {
        ControlFailure.message(sentence, serial: serial, as: .missed)
    }

    /// - Parameter sentence: why this rank leaves.
    public static func left(_ sentence: String) -> ControlMessage { ControlFailure.message(sentence, serial: 0) }

    /// - Throws: `ControlError.unreadable`.
    public static func listening(at address: ControlAddress, serial: UInt32) throws(ControlError) -> ControlMessage {
        try ControlMessage(.listening, serial: serial, encoding: MeshPlace(address: "\(address)"))
    }
}
