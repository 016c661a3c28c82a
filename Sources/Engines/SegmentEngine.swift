import Kernel
import Links
import Plans
import Ports
import Traffic

/// `gso`: a ring whose slots the stack cuts into many frames each (generic segmentation), or has pass whole as superframes.
struct SegmentEngine: TransmitSide {
    package static let abilities = EngineName.gso.abilities

    package static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan) {
        // Off, or slots would reach the peer uncut, and frames without their checksums; on, for superframes that do.
        let isWhole = plan.sendsSuperframes
        for name in plan.frame.transport == .udp ? ["tx-udp-segmentation"] : ["tx-tcp-segmentation", "tx-tcp6-segmentation"] {
            settings.transmitFeatures[name] = isWhole
        }
        if plan.link.checksumOffload == nil { settings.transmitFeatures["tx-checksum-ip-generic"] = isWhole }
    }

    package static func settled(_ plan: TrialPlan, on link: LinkPair) throws -> TrialPlan {
        var recipe = plan.frame.recipe
        recipe.sizeBytes = plan.frame.sizes.minimumBytes
        recipe.destination = LinkPair.nobodysAddress
        let template = try FrameBuilder.build(recipe)
        let segments = SegmentTemplate(template, transport: plan.frame.segmentedTransport(of: template))
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
            guard plan.transmit.engineReason != nil, !plan.sendsSuperframes else { throw TrialError.engineRefused(.gso, error) }
            return plan.fallingBackToRing(because: "this kernel cuts no UDP slots (Linux 6.2 and later do)")
        } catch is SystemError {
            // What isn't about the frames, the ring would meet as well, and tell in its own words. Who may make no namespace
            // finds out by the frames that come back.
            return plan
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

    package static var probe: SideProbe? {
        SideProbe(needsPair: true, remedy: "Linux 6.2 or later; --engine ring works without") {
            let template = SegmentTemplate(
                try SideProbe.template(), transport: SegmentedTransport(.udp, offset: 34, pseudoHeaderSum: 0))
            try SideProbe.onPair { try GSOTransmitPort.attempt(template, interfaceIndex: $0) }
            return "slots of UDP payloads are cut into frames"
        }
    }

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        let plan = worker.plan
        let settings = try worker.ringSettings
        var port = try GSOTransmitPort(
            .init(
                interfaceIndex: settings.interfaceIndex, minimumSlots: settings.minimumSlots,
                segments: plan.sendsSuperframes ? 1 : plan.transmit.segments ?? PlanDefaults.segments,
                batchFrames: plan.transmit.batchFrames),
            templates: worker.templates.map {
                SegmentTemplate($0, transport: plan.frame.segmentedTransport(of: $0), superframe: plan.superframe)
            })
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
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
