import Kernel

/// What goes wrong with links, each with what can be done about it.
public enum LinkError: Error, Equatable, Sendable {
    case noSuchLink(name: String, namespace: String)
    case refused(action: String, namespace: String, NetlinkError)
    case ethtool(action: String, link: String, SystemError)
}

extension LinkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchLink(let name, let namespace):
            "there is no interface \(name) in namespace \(namespace)"
        case .refused(let action, let namespace, let error):
            "the kernel refused to \(action) in namespace \(namespace): \(error)"
        case .ethtool(let action, let link, let error):
            "the kernel refused to \(action) of \(link): \(error.reason)"
        }
    }
}
