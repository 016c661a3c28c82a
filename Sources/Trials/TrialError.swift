import Kernel
import Links

/// What keeps a trial from starting, or ends it without a result. Each is one sentence and a remedy.
public enum TrialError: Error, Sendable {
    /// Neither the capability nor a user namespace to get it in.
    case notPermitted(needs: [Capability], reason: String)
    /// Capabilities that no user namespace gives over interfaces that exist already.
    case notPermittedOnLinks(needs: [Capability])
    /// XDP programs.
    case programsNotPermitted(needs: [Capability])
    case programsRefused(SystemError)
    /// They can be loaded, but a user namespace, which a private pair would take, has none.
    case programsNeedNamespace(needs: [Capability])
    case noSuchNamespace(String, SystemError)
    case interfaceDown(InterfaceReference)
    /// Up, and nobody at its other end.
    case noCarrier(InterfaceReference)
    case notEthernet(InterfaceReference)
    case sameInterface(InterfaceReference)
    case carriesDefaultRoute(InterfaceReference)
    case frameLargerThanMTU(sizeBytes: Int, mtuBytes: Int, InterfaceReference)
    case ringTooLarge(bytes: Int)
    case engineNeedsLink(EngineName)
    /// The kernel doesn't know it.
    case engineRefused(EngineName, SystemError)
    case workerStuck(String)
    case link(LinkError)
    case system(SystemError, doing: String)
    /// Anything else, in its own words.
    case failed(String, doing: String)
}

extension TrialError: CustomStringConvertible {
    public var description: String { "\(sentence); \(remedy)" }

    public var sentence: String {
        switch self {
        case .notPermitted(let needs, let reason):
            "this needs \(needs.map(\.name).joined(separator: " and ")), and \(reason)"
        case .notPermittedOnLinks(let needs):
            "existing interfaces need \(needs.map(\.name).joined(separator: " and ")), and this user does not have \(needs.count == 1 ? "it" : "them")"
        case .programsNotPermitted(let needs):
            "XDP programs need \(needs.map(\.name).joined(separator: " and ")) in the initial user namespace, and this user may not load one"
        case .programsNeedNamespace(let needs):
            "a private pair for XDP programs needs \(needs.map(\.name).joined(separator: " and ")) in the initial user namespace, and this user does not have \(needs.count == 1 ? "it" : "them")"
        case .programsRefused(let error): "this kernel loads no XDP program: \(error.reason)"
        case .noSuchNamespace(let name, let error):
            "network namespace \(name) can't be opened: \(error.reason)"
        case .interfaceDown(let interface): "interface \(interface) is down"
        case .noCarrier(let interface): "interface \(interface) has no carrier: its other end is down or unplugged"
        case .notEthernet(let interface): "interface \(interface) is not an Ethernet interface"
        case .sameInterface(let interface): "\(interface) can't be both ends of the link"
        case .carriesDefaultRoute(let interface):
            "interface \(interface) carries the default route of \(interface.namespaceWords), and a flood on it could cut that off"
        case .frameLargerThanMTU(let size, let mtu, let interface):
            "frames of \(size) bytes (FCS counted) don't fit the MTU of \(mtu) bytes of \(interface)"
        case .ringTooLarge(let bytes):
            "the kernel has no memory for rings of \(bytes / 1_048_576) MiB"
        case .engineNeedsLink(let engine): "engine \(engine.rawValue) needs a link"
        case .engineRefused(let engine, let error): "this kernel refuses the frames of engine \(engine.rawValue): \(error.reason)"
        case .workerStuck(let role): "a \(role) worker did not come to an end within 10 s"
        case .link(let error): "\(error)"
        case .system(let error, let doing): "\(doing) failed: \(error.reason) (\(error.call))"
        case .failed(let reason, let doing): "\(doing) failed: \(reason)"
        }
    }

    public var remedy: String {
        switch self {
        case .notPermitted:
            """
            run it as root, or allow unprivileged user namespaces (sysctl user.max_user_namespaces=10000 and, \
            where they exist, kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0)
            """
        case .notPermittedOnLinks(let needs): "run it as root, or: sudo \(ProgramFile.setcap(needs))"
        case .programsNeedNamespace: "run it as root, or name interfaces of your own with --tx and --rx"
        case .programsNotPermitted, .programsRefused:
            "run it as root, or use --engine gso and --receiver ring, which need no program"
        case .noSuchNamespace(_, let error):
            error.isPermission
                ? "run it as root, or as the owner of that namespace"
                : "`ip netns list` shows the names; a process id or a path work as well"
        case .interfaceDown(let interface):
            "switch it on with: ip \(interface.namespace.map { "-n \($0) " } ?? "")link set \(interface.name) up"
        case .noCarrier: "switch its other end on"
        case .notEthernet: "take a veth, or another interface whose `ip link` line says link/ether"
        case .sameInterface: "name the other end of the pair with --rx"
        case .carriesDefaultRoute: "use a veth pair, or add --force if you mean it"
        case .frameLargerThanMTU(let size, _, _): "use a smaller --size, or --mtu \(max(68, size - 18))"
        case .ringTooLarge: "use fewer --threads, --ring-slots or --blocks"
        case .engineNeedsLink: "leave out --engine null or --receiver null"
        case .engineRefused: "use --engine auto, which takes the next best"
        case .workerStuck: "this is a fault of vethmark or of the kernel; `-v` and the kernel log may say more"
        case .link(let error): error.remedy
        case .system(let error, _):
            error.isPermission ? "run it as root" : "`vethmark probe` tells what works here"
        case .failed: "`vethmark probe` tells what works here"
        }
    }
}

extension TrialError {
    /// A worker's failure in words of the user's: what was being done, and what helps.
    static func explaining(_ error: any Error, _ plan: TrialPlan) -> any Error {
        guard let error = error as? SystemError else { return error }
        switch error.number {
        case ErrorNumber.noMemory:
            return TrialError.ringTooLarge(bytes: plan.receive.blockBytes * plan.receive.blocks * max(plan.receive.workers, 1))
        case ErrorNumber.notPermitted where error.call.hasPrefix("socket"):
            return TrialError.notPermitted(needs: [.netRaw], reason: "this user does not have it in that namespace")
        case ErrorNumber.networkDown, ErrorNumber.noSuchDevice, ErrorNumber.noSuchAddress:
            return TrialError.system(error, doing: "opening the interface, which went away or down,")
        default:
            return TrialError.system(error, doing: "setting up a worker")
        }
    }
}

extension InterfaceReference {
    fileprivate var namespaceWords: String {
        switch namespace {
        case nil: "this network namespace"
        case "host"?: "this machine"
        case let name?: "network namespace \(name)"
        }
    }
}
