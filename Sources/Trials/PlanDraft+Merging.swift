extension PlanDraft {
    /// This draft, and where it says nothing, the other.
    public func merging(over base: PlanDraft) -> PlanDraft {
        var merged = PlanDraft()
        merged.link = link.merging(over: base.link)
        merged.frame = frame.merging(over: base.frame)
        merged.load = load.merging(over: base.load)
        merged.transmit = transmit.merging(over: base.transmit)
        merged.receive = receive.merging(over: base.receive)
        merged.run = run.merging(over: base.run)
        return merged
    }

    /// This draft with what the command line says laid over it, field by field.
    public func applying(_ flags: PlanDraft) -> PlanDraft { flags.merging(over: self) }
}

extension PlanDraft.Link {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.transmit = transmit ?? base.transmit
        merged.receive = receive ?? base.receive
        merged.mtuBytes = mtuBytes ?? base.mtuBytes
        merged.transmitQueues = transmitQueues ?? base.transmitQueues
        merged.receiveQueues = receiveQueues ?? base.receiveQueues
        merged.transmitAddress = transmitAddress ?? base.transmitAddress
        merged.receiveAddress = receiveAddress ?? base.receiveAddress
        merged.gro = gro ?? base.gro
        merged.gso = gso ?? base.gso
        merged.tso = tso ?? base.tso
        merged.checksumOffload = checksumOffload ?? base.checksumOffload
        merged.force = force ?? base.force
        merged.placement = placement ?? base.placement
        return merged
    }
}

extension PlanDraft.Frame {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.sizes = sizes ?? base.sizes
        merged.sourceAddress = sourceAddress ?? base.sourceAddress
        merged.destinationAddress = destinationAddress ?? base.destinationAddress
        merged.vlans = vlans ?? base.vlans
        merged.network = network ?? base.network
        merged.sourceIPv4 = sourceIPv4 ?? base.sourceIPv4
        merged.destinationIPv4 = destinationIPv4 ?? base.destinationIPv4
        merged.sourceIPv6 = sourceIPv6 ?? base.sourceIPv6
        merged.destinationIPv6 = destinationIPv6 ?? base.destinationIPv6
        merged.transport = transport ?? base.transport
        merged.sourcePort = sourcePort ?? base.sourcePort
        merged.destinationPort = destinationPort ?? base.destinationPort
        merged.dscp = dscp ?? base.dscp
        merged.timeToLive = timeToLive ?? base.timeToLive
        merged.udpChecksum = udpChecksum ?? base.udpChecksum
        merged.modifiers = modifiers ?? base.modifiers
        return merged
    }
}

extension PlanDraft.Load {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.rate = rate ?? base.rate
        merged.lineRate = lineRate ?? base.lineRate
        merged.frameCount = frameCount ?? base.frameCount
        merged.durationNanoseconds = durationNanoseconds ?? base.durationNanoseconds
        merged.warmupNanoseconds = warmupNanoseconds ?? base.warmupNanoseconds
        return merged
    }
}

extension PlanDraft.Transmit {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.engine = engine ?? base.engine
        merged.workers = workers ?? base.workers
        merged.cpus = cpus ?? base.cpus
        merged.ringSlots = ringSlots ?? base.ringSlots
        merged.batchFrames = batchFrames ?? base.batchFrames
        merged.layout = layout ?? base.layout
        merged.segments = segments ?? base.segments
        merged.qdiscBypass = qdiscBypass ?? base.qdiscBypass
        return merged
    }
}

extension PlanDraft.Receive {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.receiver = receiver ?? base.receiver
        merged.workers = workers ?? base.workers
        merged.cpus = cpus ?? base.cpus
        merged.blockBytes = blockBytes ?? base.blockBytes
        merged.blocks = blocks ?? base.blocks
        merged.retireMilliseconds = retireMilliseconds ?? base.retireMilliseconds
        merged.snapBytes = snapBytes ?? base.snapBytes
        merged.xdpMode = xdpMode ?? base.xdpMode
        merged.foreign = foreign ?? base.foreign
        merged.busyPollMicroseconds = busyPollMicroseconds ?? base.busyPollMicroseconds
        return merged
    }
}

extension PlanDraft.Run {
    func merging(over base: Self) -> Self {
        var merged = base
        merged.repeats = repeats ?? base.repeats
        merged.intervalNanoseconds = intervalNanoseconds ?? base.intervalNanoseconds
        merged.seed = seed ?? base.seed
        return merged
    }
}
