import Kernel
import Links
import Metrics
import Plans

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
    /// `veth0@if7`, as ip(8) writes it.
    case pastedFromIP(InterfaceReference)
    case interfaceDown(InterfaceReference)
    /// Up, and nobody at its other end.
    case noCarrier(InterfaceReference)
    case notEthernet(InterfaceReference)
    case sameInterface(InterfaceReference)
    /// Nil for this machine's own, `host` for the caller's namespace.
    case carriesDefaultRoute(InterfaceReference, of: String?)
    /// The receiving side would route our frames on; `takesXDP`: whether the counting program may receive in place of sockets.
    case wouldForward(InterfaceReference, destination: String, by: String, takesXDP: Bool)
    /// The receiving end is a port of a switch whose rules we don't know.
    case wouldSwitch(InterfaceReference, kind: String, takesXDP: Bool)
    case frameLargerThanMTU(sizeBytes: Int, mtuBytes: Int, InterfaceReference)
    case ringTooLarge(bytes: Int)
    case transmitRingTooLarge(bytes: Int)
    /// More receive queues than AF_XDP sockets.
    case queuesWithoutReader(String, queues: Int, workers: Int)
    /// Live frames need NAPI at the sending veth's own peer.
    case livePeerOutOfReach(String, peerIndex: Int)
    case livePeerWithoutQueue(String)
    case engineNeedsLink(EngineName)
    /// The kernel doesn't know it.
    case engineRefused(EngineName, SystemError)
    case workerStuck(String)
    case link(LinkError)
    case system(SystemError, doing: String)
    /// Anything else, in its own words.
    case failed(String, doing: String)
}

extension TrialError: ExplainedError, CustomStringConvertible {
    /// Fit for a terminal: the names in it are others'.
    public var description: String { explanation.visible }

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
        case .pastedFromIP(let interface):
            "there is no network namespace \(interface.namespace ?? ""): `ip link` writes \(interface) for an interface \(interface.name) and its peer"
        case .wouldForward(let interface, let destination, let out, _):
            "frames to \(destination) would not end at \(interface): that namespace would forward them out of \(out)"
        case .wouldSwitch(let interface, let kind, _):
            "\(interface) is a port of a switch (\(kind)), which might pass the frames on"
        case .interfaceDown(let interface): "interface \(interface) is down"
        case .noCarrier(let interface): "interface \(interface) has no carrier: its other end is down or unplugged"
        case .notEthernet(let interface): "interface \(interface) is not an Ethernet interface"
        case .sameInterface(let interface): "\(interface) can't be both ends of the link"
        case .carriesDefaultRoute(let interface, nil):
            "interface \(interface) carries this machine's default route, and a flood on it could cut the machine off"
        case .carriesDefaultRoute(let interface, "host"):
            "interface \(interface) carries this network namespace's default route, and a flood on it could cut the namespace off"
        case .carriesDefaultRoute(let interface, let namespace?):
            "interface \(interface) carries the default route of network namespace \(namespace), and a flood on it could cut that namespace off"
        case .frameLargerThanMTU(let size, let mtu, let interface):
            "frames of \(size) bytes (FCS counted) don't fit the MTU of \(mtu) bytes of \(interface)"
        case .ringTooLarge(let bytes):
            "the kernel has no memory for receive rings of \(ByteCount(bytes: bytes))"
        case .transmitRingTooLarge(let bytes): "the kernel has no memory for transmit rings of \(ByteCount(bytes: bytes))"
        case .queuesWithoutReader(let name, let queues, let workers):
            "interface \(name) has \(queues) receive queues, and receiver af-xdp reads \(workers) of them: frames on the others would pass it"
        case .livePeerOutOfReach(let name, let index):
            "frames of engine xdp are lost where the peer of \(name) (index \(index)) has neither GRO nor an XDP program, and that peer is in no "
                + "network namespace that can be reached from here"
        case .livePeerWithoutQueue(let name):
            "frames of engine xdp are lost where \(name) has neither GRO nor an XDP program, and GRO was asked to be off"
        case .engineNeedsLink(let engine): "engine \(engine.rawValue) needs a link"
        case .engineRefused(let engine, let error): "this kernel refuses the frames of engine \(engine.rawValue): \(error.reason)"
        case .workerStuck(let role): "a \(role) worker did not come to an end within 10 s"
        case .link(let error): "\(error)"
        case .system(let error, let doing): "\(doing) failed: \(error.reason) (\(error.call))"
        case .failed(let reason, let doing): "\(doing) failed: \(reason)"
        }
    }

    public var remedy: String? {
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
        case .noSuchNamespace(_, let error): NamespaceAdvice.text(error)
        case .pastedFromIP(let interface): "write \(interface.name) alone, or \(interface.name)@NETNS"
        case .wouldForward(let interface, _, _, let takesXDP):
            """
            use \(takesXDP ? "--receiver xdp, which takes them off the interface, " : "")--network raw, or --destination-mac \(LinkPair.nobodysAddress); or switch \
            forwarding off there (sysctl net.ipv4.conf.\(interface.name).forwarding=0); or add --force if you mean it
            """
        case .wouldSwitch(_, _, true): "use --receiver xdp, which takes them off the interface, or add --force if you mean it"
        case .wouldSwitch(_, _, false): "take an interface that is no switch's port, or add --force if you mean it"
        case .interfaceDown(let interface):
            "switch it on with: ip \(interface.namespace.map { "-n \($0) " } ?? "")link set \(interface.name) up"
        case .noCarrier: "switch its other end on"
        case .notEthernet: "take a veth, or another interface whose `ip link` line says link/ether"
        case .sameInterface: "name the other end of the pair with --rx"
        case .carriesDefaultRoute: "use a veth pair, or add --force if you mean it"
        case .frameLargerThanMTU(let size, _, _): "use a smaller --size, or --mtu \(max(68, size - 18))"
        case .ringTooLarge: "use fewer --rx-threads or --blocks, or a smaller --block-size"
        case .transmitRingTooLarge: "use fewer --threads or --ring-slots, smaller frames, or fewer different ones (--modify)"
        case .queuesWithoutReader(_, let queues, _): "use --rx-threads \(queues), or fewer queues with --rx-queues (`ethtool -L`)"
        case .livePeerOutOfReach:
            "use --engine gso, or switch GRO on there (`ethtool -K PEER gro on`) and add --force"
        case .livePeerWithoutQueue: "leave out --no-gro, or use --engine gso"
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
    package static func explaining(_ error: any Error, _ plan: TrialPlan) -> any Error {
        guard let error = error as? SystemError else { return error }
        switch error.number {
        case ErrorNumber.noMemory:
            let transmit = plan.transmit.ringBytes(plan.mix) * plan.transmit.workers
            let receive = plan.receive.blockBytes * plan.receive.blocks * plan.receive.workers
            // A mapping doesn't say whose it was: the larger one is to blame.
            let isTransmit = error.call.contains("TX_RING") || !error.call.contains("RX_RING") && transmit > receive
            return isTransmit ? TrialError.transmitRingTooLarge(bytes: transmit) : .ringTooLarge(bytes: receive)
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
