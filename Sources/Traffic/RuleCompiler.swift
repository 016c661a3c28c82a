/// Rules to patches: where each field stands, which values it may hold, and what doesn't go together.
struct RuleCompiler {
    package let headers: Headers
    private(set) var patches: [FieldPatch] = []
    private(set) var tables: [UInt64] = []
    private(set) var wheels: [UInt64] = []
    /// Of each wheel, how many combinations of its fields differ, and how many in addresses and ports.
    private(set) var distinct: [UInt64] = []
    private(set) var distinctFlows: [UInt64] = []
    private let recipe: FrameRecipe
    /// Which rule has which bits of the frame.
    private var taken: [Int: String] = [:]
    /// Bits that are the same in all frames, and not the recipe's.
    private var constants: [(bits: Range<Int>, value: UInt64)] = []

    init(_ recipe: FrameRecipe) {
        self.recipe = recipe
        headers = Headers(recipe)
    }

    /// How many source ports `flows` takes before the next address: those that IANA leaves free (RFC 6335, 49152 to 65535).
    private static let portBits: UInt64 = 14
    static let maximumFlows: UInt64 = 1 << 40

    /// Source ports from the recipe's on, and for each round of them the next source address.
    ///
    /// - Throws: `FrameError.noSuchField` without IP.
    package mutating func add(flows: UInt64) throws(FrameError) {
        let text = "\(flows) flows"
        guard recipe.network != .raw else { throw .noSuchField("source port") }
        let port = headers.spots["\(recipe.transport.rawValue).srcport"]!
        let address = headers.spots[recipe.network == .ipv4 ? "ip.src" : "ipv6.src"]!
        try take(port.bits, for: text)
        let wheel = wheels.count
        patches.append(
            FieldPatch(
                port.bits, headers, wheel: wheel, countMask: 1 << Self.portBits - 1, source: .counter, size: 1 << 16,
                start: UInt64(recipe.sourcePort)))
        if flows > 1 << Self.portBits {
            try take(address.bits, for: text)
            let isIPv4 = recipe.network == .ipv4
            patches.append(
                FieldPatch(
                    isIPv4 ? address.bits : Self.lowHalf(address.bits), headers, wheel: wheel, countShift: Self.portBits, source: .counter,
                    size: isIPv4 ? 1 << 32 : 0, start: isIPv4 ? UInt64(recipe.sourceIPv4.value) : recipe.sourceIPv6.low))
        }
        wheels.append(flows)
        distinct.append(flows)
        distinctFlows.append(flows)
    }

    /// - Throws: `FrameError.noSuchField`, `.badRule`.
    package mutating func add(_ modifier: FieldModifier, seed: UInt64) throws(FrameError) {
        for rule in modifier.rules where !rule.values.isValid {
            throw .badRule(
                rule.text, allowed: "of 1 to \(FieldValues.maximumCount) values, with a step of 1 or more",
                remedy: "leave it out for frames that are all alike")
        }
        for rule in modifier.rules where rule.values.count != modifier.count {
            throw .badRule(
                "\(modifier)", allowed: "of rules that have as many values as each other, for they move together",
                remedy: "give each \(modifier.count) values, or name them apart for every combination")
        }
        // What tells combinations apart: a rule whose values all differ does it alone, lists do it together.
        var tellsApart = false, tellsFlowsApart = false
        var lists: [[UInt128]] = [], flowLists: [[UInt128]] = []
        for (position, rule) in modifier.rules.enumerated() {
            let spot = try headers.spot(rule, recipe)
            try take(spot.bits, for: rule.text)
            let values = try add(rule, spot, seed: seed &+ UInt64(position) &* 0xD1B5_4A32_D192_ED03)
            let isFlow = headers.flow.contains(spot.bits.lowerBound)
            if let values {
                lists.append(values)
                if isFlow { flowLists.append(values) }
            } else {
                tellsApart = true
                if isFlow { tellsFlowsApart = true }
            }
        }
        wheels.append(modifier.count)
        distinct.append(tellsApart ? modifier.count : Self.combinations(lists))
        distinctFlows.append(tellsFlowsApart ? modifier.count : Self.combinations(flowLists))
    }

    /// Zero where patches will write, and constants where they won't.
    package func prepare(_ bytes: inout [UInt8]) {
        for (bits, value) in constants { bytes.set(bits, to: value) }
        for bit in taken.keys where !constants.contains(where: { $0.bits.contains(bit) }) { bytes[bit / 8] &= ~(0x80 >> UInt8(bit % 8)) }
    }

    // MARK: a rule

    /// - Returns: the values of a list, one for each place of its round; nil for values that all differ.
    private mutating func add(_ rule: FieldModifier.Rule, _ spot: FieldSpot, seed: UInt64) throws(FrameError) -> [UInt128]? {
        switch rule.values {
        case .list(let choices):
            for choice in choices { try check(choice.value, rule, spot) }
            let weights = FrameSizes.spread(choices.map(\.weight))
            let values = weights.map { choices[$0].value.value }
            for bits in Self.halves(spot.bits) {
                let below = UInt128(spot.bits.upperBound - bits.upperBound)
                patches.append(FieldPatch(bits, headers, wheel: wheels.count, source: .table, table: tables.count))
                tables += values.map { UInt64(truncatingIfNeeded: $0 >> below) }
            }
            return values
        case .counter(let start, let step, let count, let isDown):
            try addCounter(rule, spot, start: start, step: step, count: count, isDown: isDown)
        case .random(let count, let range):
            if let range {
                try check(range.lowerBound, rule, spot)
                try check(range.upperBound, rule, spot)
            }
            let values = range.map { $0.lowerBound.value...$0.upperBound.value } ?? spot.randomRange
            let (bits, low, size) = try window(values, rule, spot)
            try require(count, of: size, rule)
            patches.append(
                FieldPatch(
                    bits, headers, wheel: wheels.count, source: .shuffle, low: low, size: size, shuffle: Shuffle(size: size, seed: seed)))
        }
        return nil
    }

    private mutating func addCounter(
        _ rule: FieldModifier.Rule, _ spot: FieldSpot, start: FieldLiteral?, step: UInt64, count: UInt64, isDown: Bool
    ) throws(FrameError) {
        if let start { try check(start, rule, spot) }
        let first = start?.value ?? current(spot.bits)
        // An IPv6 address counts in its lower half; the upper one stays.
        let network = first & ~UInt128(UInt64.max)
        let range = spot.bits.count > 64 ? network...(network | UInt128(UInt64.max)) : spot.range
        if let start { try checkEnd(rule, spot, start: start, reach: UInt128(step) * UInt128(count - 1), isDown: isDown, within: range) }
        let (bits, low, size) = try window(range, rule, spot)
        let moved = size == 0 ? step : step % size
        let different =
            size == 0
            ? UInt128(1) << 64 / UInt128(1 << step.trailingZeroBitCount)
            : UInt128(size / greatestCommonDivisor(size, moved))
        guard UInt128(count) <= different else { throw tooMany(count, UInt64(clamping: different), rule) }
        // What stands beside the range (a time to live of 0) begins with its first.
        let offset = UInt64(truncatingIfNeeded: range.contains(first) ? first - range.lowerBound : 0)
        patches.append(
            FieldPatch(
                bits, headers, wheel: wheels.count, source: .counter, low: low, size: size, start: offset,
                step: isDown ? size &- moved : moved))
    }

    /// Where values begin and end was said, nobody means them to come in again at the field's other end.
    private func checkEnd(
        _ rule: FieldModifier.Rule, _ spot: FieldSpot, start: FieldLiteral, reach: UInt128, isDown: Bool, within range: ClosedRange<UInt128>
    ) throws(FrameError) {
        let last = FieldLiteral(value: isDown ? start.value - reach : start.value + reach, form: start.form)
        try check(last, rule, spot)
        guard range.contains(last.value) else { throw Self.beyondNetwork(rule) }
    }

    private static func beyondNetwork(_ rule: FieldModifier.Rule) -> FrameError {
        .badRule(rule.text, allowed: "within one network of 64 bits", remedy: "use a list of addresses for more")
    }

    /// The 64 bits in which a range lies, its first value there and how many there are (0 for 2⁶⁴). An upper half that stays is laid down.
    private mutating func window(
        _ range: ClosedRange<UInt128>, _ rule: FieldModifier.Rule, _ spot: FieldSpot
    ) throws(FrameError) -> (bits: Range<Int>, low: UInt64, size: UInt64) {
        guard range.lowerBound >> 64 == range.upperBound >> 64 else { throw Self.beyondNetwork(rule) }
        let size = UInt64(truncatingIfNeeded: range.upperBound - range.lowerBound &+ 1)
        let low = UInt64(truncatingIfNeeded: range.lowerBound)
        guard spot.bits.count > 64 else { return (spot.bits, low, size) }
        constants.append((spot.bits.lowerBound..<(spot.bits.upperBound - 64), UInt64(range.lowerBound >> 64)))
        return (Self.lowHalf(spot.bits), low, size)
    }

    private func check(_ literal: FieldLiteral, _ rule: FieldModifier.Rule, _ spot: FieldSpot) throws(FrameError) {
        guard literal.form == spot.form || literal.form == .number, spot.range.contains(literal.value) else {
            let numbers = "\(spot.range.lowerBound) to \(spot.range.upperBound)"
            throw .badRule(
                rule.text, allowed: "of \(spot.form == .number ? "numbers from \(numbers)" : spot.form.rawValue)",
                remedy: "choose values that the field can hold")
        }
        // A source is one station: the group bit is for destinations.
        if spot.bits == headers.spots["eth.src"]?.bits, literal.value >> 40 & 1 == 1 {
            throw .badRule(rule.text, allowed: "of unicast addresses, whose first byte is even", remedy: "choose others")
        }
    }

    private func require(_ count: UInt64, of size: UInt64, _ rule: FieldModifier.Rule) throws(FrameError) {
        guard size == 0 || count <= size else { throw tooMany(count, size, rule) }
    }

    private func tooMany(_ count: UInt64, _ different: UInt64, _ rule: FieldModifier.Rule) -> FrameError {
        .badRule(rule.text, allowed: "of at most \(different) values, for so many differ", remedy: "use a smaller count")
    }

    private mutating func take(_ bits: Range<Int>, for rule: String) throws(FrameError) {
        for bit in bits {
            if let other = taken[bit] {
                throw .badRule(rule, allowed: "of fields that no other rule has, and \(other) has it", remedy: "leave out one of them")
            }
            taken[bit] = rule
        }
    }

    // MARK: bits

    /// What the recipe's own frame has there.
    private func current(_ bits: Range<Int>) -> UInt128 {
        var one = recipe
        one.sizeBytes = recipe.minimumBytes
        guard let bytes = try? FrameBuilder.build(one).bytes else { return 0 }
        return bits.reduce(0) { $0 << 1 | UInt128(bytes[$1 / 8] >> UInt8(7 - $1 % 8) & 1) }
    }

    private static func lowHalf(_ bits: Range<Int>) -> Range<Int> { (bits.upperBound - 64)..<bits.upperBound }

    private static func halves(_ bits: Range<Int>) -> [Range<Int>] {
        bits.count > 64 ? [bits.lowerBound..<(bits.upperBound - 64), lowHalf(bits)] : [bits]
    }

    /// How many of the places of these lists, which are as long as each other, differ.
    private static func combinations(_ lists: [[UInt128]]) -> UInt64 {
        guard let first = lists.first else { return 1 }
        return UInt64(Set(first.indices.map { place in lists.map { $0[place] } }).count)
    }
}

extension [UInt8] {
    fileprivate mutating func set(_ bits: Range<Int>, to value: UInt64) {
        for (position, bit) in bits.reversed().enumerated() {
            let flag: UInt8 = 0x80 >> UInt8(bit % 8)
            self[bit / 8] = value >> UInt64(position) & 1 == 1 ? self[bit / 8] | flag : self[bit / 8] & ~flag
        }
    }
}
