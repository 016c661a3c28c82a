import CLinux
import Glibc
import Kernel

/// The interface that is asked about: found by its index, which stays its own as long as it lives, and named in errors only. A name
/// may be another interface's by now.
struct EthtoolSubject: Sendable {
    let index: Int
    let name: String

    init(_ link: Link) {
        index = link.index
        name = link.name
    }

    init(_ link: LinkDescription) {
        index = link.index
        name = link.name
    }
}

/// What ethtool(8) reads and sets, for the interfaces of one namespace: offload features and channels through
/// ethtool netlink, driver statistics through the ioctl (netlink has no strings for them).
public final class EthtoolTable: Sendable {
    private let generic: NetlinkSocket
    let control: EthtoolControl
    /// The number the kernel gave the generic netlink family `ethtool` at boot.
    private let family: UInt16

    /// - Throws: `SystemError`, or `NetlinkError` ENOENT on kernels before 5.6.
    public init(in namespace: NetworkNamespace) throws {
        let generic = try namespace.perform { try NetlinkSocket(family: NETLINK_GENERIC) }
        self.generic = generic
        control = try namespace.perform { try EthtoolControl() }
        family = try Self.resolveFamily(generic)
    }

    private static func resolveFamily(_ socket: NetlinkSocket) throws -> UInt16 {
        var request = NetlinkRequest(
            type: UInt16(GENL_ID_CTRL), header: genlmsghdr(cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0))
        request.add(Int(CTRL_ATTR_FAMILY_NAME), string: "ethtool")
        let answers = try socket.exchange(request.bytes)
        guard
            let family = answers.first.flatMap({
                attributes(of: $0).integer(UInt16(CTRL_ATTR_FAMILY_ID), as: UInt16.self)
            })
        else {
            throw NetlinkError(number: ENOENT, message: "no generic netlink family called ethtool")
        }
        return family
    }

    static func attributes(of message: [UInt8]) -> NetlinkAttributes {
        NetlinkAttributes(message[min(MemoryLayout<nlmsghdr>.size + 4, message.count)...])
    }

    func request(_ command: Int, _ link: EthtoolSubject) -> NetlinkRequest {
        var request = NetlinkRequest(
            type: family, header: genlmsghdr(cmd: UInt8(command), version: 1, reserved: 0))
        // ETHTOOL_A_*_HEADER is attribute 1 of every ethtool message.
        request.nest(1) { $0.add(Int(ETHTOOL_A_HEADER_DEV_INDEX), UInt32(link.index)) }
        return request
    }

    func exchange(_ request: NetlinkRequest, _ action: String, _ link: EthtoolSubject) throws -> [[UInt8]] {
        do {
            return try generic.exchange(request.bytes)
        } catch let error as NetlinkError where error.number == EPERM {
            throw LinkError.notPermitted(action: "\(action) of \(link.name)", needs: .netAdmin)
        } catch let error as NetlinkError {
            throw LinkError.ethtool(
                action: action, link: link.name, SystemError(call: "ethtool netlink", number: error.number))
        }
    }
}
