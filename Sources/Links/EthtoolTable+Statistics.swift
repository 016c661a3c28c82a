import CLinux
import Glibc
import Kernel

extension EthtoolTable {
    /// The driver's own counters by name, what `ethtool -S` shows (ETHTOOL_GSSET_INFO,
    /// ETHTOOL_GSTRINGS, ETHTOOL_GSTATS); empty where a driver has none.
    public func statistics(of link: Link) -> [String: UInt64] { statistics(of: currentName(index: link.index) ?? link.name) }

    /// What the interface is called now (SIOCGIFNAME); the ioctl below knows names only.
    private func currentName(index: Int) -> String? {
        var request = ifreq()
        request.ifr_ifru.ifru_ivalue = Int32(index)
        guard cl_ioctl(control.raw, UInt(SIOCGIFNAME), &request) == 0 else { return nil }
        return withUnsafeBytes(of: &request.ifr_ifrn) { NetlinkAttributes.text(Array($0)[...]) }
    }

    /// The same by name.
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
