/// A name from the time before the kernel had names for features, which `ethtool -k` and `-K` still go
/// by; it stands for one feature or for several.
struct FeatureGroup: Sendable {
    /// What `ethtool -K` takes.
    let shortName: String
    /// What `ethtool -k` prints.
    let name: String
    /// The kernel's names that belong to it start with this,
    private let prefix: String
    /// and end with that; nil for exactly one feature.
    private let suffix: String?

    func contains(_ feature: String) -> Bool {
        guard let suffix else { return feature == prefix }
        return feature.hasPrefix(prefix) && feature.hasSuffix(suffix)
    }

    /// In the order of `ethtool -k`.
    static let all: [FeatureGroup] = [
        FeatureGroup(shortName: "rx", name: "rx-checksumming", prefix: "rx-checksum", suffix: nil),
        FeatureGroup(shortName: "tx", name: "tx-checksumming", prefix: "tx-checksum-", suffix: ""),
        FeatureGroup(shortName: "sg", name: "scatter-gather", prefix: "tx-scatter-gather", suffix: ""),
        FeatureGroup(shortName: "tso", name: EthtoolTable.tcpSegmentationOffload, prefix: "tx-tcp", suffix: "-segmentation"),
        FeatureGroup(shortName: "ufo", name: "udp-fragmentation-offload", prefix: "tx-udp-fragmentation", suffix: nil),
        FeatureGroup(shortName: "gso", name: "generic-segmentation-offload", prefix: "tx-generic-segmentation", suffix: nil),
        FeatureGroup(shortName: "gro", name: "generic-receive-offload", prefix: "rx-gro", suffix: nil),
        FeatureGroup(shortName: "lro", name: "large-receive-offload", prefix: "rx-lro", suffix: nil),
        FeatureGroup(shortName: "rxvlan", name: "rx-vlan-offload", prefix: "rx-vlan-hw-parse", suffix: nil),
        FeatureGroup(shortName: "txvlan", name: "tx-vlan-offload", prefix: "tx-vlan-hw-insert", suffix: nil),
        FeatureGroup(shortName: "ntuple", name: "ntuple-filters", prefix: "rx-ntuple-filter", suffix: nil),
        FeatureGroup(shortName: "rxhash", name: "receive-hashing", prefix: "rx-hashing", suffix: nil)
    ]

    /// The kernel's features as `ethtool -k` lists them: old names first, a group's members behind it, then the rest.
    static func listing(_ features: [LinkFeature]) -> [LinkFeature] {
        var listed: [LinkFeature] = []
        for group in all {
            let members = features.filter { group.contains($0.name) }
            guard !members.isEmpty else { continue }
            // A group of several is never fixed in ethtool's eyes, even where all its members are.
            let isFixed = group.suffix == nil && members.allSatisfy(\.isFixed)
            listed.append(LinkFeature(name: group.name, isOn: members.contains(where: \.isOn), isFixed: isFixed))
            if group.suffix != nil { listed += members }
        }
        return listed + features.filter { feature in !all.contains { $0.contains(feature.name) } }
    }
}
