import CLinux
import Glibc

/// A network namespace that was seen, and how to get there. It isn't held open: there may be more of them than a process may have
/// descriptors (RLIMIT_NOFILE), and a descriptor would keep a dying one alive.
public struct NamespaceSighting: Sendable {
    /// By what it was seen.
    public enum Kind: Sendable {
        /// The caller's own.
        case own
        /// A file under `/run/netns`.
        case named
        /// A mount elsewhere, as container runtimes make them.
        case mounted
        /// A process inside it.
        case process
    }

    /// What it can be called by: `NetworkNamespace.open` takes it.
    public let name: String
    public let kind: Kind
    /// When it was seen; nil if it couldn't be looked at.
    public let identity: NamespaceIdentity?
    private let path: String

    init(name: String, kind: Kind, path: String) {
        self.name = name
        self.kind = kind
        self.path = path
        identity = NamespaceIdentity(path: path)
    }

    /// - Throws: as `NetworkNamespace.open`.
    public func open() throws(SystemError) -> NetworkNamespace { try NetworkNamespace(path: path, name: name) }
}

extension NamespaceSighting {
    /// Every network namespace that can be named from here, each once: the caller's own (by its name under
    /// `/run/netns`, else `host`), then those under `/run/netns` by name, then those mounted elsewhere by path,
    /// then those of processes by id. What can't be looked at is left out, but for names, behind which anybody expects something.
    public static func all() -> [NamespaceSighting] {
        var found: [NamespaceSighting] = []
        var seen: Set<NamespaceIdentity> = []
        func add(_ sighting: NamespaceSighting) {
            guard let identity = sighting.identity else {
                if sighting.kind == .named { found.append(sighting) }
                return
            }
            if seen.insert(identity).inserted { found.append(sighting) }
        }
        let named = Folder.entries(NetworkNamespace.namedFolder).sorted().map {
            NamespaceSighting(name: $0, kind: .named, path: "\(NetworkNamespace.namedFolder)/\($0)")
        }
        let ownPath = "/proc/self/task/\(cl_thread_id())/ns/net"
        let own = NamespaceSighting(name: "host", kind: .own, path: ownPath)
        let ownName = own.identity.flatMap { identity in named.first { $0.identity == identity }?.name }
        add(NamespaceSighting(name: ownName ?? "host", kind: .own, path: ownPath))
        named.forEach(add)
        for path in mountedPaths() { add(NamespaceSighting(name: path, kind: .mounted, path: path)) }
        let names = Set(named.map(\.name))
        for process in Folder.entries("/proc").compactMap({ Int32($0) }).sorted() {
            let path = "/proc/\(process)/ns/net"
            // Digits mean a name first.
            add(NamespaceSighting(name: names.contains("\(process)") ? path : "\(process)", kind: .process, path: path))
        }
        return found
    }

    /// Where network namespaces are mounted, container runtimes' folders included (proc_pid_mountinfo(5): the
    /// root of an nsfs mount is the namespace's kind and number).
    private static func mountedPaths() -> [String] {
        (TextFile.read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[3].hasPrefix("net:[") else { return nil }
            return unescaped(fields[4])
        }
    }

    /// Blanks, tabs, line breaks and backslashes stand as three octal digits in mountinfo (`mangle`).
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let first = rest.first {
            let digits = rest.dropFirst().prefix(3)
            if first == UInt8(ascii: "\\"), digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
