import Metrics
import Traffic

/// Which engine a plan gets, and why, where it was left to vethmark.
struct EngineChoice {
    /// Of what frames reach one by one: a schedule that is only just kept has no room for what the machine does besides.
    private static let keptShare = 0.95

    package let engine: EngineName
    /// Nil if it was asked for by name.
    package let reason: String?

    /// The engines that need no more privilege than the plan itself, fastest first: `gso` where every frame can be cut out of a slot
    /// and nothing was asked for that only the plain ring has; else `ring`.
    ///
    /// A slot repeats one frame: where frames differ, `gso` sends them in runs, which keeps shares but not the plan's order.
    init(draft: PlanDraft, mix: TrafficMix, load: TrialPlan.Load, limits: PlanLimits) {
        let frame = mix.streams[0].frame
        if let asked = draft.transmit.engine {
            engine = asked
            reason = nil
            return
        }
        if draft.receive.receiver == .null {
            engine = .null
            reason = "the null receiver goes with it"
            return
        }
        if draft.transmit.superframes == true {
            engine = .superframes
            reason = "no other has slots pass whole"
            return
        }
        if mix.hasOwnPaces {
            engine = .ring
            reason = "each stream's frames leave as they fall due"
            return
        }
        if mix.hasRecordings, !mix.isSeveral {
            engine = .ring
            reason = "it sends the frames of a file as they are"
            return
        }
        if mix.isSeveral {
            engine = .ring
            reason = "streams take turns frame by frame"
            return
        }
        if load.shape != .constant {
            engine = .ring
            reason = "it sends each frame alone, at times of any shape"
            return
        }
        if draft.receive.receiver == .xdp || draft.receive.receiver == .afXDP {
            engine = .xdp
            reason = "its receiver takes what no other engine can make"
            return
        }
        let isPrivate = draft.link.transmit == nil && draft.link.receive == nil
        let workers = Double(draft.transmit.workers ?? draft.transmit.cpus?.count ?? 1)
        let alonePps = limits.oneByOnePps.map { $0 * workers }
        let asked = load.packetRate?.packetsPerSecond
        let isBeyond = asked.flatMap { asked in alonePps.map { asked > Self.keptShare * $0 } } ?? false
        let obstacle: String? =
            if frame.network == .raw {
                "frames without IP can't be cut out of slots"
            } else if frame.transport == .tcp {
                "the kernel would write TCP sequence numbers of its own into frames cut out of slots"
            } else if frame.encapsulation != nil {
                "packets inside of others can't be cut out of slots"
            } else if frame.malformed != nil {
                "the stack would write lengths and checksums of its own"
            } else if frame.cycleFrames > 1 {
                "a slot repeats one frame, and the plan's frames differ"
            } else if frame.hasOptionalChecksum, draft.frame.udpChecksum == false {
                "frames cut out of slots always carry UDP checksums"
            } else if draft.transmit.layout != nil || draft.transmit.qdiscBypass == true || draft.transmit.ringSlots != nil {
                "its own settings were asked for"
            } else if draft.link.gso == false || draft.link.checksumOffload == true {
                "the link's offloads were asked for otherwise"
            } else if !isPrivate && !limits.canSetLinks {
                "gso needs CAP_NET_ADMIN to set the link's offloads"
            } else if asked != nil, !isBeyond {
                // What keeps slots away at any rate is said before this, for a higher rate wouldn't bring them.
                "at a rate each frame goes alone"
            } else {
                nil
            }
        engine = obstacle == nil ? .gso : .ring
        reason =
            obstacle
            ?? (isBeyond
                ? "one by one \(PacketRate(packetsPerSecond: alonePps ?? 0)) leave here, so what is due goes by slots"
                : "frames cut out of slots cost the kernel least")
    }
}

extension TrialPlan.Frame {
    /// How many frames of the plan pass before the first comes again.
    package var cycleFrames: UInt64 { (try? FrameSchedule.cycleLength(sizes: sizes, modifiers: modifiers, flows: flows)) ?? 1 }

    /// Whether they are too many to have a slot each: then fields are laid into each frame as it leaves.
    package var isPatched: Bool {
        // Slots are powers of two, their headers less than 128 bytes.
        let slotBytes = UInt64(1) << UInt64(64 - (largestBytes + 127).leadingZeroBitCount)
        let cycle = cycleFrames
        return cycle > UInt64(FrameSchedule.maximumCycle) || cycle * slotBytes > UInt64(PlanBounds.transmitRingBytes.upperBound)
    }

    /// After how many slots the first frame, or the first size, has its turn again.
    package var cycle: Int { isPatched ? sizes.roundLength : Int(cycleFrames) }

    /// Whether `udpChecksum` says anything: TCP and UDP over IPv6 always have a checksum, and others never.
    var hasOptionalChecksum: Bool { network == .ipv4 && transport == .udp }
}
