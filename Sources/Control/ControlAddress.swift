/// Where rank 0 listens.
public enum ControlAddress: Equatable, Sendable, CustomStringConvertible {
    /// A name or address, and a TCP port; 0 is any that is free.
    case tcp(host: String, port: Int)
    /// A socket in the file system, for ranks of one machine.
    case unix(path: String)

    /// Where nobody says else.
    public static let defaultPort = 7667
    /// What `sun_path` of sockaddr_un(7) holds, without its end.
    static let longestPath = 107

    /// `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT`, or `unix:/PATH`.
    ///
    /// - Throws: `ControlError.badAddress`.
    public init(_ text: String) throws(ControlError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), path.utf8.count <= Self.longestPath else { throw .badAddress(text) }
            self = .unix(path: path)
            return
        }
        var (host, port) = (Substring(text), Substring(""))
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .badAddress(text) }
            (host, port) = (text[text.index(after: text.startIndex)..<end], text[text.index(after: end)...])
            guard host.contains(":"), port.isEmpty || port.hasPrefix(":") else { throw .badAddress(text) }
        } else if let colon = text.firstIndex(of: ":") {
            (host, port) = (text[..<colon], text[colon...])
        }
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%")
        guard !host.isEmpty, host.allSatisfy(letters.contains) else { throw .badAddress(text) }
        guard !port.isEmpty else {
            self = .tcp(host: String(host), port: Self.defaultPort)
            return
        }
        let digits = port.dropFirst()
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }), let number = UInt16(digits) else { throw .badAddress(text) }
        self = .tcp(host: String(host), port: Int(number))
    }

    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
