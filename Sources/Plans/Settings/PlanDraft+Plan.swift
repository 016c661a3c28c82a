import Frames

extension PlanDraft {
    /// The least that has to be asked for to have a plan again: what follows from the rest is left to follow, so that flags laid over it change what depends
    /// on them. An engine that vethmark chose is chosen again.
    ///
    /// - Parameter limits: of the machine that is to make the plan.
    public init(repeating plan: TrialPlan, limits: PlanLimits = .thisMachine) {
        let whole = PlanDraft(naming: plan)
        self = whole
        var limits = limits
        // Slots at a rate were chosen because frames one by one were too slow: that is found out anew.
        if plan.transmit.engineReason != nil, plan.transmit.engine.abilities.cutsSlots, plan.load.packetRate != nil {
            limits.oneByOnePps = 0
        }
        // What can't be had here is told by whoever makes a plan of it.
        guard (try? TrialPlan(whole, limits: limits))?.isSame(as: plan) == true else { return }
        // What one setting leaves open may hang on another that is still said.
        while removeOne(of: plan, limits) {}
    }

    /// - Returns: whether something followed from the rest.
    private mutating func removeOne(of plan: TrialPlan, _ limits: PlanLimits) -> Bool {
        var hasLess = false
        for row in SettingTable.rows where isSet(row.field) && (row.field != .engine || plan.transmit.engineReason != nil) {
            var less = self
            less.remove(row.field)
            guard (try? TrialPlan(less, limits: limits))?.isSame(as: plan) == true else { continue }
            self = less
            hasLess = true
        }
        return hasLess
    }

    /// Every field of a plan by name, but for settings that its engine and receiver have no use for.
    public init(naming plan: TrialPlan) {
        self.init()
        link.transmit = plan.link.transmit
        link.receive = plan.link.receive
        link.placement = plan.link.placement
        link.force = plan.link.force
        link.mtuBytes = plan.link.mtuBytes
        link.transmitQueues = plan.link.transmitQueues
        link.receiveQueues = plan.link.receiveQueues
        link.transmitAddress = plan.link.transmitAddress
        link.receiveAddress = plan.link.receiveAddress
        link.gro = plan.link.gro
        link.gso = plan.link.gso
        link.tso = plan.link.tso
        link.checksumOffload = plan.link.checksumOffload
        if let streams = plan.streams {
            frame.streams = streams.map { stream in
                var request = StreamRequest(name: stream.name, share: stream.pace == nil ? stream.share : nil)
                if let pace = stream.pace {
                    // Shapes with rates of their own say them again.
                    request.rate = pace.shape.hasOwnRates ? nil : pace.rate
                    request.shape = pace.shape
                }
                request.replay = stream.replay?.path
                if stream.replay == nil { request.settings.nameFrame(stream.frame) }
                return request
            }
        } else {
            nameFrame(plan.frame)
        }
        // Frames cut out of slots carry checksums, and nobody may ask for the contrary.
        if plan.transmit.alwaysChecksums == true, !plan.frame.udpChecksum { frame.udpChecksum = nil }
        nameLoad(plan.load)
        // The sum of the streams'.
        if plan.mix.hasOwnPaces { load.rate = nil }
        transmit.engine = plan.transmit.engine
        transmit.workers = plan.transmit.workers
        transmit.cpus = plan.transmit.cpus
        transmit.ringSlots = plan.transmit.ringSlots
        transmit.batchFrames = plan.transmit.batchFrames
        transmit.layout = plan.transmit.layout
        transmit.segments = plan.transmit.segments
        transmit.superframes = plan.transmit.superframes
        transmit.qdiscBypass = plan.transmit.qdiscBypass
        receive.receiver = plan.receive.receiver
        if plan.receive.workers > 0 { receive.workers = plan.receive.workers }
        receive.cpus = plan.receive.cpus
        receive.blockBytes = plan.receive.blockBytes
        receive.blocks = plan.receive.blocks
        receive.retireMilliseconds = plan.receive.retireMilliseconds
        receive.snapBytes = plan.receive.snapBytes
        receive.xdpMode = plan.receive.xdpMode
        receive.foreign = plan.receive.foreign
        receive.busyPollMicroseconds = plan.receive.busyPollMicroseconds
        run.repeats = plan.run.repeats
        run.intervalNanoseconds = plan.run.intervalNanoseconds
        run.seed = plan.run.seed
        run.latency = plan.run.latency
        run.label = plan.run.label
        self = fitted(to: plan.transmit.engine, plan.receive.receiver)
    }

    private mutating func nameFrame(_ plan: TrialPlan.Frame) {
        frame.sizes = plan.sizes
        frame.sourceAddress = plan.sourceAddress
        frame.destinationAddress = plan.destinationAddress
        frame.vlans = plan.vlans
        frame.encapsulation = plan.encapsulation
        frame.network = plan.network
        switch plan.network {
        case .raw: break
        case .ipv4:
            frame.sourceIPv4 = plan.sourceIPv4
            frame.destinationIPv4 = plan.destinationIPv4
        case .ipv6:
            frame.sourceIPv6 = plan.sourceIPv6
            frame.destinationIPv6 = plan.destinationIPv6
        }
        frame.dscp = plan.dscp
        frame.timeToLive = plan.timeToLive
        frame.transport = plan.transport
        frame.sourcePort = plan.sourcePort
        frame.destinationPort = plan.destinationPort
        frame.udpChecksum = plan.udpChecksum
        frame.malformed = plan.malformed
        frame.flows = plan.flows
        frame.modifiers = plan.modifiers
    }

    private mutating func nameLoad(_ plan: TrialPlan.Load) {
        // Shapes with rates of their own say them again.
        if !plan.shape.hasOwnRates { load.rate = plan.rate }
        load.lineRate = plan.lineRate
        load.shape = plan.shape
        load.frameCount = plan.frameCount
        // Without an end but Ctrl-C.
        load.durationNanoseconds = plan.durationNanoseconds ?? (plan.frameCount == nil ? 0 : nil)
        load.warmupNanoseconds = plan.warmupNanoseconds
    }
}

extension TrialPlan {
    /// Whether the same is asked for: reasons don't count, and neither does what was left to the planner in results of before it was kept.
    fileprivate func isSame(as other: TrialPlan) -> Bool {
        func plain(_ plan: TrialPlan) -> TrialPlan {
            var plan = plan
            plan.transmit.engineReason = nil
            plan.link.placement = plan.link.placement ?? .auto
            return plan
        }
        return plain(self) == plain(other)
    }
}
