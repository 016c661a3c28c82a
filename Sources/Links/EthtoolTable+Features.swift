import CLinux
import Kernel

extension EthtoolTable {
    /// Every feature that the kernel knows for this link, and whether it is on now
    /// (ETHTOOL_MSG_FEATURES_GET).
    ///
    /// - Throws: `LinkError.ethtool`.
    public func features(of linkName: String) throws -> [String: Bool] {
        Dictionary(try featureList(of: linkName).map { ($0.name, $0.isOn) }) { first, _ in first }
    }

    /// The same in the kernel's order, and which of them can't be changed.
    ///
    /// - Throws: `LinkError.ethtool`.
    public func featureList(of linkName: String) throws -> [LinkFeature] {
        let answers = try exchange(request(Int(ETHTOOL_MSG_FEATURES_GET), linkName), "read the features", linkName)
        guard let answer = answers.first.map(Self.attributes) else { return [] }
        // ACTIVE and NOCHANGE list the features that are on, and those that nobody may touch.
        func names(_ type: Int) -> Set<String> { Set(Self.bits(answer.nested(UInt16(type))).map(\.name)) }
        let active = names(Int(ETHTOOL_A_FEATURES_ACTIVE))
        let untouchable = names(Int(ETHTOOL_A_FEATURES_NOCHANGE))
        // HW lists all names, with a value where the driver can switch the feature.
        return Self.bits(answer.nested(UInt16(ETHTOOL_A_FEATURES_HW))).map { name, canSwitch in
            LinkFeature(name: name, isOn: active.contains(name), isFixed: !canSwitch || untouchable.contains(name))
        }
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
    public func setFeatures(_ wanted: [String: Bool], of linkName: String) throws {
        guard !wanted.isEmpty else { return }
        let features = Self.expanded(wanted, known: try self.features(of: linkName).keys)
        var request = request(Int(ETHTOOL_MSG_FEATURES_SET), linkName)
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
        _ = try exchange(request, "set the features", linkName)
    }

    /// Switches features by any name of `ethtool -K`, and says so if one can't be switched; a member of a group
    /// that can't be is passed over.
    ///
    /// - Throws: `LinkError.noSuchFeature`, `LinkError.fixedFeature`, `LinkError.ethtool`.
    public func changeFeatures(_ wanted: [String: Bool], of linkName: String) throws {
        guard !wanted.isEmpty else { return }
        let known = Dictionary(try featureList(of: linkName).map { ($0.name, $0) }) { first, _ in first }
        var changes: [String: Bool] = [:]
        for (name, on) in wanted.sorted(by: { $0.key < $1.key }) {
            let members = Self.expanded([name: on], known: known.keys).keys.compactMap { known[$0] }
            guard let first = members.first else { throw LinkError.noSuchFeature(name, link: linkName) }
            let differing = members.filter { $0.isOn != on }
            let switchable = differing.filter { !$0.isFixed }
            if switchable.isEmpty && !differing.isEmpty { throw LinkError.fixedFeature(name, link: linkName, isOn: first.isOn) }
            for member in switchable { changes[member.name] = on }
        }
        try setFeatures(changes, of: linkName)
    }
}
