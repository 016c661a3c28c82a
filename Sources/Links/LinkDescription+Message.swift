import CLinux
import Kernel

extension LinkDescription {
    /// - Parameters:
    ///   - message: RTM_NEWLINK of `linux/rtnetlink.h`; nil comes of any other.
    ///   - links: the links of the same namespace by index, for the names of master and lower link.
    init?(message: [UInt8], among links: [Int: Link]) {
        guard let summary = Link(message: message) else { return nil }
        let attributes = NetlinkAttributes(message[(MemoryLayout<nlmsghdr>.size + MemoryLayout<ifinfomsg>.size)...])
        func number(_ type: Int) -> Int? { attributes.integer(UInt16(type), as: UInt32.self).map { Int($0) } }
        func byte(_ type: Int) -> UInt8? { attributes.integer(UInt16(type), as: UInt8.self) }
        func hardwareAddress(_ type: Int) -> String? { attributes[UInt16(type)].map(LinkWords.hardwareAddress) }
        index = summary.index
        name = summary.name
        flags = LinkWords.flags(summary.flags)
        mtuBytes = summary.mtuBytes
        queueingDiscipline = summary.queueingDiscipline
        operationalState = LinkWords.operationalState(byte(Int(IFLA_OPERSTATE)) ?? 0)
        linkType = LinkWords.linkType(summary.hardwareType)
        master = number(Int(IFLA_MASTER)).flatMap { links[$0]?.name }
        linkMode = byte(Int(IFLA_LINKMODE)).flatMap(LinkWords.linkMode)
        group = attributes.integer(UInt16(IFLA_GROUP), as: UInt32.self).map(LinkWords.group)
        transmitQueueLength = number(Int(IFLA_TXQLEN)).flatMap { $0 == 0 ? nil : $0 }
        address = hardwareAddress(Int(IFLA_ADDRESS))
        broadcast = hardwareAddress(Int(IFLA_BROADCAST))
        // IFF_POINTOPOINT
        isPointToPoint = summary.flags & 0x10 != 0 && broadcast != nil ? true : nil
        permanentAddress = hardwareAddress(Int(IFLA_PERM_ADDRESS)).flatMap { $0 == address ? nil : $0 }
        protocolDown = byte(Int(IFLA_PROTO_DOWN)).flatMap { $0 == 0 ? nil : true }
        promiscuity = number(Int(IFLA_PROMISCUITY))
        allMulticast = number(Int(IFLA_ALLMULTI))
        minimumMTUBytes = number(Int(IFLA_MIN_MTU))
        maximumMTUBytes = number(Int(IFLA_MAX_MTU))
        information = attributes.nested(UInt16(IFLA_LINKINFO)).map(LinkInformation.init)
        inet6AddressGenerationMode = attributes.nested(UInt16(IFLA_AF_SPEC))?.nested(UInt16(AF_INET6))?
            .integer(UInt16(IFLA_INET6_ADDR_GEN_MODE), as: UInt8.self).map(LinkWords.addressGenerationMode)
        transmitQueues = number(Int(IFLA_NUM_TX_QUEUES))
        receiveQueues = number(Int(IFLA_NUM_RX_QUEUES))
        gsoMaximumBytes = number(Int(IFLA_GSO_MAX_SIZE))
        gsoMaximumSegments = number(Int(IFLA_GSO_MAX_SEGS))
        tsoMaximumBytes = number(Int(IFLA_TSO_MAX_SIZE))
        tsoMaximumSegments = number(Int(IFLA_TSO_MAX_SEGS))
        groMaximumBytes = number(Int(IFLA_GRO_MAX_SIZE))
        physicalPortName = attributes.string(UInt16(IFLA_PHYS_PORT_NAME))
        parentBus = attributes.string(UInt16(IFLA_PARENT_DEV_BUS_NAME))
        parentDevice = attributes.string(UInt16(IFLA_PARENT_DEV_NAME))
        xdp = XDPDescription(attributes.nested(UInt16(IFLA_XDP)))
        alias = attributes.string(UInt16(IFLA_IFALIAS))
        let names = attributes.nested(UInt16(IFLA_PROP_LIST))?.values.filter { $0.type == UInt16(IFLA_ALT_IFNAME) } ?? []
        alternativeNames = names.isEmpty ? nil : names.map { NetlinkAttributes.text($0.bytes) }
        linkNamespaceIdentifier = summary.peerNamespaceIdentifier.map { Int($0) }
        describeLowerLink(summary, isTold: attributes.contains(UInt16(IFLA_LINK)), among: links)
    }

    /// `link`, `link_index` and the flag M-DOWN, from IFLA_LINK.
    private mutating func describeLowerLink(_ summary: Link, isTold: Bool, among links: [Int: Link]) {
        guard isTold else { return }
        if summary.peerIndex == 0 {
            link = .null
        } else if summary.peerNamespaceIdentifier != nil {
            linkIndex = summary.peerIndex
        } else if let below = links[summary.peerIndex] {
            link = .text(below.name)
            if !below.isUp { flags.append("M-DOWN") }
        }
    }
}
