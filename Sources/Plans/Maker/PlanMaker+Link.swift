import Frames

extension PlanMaker {
    mutating func makeLink(_ mix: TrafficMix) -> TrialPlan.Link {
        let asked = draft.link
        checkEnds()
        let isPrivate = asked.transmit == nil && asked.receive == nil
        if asked.placement == .best, !isPrivate {
            refuse(
                .placement, found: PlacementName.best.rawValue,
                allowed: "found out on a private pair only, for its trials go at full speed",
                remedy: "name one of the others, or leave out the interfaces")
        }
        // The kernel sets both numbers at once (ETHTOOL_MSG_CHANNELS_SET).
        let queues = isPrivate || asked.transmitQueues != nil || asked.receiveQueues != nil ? defaultQueues : nil
        return TrialPlan.Link(
            transmit: asked.transmit, receive: asked.receive, mtuBytes: makeMTU(mix, isPrivate: isPrivate),
            transmitQueues: value(\.link.transmitQueues) ?? queues,
            receiveQueues: value(\.link.receiveQueues) ?? queues,
            transmitAddress: makeStation(.transmitAddress, asked.transmitAddress),
            receiveAddress: makeStation(.receiveAddress, asked.receiveAddress),
            gro: asked.gro, gso: asked.gso, tso: asked.tso, checksumOffload: asked.checksumOffload,
            force: asked.force ?? false, placement: asked.placement ?? .auto)
    }

    /// The CPU chooses the queue (`veth_select_rxq`), and a counting program wants each worker's frames on one queue that nobody else
    /// uses: with several workers a queue for each CPU.
    private var defaultQueues: Int {
        let workers = max(draft.transmit.workers ?? 1, draft.transmit.cpus?.count ?? 1)
        // One AF_XDP socket for each queue, and no queue without one.
        let transmit = draft.transmit.engine?.abilities.queues, receive = draft.receive.receiver?.abilities.queues
        if receive == .onePerWorker { return max(draft.receive.workers ?? workers, draft.receive.cpus?.count ?? 1) }
        if transmit == .onePerWorker { return workers }
        let countsPerQueue = transmit == .onePerCPU || receive == .onePerCPU
        guard countsPerQueue, workers > 1 else { return 1 }
        return min(max(limits.cpuCount ?? workers, (draft.transmit.cpus?.max() ?? 0) + 1), PlanBounds.queues.upperBound)
    }

    private mutating func checkEnds() {
        switch (draft.link.transmit, draft.link.receive) {
        case (nil, nil): break
        // Where nobody of ours counts, the other end is somebody else's.
        case (_?, nil) where draft.receive.receiver?.abilities.counting == .byTheLink: break
        case (let transmit?, nil): refuseLoneEnd(missing: .linkReceive, given: .linkTransmit, transmit)
        case (nil, let receive?): refuseLoneEnd(missing: .linkTransmit, given: .linkReceive, receive)
        case (let transmit?, let receive?):
            guard transmit == receive, !limits.spansHosts else { return }
            refuse(
                .linkReceive, found: "\(receive)", allowed: "another interface than \(PlanField.linkTransmit.path)",
                remedy: "name the other end of the link")
        }
    }

    private mutating func refuseLoneEnd(missing: PlanField, given: PlanField, _ reference: InterfaceReference) {
        refuse(
            missing, found: nil, allowed: "given when \(given.path) is (\(reference))",
            remedy: "add \(missing.flag), or leave out both for a private pair")
    }

    private mutating func makeMTU(_ mix: TrafficMix, isPrivate: Bool) -> Int? {
        let needed = mix.largestPayloadBytes
        guard let mtu = value(\.link.mtuBytes) else {
            return isPrivate ? max(PlanDefaults.mtuBytes, needed) : nil
        }
        if areSound(.size), needed > mtu {
            let largest = mix.largestSizeBytes
            refuse(
                .size, found: "\(mix.sizesText)", allowed: "at most \(largest - (needed - mtu)) with an MTU of \(mtu)",
                remedy: "use smaller frames or \(PlanField.mtu.flag) \(needed)")
        }
        return mtu
    }

    /// An interface's own address must be one station's (`is_valid_ether_addr`).
    private mutating func makeStation(_ field: PlanField, _ address: MACAddress?) -> MACAddress? {
        guard let address else { return nil }
        guard address.value != 0, !address.isMulticast else {
            refuse(
                field, found: "\(address)", allowed: "a unicast address that is not all zeros",
                remedy: "leave it out to have the kernel choose")
            return nil
        }
        return address
    }
}
