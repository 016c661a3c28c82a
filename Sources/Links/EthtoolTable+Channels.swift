import CLinux
import Kernel

extension EthtoolTable {
    /// Active queues, and how many there may be (ETHTOOL_MSG_CHANNELS_GET).
    ///
    /// - Throws: `LinkError.ethtool`: EOPNOTSUPP where a driver has none.
    public func channelCounts(of link: Link) throws -> LinkChannelCounts { try channelCounts(of: EthtoolSubject(link)) }

    func channelCounts(of link: EthtoolSubject) throws -> LinkChannelCounts {
        let answers = try exchange(request(Int(ETHTOOL_MSG_CHANNELS_GET), link), "read the channels", link)
        let answer = answers.first.map(Self.attributes)
        func count(_ type: Int) -> Int? { answer?.integer(UInt16(type), as: UInt32.self).map { Int($0) } }
        return LinkChannelCounts(
            receive: count(Int(ETHTOOL_A_CHANNELS_RX_COUNT)), transmit: count(Int(ETHTOOL_A_CHANNELS_TX_COUNT)),
            combined: count(Int(ETHTOOL_A_CHANNELS_COMBINED_COUNT)),
            maximum: LinkChannelCounts.Maximum(
                receive: count(Int(ETHTOOL_A_CHANNELS_RX_MAX)), transmit: count(Int(ETHTOOL_A_CHANNELS_TX_MAX)),
                combined: count(Int(ETHTOOL_A_CHANNELS_COMBINED_MAX))))
    }

    /// Active queues in each direction.
    ///
    /// - Throws: `LinkError.ethtool`: EOPNOTSUPP where a driver has none.
    public func channels(of link: Link) throws -> LinkChannels {
        let counts = try channelCounts(of: link)
        return LinkChannels(transmit: counts.transmit ?? 0, receive: counts.receive ?? 0)
    }

    /// Changes the active queues (ETHTOOL_MSG_CHANNELS_SET).
    ///
    /// - Throws: `LinkError.ethtool`: EINVAL beyond what the link was made with.
    public func setChannels(_ channels: LinkChannels, of link: Link) throws {
        let subject = EthtoolSubject(link)
        var request = request(Int(ETHTOOL_MSG_CHANNELS_SET), subject)
        request.add(Int(ETHTOOL_A_CHANNELS_RX_COUNT), UInt32(channels.receive))
        request.add(Int(ETHTOOL_A_CHANNELS_TX_COUNT), UInt32(channels.transmit))
        _ = try exchange(request, "set the channels", subject)
    }

    /// Changes the active queues of one direction or both; nil leaves a direction as it is.
    ///
    /// - Throws: `LinkError.tooManyChannels`, `LinkError.ethtool`.
    public func changeChannels(of link: Link, receive: Int?, transmit: Int?) throws {
        let counts = try channelCounts(of: link)
        let wanted = LinkChannels(transmit: transmit ?? counts.transmit ?? 0, receive: receive ?? counts.receive ?? 0)
        guard wanted.receive <= counts.maximum.receive ?? 0, wanted.transmit <= counts.maximum.transmit ?? 0 else {
            throw LinkError.tooManyChannels(link: link.name, counts.maximum)
        }
        guard wanted.receive != counts.receive || wanted.transmit != counts.transmit else { return }
        try setChannels(wanted, of: link)
    }
}
