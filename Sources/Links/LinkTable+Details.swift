import Kernel

extension LinkTable {
    /// `descriptions` of this namespace, with what ethtool(8) and sysfs know besides. What can't be read stays nil.
    public func detailed(_ descriptions: [LinkDescription]) -> [LinkDescription] {
        let ethtool = try? EthtoolTable(in: namespace)
        let settings = QueueSettings.read(descriptions, in: namespace)
        return descriptions.map { description in
            var description = description
            let name = description.name
            let features = (try? ethtool?.featureList(of: EthtoolSubject(description))).map(FeatureGroup.listing)
            description.channels = try? ethtool?.channelCounts(of: EthtoolSubject(description))
            description.features = features.map { Dictionary($0.map { ($0.name, $0.isOn) }) { first, _ in first } }
            description.fixedFeatures = features?.filter(\.isFixed).map(\.name)
            let statistics = ethtool?.statistics(of: name) ?? [:]
            description.statistics = statistics
            var queues = settings[name] ?? LinkQueues()
            queues.add(statistics)
            description.queues = queues
            return description
        }
    }
}
