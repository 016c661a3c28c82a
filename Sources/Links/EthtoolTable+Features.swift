import CLinux
import Kernel

extension EthtoolTable {
    /// Every feature that the kernel knows for this link, and whether it is on now
    /// (ETHTOOL_MSG_FEATURES_GET).
    ///
    /// - Throws: `LinkError.ethtool`.
    public func features(of link: Link) throws -> [String: Bool] {
        Dictionary(try featureList(of: EthtoolSubject(link)).map { ($0.name, $0.isOn) }) { first, _ in first }
    }

    /// The same in the kernel's order, and which of them can't be changed.
    ///
    /// - Throws: `LinkError.ethtool`.
    public func featureList(of link: Link) throws -> [LinkFeature] { try featureList(of: EthtoolSubject(link)) }

    func featureList(of link: EthtoolSubject) throws -> [LinkFeature] {
        guard let answer = try featureAnswer(link) else { return [] }
        // ACTIVE and NOCHANGE list the features that are on, and those that nobody may touch.
        let active = Self.names(answer, Int(ETHTOOL_A_FEATURES_ACTIVE))
        let untouchable = Self.names(answer, Int(ETHTOOL_A_FEATURES_NOCHANGE))
        // HW lists all names, with a value where the driver can switch the feature.
        return Self.bits(answer.nested(UInt16(ETHTOOL_A_FEATURES_HW))).map { name, canSwitch in
            LinkFeature(name: name, isOn: active.contains(name), isFixed: !canSwitch || untouchable.contains(name))
        }
    }

    /// What was asked for of each feature that can be switched (`wanted_features`). What is active may be less: the kernel takes features
    /// away that need another one which is off, and gives them back with it (`netdev_fix_features`). So this, and not what is active, is
    /// what a setting is.
    ///
    /// - Throws: `LinkError.ethtool`.
    func wantedFeatures(of link: Link) throws -> [String: Bool] {
        guard let answer = try featureAnswer(EthtoolSubject(link)) else { return [:] }
        let wanted = Self.names(answer, Int(ETHTOOL_A_FEATURES_WANTED))
        let untouchable = Self.names(answer, Int(ETHTOOL_A_FEATURES_NOCHANGE))
        let switchable = Self.bits(answer.nested(UInt16(ETHTOOL_A_FEATURES_HW))).filter { $0.value && !untouchable.contains($0.name) }
        return Dictionary(switchable.map { ($0.name, wanted.contains($0.name)) }) { first, _ in first }
    }

    private func featureAnswer(_ link: EthtoolSubject) throws -> NetlinkAttributes? {
        try exchange(request(Int(ETHTOOL_MSG_FEATURES_GET), link), "read the features", link).first.map(Self.attributes)
    }

    private static func names(_ answer: NetlinkAttributes, _ type: Int) -> Set<String> {
        Set(bits(answer.nested(UInt16(type))).map(\.name))
    }

    private static func bits(_ bitset: NetlinkAttributes?) -> [(name: String, value: Bool)] {
        (bitset?.nested(UInt16(ETHTOOL_A_BITSET_BITS))?.values ?? []).compactMap { entry in
            let bit = NetlinkAttributes(entry.bytes)
            // Bits that no feature has any more come with an empty name.
            guard let name = bit.string(UInt16(ETHTOOL_A_BITSET_BIT_NAME)), !name.isEmpty else { return nil }
            return (name, bit.contains(UInt16(ETHTOOL_A_BITSET_BIT_VALUE)))
        }
    }

    /// ethtool's old name for all kinds of TCP segmentation at once (NETIF_F_ALL_TSO), new ones included.
    public static let tcpSegmentationOffload = "tcp-segmentation-offload"

    /// ethtool's old names, long or short, replaced by those of the kernel's that they stand for.
    static func expanded(_ wanted: [String: Bool], known: some Sequence<String>) -> [String: Bool] {
        var features = wanted
        for group in FeatureGroup.all {
            for name in [group.name, group.shortName] {
                guard let on = features.removeValue(forKey: name) else { continue }
                for name in known where group.contains(name) { features[name] = on }
            }
        }
        return features
    }

    /// Switches features, all others staying as they are (ETHTOOL_MSG_FEATURES_SET).
    ///
    /// - Throws: `LinkError.ethtool`: EPERM without CAP_NET_ADMIN, EOPNOTSUPP for one that is fixed.
    public func setFeatures(_ wanted: [String: Bool], of link: Link) throws {
        guard !wanted.isEmpty else { return }
        let features = Self.expanded(wanted, known: try self.features(of: link).keys)
        let subject = EthtoolSubject(link)
        var request = request(Int(ETHTOOL_MSG_FEATURES_SET), subject)
        request.nest(Int(ETHTOOL_A_FEATURES_WANTED)) { bitset in
            bitset.nest(Int(ETHTOOL_A_BITSET_BITS)) { bits in
                for (name, on) in features.sorted(by: { $0.key < $1.key }) {
                    bits.nest(Int(ETHTOOL_A_BITSET_BITS_BIT)) { bit in
                        bit.add(Int(ETHTOOL_A_BITSET_BIT_NAME), string: name)
                        if on { bit.add(Int(ETHTOOL_A_BITSET_BIT_VALUE), bytes: []) }
                    }
                }
            }
        }
        _ = try exchange(request, "set the features", subject)
    }

    /// Switches features by any name of `ethtool -K`, and says so if one can't be switched; a member of a group
    /// that can't be is passed over.
    ///
    /// - Throws: `LinkError.noSuchFeature`, `LinkError.fixedFeature`, `LinkError.ethtool`.
    public func changeFeatures(_ wanted: [String: Bool], of link: Link) throws {
        guard !wanted.isEmpty else { return }
        let known = Dictionary(try featureList(of: link).map { ($0.name, $0) }) { first, _ in first }
        var changes: [String: Bool] = [:]
        for (name, on) in wanted.sorted(by: { $0.key < $1.key }) {
            let members = Self.expanded([name: on], known: known.keys).keys.compactMap { known[$0] }
            guard let first = members.first else { throw LinkError.noSuchFeature(name, link: link.name) }
            let differing = members.filter { $0.isOn != on }
            let switchable = differing.filter { !$0.isFixed }
            if switchable.isEmpty && !differing.isEmpty { throw LinkError.fixedFeature(name, link: link.name, isOn: first.isOn) }
            for member in switchable { changes[member.name] = on }
        }
        try setFeatures(changes, of: link)
    }
}
