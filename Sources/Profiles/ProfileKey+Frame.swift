import Frames
import Trials

extension ProfileKey {
    static let frame: [ProfileKey] = ethernet + network + transport

    private static let ethernet: [ProfileKey] = [
        ProfileKey(
            .size, \.frame.sizes, "Frame size in bytes, with the 4-byte FCS (RFC 2544); several come in turn.",
            allowed: sizes, default: { "\($0.frame.sizes), or the least that holds the headers" },
            examples: "64", "[64, 512, 1518]", "64:7,594:4,1518:1", "imix", "imix-csit",
            read: { value throws(ValueProblem) in
                let texts = try value.elements().map { value throws(ValueProblem) in try value.text() }
                guard let sizes = FrameSizes(texts.joined(separator: ",")) else { throw value.problem() }
                return sizes
            }),
        ProfileKey(
            .sourceAddress, \.frame.sourceAddress, "Source MAC address of the frames.",
            allowed: macAddress, default: { _ in "that of the transmitting interface" },
            examples: "\"02:00:00:00:00:01\"",
            read: { value throws(ValueProblem) in try value.parsed { MACAddress($0) } }),
        ProfileKey(
            .destinationAddress, \.frame.destinationAddress, "Destination MAC address of the frames.",
            allowed: macAddress,
            default: { _ in "on a direct pair a station that isn't there, else that of the receiving interface" },
            examples: "\"02:00:00:00:00:02\"",
            read: { value throws(ValueProblem) in try value.parsed { MACAddress($0) } }),
        ProfileKey(
            .vlans, \.frame.vlans, "802.1Q tags, outermost first.",
            allowed: "a list of VLAN ids, each \(range(PlanBounds.vlan))", default: { _ in "none" },
            examples: "[100]", "[100, 200]", "7", "7,8",
            read: { value throws(ValueProblem) in
                try value.elements().map { value throws(ValueProblem) in try value.integer() }
            })
    ]

    private static let network: [ProfileKey] = [
        ProfileKey(
            .network, \.frame.network, "What follows Ethernet; `raw` is the signature alone behind EtherType 0x88B5.",
            allowed: names(NetworkProtocol.self), default: { $0.frame.network.rawValue }, examples: "ipv6",
            read: { value throws(ValueProblem) in try value.name() }),
        ip(
            .sourceIP, "Source IP address, of the network's kind.", \.frame.sourceIPv4, \.frame.sourceIPv6,
            default: { "\($0.frame.sourceIPv4), or \($0.frame.sourceIPv6)" }),
        ip(
            .destinationIP, "Destination IP address, of the network's kind.", \.frame.destinationIPv4,
            \.frame.destinationIPv6, default: { "\($0.frame.destinationIPv4), or \($0.frame.destinationIPv6)" }),
        ProfileKey(
            .dscp, \.frame.dscp, "Differentiated services code point.", allowed: range(PlanBounds.dscp),
            default: { "\($0.frame.dscp)" }, examples: "46",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .timeToLive, \.frame.timeToLive, "Time to live, or hop limit.", allowed: range(PlanBounds.timeToLive),
            default: { "\($0.frame.timeToLive)" }, examples: "1",
            read: { value throws(ValueProblem) in try value.integer() })
    ]

    private static let transport: [ProfileKey] = [
        ProfileKey(
            .transport, \.frame.transport, "What follows IP.", allowed: names(TransportProtocol.self),
            default: { $0.frame.transport.rawValue }, examples: "tcp",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .sourcePort, \.frame.sourcePort, "Source port.", allowed: range(UInt16.min...UInt16.max),
            default: { "\($0.frame.sourcePort)" }, examples: "5000",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .destinationPort, \.frame.destinationPort, "Destination port.", allowed: range(UInt16.min...UInt16.max),
            default: { "\($0.frame.destinationPort)" }, examples: "53",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .udpChecksum, \.frame.udpChecksum,
            "Whether UDP over IPv4 carries a checksum; TCP, and UDP over IPv6, always do.",
            allowed: boolean, default: { "\($0.frame.udpChecksum)" }, examples: "true",
            read: { value throws(ValueProblem) in try value.boolean() }),
        ProfileKey(
            .modifiers, \.frame.modifiers, "Fields that take another value from frame to frame, which makes flows.",
            allowed: modifier, default: { _ in "none" }, examples: "[\"sourcePort=inc:1000\", \"sourceIPv4=random:50\"]",
            "destinationPort=inc:10:2",
            read: { value throws(ValueProblem) in
                try value.elements().map { value throws(ValueProblem) in try value.parsed { FieldModifier($0) } }
            })
    ]

    /// IPv4 or IPv6 by the way it is written.
    private static func ip(
        _ field: PlanField, _ meaning: String, _ four: any WritableKeyPath<PlanDraft, IPv4Address?> & Sendable,
        _ six: any WritableKeyPath<PlanDraft, IPv6Address?> & Sendable,
        default standard: @escaping @Sendable (TrialPlan) -> String
    ) -> ProfileKey {
        ProfileKey(
            field, meaning, allowed: "an IP address, as in 198.18.0.1 or 2001:2::1", default: standard,
            examples: "198.18.7.1", "2001:2::7",
            read: { value, draft throws(ValueProblem) in
                let text = try value.text()
                if let address = IPv4Address(text) {
                    draft[keyPath: four] = address
                } else if let address = IPv6Address(text) {
                    draft[keyPath: six] = address
                } else {
                    throw value.problem()
                }
            },
            isSet: { $0[keyPath: four] != nil || $0[keyPath: six] != nil })
    }
}
