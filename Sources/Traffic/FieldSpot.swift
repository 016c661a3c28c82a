import Frames

/// Where a recipe's frames keep a field, and what follows from it.
struct FieldSpot: Equatable {
    /// From the frame's first bit on.
    package var bits: Range<Int>
    package var form: FieldPlace.Form
    package var range: ClosedRange<UInt128>
    /// Where values are drawn from if nobody says so.
    var randomRange: ClosedRange<UInt128>

    /// Every name that some stack of a recipe has.
    package static let names: Set<String> = {
        var tagged = FrameRecipe()
        tagged.vlans = [1, 1]
        return NetworkProtocol.allCases.reduce(into: []) { names, network in
            for transport in TransportProtocol.allCases {
                var recipe = tagged
                recipe.network = network
                recipe.transport = transport
                let endpoints = Encapsulation.Endpoints.standard
                for carrier in [nil, .vxlan(identifier: 1, endpoints), .gre(key: 1, endpoints), .mpls(labels: [16, 16])] as [Encapsulation?]
                {
                    recipe.encapsulation = carrier
                    names.formUnion(Headers(recipe).spots.keys)
                }
            }
        }
    }()

    /// Random MAC addresses are locally administered unicast, so that they are nobody's; IPv4's stay in the benchmark network (RFC 2544), IPv6's in
    /// the recipe's own network of 64 bits.
    fileprivate static func randomRange(_ place: FieldPlace, name: String, _ recipe: FrameRecipe) -> ClosedRange<UInt128> {
        switch place.form {
        case .number: return place.range
        case .mac: return 0x0200_0000_0000...0x02FF_FFFF_FFFF
        case .ipv4: return 0xC612_0000...0xC613_FFFF
        case .ipv6:
            let network = UInt128((name.hasSuffix("src") ? recipe.sourceIPv6 : recipe.destinationIPv6).high) << 64
            return network...(network | UInt128(UInt64.max))
        }
    }
}

/// The headers of a recipe, bit by bit: one place that knows what may vary, and which checksum covers it.
struct Headers {
    private(set) var spots: [String: FieldSpot] = [:]
    /// Bits of the frame that some field of `spots` holds.
    private(set) var variable: Set<Int> = []
    /// Bits of addresses and ports, which make a flow; of MAC addresses where there is no IP.
    private(set) var flow: Set<Int> = []
    /// Where the IPv4 header begins; nil without one.
    let ipv4Offset: Int?
    let networkOffset: Int
    let transportOffset: Int
    /// In front of the signature.
    package let byteCount: Int
    private let network: NetworkProtocol
    private let hasChecksum: Bool

    /// - Parameter recipe: whatever its size.
    init(_ recipe: FrameRecipe) {
        var recipe = recipe
        recipe.sizeBytes = recipe.minimumBytes
        network = recipe.network
        byteCount = recipe.headerBytes
        networkOffset = recipe.networkOffset
        ipv4Offset = recipe.network == .ipv4 ? networkOffset : nil
        let networkBytes = recipe.network == .ipv4 ? IPv4Field.headerBytes : IPv6Field.headerBytes
        transportOffset = recipe.network == .raw ? networkOffset : networkOffset + networkBytes
        hasChecksum = recipe.hasTransportChecksum
        var offset = 0
        let layers = FrameBuilder.layers(recipe).filter { $0.kind != .payload }
        var seen: [LayerKind: Int] = [:]
        for layer in layers {
            seen[layer.kind, default: 0] += 1
            // An outer IPv4 header's checksum is the same in all frames, and so is what it covers.
            let isFixed = layer.kind == .ipv4 && offset < networkOffset
            for place in isFixed ? [] : layer.places {
                let first = offset * 8 + place.firstBit
                let name = "\(layer.kind.filterName).\(place.name)"
                let bits = first..<(first + place.bitCount)
                let spot = FieldSpot(
                    bits: bits, form: place.form, range: place.range, randomRange: FieldSpot.randomRange(place, name: name, recipe))
                // The innermost goes by the plain name; of several each has its number as well, from the outermost on.
                spots[name] = spot
                if layers.count(where: { $0.kind == layer.kind }) > 1 { spots["\(name)#\(seen[layer.kind]!)"] = spot }
                variable.formUnion(bits)
            }
            offset += layer.encoded(BuildContext(payload: [], following: nil, pseudoHeader: nil)).count
        }
        for name in Self.flowFields(recipe) { flow.formUnion(spots[name]!.bits) }
    }

    private static func flowFields(_ recipe: FrameRecipe) -> [String] {
        switch recipe.network {
        case .raw: ["eth.src", "eth.dst"]
        case .ipv4: ["ip.src", "ip.dst"] + ports(recipe)
        case .ipv6: ["ipv6.src", "ipv6.dst"] + ports(recipe)
        }
    }

    private static func ports(_ recipe: FrameRecipe) -> [String] { ["srcport", "dstport"].map { "\(recipe.transport.rawValue).\($0)" } }

    /// - Parameter name: a short name, Wireshark's, or `bytes[12..15]`.
    /// - Throws: `FrameError.noSuchField`, `.badRule` for bytes that aren't for the taking.
    func spot(_ rule: FieldModifier.Rule, _ recipe: FrameRecipe) throws(FrameError) -> FieldSpot {
        if let span = ByteSpan(rule.field) { return try spot(of: span.range, rule) }
        guard let spot = spots[FieldModifier.Field(rawValue: rule.field).map { Self.name($0, recipe) } ?? rule.field] else {
            throw .noSuchField(rule.field)
        }
        return spot
    }

    private static func name(_ field: FieldModifier.Field, _ recipe: FrameRecipe) -> String {
        switch field {
        case .sourceAddress: "eth.src"
        case .destinationAddress: "eth.dst"
        case .sourceIPv4: "ip.src"
        case .destinationIPv4: "ip.dst"
        case .sourceIPv6: "ipv6.src"
        case .destinationIPv6: "ipv6.dst"
        case .sourcePort: "\(recipe.transport.rawValue).srcport"
        case .destinationPort: "\(recipe.transport.rawValue).dstport"
        case .vlan: "vlan.id"
        }
    }

    private func spot(of bytes: ClosedRange<Int>, _ rule: FieldModifier.Rule) throws(FrameError) -> FieldSpot {
        let bits = (bytes.lowerBound * 8)..<(bytes.upperBound * 8 + 8)
        guard bytes.upperBound < byteCount, bits.allSatisfy(variable.contains) else {
            throw .badRule(
                rule.text,
                allowed:
                    "bytes of fields that may vary: no type, length or checksum, and none behind the headers, which take \(byteCount) bytes",
                remedy: "name a field, such as eth.src")
        }
        let inFlow = bits.count(where: flow.contains)
        guard inFlow == 0 || inFlow == bits.count else {
            throw .badRule(
                rule.text, allowed: "bytes of addresses and ports only, or none of them, so that flows can be counted",
                remedy: "part it in two rules")
        }
        // Eight bytes at an odd place would reach over the window that a patch has.
        guard bytes.count + bytes.lowerBound % 2 <= 8 else {
            throw .badRule(rule.text, allowed: "at most 7 bytes from an odd place on", remedy: "part it in two rules")
        }
        let range: ClosedRange<UInt128> = 0...(.max >> UInt128(128 - bits.count))
        return FieldSpot(bits: bits, form: .number, range: range, randomRange: range)
    }

    /// Of the eight bytes from `offset` on, the bits that the IPv4 header's checksum covers.
    func ipMask(at offset: Int) -> UInt64 { mask(at: offset) { byte in ipv4Offset.map { ($0..<transportOffset).contains(byte) } ?? false } }

    /// The same for the transport checksum: the header itself, and the addresses of the pseudo-header.
    func transportMask(at offset: Int) -> UInt64 {
        guard hasChecksum else { return 0 }
        let addresses = (network == .ipv4 ? networkOffset + 12 : networkOffset + 8)..<byteCount
        return mask(at: offset, addresses.contains)
    }

    private func mask(at offset: Int, _ isCovered: (Int) -> Bool) -> UInt64 {
        (0..<8).reduce(0) { isCovered(offset + $1) ? $0 | 0xFF << UInt64(56 - 8 * $1) : $0 }
    }
}
