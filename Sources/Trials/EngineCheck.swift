import Frames
import Kernel
import Links
import Ports

/// Whether the kernel does what the plan's engine needs, found out by doing it where nobody listens.
public enum EngineCheck {
    /// The plan, or, where the engine was vethmark's own choice, the plan with the next best one and the reason.
    ///
    /// - Throws: `TrialError.engineRefused` if the engine was asked for by name; `.queuesWithoutReader`.
    public static func settled(_ plan: TrialPlan, on link: LinkPair?) throws -> TrialPlan {
        guard let link else { return plan }
        try checkQueues(plan, link)
        guard plan.transmit.engine == .gso else { return plan }
        var recipe = plan.frame.recipe
        recipe.sizeBytes = plan.frame.sizes.minimumBytes
        recipe.destination = LinkPair.nobodysAddress
        let template = try FrameBuilder.build(recipe)
        let segments = SegmentTemplate(template, udp: plan.frame.udpHeader(of: template))
        guard segments.canBeCut else { return plan }
        do {
            if link.isPrivate {
                let index = link.transmit.link.index
                try link.transmit.namespace.perform { try GSOTransmitPort.attempt(segments, interfaceIndex: index) }
            } else {
                // On a borrowed link the frames would be in somebody's capture.
                try attemptApart(segments)
            }
            return plan
        } catch let error as SystemError where error.number == ErrorNumber.invalid {
            guard plan.transmit.engineReason != nil else { throw TrialError.engineRefused(.gso, error) }
            return plan.fallingBackToRing(because: "this kernel cuts no UDP slots (Linux 6.2 and later do)")
        } catch is SystemError {
            // What isn't about the frames, the ring would meet as well, and tell in its own words. Who may make no namespace
            // finds out by the frames that come back.
            return plan
        }
    }
}

extension EngineCheck {
    /// An AF_XDP socket reads one queue. What comes by a queue without one goes past all of them into the network stack, and would count as
    /// lost; which queue that is, the sender's CPU decides (`veth_select_rxq`).
    private static func checkQueues(_ plan: TrialPlan, _ link: LinkPair) throws(TrialError) {
        guard plan.receive.receiver == .afXDP else { return }
        // Where the kernel doesn't tell, the sockets themselves will.
        guard let queues = try? link.receive.ethtool?.channelCounts(of: link.receive.link) else { return }
        let active = (queues.receive ?? 0) + (queues.combined ?? 0)
        if active > plan.receive.workers {
            throw .queuesWithoutReader(link.receive.link.name, queues: active, workers: plan.receive.workers)
        }
    }

    /// On the loopback of a namespace of its own.
    private static func attemptApart(_ segments: SegmentTemplate) throws {
        let namespace = try NetworkNamespace.makePrivate(name: "attempt")
        let table = try LinkTable(in: namespace)
        let loopback = try table.link(named: "lo")
        try table.set(loopback.index, LinkChanges(up: true))
        try namespace.perform { try GSOTransmitPort.attempt(segments, interfaceIndex: loopback.index) }
    }
}

extension TrialPlan {
    func fallingBackToRing(because reason: String) -> TrialPlan {
        var plan = self
        plan.transmit.engine = .ring
        plan.transmit.engineReason = reason
        plan.transmit.segments = nil
        plan.transmit.runFrames = nil
        plan.transmit.alwaysChecksums = nil
        plan.transmit.ringSlots = max(PlanDefaults.ringSlots, transmit.ringSlots)
        plan.transmit.batchFrames = PlanDefaults.batchFrames
        plan.transmit.qdiscBypass = true
        return plan
    }
}
