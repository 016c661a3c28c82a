import Frames

/// Random stacks of layers that make sense on a wire: every layer that `Frames` knows, tunnels up to two deep.
public struct RandomStack {
    private var generator: SeededGenerator

    public init(_ name: String = #function) { generator = SeededGenerator(name) }

    /// One frame's layers, outermost first.
    public mutating func next() -> [any FrameLayer] { ethernet(depth: 0) }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &generator)! }
    private mutating func number<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> Value {
        Value.random(in: range, using: &generator)
    }
    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }
    private mutating func bytes(_ range: ClosedRange<Int>) -> [UInt8] { (0..<number(range)).map { _ in number(0...255) } }

    /// Unicast and locally administered.
    private mutating func station() -> MACAddress { MACAddress(value: number(0...0xFF_FFFF_FFFF) | 0x02_00_00_00_00_00) }
    /// Of 198.18.0.0/15.
    private mutating func address4() -> IPv4Address { IPv4Address(value: 0xC612_0000 | number(1...0x1_FFFE)) }
    /// Of 2001:2::/48.
    private mutating func address6() -> IPv6Address {
        IPv6Address(high: 0x2001_0002_0000_0000 | number(0...0xFFFF), low: number(1 ... .max))
    }
    /// Where no dissector has registered itself.
    private mutating func port() -> UInt16 { number(50_100...50_200) }

    private mutating func payload() -> [any FrameLayer] {
        // A first byte of neither magic nor IP version.
        let opaque = chance(6) ? [] : [PayloadLayer([0xEE] + bytes(0...200))]
        guard chance(3) else { return opaque }
        return [
            SignatureLayer(
                Signature(
                    stream: StreamIdentifier(rawValue: number(0 ... .max)), sequence: number(0 ... .max),
                    timestampNanoseconds: number(0 ... .max)))
        ] + opaque
    }

    private mutating func ethernet(depth: Int) -> [any FrameLayer] {
        var layers: [any FrameLayer] = [EthernetLayer(destination: chance(8) ? .broadcast : station(), source: station())]
        if chance(6) { return layers + llc(depth: depth) }
        // Two service tags are 802.1ah to Wireshark, which names them otherwise.
        let tags: [LayerKind] = pick([
            [], [], [], [], [.customerTag], [.serviceTag], [.serviceTag, .customerTag], [.customerTag, .customerTag], [.doubleTag],
            [.doubleTag, .customerTag]
        ])
        for tag in tags {
            layers.append(VLANLayer(tag, identifier: number(0...4_095), priority: number(0...7), isDropEligible: chance(2)))
        }
        return layers + behindEtherType(depth: depth)
    }

    private mutating func llc(depth: Int) -> [any FrameLayer] {
        guard chance(2) else {
            return [LLCLayer(point: LLCLayer.snap), SNAPLayer()] + network(depth: depth)
        }
        var configuration = STPLayer.Configuration(
            rootIdentifier: number(0...15) << 60 | station().value, bridgeIdentifier: number(0...15) << 60 | station().value)
        configuration.rootPathCost = number(0...1_000_000)
        configuration.portIdentifier = number(0x8001...0x80FF)
        return [LLCLayer(point: LLCLayer.stp), STPLayer(configuration)]
    }

    private mutating func behindEtherType(depth: Int) -> [any FrameLayer] {
        switch number(0...13) {
        case 2: return [lldp()]
        case 3:
            return [
                PPPoELayer(
                    discovery: pick([0x09, 0x07, 0x19, 0x65]), session: number(0 ... .max),
                    tags: [(0x0101, bytes(0...0)), (0x0102, Array("concentrator".utf8)), (0x0103, bytes(4...9)), (0x0104, bytes(8...16))])
            ]
        case 4: return [PPPoELayer(session: number(1 ... .max)), PPPLayer()] + network(depth: depth)
        case 0:
            return [
                ARPLayer(
                    operation: pick([ARPLayer.request, ARPLayer.reply]), sender: station(), senderAddress: address4(), target: station(),
                    targetAddress: address4())
            ]
        case 1:
            let labels = (0..<number(1...3)).map { _ in
                MPLSLayer(label: number(16...0xF_FFFF), trafficClass: number(0...7), timeToLive: number(0...255))
            }
            return labels + network(depth: depth)
        default: return network(depth: depth)
        }
    }

    private mutating func lldp() -> LLDPLayer {
        chance(4)
            ? LLDPLayer([
                (LLDPLayer.chassis, [7] + bytes(1...9)), (LLDPLayer.port, [3] + station().bytes), (LLDPLayer.timeToLive, [0, 120]),
                (LLDPLayer.systemDescription, Array("a switch".utf8))
            ])
            : LLDPLayer(
                chassis: station(), port: "eth\(number(0...99) as Int)", timeToLiveSeconds: number(0 ... .max),
                others: [
                    (LLDPLayer.portDescription, Array("up".utf8)), (LLDPLayer.systemName, Array("switch-\(number(0...9) as Int)".utf8))
                ])
    }

    private mutating func network(depth: Int) -> [any FrameLayer] { chance(2) ? ipv4(depth: depth) : ipv6(depth: depth) }

    private mutating func ipv4(depth: Int) -> [any FrameLayer] {
        var ip = IPv4Layer(source: address4(), destination: address4())
        ip.trafficClass = number(0...255)
        ip.identification = number(0 ... .max)
        ip.dontFragment = chance(2)
        ip.timeToLive = number(1...255)
        if chance(4) {
            // Router alert (RFC 2113), no operation.
            // And source routes, begun and used up.
            let route = [number(1...3) * 4] + address4().bytes + address4().bytes
            ip.setOptions(
                pick([
                    [HeaderOption(type: 148, data: [0, 0])], [HeaderOption(type: 1), HeaderOption(type: 148, data: [0, 0])],
                    [HeaderOption(type: IPv4Layer.looseRoute, data: route)], [HeaderOption(type: IPv4Layer.strictRoute, data: route)]
                ]))
        }
        if chance(12) {
            ip.fragmentOffset = number(1...0x1000)
            ip.moreFragments = chance(2)
            ip.protocolNumber = 17
            return [ip, PayloadLayer([0xEE] + bytes(7...40))]
        }
        let inner = authenticated(isIPv6: false, depth: depth)
        // RFC 2236 section 2: it never leaves the link.
        if inner.first is IGMPLayer { ip.timeToLive = 1 }
        return [ip] + inner
    }

    private mutating func ipv6(depth: Int) -> [any FrameLayer] {
        var ip = IPv6Layer(source: address6(), destination: address6())
        ip.trafficClass = number(0...255)
        ip.flowLabel = number(0...0xF_FFFF)
        ip.hopLimit = number(1...255)
        var layers: [any FrameLayer] = [ip]
        // RFC 8200 section 4.1: this order.
        if chance(5) { layers.append(IPv6OptionsLayer(.hopByHop, options: chance(2) ? [HeaderOption(type: 5, data: [0, 0])] : [])) }
        if chance(6) { layers.append(routing()) }
        if chance(8) { layers.append(IPv6FragmentLayer(offset: 0, moreFragments: false, identification: number(0 ... .max))) }
        if chance(6) {
            let home = [HeaderOption(type: IPv6OptionsLayer.homeAddressType, data: address6().bytes)]
            layers.append(IPv6OptionsLayer(.destinationOptions, options: chance(2) ? home : []))
        }
        return layers + authenticated(isIPv6: true, depth: depth)
    }

    /// Source routes, the way home, segments: on the way and at its end.
    private mutating func routing() -> IPv6RoutingLayer {
        switch number(0...2) {
        case 0: IPv6RoutingLayer(routingType: 0, segmentsLeft: number(0...2), data: [0, 0, 0, 0] + address6().bytes + address6().bytes)
        case 1: IPv6RoutingLayer(routingType: 2, segmentsLeft: number(0...1), data: [0, 0, 0, 0] + address6().bytes)
        default: IPv6RoutingLayer(routingType: 4, segmentsLeft: number(0...1), data: [1, 0, 0, 0] + address6().bytes + address6().bytes)
        }
    }

    private mutating func authenticated(isIPv6: Bool, depth: Int) -> [any FrameLayer] {
        let header = AuthenticationLayer(securityIndex: number(1 ... .max), sequence: number(0 ... .max), checkValue: bytes(12...12))
        return (chance(10) ? [header] : []) + transport(isIPv6: isIPv6, depth: depth)
    }

    private mutating func transport(isIPv6: Bool, depth: Int) -> [any FrameLayer] {
        switch number(0...(depth < 2 ? 12 : 6)) {
        case 0, 1: return [UDPLayer(sourcePort: port(), destinationPort: port(), checksum: !isIPv6 && chance(4) ? 0 : nil)] + payload()
        case 2, 3: return [tcp()] + payload()
        case 4: return icmp(isIPv6: isIPv6, error: depth < 2)
        case 5: return [tcp()] + payload()
        case 6: return [isIPv6 || chance(2) ? sctp() : igmp()]
        case 7: return gre(depth: depth + 1)
        case 8, 9:
            // Without a checksum too, which tunnels may leave out over IPv6 as well; on Linux's own port as well as on IANA's.
            let udp = UDPLayer(
                sourcePort: port(), destinationPort: chance(3) ? VXLANLayer.linuxPort : nil, checksum: chance(3) ? 0 : nil)
            return [udp, VXLANLayer(networkIdentifier: number(0...0xFF_FFFF))] + ethernet(depth: depth + 1)
        case 10:
            var geneve = GeneveLayer(networkIdentifier: number(0...0xFF_FFFF))
            if chance(2) { geneve.addOption(optionClass: 0x0103, type: number(1...100), data: bytes(4...12)) }
            return [UDPLayer(sourcePort: port()), geneve] + (chance(2) ? ethernet(depth: depth + 1) : network(depth: depth + 1))
        default: return network(depth: depth + 1)
        }
    }

    private mutating func sctp() -> SCTPLayer {
        var sctp = SCTPLayer(sourcePort: port(), destinationPort: port(), verificationTag: number(0 ... .max))
        if chance(4) {
            // COOKIE ACK.
            sctp.addChunk(type: 11, value: [])
        } else {
            for _ in 0..<(number(1...2) as Int) {
                sctp.addData(
                    [0xEE] + bytes(0...40), transmissionSequence: number(0 ... .max), stream: number(0 ... .max),
                    sequence: number(0 ... .max),
                    protocolIdentifier: number(0x7000_0000...0x7000_FFFF))
            }
        }
        return sctp
    }

    private mutating func group() -> IPv4Address { IPv4Address(value: 0xEF00_0000 | number(1...0xFFFF)) }

    private mutating func igmp() -> IGMPLayer {
        switch number(0...3) {
        case 0: IGMPLayer(type: pick([IGMPLayer.report, IGMPLayer.leave]), group: group())
        case 1: IGMPLayer(type: IGMPLayer.query, responseCode: number(1...127), group: group())
        case 2:
            IGMPLayer.query3(
                group: group(), responseCode: number(1...127), robustness: number(0...7), intervalCode: number(0...127),
                sources: chance(2) ? [] : [address4(), address4()])
        default: IGMPLayer.report3([(number(1...6), group(), [address4()]), (number(1...6), group(), [])])
        }
    }

    private mutating func gre(depth: Int) -> [any FrameLayer] {
        let gre = GRELayer(
            hasChecksum: chance(2), key: chance(2) ? number(0 ... .max) : nil, sequence: chance(2) ? number(0 ... .max) : nil)
        return [gre] + (chance(3) ? ethernet(depth: depth) : network(depth: depth))
    }

    private mutating func tcp() -> TCPLayer {
        var tcp = TCPLayer(
            sourcePort: port(), destinationPort: port(), flags: pick([.ack, [.ack, .psh], [.ack, .fin], .syn, [.syn, .ack], .rst]))
        tcp.sequence = number(0 ... .max)
        tcp.acknowledgement = tcp.flags.contains(.ack) ? number(0 ... .max) : 0
        tcp.window = number(0 ... .max)
        if tcp.flags.contains(.syn) {
            tcp.setOptions([
                HeaderOption(type: 2, data: [0x05, 0xB4]), HeaderOption(type: 4), HeaderOption(type: 1),
                HeaderOption(type: 3, data: [number(0...14)])
            ])
        } else if chance(3) {
            tcp.setOptions([HeaderOption(type: 1), HeaderOption(type: 1), HeaderOption(type: 8, data: (0..<8).map { _ in number(0...255) })]
            )
        }
        return tcp
    }

    private mutating func icmp(isIPv6: Bool, error: Bool) -> [any FrameLayer] {
        if isIPv6 {
            switch number(0...3) {
            case 0: return [ICMPv6Layer.solicitation(target: address6(), from: station())]
            case 1: return [ICMPv6Layer.advertisement(target: address6(), at: station())]
            default:
                return [ICMPv6Layer.echo(isReply: chance(2), identifier: number(0 ... .max), sequence: number(0 ... .max))] + [
                    PayloadLayer([0xEE] + bytes(0...60))
                ]
            }
        }
        guard error, chance(3) else {
            return [
                ICMPLayer.echo(isReply: chance(2), identifier: number(0 ... .max), sequence: number(0 ... .max)),
                PayloadLayer([0xEE] + bytes(0...60))
            ]
        }
        let quoted = IPv4Layer(source: address4(), destination: address4())
        return [
            ICMPLayer(type: ICMPLayer.unreachable, code: 4, rest: number(576...1_500)), quoted,
            UDPLayer(sourcePort: port(), destinationPort: port()), PayloadLayer([0xEE] + bytes(8...30))
        ]
    }
}
