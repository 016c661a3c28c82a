import CLinux
import Glibc
import Kernel

/// What ethtool(8) reads and sets, for the interfaces of one namespace: offload features through
/// ethtool netlink, driver statistics through the ioctl (netlink has no strings for them).
public final class EthtoolTable: Sendable {
    private let generic: NetlinkSocket
    private let control: Descriptor
    /// The number the kernel gave the generic netlink family `ethtool` at boot.
    private let family: UInt16

    /// - Throws: `SystemError`, or `NetlinkError` ENOENT on kernels before 5.6.
    public init(in namespace: NetworkNamespace) throws {
        let generic = try namespace.perform { try NetlinkSocket(family: NETLINK_GENERIC) }
        self.generic = generic
        control = Descriptor(
            owning: try namespace.perform {
                try systemCall("socket(AF_INET)") {
                    socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
                }
            })
        family = try Self.resolveFamily(generic)
    }

    private static func resolveFamily(_ socket: NetlinkSocket) throws -> UInt16 {
        var request = NetlinkRequest(
            type: UInt16(GENL_ID_CTRL), header: genlmsghdr(cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0))
        request.add(Int(CTRL_ATTR_FAMILY_NAME), string: "ethtool")
        let answers = try socket.exchange(request.bytes)
        guard
            let family = answers.first.flatMap({
                attributes(of: $0).integer(UInt16(CTRL_ATTR_FAMILY_ID), as: UInt16.self)
            })
        else {
            throw NetlinkError(number: ENOENT, message: "no generic netlink family called ethtool")
        }
        return family
    }

    private static func attributes(of message: [UInt8]) -> NetlinkAttributes {
        NetlinkAttributes(message[min(MemoryLayout<nlmsghdr>.size + 4, message.count)...])
    }

    private func request(_ command: Int, _ linkName: String) -> NetlinkRequest {
        var request = NetlinkRequest(
            type: family, header: genlmsghdr(cmd: UInt8(command), version: 1, reserved: 0))
        // ETHTOOL_A_*_HEADER is attribute 1 of every ethtool message.
        request.nest(1) { $0.add(Int(ETHTOOL_A_HEADER_DEV_NAME), string: linkName) }
        return request
    }

    /// Every feature that the kernel knows for this link, and whether it is on now
    /// (ETHTOOL_MSG_FEATURES_GET).
    ///
    /// - Throws: `LinkError.ethtool`.
    public func features(of linkName: String) throws -> [String: Bool] {
        let answers = try exchange(request(Int(ETHTOOL_MSG_FEATURES_GET), linkName), "read the features", linkName)
        guard let answer = answers.first.map(Self.attributes) else { return [:] }
        var features: [String: Bool] = [:]
        // HW lists all names with a value each; ACTIVE lists those that are on.
        for (name, _) in Self.bits(answer.nested(UInt16(ETHTOOL_A_FEATURES_HW))) { features[name] = false }
        for (name, _) in Self.bits(answer.nested(UInt16(ETHTOOL_A_FEATURES_ACTIVE))) { features[name] = true }
        return features
    }

    private static func bits(_ bitset: NetlinkAttributes?) -> [(name: String, value: Bool)] {
        (bitset?.nested(UInt16(ETHTOOL_A_BITSET_BITS))?.values ?? []).compactMap { entry in
            let bit = NetlinkAttributes(entry.bytes)
            return bit.string(UInt16(ETHTOOL_A_BITSET_BIT_NAME)).map {
                ($0, bit.contains(UInt16(ETHTOOL_A_BITSET_BIT_VALUE)))
            }
        }
    }

    /// ethtool's old name for all kinds of TCP segmentation at once (NETIF_F_ALL_TSO), new ones included.
    public static let tcpSegmentationOffload = "tcp-segmentation-offload"

    /// Old names that stand for several features, replaced by those of them that are known.
    static func expanded(_ wanted: [String: Bool], known: some Sequence<String>) -> [String: Bool] {
        var features = wanted
        guard let on = features.removeValue(forKey: tcpSegmentationOffload) else { return wanted }
        for name in known where name.hasPrefix("tx-tcp") && name.hasSuffix("-segmentation") { features[name] = on }
        return features
    }

    /// Switches features, all others staying as they are (ETHTOOL_MSG_FEATURES_SET).
    ///
    /// - Throws: `LinkError.ethtool`: EPERM without CAP_NET_ADMIN, EOPNOTSUPP for one that is fixed.
    public func setFeatures(_ wanted: [String: Bool], of linkName: String) throws {
        guard !wanted.isEmpty else { return }
        let features = Self.expanded(wanted, known: try self.features(of: linkName).keys)
        var request = request(Int(ETHTOOL_MSG_FEATURES_SET), linkName)
        request.nest(Int(ETHTOOL_A_FEATURES_WANTED)) { bitset in
            bitset.nest(Int(ETHTOOL_A_BITSET_BITS)) { bits in
                for (name, on) in features.sorted(by: { $0.key < $1.key }) {
                    bits.nest(Int(ETHTOOL_A_BITSET_BITS_BIT)) { bit in
                        bit.add(Int(ETHTOOL_A_BITSET_BIT_NAME), string: name)
                        if on { bit.add(Int(ETHTOOL_A_BITSET_BIT_VALUE), bytes: []) }
                    }
                }
            }
        }
        _ = try exchange(request, "set the features", linkName)
    }

    /// Active queues (ETHTOOL_MSG_CHANNELS_GET).
    ///
    /// - Throws: `LinkError.ethtool`: EOPNOTSUPP where a driver has none.
    public func channels(of linkName: String) throws -> LinkChannels {
        let answers = try exchange(request(Int(ETHTOOL_MSG_CHANNELS_GET), linkName), "read the channels", linkName)
        let answer = answers.first.map(Self.attributes)
        func count(_ type: Int) -> Int { Int(answer?.integer(UInt16(type), as: UInt32.self) ?? 0) }
        return LinkChannels(transmit: count(Int(ETHTOOL_A_CHANNELS_TX_COUNT)), receive: count(Int(ETHTOOL_A_CHANNELS_RX_COUNT)))
    }

    /// Changes the active queues (ETHTOOL_MSG_CHANNELS_SET).
    ///
    /// - Throws: `LinkError.ethtool`: EINVAL beyond what the link was made with.
    public func setChannels(_ channels: LinkChannels, of linkName: String) throws {
        var request = request(Int(ETHTOOL_MSG_CHANNELS_SET), linkName)
        request.add(Int(ETHTOOL_A_CHANNELS_RX_COUNT), UInt32(channels.receive))
        request.add(Int(ETHTOOL_A_CHANNELS_TX_COUNT), UInt32(channels.transmit))
        _ = try exchange(request, "set the channels", linkName)
    }

    private func exchange(_ request: NetlinkRequest, _ action: String, _ linkName: String) throws -> [[UInt8]] {
        do {
            return try generic.exchange(request.bytes)
        } catch let error as NetlinkError {
            throw LinkError.ethtool(
                action: action, link: linkName, SystemError(call: "ethtool netlink", number: error.number))
        }
    }

    /// The driver's own counters by name, what `ethtool -S` shows (ETHTOOL_GSSET_INFO,
    /// ETHTOOL_GSTRINGS, ETHTOOL_GSTATS); empty where a driver has none.
    public func statistics(of linkName: String) -> [String: UInt64] {
        guard let count = statisticsCount(linkName), count > 0 else { return [:] }
        let nameBytes = Int(ETH_GSTRING_LEN)
        let names = ioctlBuffer(linkName, command: UInt32(ETHTOOL_GSTRINGS), bodyBytes: 12 + count * nameBytes) {
            $0.storeBytes(of: UInt32(ETH_SS_STATS.rawValue), toByteOffset: 4, as: UInt32.self)
            $0.storeBytes(of: UInt32(count), toByteOffset: 8, as: UInt32.self)
        }
        let values = ioctlBuffer(linkName, command: UInt32(ETHTOOL_GSTATS), bodyBytes: 8 + count * 8) {
            $0.storeBytes(of: UInt32(count), toByteOffset: 4, as: UInt32.self)
        }
        guard let names, let values else { return [:] }
        var statistics: [String: UInt64] = [:]
        for position in 0..<count {
            let name = names[(12 + position * nameBytes)...].prefix(nameBytes).prefix { $0 != 0 }
            statistics[String(decoding: name, as: UTF8.self)] = values.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: 8 + position * 8, as: UInt64.self)
            }
        }
        return statistics
    }

    private func statisticsCount(_ linkName: String) -> Int? {
        // struct ethtool_sset_info: cmd, reserved, sset_mask (64 bit), then one count per set bit.
        let answer = ioctlBuffer(linkName, command: UInt32(ETHTOOL_GSSET_INFO), bodyBytes: 20) {
            $0.storeBytes(of: 1 << UInt64(ETH_SS_STATS.rawValue), toByteOffset: 8, as: UInt64.self)
        }
        guard let answer, answer.withUnsafeBytes({ $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self) }) != 0 else {
            return nil
        }
        return Int(answer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self) })
    }

    /// SIOCETHTOOL with a buffer whose first word is the command; nil if the kernel refused.
    private func ioctlBuffer(
        _ linkName: String, command: UInt32, bodyBytes: Int, fill: (UnsafeMutableRawPointer) -> Void
    ) -> [UInt8]? {
        let body = UnsafeMutableRawPointer.allocate(byteCount: bodyBytes, alignment: 8)
        defer { body.deallocate() }
        body.initializeMemory(as: UInt8.self, repeating: 0, count: bodyBytes)
        body.storeBytes(of: command, as: UInt32.self)
        fill(body)
        var request = ifreq()
        withUnsafeMutableBytes(of: &request.ifr_ifrn) { field in
            for (position, byte) in linkName.utf8.prefix(Int(IFNAMSIZ) - 1).enumerated() { field[position] = byte }
        }
        request.ifr_ifru.ifru_data = body.assumingMemoryBound(to: CChar.self)
        guard cl_ioctl(control.raw, UInt(SIOCETHTOOL), &request) == 0 else { return nil }
        return Array(UnsafeRawBufferPointer(start: body, count: bodyBytes))
    }
}
