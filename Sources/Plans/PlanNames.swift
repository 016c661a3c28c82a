/// How an interface runs a receiving program.
public enum XDPModeName: String, Codable, CaseIterable, Sendable {
    /// In the driver, before there is an skb.
    case native
    /// On skbs, behind the driver: any interface, slower.
    case generic
}

/// What becomes of frames that aren't ours, where a program of ours sees them first.
public enum ForeignAction: String, Codable, CaseIterable, Sendable {
    /// On to the network stack.
    case pass
    case drop
}

/// Which CPU does what: docs/engines.md has a picture of each.
public enum PlacementName: String, Codable, CaseIterable, Sendable {
    /// As the kernel does it, `inline`; or, in runs at full speed that a full queue holds up, whichever short trials show to be the fastest.
    case auto
    /// As the kernel does it: receiving up to the ring in the sender's softirq, the reader on a CPU of its own.
    case inline
    /// The reader on the sender's CPU as well.
    case sameCore = "same-core"
    /// RPS: the receiving softirq on CPUs that don't transmit.
    case splitSoftirq = "split-softirq"
    /// Threaded NAPI on CPUs that don't transmit.
    case napiThread = "napi-thread"
    /// Whichever of the others is fastest on this machine, by short trials; a run's result names that one.
    case best

    /// Those that it is chosen from; `auto` is as the kernel does it there.
    public static let candidates: [PlacementName] = [.auto, .sameCore, .splitSoftirq, .napiThread]

    /// Whether all stays where the kernel has it.
    package var isTheKernels: Bool { self == .auto || self == .inline }
}

/// How a ring slot becomes a socket buffer in `tpacket_fill_skb`.
public enum SlotLayout: String, Codable, CaseIterable, Sendable {
    /// The whole frame in the linear area, by way of a virtio-net header whose `hdr_len` covers it.
    case linear
    /// The ring's pages hung on as fragments, which veth then copies (`skb_orphan_frags`).
    case fragments
}

/// An interface and the network namespace it lives in, written `IF` or `IF@NETNS`; encoded as that text.
public struct InterfaceReference: Equatable, Hashable, Sendable, CustomStringConvertible {
    public var name: String
    /// A name in `/run/netns`, a process id, or a path; nil means the caller's own namespace.
    public var namespace: String?

    public init(name: String, namespace: String? = nil) {
        self.name = name
        self.namespace = namespace
    }

    /// Bytes of an interface's name (IFNAMSIZ less its zero).
    public static let maximumNameBytes = 15
    /// Bytes of another name that it may have besides (ALTIFNAMSIZ less its zero).
    public static let maximumAlternativeBytes = 127

    /// Nil unless `text` is a name of 1 to 127 bytes without `/`, blanks and `:` (`dev_valid_name`),
    /// with an optional, non-empty `@NETNS` behind it. Names of more than 15 bytes are other names only (`ip link property add altname`).
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0]
        guard !name.isEmpty, name.utf8.count <= Self.maximumAlternativeBytes, name != ".", name != ".." else { return nil }
        guard !name.utf8.contains(where: Self.isForbidden) else { return nil }
        if parts.count == 2 {
            guard !parts[1].isEmpty else { return nil }
            self.namespace = String(parts[1])
        }
        self.name = String(name)
    }

    /// What `dev_valid_name` of the kernel refuses: `/`, `:` and blanks (`isspace`), and zero, which ends a name. Other control characters it
    /// takes, and whoever finds such a name must be able to delete it.
    public static func isForbidden(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0
    }

    public var description: String { namespace.map { "\(name)@\($0)" } ?? name }
}

extension InterfaceReference: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let reference = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not IF or IF@NETNS")
        }
        self = reference
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
