import CLinux
import Glibc
import Synchronization

/// An AF_NETLINK socket that asks and reads the whole answer: netlink(7), one request at a time.
///
/// It stays in the network namespace of the thread that made it.
public final class NetlinkSocket: Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    private let descriptor: Descriptor
    /// Held from a question to the end of its answer: what another thread asks meanwhile would be answered in between.
    private let turn = Mutex(())

    /// - Parameter family: NETLINK_ROUTE or NETLINK_GENERIC.
    /// - Throws: `SystemError` of `socket(2)`.
    public init(family: Int32 = NETLINK_ROUTE) throws(SystemError) {
        let descriptor = Descriptor(
            owning: try systemCall("socket(AF_NETLINK)") {
                socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family)
            })
        // Extended acknowledgements carry the kernel's own sentence about what was wrong; strict
        // checking makes it honour the filters of a dump. Old kernels know neither: no harm.
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor.raw, SOL_NETLINK, Int32(NETLINK_EXT_ACK), &on, size)
        unsafe setsockopt(descriptor.raw, SOL_NETLINK, Int32(NETLINK_GET_STRICT_CHK), &on, size)
        self.descriptor = descriptor
    }

    /// The number of the socket's network namespace, which no other one gets until the machine starts anew (SO_NETNS_COOKIE, Linux 5.14);
    /// nil on older kernels.
    public var namespaceCookie: UInt64? {
        var cookie: UInt64 = 0
        var size = socklen_t(MemoryLayout<UInt64>.size)
        guard unsafe getsockopt(descriptor.raw, SOL_SOCKET, Int32(CL_SO_NETNS_COOKIE), &cookie, &size) == 0 else { return nil }
        return cookie
    }

    /// Sends one message and collects the answers until the kernel says it is done.
    ///
    /// - Parameter message: a whole message with its `nlmsghdr`, length and sequence filled in.
    /// - Returns: the answers, header included; empty after a bare acknowledgement.
    /// - Throws: `NetlinkError` with the kernel's number and sentence.
    public func exchange(_ message: [UInt8]) throws -> [[UInt8]] {
        try turn.withLock { _ in try askAndHear(message) }
    }

    private func askAndHear(_ message: [UInt8]) throws -> [[UInt8]] {
        try systemCall("sendto(netlink)") { unsafe send(descriptor.raw, message, message.count, 0) }
        var answers: [[UInt8]] = []
        var chunk = [UInt8](repeating: 0, count: 262_144)
        while true {
            let capacity = chunk.count
            let count = try systemCall("recv(netlink)") { unsafe recv(descriptor.raw, &chunk, capacity, 0) }
            if try Self.collect(chunk[..<count], into: &answers) { return answers }
        }
    }

    /// Hears what is told to the multicast groups of `groups` (RTMGRP_… bits) from now on.
    ///
    /// - Throws: `SystemError` of `bind(2)`.
    public func subscribe(groups: UInt32) throws(SystemError) {
        var address = sockaddr_nl()
        address.nl_family = UInt16(AF_NETLINK)
        address.nl_groups = groups
        try systemCall("bind(AF_NETLINK)") {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor.raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
    }

    /// Messages that came by themselves since the last call, without waiting.
    public func news() -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var chunk = [UInt8](repeating: 0, count: 32768)
        while true {
            let capacity = chunk.count
            let count = unsafe recv(descriptor.raw, &chunk, capacity, Int32(MSG_DONTWAIT))
            guard count > 0 else { return messages }
            _ = try? Self.collect(chunk[..<count], into: &messages)
        }
    }

    /// Splits one datagram into messages; true when it held the end of the answer.
    static func collect(_ datagram: ArraySlice<UInt8>, into answers: inout [[UInt8]]) throws -> Bool {
        var rest = datagram
        let headerBytes = MemoryLayout<nlmsghdr>.size
        while rest.count >= headerBytes {
            guard let header = kernelStruct(rest.prefix(headerBytes), as: nlmsghdr.self) else { break }
            let length = Int(header.nlmsg_len)
            guard length >= headerBytes, length <= rest.count else {
                throw NetlinkError(number: EBADMSG, message: "a netlink message of \(length) bytes in \(rest.count)")
            }
            let message = Array(rest.prefix(length))
            rest = rest.dropFirst((length + 3) & ~3)
            switch Int32(header.nlmsg_type) {
            case NLMSG_DONE: return true
            case NLMSG_ERROR:
                if let error = NetlinkError(acknowledgement: message) { throw error }
                return true
            case NLMSG_NOOP: continue
            default:
                answers.append(message)
            // Only a request with NLM_F_ACK or a dump goes on; both end in a message above.
            }
        }
        return false
    }
}

/// The kernel's refusal of a netlink request.
public struct NetlinkError: Error, Equatable, Sendable, CustomStringConvertible {
    // Unsafe: `strerror` gives a string that is copied at once.

    public let number: Int32
    /// The kernel's own sentence (NLMSGERR_ATTR_MSG), where it gave one.
    public let message: String?

    public init(number: Int32, message: String?) {
        self.number = number
        self.message = message
    }

    /// Nil if `acknowledgement`, an NLMSG_ERROR message, carries no error.
    init?(acknowledgement bytes: [UInt8]) {
        let headerBytes = MemoryLayout<nlmsghdr>.size
        guard let header = kernelStruct(bytes, as: nlmsghdr.self), let code = bytes.machineInteger(at: headerBytes, as: Int32.self),
            code != 0
        else { return nil }
        // The lowest number has no opposite, and no kernel sends it.
        number = 0 &- code
        // With NLM_F_CAPPED the request's payload isn't echoed, and attributes follow its header.
        var offset = headerBytes + 4 + headerBytes
        if header.nlmsg_flags & UInt16(NLM_F_CAPPED) == 0 {
            let echoed = bytes.count >= offset ? bytes.machineInteger(at: headerBytes + 4, as: UInt32.self) : nil
            let inner = echoed.map { Int($0) } ?? headerBytes
            offset += max(0, ((inner + 3) & ~3) - headerBytes)
        }
        guard header.nlmsg_flags & UInt16(NLM_F_ACK_TLVS) != 0, offset < bytes.count else {
            message = nil
            return
        }
        let attributes = NetlinkAttributes(bytes[offset...])
        message = attributes.string(UInt16(NLMSGERR_ATTR_MSG.rawValue))
    }

    public var description: String {
        let reason = unsafe String(cString: strerror(number))
        return message.map { "\(reason): \($0)" } ?? reason
    }
}
