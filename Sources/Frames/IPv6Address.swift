/// An IPv6 address.
public struct IPv6Address: Equatable, Hashable, Sendable {
    /// The first four groups, first highest.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// In wire order.
    public var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) } }
    }

    /// The eight groups of 16 bits.
    var groups: [UInt16] {
        [high, low].flatMap { half in (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64($0))) } }
    }

    init(groups: [UInt16]) {
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension IPv6Address: LosslessStringConvertible {
    /// The text forms of RFC 4291 section 2.2: groups, `::`, a dotted IPv4 tail.
    public init?(_ text: String) {
        var text = text[...]
        var tail: [UInt16] = []
        if let dot = text.firstIndex(of: "."), let colon = text[..<dot].lastIndex(of: ":") {
            guard let address = IPv4Address(String(text[text.index(after: colon)...])) else { return nil }
            tail = [UInt16(address.value >> 16), UInt16(truncatingIfNeeded: address.value)]
            text = text[...colon]
            // What is left ends with the colon before the tail, or with a whole `::`.
            if !text.hasSuffix("::") { text.removeLast() }
        }
        guard let groups = Self.groups(of: text, wanted: 8 - tail.count) else { return nil }
        self.init(groups: groups + tail)
    }

    private static func groups(of text: Substring, wanted: Int) -> [UInt16]? {
        guard let gap = text.range(ofTwoColons: ()) else {
            let groups = parse(text)
            return groups?.count == wanted ? groups : nil
        }
        guard let before = parse(text[..<gap.lowerBound]), let after = parse(text[gap.upperBound...]),
            before.count + after.count < wanted
        else { return nil }
        return before + [UInt16](repeating: 0, count: wanted - before.count - after.count) + after
    }

    private static func parse(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) else {
                return nil
            }
            groups.append(group)
        }
        return groups
    }

    /// The canonical form of RFC 5952: lower case, the longest run of two or more zero groups as `::`.
    public var description: String {
        let groups = groups
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(best.count, 1) { best = start..<end }
            start = end + 1
        }
        func text(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}

extension Substring {
    /// The first `::`, if there is one.
    fileprivate func range(ofTwoColons: Void) -> Range<Index>? {
        var index = startIndex
        while let colon = self[index...].firstIndex(of: ":") {
            let next = self.index(after: colon)
            if next < endIndex, self[next] == ":" { return colon..<self.index(after: next) }
            index = next
        }
        return nil
    }
}

extension IPv6Address: TextCodable {
    package static let kind = "IPv6 address"
}
