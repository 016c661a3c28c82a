import Kernel

/// What goes wrong with links, each with what can be done about it.
public enum LinkError: Error, Equatable, Sendable {
    case noSuchLink(name: String, namespace: String)
    case nameTaken(name: String, namespace: String)
    case notPermitted(action: String, needs: Capability)
    case refused(action: String, namespace: String, NetlinkError)
    case ethtool(action: String, link: String, SystemError)
    case tooManyChannels(link: String, LinkChannelCounts.Maximum)
    case noSuchFeature(String, link: String)
    case fixedFeature(String, link: String, isOn: Bool)
    case noPeer(link: String, kind: String)
    case peerOutOfSight(link: String, index: Int)
    case peerOutOfReach(link: String, index: Int, namespace: String)
}

extension LinkError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .noSuchLink(let name, let namespace):
            "there is no interface \(name) in namespace \(namespace)"
        case .nameTaken(let name, let namespace):
            "the name \(name) is taken in namespace \(namespace)"
        case .notPermitted(let action, let needs):
            "this user may not \(action): it takes \(needs.name) there"
        case .refused(let action, let namespace, let error):
            "the kernel refused to \(action) in namespace \(namespace): \(error)"
        case .ethtool(let action, let link, let error):
            "the kernel refused to \(action) of \(link): \(error.reason)"
        case .tooManyChannels(let link, let maximum):
            "\(link) was made with \(maximum.receive ?? 0) receive and \(maximum.transmit ?? 0) transmit queues, and can't have more"
        case .noSuchFeature(let feature, let link):
            "\(link) has no feature \(feature)"
        case .fixedFeature(let feature, let link, let isOn):
            "feature \(feature) of \(link) is fixed: it stays \(isOn ? "on" : "off")"
        case .noPeer(let link, let kind):
            "\(link) has no peer: it is not a veth but \(kind)"
        case .peerOutOfSight(let link, let index):
            "the peer of \(link), index \(index), lives in a namespace that can't be seen from here"
        case .peerOutOfReach(let link, let index, let namespace):
            "the peer of \(link), index \(index), lives in namespace \(namespace), which this user can't enter without CAP_SYS_ADMIN"
        }
    }
}

extension LinkError {
    public var remedy: String {
        switch self {
        case .noSuchLink(_, let namespace):
            namespace == "host" ? "`ip link` lists the interfaces" : "`vethmark link show --netns \(namespace)` lists the interfaces"
        case .nameTaken(_, let namespace):
            "choose another name; `vethmark link show\(namespace == "host" ? "" : " --netns \(namespace)")` lists those that are taken"
        case .notPermitted(_, .netAdmin):
            "run it as root, or give the program the capability: sudo \(ProgramFile.setcap([.netAdmin]))"
        case .notPermitted: "run it as root"
        case .refused(_, _, let error) where error.number == ErrorNumber.notSupported:
            "load the veth driver (modprobe veth), or use a kernel that has it"
        case .refused(_, _, let error) where error.number == ErrorNumber.busy: "switch the interface off first"
        case .refused: "`vethmark link show --details` shows what the link allows"
        case .ethtool(_, let link, _): "`ethtool -k \(link)` and `ethtool -l \(link)` show what the link allows"
        case .tooManyChannels: "take fewer, or make the pair anew with `vethmark link add --queues`"
        case .noSuchFeature(_, let link): "`ethtool -k \(link)` lists those that it has"
        case .fixedFeature: "leave it as it is"
        case .noPeer: "`vethmark link show` says who is paired with whom"
        case .peerOutOfSight:
            "run it as root; a namespace is seen by its name under /run/netns, by a mount of it, or by a process inside it"
        case .peerOutOfReach: "run it as root"
        }
    }
}
