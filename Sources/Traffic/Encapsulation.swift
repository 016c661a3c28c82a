import Frames

/// What carries a frame's packet through a network that doesn't know it: headers between the link's own and the packet's.
///
/// Outer headers are the same in all frames, but for those of their fields that a rule may vary. The signature stays behind the
/// inner transport header, so that a tunnel's end which takes the outer ones off leaves a frame that a receiver still knows.
public enum Encapsulation: Hashable, Sendable {
    /// RFC 7348: an Ethernet frame in UDP over IPv4. UDP's checksum is 0, as section 5 wants it.
    case vxlan(identifier: UInt32, Endpoints)
    /// RFC 2784, the key by RFC 2890: an IP packet behind IPv4.
    case gre(key: UInt32?, Endpoints)
    /// RFC 3032: labels, outermost first, in front of an IP packet.
    case mpls(labels: [UInt32])

    /// The tunnel's ends.
    public struct Endpoints: Hashable, Sendable {
        public var source: IPv4Address
        public var destination: IPv4Address

        public init(source: IPv4Address, destination: IPv4Address) {
            self.source = source
            self.destination = destination
        }

        /// In the networks for benchmarks (RFC 2544 appendix C.2.2), beside the packets' own addresses.
        public static let standard = Endpoints(source: IPv4Address(value: 0xC612_FF01), destination: IPv4Address(value: 0xC613_FF01))
    }

    /// MPLS labels below are reserved (RFC 7274).
    static let firstLabel: UInt32 = 16
    static let maximumLabels = 8
    /// Of the inner Ethernet header, whose stations nobody is.
    static let innerSource = MACAddress(value: 0x02_76_6D_00_01_0A)
    static let innerDestination = MACAddress(value: 0x02_76_6D_00_01_0B)

    /// What the outer headers take.
    public var byteCount: Int {
        switch self {
        case .vxlan: IPv4Field.headerBytes + UDPField.headerBytes + 8 + EthernetWire.headerBytes
        case .gre(let key, _): IPv4Field.headerBytes + 4 + (key == nil ? 0 : 4)
        case .mpls(let labels): 4 * labels.count
        }
    }

    /// Whether routers on the way go by an IPv4 header of the tunnel's own; with MPLS none goes by IP.
    public var endpoints: Endpoints? {
        switch self {
        case .vxlan(_, let endpoints), .gre(_, let endpoints): endpoints
        case .mpls: nil
        }
    }

    /// The layers between the last tag and the inner IP header.
    func layers(_ recipe: FrameRecipe) -> [any FrameLayer] {
        switch self {
        case .vxlan(let identifier, let endpoints):
            // Section 5: the source port should tell flows apart; a rule can (`udp.srcport#1`).
            [
                network(endpoints, recipe), UDPLayer(sourcePort: recipe.sourcePort, destinationPort: VXLANLayer.port, checksum: 0),
                VXLANLayer(networkIdentifier: identifier), EthernetLayer(destination: Self.innerDestination, source: Self.innerSource)
            ]
        case .gre(let key, let endpoints): [network(endpoints, recipe), GRELayer(key: key)]
        case .mpls(let labels): labels.map { MPLSLayer(label: $0, trafficClass: recipe.dscp >> 3, timeToLive: recipe.timeToLive) }
        }
    }

    /// The packet's class goes along (RFC 2983), and it isn't cut on the way.
    private func network(_ endpoints: Endpoints, _ recipe: FrameRecipe) -> IPv4Layer {
        var ip = IPv4Layer(source: endpoints.source, destination: endpoints.destination)
        ip.trafficClass = recipe.dscp << 2
        ip.dontFragment = true
        return ip
    }
}

extension Encapsulation: TextCodable {
    package static let kind = "encapsulation"
    package static let allowed =
        "vxlan:VNI, gre, gre:KEY or mpls:LABEL/LABEL, the first three also with :SOURCE:DESTINATION behind, and gre::SOURCE:DESTINATION"

    /// - Parameter text: as `description` writes it; nil for anything else, and for numbers that the headers can't hold.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts[0] {
        case "vxlan":
            guard let endpoints = Self.endpoints(parts), parts.count > 1, let identifier = UInt32(parts[1]), identifier < 1 << 24 else {
                return nil
            }
            self = .vxlan(identifier: identifier, endpoints)
        case "gre":
            guard let endpoints = Self.endpoints(parts) else { return nil }
            let text = parts.count > 1 ? parts[1] : ""
            let key = UInt32(text)
            guard key != nil || text.isEmpty && parts.count != 2 else { return nil }
            self = .gre(key: key, endpoints)
        case "mpls":
            guard parts.count == 2 else { return nil }
            let words = parts[1].split(separator: "/", omittingEmptySubsequences: false)
            let labels = words.compactMap { UInt32($0) }
            guard labels.count == words.count, labels.count <= Self.maximumLabels,
                labels.allSatisfy({ (Self.firstLabel..<1 << 20).contains($0) })
            else { return nil }
            self = .mpls(labels: labels)
        default: return nil
        }
    }

    private static func endpoints(_ parts: [String]) -> Endpoints? {
        switch parts.count {
        case 1, 2: .standard
        case 4:
            if let source = IPv4Address(parts[2]), let destination = IPv4Address(parts[3]) {
                Endpoints(source: source, destination: destination)
            } else {
                nil
            }
        default: nil
        }
    }

    public var description: String {
        switch self {
        case .vxlan(let identifier, let endpoints): "vxlan:\(identifier)" + Self.text(endpoints)
        case .gre(let key, .standard): key.map { "gre:\($0)" } ?? "gre"
        case .gre(let key, let endpoints): "gre:" + (key.map(String.init) ?? "") + Self.text(endpoints)
        case .mpls(let labels): "mpls:" + labels.map(String.init).joined(separator: "/")
        }
    }

    private static func text(_ endpoints: Endpoints) -> String {
        endpoints == .standard ? "" : ":\(endpoints.source):\(endpoints.destination)"
    }
}
