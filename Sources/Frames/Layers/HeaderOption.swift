/// A type-length-value option of IPv4 (RFC 791), TCP (RFC 9293) or an IPv6 options header (RFC 8200 section 4.2).
public struct HeaderOption: Equatable, Sendable {
    public var type: UInt8
    /// Without type and length.
    public var data: [UInt8]

    public init(type: UInt8, data: [UInt8] = []) {
        self.type = type
        self.data = data
    }

    /// How a protocol's list of options is laid out.
    struct Form: Sendable {
        /// Types of one byte, without a length.
        let single: ClosedRange<UInt8>
        /// The type behind which nothing follows; nil if there is none.
        let last: UInt8?
        /// What the length counts besides the data.
        let overheadBytes: Int

        static let ipv4 = Form(single: 0...1, last: 0, overheadBytes: 2)
        /// Padding behind the end of the list is told as further ends, as Wireshark does.
        static let tcp = Form(single: 0...1, last: nil, overheadBytes: 2)
        static let ipv6 = Form(single: 0...0, last: nil, overheadBytes: 0)
    }

    /// Padding of single bytes is told as options too.
    ///
    /// - Throws: `LayerFault.malformed` if an option reaches beyond the list.
    static func read(_ bytes: [UInt8], _ form: Form) throws(LayerFault) -> [HeaderOption] {
        var options: [HeaderOption] = []
        var offset = 0
        while offset < bytes.count {
            let type = bytes[offset]
            if form.single.contains(type) {
                options.append(HeaderOption(type: type))
                offset += 1
                if type == form.last { break }
                continue
            }
            guard offset + 1 < bytes.count else { throw .malformed("option \(type) has no length") }
            let length = Int(bytes[offset + 1]) - form.overheadBytes
            guard length >= 0, offset + 2 + length <= bytes.count else {
                throw .malformed("option \(type) of \(bytes[offset + 1]) bytes doesn't fit its header")
            }
            options.append(HeaderOption(type: type, data: Array(bytes[(offset + 2)..<(offset + 2 + length)])))
            offset += 2 + length
        }
        return options
    }

    /// Type, length and data, padded with zeros to whole `unit`s.
    static func written(_ options: [HeaderOption], _ form: Form, unitBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for option in options {
            bytes.append(option.type)
            guard !form.single.contains(option.type) else { continue }
            bytes.append(UInt8(truncatingIfNeeded: option.data.count + form.overheadBytes))
            bytes += option.data
        }
        let missing = (unitBytes - bytes.count % unitBytes) % unitBytes
        return bytes + [UInt8](repeating: 0, count: missing)
    }

    /// The data as one number, if it is of that many bytes.
    func number(_ count: Int) -> UInt64? { data.count == count ? data.reduce(0) { $0 << 8 | UInt64($1) } : nil }
}
