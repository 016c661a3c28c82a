import CLinux
import Glibc

/// A network namespace held open by a descriptor: it lives as long as this value, a socket opened
/// in it, or a thread inside it; after a SIGKILL the kernel takes it down with the process.
public final class NetworkNamespace: Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

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
        guard
            let name = Folder.entries(namedFolder).sorted().first(where: {
                NamespaceIdentity(path: "\(namedFolder)/\($0)") == here.identity
            })
        else { return here }
        return try open(name)
    }

    /// Where `ip netns` keeps the namespaces that have names.
    static let namedFolder = "/run/netns"

    /// The namespace that `reference` names: a `/` makes a path; else it is a name under `/run/netns`, where `ip netns` keeps them, whatever
    /// the name; digits that are no name there are a process id, and `host` is then the caller's own.
    ///
    /// - Throws: `SystemError` of `open(2)`: ENOENT if there is none, EACCES without the right, EMFILE; EINVAL for a file that is no network
    ///   namespace, such as the leftover of one under `/run/netns`.
    public static func open(_ reference: String) throws(SystemError) -> NetworkNamespace {
        let path: String
        if reference.utf8.contains(UInt8(ascii: "/")) {
            path = reference
        } else if unsafe access("\(namedFolder)/\(reference)", F_OK) == 0 {
            path = "\(namedFolder)/\(reference)"
        } else if !reference.isEmpty, reference.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            path = "/proc/\(reference)/ns/net"
        } else if reference == "host" {
            return try current()
        } else {
            path = "\(namedFolder)/\(reference)"
        }
        return try NetworkNamespace(path: path, name: reference)
    }

    /// - Throws: as `open`.
    convenience init(path: String, name: String) throws(SystemError) {
        let descriptor = try Descriptor(path: path, flags: O_RDONLY)
        guard cl_is_network_namespace(descriptor.raw) == 1 else { throw SystemError(call: "open \(path)", number: EINVAL) }
        self.init(owning: descriptor, name: name)
    }

    /// Whether it is the one that the machine's own interfaces live in: that of process 1, in a container of the container's. Where that
    /// can't be looked at, it is the caller's own, unless that one has a name, which somebody gave it to tell it from the machine's.
    public var isTheMachines: Bool {
        if let machines = NamespaceIdentity(path: "/proc/1/ns/net") { return machines == identity }
        guard let own = try? NetworkNamespace.own(), own.identity == identity else { return false }
        return own.name == "host"
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
        unsafe fstat(descriptor.raw, &status)
        return NamespaceIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

/// What makes two namespace descriptors the same namespace. When a namespace is gone, another one may get its numbers.
public struct NamespaceIdentity: Hashable, Sendable {
    public let device: UInt64
    public let inode: UInt64

    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

extension NamespaceIdentity {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Of a namespace's file, which isn't opened; nil for one that can't be looked at.
    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
