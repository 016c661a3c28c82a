import Frames

/// What the links shall be like; nil leaves a setting as it is.
public struct LinkSettings: Equatable, Sendable {
    public var mtuBytes: Int?
    public var channels: LinkChannels?
    public var transmitAddress: MACAddress?
    public var receiveAddress: MACAddress?
    /// By ethtool name.
    public var transmitFeatures: [String: Bool] = [:]
    public var receiveFeatures: [String: Bool] = [:]

    public init() {}

    func end(named name: String, address: MACAddress) -> VethEnd {
        VethEnd(
            name: name, mtuBytes: mtuBytes ?? 1500, transmitQueues: channels?.transmit ?? 1,
            receiveQueues: channels?.receive ?? 1, address: address)
    }
}
