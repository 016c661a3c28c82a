import Kernel

/// Where metrics are served: an address of this machine and a TCP port.
public struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    public let host: String
    /// 0 is any that is free.
    public let port: UInt16

    init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

    /// `PORT` for this machine alone (127.0.0.1), `ADDRESS:PORT`, or `[IPv6]:PORT`; `localhost` is the only name. Nil for everything else: whom a name means is
    /// for whoever looks it up to say, and what is served to others has to be asked for by its address.
    public init?(_ text: String) {
        var (host, digits) = (Substring("127.0.0.1"), Substring(text))
        if let colon = text.lastIndex(of: ":") {
            (host, digits) = (text[..<colon], text[text.index(after: colon)...])
            if host.hasPrefix("[") {
                guard host.hasSuffix("]") else { return nil }
                host = host.dropFirst().dropLast()
                guard Self.isIPv6(host) else { return nil }
            } else if host == "localhost" {
                host = "127.0.0.1"
            } else {
                guard Self.isIPv4(host) else { return nil }
            }
        }
        guard Self.isNumber(digits), let port = UInt16(digits) else { return nil }
        (self.host, self.port) = (String(host), port)
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { isNumber($0) && $0.count <= 3 && UInt8($0) != nil }
    }

    private static func isNumber(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) } }

    /// Its letters; the kernel is asked for the rest.
    private static func isIPv6(_ text: Substring) -> Bool {
        text.contains(":") && text.allSatisfy { $0.isASCII && ($0.isHexDigit || ":.".contains($0)) }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
