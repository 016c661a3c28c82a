import Kernel

extension TrialPlan {
    /// What a process has to have for this plan's trials and nothing more, where it may make no user namespace, as in a container: the table of
    /// docs/deploying.md, which scripts/test-capabilities holds against the kernel.
    package var capabilities: Set<Capability> {
        let (engine, receiver) = (transmit.engine.abilities, receive.receiver.abilities)
        guard engine.needsLink else { return [] }
        let pinned: Set<Capability> = engine.pinsMemory || receiver.pinsMemory ? [.ipcLock] : []
        guard !link.isPrivate else { return pinned.union([.netAdmin, .netRaw, .sysAdmin]) }
        var needed = pinned.union([.netRaw])
        if engine.makesFramesInKernel || receiver.attachesProgram { needed.formUnion([.netAdmin, .bpf]) }
        // Programs of ours that make or count frames, and not those that hand them to sockets.
        if engine.makesFramesInKernel || receiver.attachesProgram && !receiver.hasWorkers { needed.insert(.perfmon) }
        if engine.cutsSlots || link.changesInterfaces { needed.insert(.netAdmin) }
        return needed
    }
}

extension TrialPlan.Link {
    /// Whether a setting of an interface that is there already is asked for.
    fileprivate var changesInterfaces: Bool {
        mtuBytes != nil || transmitQueues != nil || receiveQueues != nil || transmitAddress != nil || receiveAddress != nil
            || [gro, gso, tso, checksumOffload].contains { $0 != nil } || !(placement?.isTheKernels ?? true)
    }
}
