/// A way to transmit and a way to receive, by the words of the command line.
public struct EnginePair: Hashable, Sendable, CustomStringConvertible {
    public var engine: String
    public var receiver: String

    public init(_ engine: String, _ receiver: String) {
        self.engine = engine
        self.receiver = receiver
    }

    public var description: String { "\(engine) → \(receiver)" }

    /// Every engine and every receiver, each at least once with `ring` on the other side, and live frames with all.
    public static let all = [
        EnginePair("ring", "ring"), EnginePair("gso", "ring"), EnginePair("mmsg", "ring"), EnginePair("af-xdp", "ring"),
        EnginePair("xdp", "ring"), EnginePair("ring", "xdp"), EnginePair("ring", "af-xdp"), EnginePair("xdp", "xdp"),
        EnginePair("xdp", "af-xdp")
    ]

    /// Those whose receiver is a packet socket, with a kernel's timestamp on each frame.
    public static let toSockets = all.filter { $0.receiver == "ring" }
    /// Whose frames pass the sending end's queueing discipline, if they may, and come back into their slot where the link drops them.
    public static let fromSockets = all.filter { ["ring", "gso", "mmsg"].contains($0.engine) }
    /// Whose frames go straight to the driver, and are gone where it drops them.
    public static let fromDrivers = all.filter { ["af-xdp", "xdp"].contains($0.engine) }
}
