import Kernel

/// Numbers of `linux/if.h`, `linux/if_arp.h` and `linux/if_link.h` in the words of ip(8).
enum LinkWords {
    /// The order in which ip prints flags.
    private static let orderedFlags: [(bit: UInt32, name: String)] = [
        (0x8, "LOOPBACK"), (0x2, "BROADCAST"), (0x10, "POINTOPOINT"), (0x1000, "MULTICAST"), (0x80, "NOARP"), (0x200, "ALLMULTI"),
        (0x100, "PROMISC"), (0x400, "MASTER"), (0x800, "SLAVE"), (0x4, "DEBUG"), (0x8000, "DYNAMIC"), (0x4000, "AUTOMEDIA"),
        (0x2000, "PORTSEL"), (0x20, "NOTRAILERS"), (0x1, "UP"), (0x10000, "LOWER_UP"), (0x20000, "DORMANT"), (0x40000, "ECHO")
    ]

    static func flags(_ flags: UInt32) -> [String] {
        let isUp = flags & 0x1 != 0
        let isRunning = flags & 0x40 != 0
        return (isUp && !isRunning ? ["NO-CARRIER"] : []) + orderedFlags.filter { flags & $0.bit != 0 }.map(\.name)
    }

    /// RFC 2863, as the kernel numbers it (IF_OPER_…).
    static func operationalState(_ number: UInt8) -> String {
        let names = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"]
        return Int(number) < names.count ? names[Int(number)] : "UNKNOWN"
    }

    /// IF_LINK_MODE_…; nil for one that ip has no word for.
    static func linkMode(_ number: UInt8) -> String? {
        switch number {
        case 0: "DEFAULT"
        case 1: "DORMANT"
        default: nil
        }
    }

    /// ARPHRD_….
    static func linkType(_ hardwareType: UInt16) -> String {
        switch hardwareType {
        case 1: "ether"
        case 772: "loopback"
        case 65_534: "none"
        case 768: "ipip"
        case 776: "sit"
        case 778: "gre"
        default: "[\(hardwareType)]"
        }
    }

    /// IN6_ADDR_GEN_MODE_….
    static func addressGenerationMode(_ number: UInt8) -> String {
        let names = ["eui64", "none", "stable_secret", "random"]
        if Int(number) < names.count { return names[Int(number)] }
        return "0x" + (number < 16 ? "0" : "") + String(number, radix: 16)
    }

    /// A device group's name in `/etc/iproute2/group`, else its number.
    static func group(_ number: UInt32) -> String { groupNames[number] ?? "\(number)" }

    private static let groupNames: [UInt32: String] = {
        var names: [UInt32: String] = [0: "default"]
        for line in (TextFile.read("/etc/iproute2/group") ?? "").split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, let number = UInt32(words[0]) { names[number] = String(words[1]) }
        }
        return names
    }()

    static func hardwareAddress(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
