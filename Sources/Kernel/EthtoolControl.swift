import CLinux
import Glibc

/// The ethtool ioctl (SIOCETHTOOL), for what netlink doesn't tell. It knows interfaces by their names only.
///
/// It stays in the network namespace of the thread that made it.
public final class EthtoolControl: Sendable {
    // Unsafe: `ifreq` is lent for the call alone. Its unions are of integers, characters and a pointer that is written whole.

    private let descriptor: Descriptor

    /// - Throws: `SystemError` of `socket(2)`.
    public init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("socket(AF_INET)") {
                socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
    }

    /// What the interface is called now (SIOCGIFNAME); nil if there is none of that index.
    public func name(ofIndex index: Int) -> String? {
        var request = unsafe ifreq()
        // A union of integers and a pointer: writing any member is well.
        unsafe request.ifr_ifru.ifru_ivalue = Int32(index)
        // The kernel writes a name into the struct, and no more.
        guard unsafe cl_ioctl(descriptor.raw, UInt(SIOCGIFNAME), &request) == 0 else { return nil }
        return unsafe kernelText(request.ifr_ifrn.ifrn_name)
    }

    /// The driver's own counters by name, what `ethtool -S` shows (ETHTOOL_GSSET_INFO, ETHTOOL_GSTRINGS, ETHTOOL_GSTATS); empty where a
    /// driver has none.
    public func statistics(of linkName: String) -> [String: UInt64] {
        guard let count = statisticsCount(linkName), count > 0 else { return [:] }
        let nameBytes = Int(ETH_GSTRING_LEN)
        let names = answer(
            linkName, [UInt32(ETHTOOL_GSTRINGS), UInt32(ETH_SS_STATS.rawValue), UInt32(count)], byteCount: 12 + count * nameBytes)
        let values = answer(linkName, [UInt32(ETHTOOL_GSTATS), UInt32(count)], byteCount: 8 + count * 8)
        guard let names, let values else { return [:] }
        var statistics: [String: UInt64] = [:]
        for position in 0..<count {
            let name = names[(12 + position * nameBytes)...].prefix(nameBytes).prefix { $0 != 0 }
            statistics[String(decoding: name, as: UTF8.self)] = values.machineInteger(at: 8 + position * 8, as: UInt64.self)
        }
        return statistics
    }

    private func statisticsCount(_ linkName: String) -> Int? {
        // struct ethtool_sset_info: cmd, reserved, sset_mask (64 bit), then one count per set bit.
        let mask: UInt64 = 1 << UInt64(ETH_SS_STATS.rawValue)
        let answer = answer(
            linkName, [UInt32(ETHTOOL_GSSET_INFO), 0, UInt32(truncatingIfNeeded: mask), UInt32(mask >> 32)], byteCount: 20)
        guard let answer, answer.machineInteger(at: 8, as: UInt64.self) != 0 else { return nil }
        return answer.machineInteger(at: 16, as: UInt32.self).map { Int($0) }
    }

    /// A command that begins with these words, and what the kernel made of its `byteCount` bytes; nil if it refused.
    private func answer(_ linkName: String, _ words: [UInt32], byteCount: Int) -> [UInt8]? {
        var body = words.flatMap { kernelBytes(of: $0) }
        body += [UInt8](repeating: 0, count: byteCount - body.count)
        var request = unsafe ifreq()
        let name = Array(linkName.utf8.prefix(Int(IFNAMSIZ) - 1))
        // The name has room for IFNAMSIZ bytes, and the last stays zero.
        unsafe withUnsafeMutableBytes(of: &request.ifr_ifrn) { unsafe $0.copyBytes(from: name) }
        // Each command tells the kernel how much it may write: `byteCount` by the counts in its words. The array lies still meanwhile.
        let isTaken = unsafe body.withUnsafeMutableBytes { bytes in
            unsafe request.ifr_ifru.ifru_data = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe cl_ioctl(descriptor.raw, UInt(SIOCETHTOOL), &request) == 0
        }
        return isTaken ? body : nil
    }
}
