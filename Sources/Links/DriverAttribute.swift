import CLinux
import Kernel

/// One attribute of a link's driver (IFLA_INFO_DATA) or of its master's (IFLA_INFO_SLAVE_DATA): its
/// number in `linux/if_link.h`, the key that ip(8) gives it, and the form in which it writes the value.
struct DriverAttribute: Sendable {
    enum Form: Sendable {
        /// An unsigned integer of as many bytes as there are.
        case number
        /// A byte, 0 or not.
        case flag
        /// `0x8001`; plain `0` for zero.
        case hexadecimal
        /// A bit set of link-local groups by name (IEEE 802.1D reserved addresses).
        case forwardMask
        /// Clock ticks (USER_HZ, 100 a second), written as seconds.
        case ticks
        /// `struct ifla_bridge_id`: priority and address.
        case bridgeIdentifier
        case address
        /// BR_STATE_… of `linux/if_bridge.h`.
        case portState
        /// An EtherType in network byte order.
        case vlanProtocol
        /// One bit of `struct br_boolopt_multi`.
        case option(bit: UInt64)
    }

    let type: Int
    let key: String
    let form: Form

    init(_ type: Int, _ key: String, _ form: Form = .number) {
        self.type = type
        self.key = key
        self.form = form
    }

    /// The attributes of a driver by its name; nil for one whose attributes aren't known here.
    static func table(of driver: String, asMaster: Bool) -> [DriverAttribute]? {
        guard driver == "bridge" else { return nil }
        return asMaster ? bridgePort : bridge
    }

    /// What of `table` is in `attributes`.
    static func values(_ attributes: NetlinkAttributes, _ table: [DriverAttribute]) -> [String: LinkValue] {
        var values: [String: LinkValue] = [:]
        for attribute in table {
            guard let bytes = attributes[UInt16(attribute.type)] else { continue }
            values[attribute.key] = attribute.value(bytes)
        }
        return values
    }

    private func value(_ bytes: ArraySlice<UInt8>) -> LinkValue? {
        let number = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch form {
        case .number: return .number(number)
        case .flag: return .flag(number != 0)
        case .hexadecimal: return .text(number == 0 ? "0" : "0x" + String(number, radix: 16))
        case .forwardMask: return .text(Self.groups(number))
        case .ticks: return .seconds(Double(number) / 100)
        case .bridgeIdentifier: return bytes.count == 8 ? .text(Self.bridgeIdentifier(bytes)) : nil
        case .address: return .text(LinkWords.hardwareAddress(bytes))
        case .portState: return .text(Self.portState(number))
        case .vlanProtocol: return .text(number == 0x0081 ? "802.1Q" : number == 0xA888 ? "802.1ad" : "[\(UInt16(number).bigEndian)]")
        case .option(let bit):
            // The option's value in the low half, whether the kernel knows it in the high one.
            guard number >> 32 & bit != 0 else { return nil }
            return .number(number & bit == 0 ? 0 : 1)
        }
    }

    private static func groups(_ mask: UInt64) -> String {
        let known: [Int: String] = [0: "stp", 2: "lacp", 14: "lldp"]
        let names = (0..<16).filter { mask >> UInt64($0) & 1 == 1 }.map { known[$0] ?? "0x" + String(1 << $0, radix: 16) }
        return names.isEmpty ? "0x0" : names.joined(separator: ",")
    }

    /// `8000.de:65:34:c:ac:8e`, the bytes without leading zeros.
    private static func bridgeIdentifier(_ bytes: ArraySlice<UInt8>) -> String {
        func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let priority = bytes.prefix(2).map(hexadecimal).joined()
        return priority + "." + bytes.dropFirst(2).map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func portState(_ number: UInt64) -> String {
        let names = ["disabled", "listening", "learning", "forwarding", "blocking"]
        return number < UInt64(names.count) ? names[Int(number)] : "\(number)"
    }
}
