import Frames

extension PlanMaker {
    mutating func makeFrame() -> TrialPlan.Frame {
        let asked = draft.frame
        let network = asked.network ?? PlanDefaults.network
        checkAddresses(network)
        let frame = TrialPlan.Frame(
            sizes: makeSizes(), sourceAddress: makeSourceStation(), destinationAddress: asked.destinationAddress,
            vlans: makeVLANs(), network: network, sourceIPv4: asked.sourceIPv4 ?? PlanDefaults.sourceIPv4,
            destinationIPv4: asked.destinationIPv4 ?? PlanDefaults.destinationIPv4,
            sourceIPv6: asked.sourceIPv6 ?? PlanDefaults.sourceIPv6,
            destinationIPv6: asked.destinationIPv6 ?? PlanDefaults.destinationIPv6,
            transport: asked.transport ?? PlanDefaults.transport,
            sourcePort: asked.sourcePort ?? PlanDefaults.sourcePort,
            destinationPort: asked.destinationPort ?? PlanDefaults.destinationPort,
            dscp: within(PlanBounds.dscp, .dscp, asked.dscp, default: 0),
            timeToLive: within(PlanBounds.timeToLive, .timeToLive, asked.timeToLive, default: PlanDefaults.timeToLive),
            udpChecksum: asked.udpChecksum ?? false, modifiers: asked.modifiers ?? [])
        return frame
    }
    private mutating func makeSizes() -> FrameSizes { draft.frame.sizes ?? PlanDefaults.sizes }
    private mutating func makeSourceStation() -> MACAddress? { draft.frame.sourceAddress }
    private mutating func makeVLANs() -> [UInt16] {
        let vlans = draft.frame.vlans ?? []
        if let wrong = vlans.first(where: { !PlanBounds.vlan.contains($0) }) {
            refuse(
                .vlans, found: "\(wrong)", allowed: "\(PlanBounds.vlan.lowerBound) to \(PlanBounds.vlan.upperBound)",
                remedy: "leave it out for frames without a tag")
        }
        return vlans
    }

    /// An address of the other family would be left out of the frames without a word.
    private mutating func checkAddresses(_ network: NetworkProtocol) {
        let asked = draft.frame
        let pairs: [(PlanField, IPv4Address?, IPv6Address?)] = [
            (.sourceIP, asked.sourceIPv4, asked.sourceIPv6),
            (.destinationIP, asked.destinationIPv4, asked.destinationIPv6),
        ]
        for (field, four, six) in pairs {
            if network == .ipv4, four == nil, let six {
                refuse(
                    field, found: "\(six)", allowed: "an IPv4 address in IPv4 frames",
                    remedy: "use \(PlanField.network.flag) ipv6, or another address")
            }
            if network == .ipv6, six == nil, let four {
                refuse(
                    field, found: "\(four)", allowed: "an IPv6 address in IPv6 frames",
                    remedy: "use \(PlanField.network.flag) ipv4, or another address")
            }
        }
    }
}
extension TrialPlan.Frame { var signatureEndBytes: Int { 60 } }
