/// Active queues in each direction (`ethtool -L`).
public struct LinkChannels: Equatable, Sendable {
    public var transmit: Int
    public var receive: Int

    public init(transmit: Int, receive: Int) {
        self.transmit = transmit
        self.receive = receive
    }
}
