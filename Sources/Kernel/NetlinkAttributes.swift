import CLinux
import Memory

/// The attributes of a netlink message: type, length, value, padded to four bytes (netlink(7)).
/// Every length is checked; what doesn't fit ends the list.
public struct NetlinkAttributes: Sendable {
    public private(set) var values: [(type: UInt16, bytes: ArraySlice<UInt8>)] = []

    public init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while rest.count >= 4 {
            let length = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
            let type = UInt16(rest[rest.startIndex + 2]) | UInt16(rest[rest.startIndex + 3]) << 8
            guard length >= 4, length <= rest.count else { return }
            // The two highest bits say "nested" and "network byte order".
            values.append((type & 0x3FFF, rest[(rest.startIndex + 4)..<(rest.startIndex + length)]))
            rest = rest.dropFirst((length + 3) & ~3)
        }
    }

    public subscript(type: UInt16) -> ArraySlice<UInt8>? { values.first { $0.type == type }?.bytes }

    public func nested(_ type: UInt16) -> NetlinkAttributes? { self[type].map(NetlinkAttributes.init) }

    public func string(_ type: UInt16) -> String? { self[type].map(Self.text) }

    /// Bytes up to a zero as text. The kernel takes any bytes for a name: those that are no UTF-8 come out as `\xff`, so that two names
    /// that differ look different.
    public static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let bytes = bytes.prefix { $0 != 0 }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var decoder = UTF8()
        var rest = bytes
        while let first = rest.first {
            var iterator = rest.makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&iterator) {
                text.unicodeScalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                text += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16)
                rest = rest.dropFirst()
            }
            decoder = UTF8()
        }
        return text
    }

    /// A little- or big-endian integer as the machine has it; nil if it is missing or short.
    public func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, as: Value.Type) -> Value? {
        self[type].flatMap { $0.machineInteger(at: 0, as: Value.self) }
    }

    public func contains(_ type: UInt16) -> Bool { self[type] != nil }
}

/// A netlink request under construction.
public struct NetlinkRequest: Sendable {
    public private(set) var bytes: [UInt8]

    /// - Parameter flags: NLM_F_REQUEST and NLM_F_ACK are always added.
    public init<Header: BitwiseCopyable>(type: UInt16, flags: Int32 = 0, header: Header) {
        bytes = []
        let message = nlmsghdr(
            nlmsg_len: 0, nlmsg_type: type, nlmsg_flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | flags), nlmsg_seq: 1,
            nlmsg_pid: 0)
        append(message)
        append(header)
        close()
    }

    private mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        bytes.append(contentsOf: kernelBytes(of: value))
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// Any attribute: little-endian machine integers, structs, raw bytes.
    public mutating func add(_ type: Int, bytes value: some Collection<UInt8>) {
        let length = UInt16(4 + value.count)
        bytes.append(UInt8(truncatingIfNeeded: length))
        bytes.append(UInt8(length >> 8))
        bytes.append(UInt8(truncatingIfNeeded: type))
        bytes.append(UInt8(truncatingIfNeeded: type >> 8))
        bytes.append(contentsOf: value)
        while bytes.count % 4 != 0 { bytes.append(0) }
        close()
    }

    public mutating func add<Value: BitwiseCopyable>(_ type: Int, _ value: Value) {
        add(type, bytes: kernelBytes(of: value))
    }

    /// A string with its terminating zero.
    public mutating func add(_ type: Int, string: String) { add(type, bytes: Array(string.utf8) + [0]) }

    /// A bare struct in front of attributes, as `IFLA_INFO_DATA`'s VETH_INFO_PEER wants it.
    public mutating func add<Value: BitwiseCopyable>(raw value: Value) {
        append(value)
        close()
    }

    /// A nest: everything that `body` adds lies inside it.
    public mutating func nest(_ type: Int, _ body: (inout NetlinkRequest) -> Void) {
        let start = bytes.count
        add(type | 0x8000, bytes: [])
        body(&self)
        let length = UInt16(bytes.count - start)
        bytes[start] = UInt8(truncatingIfNeeded: length)
        bytes[start + 1] = UInt8(length >> 8)
        close()
    }

    /// Keeps the message length true after every addition.
    private mutating func close() {
        let length = UInt32(bytes.count)
        for byte in 0..<4 { bytes[byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte))) }
    }
}
