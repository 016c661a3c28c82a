/// The packet sockets of a network namespace, as `/proc/net/packet` tells of them (`packet_seq_show`).
public enum PacketSocketTable {
    public struct Entry: Equatable, Sendable {
        /// What tells it from all other sockets.
        public var inode: UInt64
        /// 0 where it is bound to no interface, and so to all.
        public var interfaceIndex: Int
        /// Whether frames come in: it has a protocol, and its hook is in place.
        public var isRunning: Bool
    }

    /// - Throws: `SystemError` of `setns(2)`.
    public static func all(in namespace: NetworkNamespace) throws -> [Entry] {
        try namespace.perform { entries(TextFile.read("/proc/thread-self/net/packet") ?? "") }
    }

    /// sk, RefCnt, Type, Proto, Iface, R, Rmem, User, Inode.
    static func entries(_ text: String) -> [Entry] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 9, let index = Int(fields[4]), let inode = UInt64(fields[8]) else { return nil }
            return Entry(inode: inode, interfaceIndex: index, isRunning: fields[5] == "1" && fields[3] != "0000")
        }
    }
}
