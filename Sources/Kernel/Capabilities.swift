import CLinux

/// The capabilities that matter here, by their bits in capability.h.
public enum Capability: Int, CaseIterable, Sendable {
    case netAdmin = 12
    case netRaw = 13
    case ipcLock = 14
    case sysAdmin = 21
    case perfmon = 38
    case bpf = 39

    public var name: String {
        switch self {
        case .netAdmin: "CAP_NET_ADMIN"
        case .netRaw: "CAP_NET_RAW"
        case .ipcLock: "CAP_IPC_LOCK"
        case .sysAdmin: "CAP_SYS_ADMIN"
        case .perfmon: "CAP_PERFMON"
        case .bpf: "CAP_BPF"
        }
    }
}

/// The effective capabilities of the calling thread, in its own user namespace.
public struct CapabilitySet: Sendable {
    private let bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    public static var effective: CapabilitySet {
        let status = TextFile.read("/proc/thread-self/status") ?? ""
        for line in status.split(separator: "\n") where line.hasPrefix("CapEff:") {
            let digits = line.dropFirst("CapEff:".count).drop { $0.isWhitespace }
            return CapabilitySet(bits: UInt64(digits, radix: 16) ?? 0)
        }
        return CapabilitySet(bits: 0)
    }

    public func contains(_ capability: Capability) -> Bool { bits >> UInt64(capability.rawValue) & 1 == 1 }
}
