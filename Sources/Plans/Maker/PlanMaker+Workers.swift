import Frames
import Metrics
import Ports
import Traffic

extension PlanMaker {
    /// - Parameters:
    ///   - mix: what leaves in one piece.
    ///   - superframeSegments: of each piece, where those are superframes.
    mutating func makeTransmit(_ mix: TrafficMix, _ load: TrialPlan.Load, superframeSegments: Int?) -> TrialPlan.Transmit {
        let asked = draft.transmit, frame = mix.streams[0].frame
        let choice = EngineChoice(draft: draft, mix: mix, load: load, limits: limits)
        let isWhole = superframeSegments != nil
        let segments =
            choice.engine.abilities.cutsSlots
            ? superframeSegments ?? value(\.transmit.segments, default: PlanDefaults.segments(cycle: frame.cycle)) : nil
        let transmit = TrialPlan.Transmit(
            engine: choice.engine, engineReason: choice.reason,
            workers: makeWorkers(\.transmit.workers, \.transmit.cpus, 1), cpus: asked.cpus,
            ringSlots: value(\.transmit.ringSlots, default: isWhole ? defaultSuperframeSlots : defaultRingSlots(mix, segments)),
            batchFrames: value(
                \.transmit.batchFrames, default: isWhole ? defaultSuperframeBatch : defaultBatchFrames(segments)),
            layout: asked.layout ?? .linear, segments: segments,
            superframes: isWhole ? true : nil, runFrames: isWhole ? nil : segments.flatMap { runFrames(frame, segments: $0) },
            alwaysChecksums: segments != nil && frame.hasOptionalChecksum ? true : nil,
            // A slot that has to be cut doesn't get past the queueing discipline (`__dev_direct_xmit`).
            qdiscBypass: segments == nil ? asked.qdiscBypass ?? true : false)
        checkEngine(transmit, frame)
        checkStreams(transmit, mix)
        checkRoom(transmit, mix)
        if !transmit.engine.abilities.pacesShapes, load.shape != .constant {
            refuse(
                .shape, found: "\(load.shape)",
                allowed: "constant with the \(transmit.engine.rawValue) engine, whose program knows one gap",
                remedy: "use \(PlanField.engine.flag) ring")
        }
        checkTransmitRing(transmit, mix)
        return transmit
    }

    /// Nil where frames are all alike, or go one by one because the largest can't be cut.
    private func runFrames(_ frame: TrialPlan.Frame, segments: Int) -> Int? {
        guard frame.cycle > 1, frame.network != .raw else { return nil }
        let run = SegmentTemplate.segments(segments, frameBytes: frame.largestBytes, headerBytes: frame.recipe.headerBytes)
        return run > 1 ? run : nil
    }

    private mutating func checkEngine(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) {
        let most = transmit.ringSlots * (transmit.superframes == true ? 1 : transmit.segments ?? 1)
        if areSound(.ringSlots, .batchFrames, .segments), transmit.batchFrames > most {
            refuse(
                .batchFrames, found: "\(transmit.batchFrames)",
                allowed:
                    "at most \(most), \(transmit.segments == nil || transmit.superframes == true ? "the slots of a ring" : "the frames of all slots")",
                remedy: "use \(PlanField.ringSlots.flag) \(transmit.batchFrames) or a smaller batch")
        }
        if !transmit.engine.abilities.cutsSlots, let segments = draft.transmit.segments {
            refuse(
                .segments, found: "\(segments)", allowed: "left out with the \(transmit.engine.rawValue) engine",
                remedy: "use \(PlanField.engine.flag) gso")
        }
        if transmit.engine.abilities.cutsSlots, frame.hasOptionalChecksum, draft.frame.udpChecksum == false {
            refuse(
                .udpChecksum, found: "false", allowed: "true or left out with the gso engine, whose frames always carry checksums",
                remedy: "use \(PlanField.engine.flag) ring")
        }
        if areSound(.modifiers, .flows, .size), frame.isPatched, !transmit.engine.abilities.patchesFrames {
            refuse(
                frame.flows == nil ? .modifiers : .flows, found: "\(frame.cycleFrames) different frames",
                allowed:
                    "at most \(FrameSchedule.maximumCycle) with the \(transmit.engine.rawValue) engine, which makes all of them beforehand",
                remedy: "use \(PlanField.engine.flag) ring, or smaller counts")
        }
        if transmit.engine.abilities.cutsSlots, transmit.superframes != true,
            frame.modifiers.contains(where: { $0.rules.contains { $0.field == "ip.id" } })
        {
            refuse(
                .modifiers, found: "ip.id", allowed: "left as it is with the gso engine, for the stack numbers the frames of a slot",
                remedy: "use \(PlanField.engine.flag) ring")
        }
        if transmit.engine.abilities.cutsSlots, let encapsulation = frame.encapsulation {
            refuse(
                .encapsulation, found: "\(encapsulation)", allowed: "left out with the gso engine, whose slots hold one UDP header each",
                remedy: "use \(PlanField.engine.flag) ring")
        }
        if transmit.engine.abilities.cutsSlots, let malformed = frame.malformed {
            refuse(
                .malformed, found: SettingKind.faults.text(malformed),
                allowed: "left out with the gso engine, for the stack writes lengths and checksums of the frames that it cuts",
                remedy: "use \(PlanField.engine.flag) ring")
        }
        if transmit.engine.abilities.queueingDiscipline == .always, draft.transmit.qdiscBypass == true {
            refuse(
                .qdiscBypass, found: "true",
                allowed: "false with the gso engine, whose slots the stack cuts in front of the queueing discipline",
                remedy: "leave it out, or use \(PlanField.engine.flag) ring")
        }
    }

    private mutating func checkStreams(_ transmit: TrialPlan.Transmit, _ mix: TrafficMix) {
        // Of superframes it was said already.
        guard mix.needsOwnSlots, !transmit.engine.abilities.carriesStreams, draft.transmit.superframes != true else { return }
        refuse(
            .engine, found: transmit.engine.rawValue, allowed: "one that lays each frame into a slot of its own, for streams",
            remedy: "use \(PlanField.engine.flag) ring, or leave it out")
    }

    private mutating func checkRoom(_ transmit: TrialPlan.Transmit, _ mix: TrafficMix) {
        guard areSound(.size), let largest = transmit.engine.abilities.largestFrameBytes else { return }
        guard mix.largestSizeBytes - EthernetWire.fcsBytes > largest else { return }
        refuse(
            .size, found: mix.sizesText, allowed: "at most \(largest + EthernetWire.fcsBytes) with the \(transmit.engine.rawValue) engine",
            remedy: "use smaller frames, or \(PlanField.engine.flag) ring")
    }

    private mutating func checkTransmitRing(_ transmit: TrialPlan.Transmit, _ mix: TrafficMix) {
        guard areSound(.ringSlots, .segments, .size, .modifiers, .flows, .vlans), !transmit.engine.abilities.makesFramesInKernel else {
            return
        }
        let cutsSlots = transmit.engine.abilities.cutsSlots
        let allowed = cutsSlots ? PlanBounds.segmentedRingBytes : PlanBounds.transmitRingBytes
        let bytes = transmit.ringBytes(mix)
        guard !allowed.contains(bytes) else { return }
        let standard =
            cutsSlots ? "\(PlanDefaults.segmentedSlots)" : "\(PlanDefaults.ringSlots), or one for each different frame"
        refuse(
            .ringSlots, found: "\(transmit.ringSlots)",
            allowed: "at most \(allowed.upperBound / (bytes / transmit.ringSlots)) with these sizes, for slots of "
                + "\(ByteCount(bytes: allowed.upperBound)) a worker",
            remedy: "leave it out for \(standard)")
    }

    /// All different frames have a slot of their own, and a batch fits in; slots that are cut hold any of them.
    private func defaultRingSlots(_ mix: TrafficMix, _ segments: Int?) -> Int {
        let batch = draft.transmit.batchFrames ?? 1
        guard let segments else { return max(PlanDefaults.ringSlots, mix.slotCycle, batch) }
        return max(PlanDefaults.segmentedSlots, (batch + segments - 1) / segments)
    }

    /// A small ring makes for a small batch, where nobody asked for another.
    private func defaultBatchFrames(_ segments: Int?) -> Int {
        let slots = max(1, draft.transmit.ringSlots ?? .max)
        guard let segments else { return min(PlanDefaults.batchFrames, slots) }
        return segments * min(PlanDefaults.segmentedBatchSlots, slots)
    }

    private var defaultSuperframeSlots: Int { max(PlanDefaults.superframeSlots, draft.transmit.batchFrames ?? 1) }

    private var defaultSuperframeBatch: Int { min(PlanDefaults.superframeBatch, max(1, draft.transmit.ringSlots ?? .max)) }

    mutating func makeReceive(_ mix: TrafficMix, _ transmit: TrialPlan.Transmit) -> TrialPlan.Receive {
        let asked = draft.receive
        let receiver = makeReceiver(transmit.engine)
        // Queues are as many as senders, and each wants its reader.
        let standard =
            receiver.abilities.queues == .onePerWorker
            ? transmit.workers : max(1, min(transmit.workers, limits.cpuCount ?? transmit.workers))
        let workers = makeWorkers(\.receive.workers, \.receive.cpus, standard)
        // A program in the kernel has no thread of ours.
        let isNobody = !receiver.abilities.hasWorkers
        let blockBytes = makeBlockBytes()
        var receive = TrialPlan.Receive(
            receiver: receiver, workers: isNobody ? 0 : workers, cpus: isNobody ? nil : asked.cpus,
            blockBytes: blockBytes, blocks: PlanDefaults.blocks,
            retireMilliseconds: value(\.receive.retireMilliseconds, default: PlanDefaults.retireMilliseconds),
            snapBytes: makeSnap(mix), xdpMode: makeXDPMode(receiver, transmit.engine), foreign: makeForeign(receiver),
            busyPollMicroseconds: makeBusyPoll(receiver))
        receive.blocks = value(\.receive.blocks, default: receive.standardBlocks(draft.link.placement, beside: transmit, limits))
        checkReceiveRing(receive, mix)
        if mix.isSeveral || mix.hasRecordings, !receiver.abilities.tellsStreams {
            refuse(
                .receiver, found: receiver.rawValue,
                allowed: "ring or af-xdp with several streams, whose signatures they look for one by one",
                remedy: "use \(PlanField.receiver.flag) ring")
        }
        return receive
    }

    /// Live frames need a driver that takes them; a program on skbs doesn't make it one.
    private mutating func makeXDPMode(_ receiver: ReceiverName, _ engine: EngineName) -> XDPModeName? {
        let asked = draft.receive.xdpMode
        guard receiver.abilities.attachesProgram else {
            if let asked { refuseWithoutProgram(.xdpMode, asked.rawValue, receiver, "xdp or af-xdp") }
            return nil
        }
        if asked == .generic, engine.abilities.makesFramesInKernel {
            refuse(
                .xdpMode, found: "generic", allowed: "native with the xdp engine, whose frames veth takes only there",
                remedy: "use \(PlanField.engine.flag) gso, or leave it out")
        }
        return asked ?? .native
    }

    private mutating func makeForeign(_ receiver: ReceiverName) -> ForeignAction? {
        guard receiver.abilities.decidesOnForeignFrames else {
            if let asked = draft.receive.foreign { refuseWithoutProgram(.foreign, asked.rawValue, receiver, "xdp") }
            return nil
        }
        return draft.receive.foreign ?? .pass
    }

    private mutating func makeBusyPoll(_ receiver: ReceiverName) -> Int? {
        guard let asked = value(\.receive.busyPollMicroseconds), asked > 0 else {
            return nil
        }
        if !receiver.abilities.pollsBusily { refuseWithoutProgram(.busyPoll, "\(asked) µs", receiver, "af-xdp") }
        return asked
    }

    private mutating func refuseWithoutProgram(_ field: PlanField, _ found: String, _ receiver: ReceiverName, _ wanted: String) {
        refuse(
            field, found: found, allowed: "left out with the \(receiver.rawValue) receiver",
            remedy: "use \(PlanField.receiver.flag) \(wanted.split(separator: " ")[0])")
    }

    /// Both null or neither: a link's frames don't come out of nowhere, nor do they go there.
    private mutating func makeReceiver(_ engine: EngineName) -> ReceiverName {
        let receiver = draft.receive.receiver ?? engine.abilities.receiver
        if engine.abilities.needsLink != receiver.abilities.needsLink {
            refuse(
                .receiver, found: receiver.rawValue,
                allowed: engine.abilities.needsLink
                    ? "ring, af-xdp, xdp, none or auto with the \(engine.rawValue) engine" : "null with the null engine",
                remedy: "use \(PlanField.engine.flag) null and \(PlanField.receiver.flag) null together")
        }
        return receiver
    }

    private mutating func makeWorkers(
        _ setting: KeyPath<SettingTable, Setting<Int>>, _ cpusSetting: KeyPath<SettingTable, Setting<[Int]>>, _ standard: Int
    ) -> Int {
        let workers = value(setting, default: standard)
        let asked = draft[SettingTable.shared[keyPath: setting]], cpus = draft[SettingTable.shared[keyPath: cpusSetting]]
        let field = SettingTable.shared[keyPath: setting].field, cpusField = SettingTable.shared[keyPath: cpusSetting].field
        guard let cpus else { return workers }
        if let wrong = cpus.first(where: { !PlanBounds.cpu.contains($0) }) {
            refuse(
                cpusField, found: "\(wrong)", allowed: "CPU numbers, counted from 0",
                remedy: "`lscpu -e` lists them; leave it out for automatic placement")
            return workers
        }
        let needed = asked == nil ? max(1, cpus.count) : workers
        if areSound(field), cpus.count != needed || !PlanBounds.workers.contains(cpus.count) {
            let found = cpus.isEmpty ? "an empty list" : cpus.map(String.init).joined(separator: ",")
            refuse(
                cpusField, found: found,
                allowed: asked == nil
                    ? "1 to \(PlanBounds.workers.upperBound) CPUs"
                    : "\(workers) CPU\(workers == 1 ? "" : "s"), one for each worker (\(field.path))",
                remedy: "name one CPU for each worker, or leave it out for automatic placement")
        }
        return needed
    }
}
