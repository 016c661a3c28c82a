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
    case notGivenBack(String)
    case noPeer(link: String, kind: String)
    case peerOutOfSight(link: String, index: Int)
    /// The error is that of entering the namespace; nil if it was entered and the peer wasn't there any more.
    case peerOutOfReach(link: String, index: Int, namespace: String, SystemError?)
}

extension LinkError: ExplainedError, CustomStringConvertible {
    /// The sentence alone.
    public var description: String { sentence }
    public var sentence: String { words.visible }

    private var words: String {
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
        case .notGivenBack(let what): what
        case .noPeer(let link, let kind):
            "\(link) has no peer: it is not a veth but \(kind)"
        case .peerOutOfSight(let link, let index):
            "the peer of \(link), index \(index), lives in a namespace that can't be seen from here"
        case .peerOutOfReach(let link, let index, let namespace, nil):
            "the peer of \(link), index \(index), lived in namespace \(namespace) and is gone"
        case .peerOutOfReach(let link, let index, let namespace, let error?):
            "the peer of \(link), index \(index), lives in namespace \(namespace), which "
                + (error.isPermission ? "this user can't enter without CAP_SYS_ADMIN" : "can't be entered: \(error.reason)")
        }
    }
}

extension LinkError {
    public var remedy: String? { advice.visible }

    private var advice: String {
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
        case .notGivenBack: "`vethmark restore` tries again"
        case .noPeer: "`vethmark link show` says who is paired with whom"
        case .peerOutOfSight:
            "run it as root; a namespace is seen by its name under /run/netns, by a mount of it, or by a process inside it"
        case .peerOutOfReach(_, _, _, let error):
            error.map { NamespaceAdvice.text($0) } ?? "`vethmark link show` says who is paired with whom"
        }
    }
}

/// What helps where a network namespace can't be opened or entered.
public enum NamespaceAdvice {
    public static func text(_ error: SystemError) -> String {
        switch error.number {
        case _ where error.isPermission: "run it as root, or as the owner of that namespace"
        case ErrorNumber.invalid:
            "that file is no network namespace, perhaps left over from one that is gone: `ip netns list` shows the names, `ip netns del` removes a leftover"
        case ErrorNumber.tooManyFiles: "raise the limit of open files: ulimit -n"
        case ErrorNumber.tooManyFilesOnMachine: "raise fs.file-max, or close what holds files open"
        case ErrorNumber.noMemory, ErrorNumber.noSpace: "free memory, or raise the limits under user.max_*_namespaces"
        default: "`ip netns list` shows the names; a process id or a path work as well"
        }
    }
}
