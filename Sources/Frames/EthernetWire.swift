/// What Ethernet adds to a frame on a wire.
public enum EthernetWire {
    /// Frame check sequence. Sizes count it (RFC 2544); a veth doesn't carry it.
    public static let fcsBytes = 4
    /// Preamble, start delimiter and inter-frame gap: what layer 1 adds to layer 2.
    public static let overheadBytes = 20
    /// The smallest frame, FCS counted.
    public static let minimumFrameBytes = 64
    /// Destination, source, EtherType.
    public static let headerBytes = 14
    /// One 802.1Q tag.
    public static let tagBytes = 4
    /// The largest frame that an IP length field allows, FCS and two tags counted.
    public static let maximumFrameBytes = 65_535 + headerBytes + 2 * tagBytes + fcsBytes
}

/// EtherTypes (IEEE 802 numbers).
public enum EtherType {
    public static let ipv4: UInt16 = 0x0800
    public static let arp: UInt16 = 0x0806
    /// A whole Ethernet frame within GRE or GENEVE.
    public static let transparentEthernet: UInt16 = 0x6558
    public static let ipv6: UInt16 = 0x86DD
    /// 802.1Q customer tag.
    public static let customerTag: UInt16 = 0x8100
    /// 802.1ad service tag.
    public static let serviceTag: UInt16 = 0x88A8
    /// A second tag of switches from before 802.1ad.
    public static let doubleTag: UInt16 = 0x9100
    public static let pppoeDiscovery: UInt16 = 0x8863
    public static let pppoeSession: UInt16 = 0x8864
    public static let lldp: UInt16 = 0x88CC
    public static let mpls: UInt16 = 0x8847
    public static let mplsMulticast: UInt16 = 0x8848
    /// IEEE 802 local experimental 1.
    public static let experimental: UInt16 = 0x88B5
}
