import CLinux
import Glibc

/// A network namespace held open by a descriptor: it lives as long as this value, a socket opened
/// in it, or a thread inside it; after a SIGKILL the kernel takes it down with the process.
public final class NetworkNamespace: Sendable {
    public let descriptor: Descriptor
    /// What people call it: a name, a process id, a path, or what `private` was told.
    public let name: String

    private init(owning descriptor: consuming Descriptor, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// The namespace of the calling thread.
    ///
    /// - Throws: `SystemError` of `open(2)`.
    public static func current() throws(SystemError) -> NetworkNamespace {
        let path = "/proc/self/task/\(cl_thread_id())/ns/net"
        return NetworkNamespace(owning: try Descriptor(path: path, flags: O_RDONLY), name: "host")
    }

    /// The same, called by its name under `/run/netns` where it has one.
    ///
    /// - Throws: `SystemError` of `open(2)`.
    public static func own() throws(SystemError) -> NetworkNamespace {
        let here = try current()
        let named = Folder.entries("/run/netns").sorted().lazy.compactMap { try? open($0) }
        return named.first { $0.identity == here.identity } ?? here
    }

    /// The namespace that `reference` names: digits are a process id, a `/` makes a path, all else
    /// is a name under `/run/netns`, where `ip netns` keeps them. `host` is the caller's own, unless that
    /// name is taken there.
    ///
    /// - Throws: `SystemError` of `open(2)`: ENOENT if there is none, EACCES without the right.
    public static func open(_ reference: String) throws(SystemError) -> NetworkNamespace {
        let path: String
        if reference.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            path = "/proc/\(reference)/ns/net"
        } else if reference.utf8.contains(UInt8(ascii: "/")) {
            path = reference
        } else {
            path = "/run/netns/\(reference)"
            if reference == "host", access(path, F_OK) != 0 { return try current() }
        }
        return NetworkNamespace(owning: try Descriptor(path: path, flags: O_RDONLY), name: reference)
    }

    /// Every network namespace that can be named from here, each once: the caller's own (by its name under
    /// `/run/netns`, else `host`), then those under `/run/netns` by name, then those mounted elsewhere by path,
    /// then those of processes by id. What can't be opened is left out.
    public static func visible() -> [NetworkNamespace] {
        var found: [NetworkNamespace] = []
        var seen: Set<NamespaceIdentity> = []
        func add(_ namespace: NetworkNamespace?) {
            guard let namespace, seen.insert(namespace.identity).inserted else { return }
            found.append(namespace)
        }
        add(try? own())
        for name in Folder.entries("/run/netns").sorted() { add(try? open(name)) }
        for path in mountedPaths() { add(try? open(path)) }
        for process in Folder.entries("/proc").compactMap({ Int32($0) }).sorted() { add(try? open("\(process)")) }
        return found
    }

    /// Where network namespaces are mounted, container runtimes' folders included (proc_pid_mountinfo(5): the
    /// root of an nsfs mount is the namespace's kind and number).
    private static func mountedPaths() -> [String] {
        (TextFile.read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[3].hasPrefix("net:[") else { return nil }
            return String(fields[4])
        }
    }

    /// A new, empty namespace that nobody else can name.
    ///
    /// - Throws: `SystemError` of `unshare(2)`: EPERM without CAP_SYS_ADMIN (see
    ///   `UserNamespace.enter()`), ENOSPC beyond `max_net_namespaces`.
    public static func makePrivate(name: String) throws -> NetworkNamespace {
        // A thread of its own: it alone changes namespace, and its end leaves no trace.
        try WorkerThread(name: "netns") {
            try systemCall("unshare(CLONE_NEWNET)") { cl_unshare(CL_CLONE_NEWNET) }
            let path = "/proc/self/task/\(cl_thread_id())/ns/net"
            return NetworkNamespace(owning: try Descriptor(path: path, flags: O_RDONLY), name: name)
        }.join().get()
    }

    /// Moves the calling thread into this namespace; for threads made for it only.
    ///
    /// - Throws: `SystemError` of `setns(2)`: EPERM without CAP_SYS_ADMIN over the namespace.
    public func enter() throws(SystemError) {
        // Even into the namespace one is in, setns(2) wants CAP_SYS_ADMIN: who has CAP_NET_RAW only stays put.
        if let here = try? NetworkNamespace.current(), here.identity == identity { return }
        let raw = descriptor.raw
        try systemCall("setns(\(name))") { cl_setns(raw, CL_CLONE_NEWNET) }
    }

    /// Runs `body` on a thread of its own inside this namespace. Sockets opened there stay there.
    public func perform<Output: Sendable>(_ body: @escaping @Sendable () throws -> Output) throws -> Output {
        try WorkerThread(name: "netns-\(name)") {
            try self.enter()
            return try body()
        }.join().get()
    }

    /// Device and inode of the namespace file: the same pair, the same namespace.
    public var identity: NamespaceIdentity {
        var status = stat()
        fstat(descriptor.raw, &status)
        return NamespaceIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

/// What makes two namespace descriptors the same namespace.
public struct NamespaceIdentity: Hashable, Sendable {
    public let device: UInt64
    public let inode: UInt64
}
