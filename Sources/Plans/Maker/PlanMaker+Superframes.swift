import Frames
import Ports
import Traffic

extension PlanMaker {
    /// How many segments each superframe has; nil where slots are cut, and where none can be made.
    mutating func makeSuperframes(_ frames: TrafficMix, _ link: TrialPlan.Link) -> Int? {
        guard draft.transmit.superframes == true else { return nil }
        let count = errors.count
        checkSides()
        checkKind(frames)
        checkOffloads(frames, link)
        guard errors.count == count, areSound(.size, .vlans, .segments), let frame = frames.streams.first?.frame else { return nil }
        let wanted = value(\.transmit.segments, default: PlanBounds.segments.upperBound)
        let segments = SegmentTemplate.segments(wanted, frameBytes: frame.largestBytes, headerBytes: frame.recipe.headerBytes)
        guard segments > 1 else {
            refuse(
                .size, found: "\(frame.sizes)", allowed: "such that 64 KiB hold two segments of a superframe",
                remedy: "use a smaller \(PlanField.size.flag), or leave out \(PlanField.superframes.flag)")
            return nil
        }
        return segments
    }

    /// One engine makes them, one receiver can count what is in them.
    private mutating func checkSides() {
        if let engine = draft.transmit.engine, !engine.abilities.sendsSuperframes {
            refuse(
                .superframes, found: "true", allowed: "left out with the \(engine.rawValue) engine, which sends frames only",
                remedy: "use \(PlanField.engine.flag) \(EngineName.superframes.rawValue)")
        } else if let receiver = draft.receive.receiver, !receiver.abilities.countsSegments {
            refuse(
                .superframes, found: "true",
                allowed: "left out with the \(receiver.rawValue) receiver, which can't tell how many segments a superframe has",
                remedy: "use \(PlanField.receiver.flag) \(ReceiverName.countingSegments.rawValue)")
        }
    }

    /// Frames that a device could cut: all of one size, so that each superframe has as many segments.
    private mutating func checkKind(_ frames: TrafficMix) {
        guard !frames.needsOwnSlots, let frame = frames.streams.first?.frame else {
            refuse(
                .superframes, found: "true", allowed: "left out with several streams, and with frames of a file",
                remedy: "leave out \(PlanField.streams.path)")
            return
        }
        if frame.network == .raw {
            refuse(
                .superframes, found: "true", allowed: "left out in frames without IP, which no device cuts",
                remedy: "use \(PlanField.network.flag) ipv4 or ipv6")
        }
        if frame.sizes.shares.count > 1 {
            refuse(
                .size, found: "\(frame.sizes)", allowed: "one size with \(PlanField.superframes.flag), that of a segment's frame",
                remedy: "use one \(PlanField.size.flag)")
        }
        let kinds = PlanBounds.superframeKinds
        if areSound(.modifiers, .flows, .size), frame.cycleFrames > UInt64(kinds.upperBound) {
            refuse(
                frame.flows == nil ? .modifiers : .flows, found: "\(frame.cycleFrames) different superframes",
                allowed: "at most \(kinds.upperBound), for each is laid out whole", remedy: "use smaller counts")
        }
    }

    /// What would have them cut in front of the link, or go by veth's NAPI, which takes none while segmentation is on (`veth_skb_is_eligible_for_gro`).
    private mutating func checkOffloads(_ frames: TrafficMix, _ link: TrialPlan.Link) {
        if link.checksumOffload == false {
            refuse(
                .checksumOffload, found: "false", allowed: "true or left out with superframes, whose checksums are left to a device",
                remedy: "leave it out")
        }
        if link.tso == false, frames.streams.first?.frame.transport == .tcp {
            refuse(
                .tso, found: "false", allowed: "true or left out with superframes of TCP, which would be cut", remedy: "leave it out")
        }
        if let placement = link.placement, [.napiThread, .best].contains(placement) {
            refuse(
                .placement, found: placement.rawValue,
                allowed: "auto, inline, same-core or split-softirq with superframes, which pass no NAPI",
                remedy: "leave it out")
        }
    }
}
