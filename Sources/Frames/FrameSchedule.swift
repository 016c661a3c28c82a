/// Sizes and modifiers expanded into the frames that a worker sends, in order, round after round.
public enum FrameSchedule {
    /// More different frames than this would make rings of hundreds of megabytes.
    public static let maximumCycle = 65_536

    /// How many frames before the first comes again: the least common multiple of all that varies.
    ///
    /// - Throws: `FrameError.badModifier`, `.cycleTooLong`.
    public static func cycleLength(sizes: FrameSizes, modifiers: [FieldModifier]) throws(FrameError) -> Int {
        var cycle = sizes.round.count
        for modifier in modifiers {
            guard modifier.isValid else { throw .badModifier(modifier) }
            cycle = leastCommonMultiple(cycle, modifier.count)
            guard cycle <= maximumCycle else { throw .cycleTooLong(frames: cycle, maximum: maximumCycle) }
        }
        return cycle
    }

    /// Frame i has size i of the sizes' round and value i of each modifier; everything else is the recipe's.
    ///
    /// - Parameter seed: where random values start; the same seed gives the same frames.
    /// - Throws: `FrameError`.
    public static func templates(
        _ recipe: FrameRecipe, sizes: FrameSizes, modifiers: [FieldModifier] = [], seed: UInt64 = 1
    ) throws(FrameError) -> [FrameTemplate] {
        let round = sizes.round
        let cycle = try cycleLength(sizes: sizes, modifiers: modifiers)
        for modifier in modifiers where !recipe.has(modifier.field) { throw .noSuchField(modifier.field) }
        let values = modifiers.enumerated().map { position, modifier in
            modifier.values(seed: seed &+ UInt64(position) &* 0x9E37_79B9_7F4A_7C15)
        }
        var templates: [FrameTemplate] = []
        templates.reserveCapacity(cycle)
        for frame in 0..<cycle {
            var one = recipe
            one.sizeBytes = round[frame % round.count]
            for (modifier, values) in zip(modifiers, values) {
                one.apply(values[frame % values.count], to: modifier)
            }
            templates.append(try FrameBuilder.build(one))
        }
        return templates
    }

    /// Over one cycle, FCS counted.
    public static func meanSizeBytes(of templates: [FrameTemplate]) -> Double {
        let bytes = templates.reduce(0) { $0 + $1.bytes.count + EthernetWire.fcsBytes }
        return templates.isEmpty ? 0 : Double(bytes) / Double(templates.count)
    }

    /// How many of `frames` frames in the schedule's order have which length, FCS left out.
    ///
    /// - Parameters:
    ///   - first: the place in the cycle of the first of them.
    ///   - runFrames: how many of a template leave in a row before the next one's turn.
    public static func sizeCounts(
        of templates: [FrameTemplate], frames: UInt64, from first: Int, runFrames: Int = 1
    ) -> [Int: UInt64] {
        guard !templates.isEmpty else { return [:] }
        let (rounds, rest) = frames.quotientAndRemainder(dividingBy: UInt64(templates.count * runFrames))
        var counts: [Int: UInt64] = [:]
        for position in templates.indices {
            let place = (position - first % templates.count + templates.count) % templates.count
            let begun = UInt64(place * runFrames)
            let partial = rest > begun ? min(rest - begun, UInt64(runFrames)) : 0
            counts[templates[position].bytes.count, default: 0] += rounds * UInt64(runFrames) + partial
        }
        return counts.filter { $0.value > 0 }
    }

    private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return a / x * b
    }
}

extension FieldModifier {
    /// What is added to the recipe's value (`increment`) or put in its place (`random`), frame by frame.
    func values(seed: UInt64) -> [UInt64] {
        switch mode {
        case .increment: return (0..<UInt64(count)).map { $0 &* step }
        case .random:
            var state = seed
            return (0..<count).map { _ in
                // SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                return z ^ (z >> 31)
            }
        }
    }
}

extension FrameRecipe {
    /// Whether a frame of this recipe has the field.
    func has(_ field: FieldModifier.Field) -> Bool {
        switch field {
        case .sourceAddress, .destinationAddress: true
        case .sourceIPv4, .destinationIPv4: network == .ipv4
        case .sourceIPv6, .destinationIPv6: network == .ipv6
        case .sourcePort, .destinationPort: network != .raw
        case .vlan: !vlans.isEmpty
        }
    }

    /// Moves one field to the modifier's value, staying within what the field can hold.
    mutating func apply(_ value: UInt64, to modifier: FieldModifier) {
        let adds = modifier.mode == .increment
        switch modifier.field {
        case .sourceAddress: source = source.moved(value, adds)
        case .destinationAddress: destination = destination.moved(value, adds)
        case .sourceIPv4: sourceIPv4 = sourceIPv4.moved(value, adds)
        case .destinationIPv4: destinationIPv4 = destinationIPv4.moved(value, adds)
        case .sourceIPv6: sourceIPv6 = sourceIPv6.moved(value, adds)
        case .destinationIPv6: destinationIPv6 = destinationIPv6.moved(value, adds)
        case .sourcePort: sourcePort = UInt16(truncatingIfNeeded: adds ? UInt64(sourcePort) &+ value : value)
        case .destinationPort: destinationPort = UInt16(truncatingIfNeeded: adds ? UInt64(destinationPort) &+ value : value)
        case .vlan:
            let innermost = vlans.count - 1
            let number = adds ? UInt64(vlans[innermost] &- 1) &+ value : value
            vlans[innermost] = UInt16(1 + number % 4094)
        }
    }
}

extension MACAddress {
    /// Random addresses are locally administered unicast, so that they are nobody's.
    fileprivate func moved(_ by: UInt64, _ adds: Bool) -> MACAddress {
        adds ? MACAddress(value: value &+ by) : MACAddress(value: by & 0xFCFF_FFFF_FFFF | 0x0200_0000_0000)
    }
}

extension IPv4Address {
    /// Random addresses stay in the benchmark network 198.18.0.0/15 (RFC 2544).
    fileprivate func moved(_ by: UInt64, _ adds: Bool) -> IPv4Address {
        let by = UInt32(truncatingIfNeeded: by)
        return IPv4Address(value: adds ? value &+ by : 0xC612_0000 | by & 0x0001_FFFF)
    }
}

extension IPv6Address {
    /// Random addresses keep their network of 64 bits.
    fileprivate func moved(_ by: UInt64, _ adds: Bool) -> IPv6Address {
        guard adds else { return IPv6Address(high: high, low: by) }
        let (low, carries) = low.addingReportingOverflow(by)
        return IPv6Address(high: carries ? high &+ 1 : high, low: low)
    }
}
