import Engines
import Kernel
import Links
import Plans

/// From the plan's words to a link that is ready: privilege, namespaces, interfaces, settings.
public enum LinkSetup {
    /// Gets what a private pair needs. As root nothing changes; everybody else moves into a user
    /// namespace, which has to happen before the process has a second thread.
    ///
    /// - Throws: `TrialError.notPermitted`.
    public static func acquirePrivilege(for plan: TrialPlan) throws(TrialError) {
        guard plan.transmit.engine.abilities.needsLink else { return }
        let capabilities = CapabilitySet.effective
        if plan.needsProgram { try checkPrograms() }
        let needed: [Capability] = plan.link.isPrivate ? [.sysAdmin, .netAdmin, .netRaw] : [.netRaw]
        let missing = needed.filter { !capabilities.contains($0) }
        guard !missing.isEmpty else { return }
        guard plan.link.isPrivate else {
            throw .notPermittedOnLinks(needs: missing)
        }
        guard !plan.needsProgram else { throw .programsNeedNamespace(needs: missing) }
        do throws(SystemError) {
            try UserNamespace.enter()
        } catch {
            throw .notPermitted(needs: missing, reason: "this machine allows no user namespace to get it in (\(error))")
        }
    }

    /// eBPF wants its capabilities in the initial user namespace, where nobody else can give them: CAP_BPF and CAP_NET_ADMIN, or
    /// CAP_SYS_ADMIN (`bpf_prog_load`). Names tell nothing of namespaces and security modules, so it is tried.
    private static func checkPrograms() throws(TrialError) {
        do throws(SystemError) {
            try KernelProbe.xdpProgram()
        } catch {
            guard error.isPermission else { throw .programsRefused(error) }
            throw .programsNotPermitted(needs: [.bpf, .netAdmin])
        }
    }

    /// Which ends of a link are on this host.
    public enum Ends: Sendable { case both, transmitting, receiving }

    /// Makes the private pair, or opens the named interfaces and lays the plan's settings over them.
    ///
    /// - Parameter ends: which of the two are here; the other one is another host's, and nothing is asked of it.
    /// - Throws: `TrialError`.
    public static func open(_ plan: TrialPlan, _ ends: Ends = .both) throws(TrialError) -> LinkPair {
        do {
            if ends == .transmitting { return try openSender(plan) }
            if ends == .receiving { return try openReceiver(plan) }
            if plan.link.isPrivate { return try LinkPair.makePrivate(plan.linkSettings) }
            return try openExisting(plan)
        } catch let error as TrialError {
            throw error
        } catch let error as LinkError {
            throw .link(error)
        } catch let error as SystemError {
            throw .system(error, doing: "setting up the link")
        } catch let error as NetlinkError {
            throw .system(SystemError(call: "netlink", number: error.number), doing: "setting up the link")
        } catch {
            throw .failed("\(error)", doing: "setting up the link")
        }
    }

    private static func openExisting(_ plan: TrialPlan) throws -> LinkPair {
        guard let transmit = plan.link.transmit else { preconditionFailure("a plan names its first end or neither") }
        let near = try end(transmit)
        guard let receive = plan.link.receive else { return try openAlone(plan, near, transmit) }
        let far = try end(receive)
        if near.namespace.identity == far.namespace.identity && near.link.index == far.link.index {
            throw TrialError.sameInterface(transmit)
        }
        for (end, reference) in [(near, transmit), (far, receive)] { try check(end, reference, plan) }
        try checkRoute(near, transmit, plan)
        guard near.link.hasCarrier else { throw TrialError.interfaceDown(receive) }
        let pair = try LinkPair.open(transmit: near, receive: far, plan.linkSettings)
        do {
            try plan.transmit.engine.side.preparePeer(of: pair, for: plan)
            return pair
        } catch {
            _ = pair.restore()
            throw error
        }
    }

    /// Half of a link between two hosts: the interface that frames leave by, under the guards of a borrowed one.
    private static func openSender(_ plan: TrialPlan) throws -> LinkPair {
        guard let transmit = plan.link.transmit else { preconditionFailure("a plan between hosts names its ends") }
        let near = try end(transmit)
        try check(near, transmit, plan)
        try checkRoute(near, transmit, plan)
        guard near.link.hasCarrier else { throw TrialError.noCarrier(transmit) }
        var settings = plan.linkSettings
        settings.receiveAddress = nil
        settings.receiveFeatures = [:]
        return try LinkPair.open(transmit: near, receive: near, settings)
    }

    /// The other half.
    private static func openReceiver(_ plan: TrialPlan) throws -> LinkPair {
        guard let receive = plan.link.receive else { preconditionFailure("a plan between hosts names its ends") }
        let far = try end(receive)
        try check(far, receive, plan)
        guard far.link.hasCarrier else { throw TrialError.noCarrier(receive) }
        var settings = plan.linkSettings
        settings.transmitAddress = nil
        settings.transmitFeatures = [:]
        return try LinkPair.open(transmit: far, receive: far, settings)
    }

    /// A transmitting end whose frames are somebody else's to count: over to the veth's peer where it can be found, else to wherever.
    private static func openAlone(_ plan: TrialPlan, _ near: LinkEnd, _ transmit: InterfaceReference) throws -> LinkPair {
        try check(near, transmit, plan)
        try checkRoute(near, transmit, plan)
        guard near.link.hasCarrier else { throw TrialError.noCarrier(transmit) }
        if let far = near.peer() { return try LinkPair.open(transmit: near, receive: far, plan.linkSettings) }
        var settings = plan.linkSettings
        settings.receiveAddress = nil
        settings.receiveFeatures = [:]
        return try LinkPair.open(transmit: near, receive: near, settings)
    }

    private static func check(_ end: LinkEnd, _ reference: InterfaceReference, _ plan: TrialPlan) throws(TrialError) {
        guard end.link.isEthernet && !end.link.isLoopback else { throw .notEthernet(reference) }
        guard end.link.isUp else { throw .interfaceDown(reference) }
        let mtu = plan.link.mtuBytes ?? end.link.mtuBytes
        guard plan.segmentMix.largestPayloadBytes <= mtu else {
            throw .frameLargerThanMTU(sizeBytes: plan.segmentMix.largestSizeBytes, mtuBytes: mtu, reference)
        }
    }

    private static func checkRoute(_ near: LinkEnd, _ transmit: InterfaceReference, _ plan: TrialPlan) throws {
        guard try plan.link.force || !near.table.defaultRouteLinks().contains(near.link.index) else {
            throw TrialError.carriesDefaultRoute(transmit, of: near.namespace.isTheMachines ? nil : near.namespace.name)
        }
    }

    private static func end(_ reference: InterfaceReference) throws -> LinkEnd {
        let namespace = try reference.namespace == nil ? NetworkNamespace.current() : reference.openNamespace()
        do {
            return try LinkEnd(named: reference.name, in: namespace)
        } catch let error as SystemError {
            throw TrialError.noSuchNamespace(namespace.name, error)
        }
    }
}

extension TrialPlan {
    /// Whether a program of ours has to be in the kernel.
    package var needsProgram: Bool { transmit.engine.abilities.makesFramesInKernel || receive.receiver.abilities.attachesProgram }

    /// What the plan says of the link, and what its engine needs of it.
    package var linkSettings: LinkSettings {
        var settings = link.settings
        transmit.engine.side.adjust(&settings, for: self)
        if link.placement == .napiThread, !receive.receiver.abilities.attachesProgram {
            // What makes veth use NAPI where there is no program (`veth_set_features`, `veth_xmit`).
            if link.gro == nil { settings.receiveFeatures["rx-gro"] = true }
            if link.tso == nil { settings.transmitFeatures[EthtoolTable.tcpSegmentationOffload] = false }
        }
        return settings
    }
}

extension TrialPlan.Link {
    /// What the plan says of the link, in the words of `Links`.
    var settings: LinkSettings {
        var settings = LinkSettings()
        settings.mtuBytes = mtuBytes
        settings.transmitAddress = transmitAddress
        settings.receiveAddress = receiveAddress
        if let transmitQueues, let receiveQueues {
            settings.channels = LinkChannels(transmit: transmitQueues, receive: receiveQueues)
        }
        if let gro { settings.receiveFeatures["rx-gro"] = gro }
        if let gso { settings.transmitFeatures["tx-generic-segmentation"] = gso }
        if let tso { settings.transmitFeatures[EthtoolTable.tcpSegmentationOffload] = tso }
        if let checksumOffload {
            settings.transmitFeatures["tx-checksum-ip-generic"] = checksumOffload
            settings.receiveFeatures["rx-checksum"] = checksumOffload
        }
        return settings
    }
}
