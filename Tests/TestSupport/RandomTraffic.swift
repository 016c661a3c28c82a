import Frames
import Traffic

/// A random recipe with random rules over its fields, as code and as flags.
public struct RandomTraffic {
    public var recipe = FrameRecipe()
    public var sizes = FrameSizes.imix
    public var modifiers: [FieldModifier] = []
    public var flows: UInt64?
    public var seed: UInt64

    /// - Parameter mostValues: of one rule.
    public init(using generator: inout some RandomNumberGenerator, mostValues: Int = 9) {
        seed = UInt64.random(in: 0...1_000, using: &generator)
        recipe.network = NetworkProtocol.allCases.randomElement(using: &generator)!
        recipe.transport = TransportProtocol.allCases.randomElement(using: &generator)!
        recipe.udpChecksum = Bool.random(using: &generator)
        recipe.vlans = (0..<Int.random(in: 0...2, using: &generator)).map { _ in UInt16.random(in: 1...4094, using: &generator) }
        if recipe.network != .raw {
            recipe.encapsulation = ["none", "vxlan:70000", "gre", "gre:9:192.0.2.1:192.0.2.2", "mpls:16/1048575"].map { Encapsulation($0) }
                .randomElement(using: &generator)!
        }
        recipe.sourcePort = UInt16.random(in: 1_024 ... .max, using: &generator)
        let shares = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            FrameSizes.Share(
                sizeBytes: Int.random(in: recipe.minimumBytes...600, using: &generator), weight: Int.random(in: 1...4, using: &generator))
        }
        sizes = FrameSizes(shares: shares)!
        let fields = Self.fields(recipe).shuffled(using: &generator).prefix(Int.random(in: 0...4, using: &generator))
        var texts: [String] = []
        var isTuple = false
        var count = 0
        for field in fields {
            if !isTuple { count = Int.random(in: 1...min(mostValues, field.most), using: &generator) }
            let values = Self.values(field, count: min(count, field.most), using: &generator)
            if isTuple, field.most >= count {
                texts[texts.count - 1] += "+\(field.name)=\(values)"
            } else {
                if isTuple { continue }
                texts.append("\(field.name)=\(values)")
            }
            isTuple = Bool.random(using: &generator)
        }
        modifiers = texts.map { FieldModifier($0)! }
        let hasFreePorts = !fields.contains { $0.name.hasSuffix("srcport") || $0.name == "sourcePort" }
        if recipe.network != .raw, hasFreePorts, Bool.random(using: &generator) { flows = UInt64.random(in: 1...20, using: &generator) }
    }

    /// The same for `vethmark`.
    public var arguments: [String] {
        var words = ["--network", recipe.network.rawValue, "--transport", recipe.transport.rawValue]
        words += ["--source-port", "\(recipe.sourcePort)", "-s", "\(sizes)", "--seed", "\(seed)"]
        if !recipe.vlans.isEmpty { words += ["--vlan", recipe.vlans.map { "\($0)" }.joined(separator: ",")] }
        if let encapsulation = recipe.encapsulation { words += ["--encap", "\(encapsulation)"] }
        if recipe.udpChecksum { words.append("--udp-checksum") }
        for modifier in modifiers { words += ["--modify", "\(modifier)"] }
        if let flows { words += ["--flows", "\(flows)"] }
        return words
    }

    public func program() throws -> FrameProgram {
        try FrameProgram(recipe, sizes: sizes, modifiers: modifiers, flows: flows, seed: seed)
    }

    private struct Field {
        var name: String
        /// How many values it holds, at most a million.
        var most: Int
        var range: String
        /// One value, by number.
        var value: (Int) -> String
    }

    private static func values(_ field: Field, count: Int, using generator: inout some RandomNumberGenerator) -> String {
        switch Int.random(in: 0...4, using: &generator) {
        case 0: "inc:\(count)"
        case 1: "dec:\(count):1"
        case 2: "random:\(count)"
        case 3: "random:\(count):\(field.range)"
        // Twice the same is allowed in a list.
        default: (0..<count).map { field.value($0 / 2) }.joined(separator: "|")
        }
    }

    private static func number(_ name: String, _ bits: Int, from low: Int = 0, to high: Int? = nil) -> Field {
        let high = high ?? (1 << bits - 1)
        return Field(name: name, most: min(high - low + 1, 1_000_000), range: "\(low)..\(high)") { "\(low + $0 % (high - low + 1))" }
    }

    private static func fields(_ recipe: FrameRecipe) -> [Field] {
        func mac(_ name: String) -> Field {
            Field(name: name, most: 1_000_000, range: "02:00:00:00:00:00..02:00:00:00:ff:ff") {
                "\(MACAddress(value: UInt64(0x0200_0000_0000 + $0)))"
            }
        }
        func four(_ name: String) -> Field {
            Field(name: name, most: 1_000_000, range: "10.0.0.0/8") { "10.1.0.\($0)" }
        }
        func six(_ name: String) -> Field {
            Field(name: name, most: 1_000_000, range: "2001:db8:1:2::/64") { "2001:db8:\($0)::1" }
        }
        var fields = [mac("eth.src"), mac("eth.dst")]
        switch recipe.encapsulation {
        case nil: break
        case .vxlan:
            fields += [mac("eth.src#1"), number("vxlan.vni", 24)]
            if recipe.transport == .udp { fields.append(number("udp.srcport#1", 16)) }
        case .gre(let key, _): if key != nil { fields.append(number("gre.key", 32)) }
        case .mpls: fields += [number("mpls.label#1", 20, from: 16), number("mpls.exp#2", 3)]
        }
        if let tag = recipe.vlans.isEmpty ? nil : "vlan" {
            fields += [number("\(tag).id", 12, from: 1, to: 4094), number("\(tag).priority", 3), number("\(tag).dei", 1)]
        }
        if recipe.vlans.count > 1 { fields += [number("ieee8021ad.id", 12, from: 1, to: 4094), number("ieee8021ad.priority", 3)] }
        switch recipe.network {
        case .raw: return fields
        case .ipv4:
            fields += [four("ip.src"), four("ip.dst"), number("ip.dsfield.dscp", 6), number("ip.dsfield.ecn", 2), number("ip.id", 16)]
            fields += [number("ip.ttl", 8, from: 1)]
        case .ipv6:
            fields += [six("ipv6.src"), six("ipv6.dst"), number("ipv6.tclass", 8), number("ipv6.flow", 20), number("ipv6.hlim", 8, from: 1)]
        }
        switch recipe.transport {
        case .udp: fields += [number("udp.srcport", 16), number("udp.dstport", 16, from: 20_000)]
        case .tcp:
            fields += [
                number("tcp.srcport", 16), number("tcp.dstport", 16, from: 20_000), number("tcp.seq_raw", 32), number("tcp.ack_raw", 32),
                number("tcp.flags", 12), number("tcp.window_size_value", 16), number("tcp.urgent_pointer", 16)
            ]
        }
        return fields
    }
}
