import Frames
import Traffic

/// A schedule as some plan might ask for it, sizes that no live frame can hold left out.
struct RandomPlan {
    var recipe = FrameRecipe()
    var sizes = FrameSizes.imix
    var modifiers: [FieldModifier] = []
    var seed: UInt64 = 1

    init(using generator: inout some RandomNumberGenerator) {
        recipe.network = NetworkProtocol.allCases.randomElement(using: &generator)!
        recipe.transport = TransportProtocol.allCases.randomElement(using: &generator)!
        recipe.udpChecksum = Bool.random(using: &generator)
        if Bool.random(using: &generator) { recipe.faults = [FrameFault.allCases.randomElement(using: &generator)!] }
        recipe.vlans = (0..<Int.random(in: 0...2, using: &generator)).map { _ in UInt16.random(in: 1...4094, using: &generator) }
        recipe.source = MACAddress(value: generator.next() >> 16)
        recipe.destination = MACAddress(value: generator.next() >> 16)
        recipe.sourceIPv4 = IPv4Address(value: UInt32.random(in: 0 ... .max, using: &generator))
        recipe.destinationIPv4 = IPv4Address(value: UInt32.random(in: 0 ... .max, using: &generator))
        recipe.sourceIPv6 = IPv6Address(high: generator.next(), low: generator.next())
        recipe.destinationIPv6 = IPv6Address(high: generator.next(), low: generator.next())
        recipe.sourcePort = UInt16.random(in: 0 ... .max, using: &generator)
        recipe.destinationPort = UInt16.random(in: 0 ... .max, using: &generator)
        recipe.dscp = UInt8.random(in: 0..<64, using: &generator)
        recipe.timeToLive = UInt8.random(in: 0 ... .max, using: &generator)
        seed = generator.next()
        let least = recipe.minimumBytes
        let shares = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            FrameSizes.Share(
                sizeBytes: Int.random(in: least...3400, using: &generator), weight: Int.random(in: 1...4, using: &generator))
        }
        sizes = FrameSizes(shares: shares)!
        let fields = FieldModifier.Field.allCases.filter(has).shuffled(using: &generator)
        modifiers = fields.prefix(Int.random(in: 0...3, using: &generator)).map { field in
            FieldModifier(
                field: field, mode: Bool.random(using: &generator) ? .increment : .random,
                count: Int.random(in: 1...7, using: &generator), step: UInt64.random(in: 1...1000, using: &generator))
        }
    }

    /// The schedule's frames, in order.
    func templates() throws -> [FrameTemplate] {
        try FrameSchedule.templates(recipe, sizes: sizes, modifiers: modifiers, seed: seed)
    }

    private func has(_ field: FieldModifier.Field) -> Bool {
        switch field {
        case .sourceAddress, .destinationAddress: true
        case .sourceIPv4, .destinationIPv4: recipe.network == .ipv4
        case .sourceIPv6, .destinationIPv6: recipe.network == .ipv6
        case .sourcePort, .destinationPort: recipe.network != .raw
        case .vlan: !recipe.vlans.isEmpty
        }
    }
}

/// The frame that user space sends for a sequence number.
func expectedFrame(
    _ templates: [FrameTemplate], stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
) -> [UInt8] {
    templates[Int(sequence % UInt64(templates.count))].stamped(
        stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
}
