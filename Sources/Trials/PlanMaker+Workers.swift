import Frames
import Metrics

extension PlanMaker {
    mutating func makeTransmit(_ frame: TrialPlan.Frame) -> TrialPlan.Transmit {
        let asked = draft.transmit
        let transmit = TrialPlan.Transmit(
            engine: makeEngine(), workers: makeWorkers(.transmitWorkers, asked.workers, .transmitCPUs, asked.cpus, 1),
            cpus: asked.cpus,
            ringSlots: within(PlanBounds.ringSlots, .ringSlots, asked.ringSlots, default: defaultRingSlots(frame)),
            batchFrames: within(PlanBounds.batchFrames, .batchFrames, asked.batchFrames, default: defaultBatchFrames),
            layout: asked.layout ?? .linear, qdiscBypass: asked.qdiscBypass ?? true)
        if areSound(.ringSlots, .batchFrames), transmit.batchFrames > transmit.ringSlots {
            refuse(
                .batchFrames, found: "\(transmit.batchFrames)",
                allowed: "at most \(transmit.ringSlots), the slots of a ring",
                remedy: "use \(PlanField.ringSlots.flag) \(transmit.batchFrames) or a smaller batch")
        }
        return transmit
    }

    /// All different frames have a slot of their own, and a batch fits in.
    private func defaultRingSlots(_ frame: TrialPlan.Frame) -> Int {
        let cycle = (try? FrameSchedule.cycleLength(sizes: frame.sizes, modifiers: frame.modifiers)) ?? 1
        return max(PlanDefaults.ringSlots, cycle, draft.transmit.batchFrames ?? 1)
    }

    /// A small ring makes for a small batch, where nobody asked for another.
    private var defaultBatchFrames: Int {
        min(PlanDefaults.batchFrames, max(1, draft.transmit.ringSlots ?? PlanDefaults.batchFrames))
    }

    mutating func makeReceive(_ frame: TrialPlan.Frame, _ transmit: TrialPlan.Transmit) -> TrialPlan.Receive {
        let asked = draft.receive
        let receiver = makeReceiver(transmit.engine)
        let standard = max(1, min(transmit.workers, limits.cpuCount ?? transmit.workers))
        let workers = makeWorkers(.receiveWorkers, asked.workers, .receiveCPUs, asked.cpus, standard)
        let receive = TrialPlan.Receive(
            receiver: receiver, workers: receiver == .null ? 0 : workers, cpus: receiver == .null ? nil : asked.cpus,
            blockBytes: makeBlockBytes(),
            blocks: within(PlanBounds.blocks, .blocks, asked.blocks, default: PlanDefaults.blocks),
            retireMilliseconds: within(
                PlanBounds.retireMilliseconds, .retire, asked.retireMilliseconds,
                default: PlanDefaults.retireMilliseconds, text: { "\($0) ms" }),
            snapBytes: makeSnap(frame))
        checkReceiveRing(receive, frame)
        return receive
    }

    private func makeEngine() -> EngineName {
        let engine = draft.transmit.engine ?? .auto
        guard engine == .auto else { return engine }
        return draft.receive.receiver == .null ? .null : .ring
    }

    /// Both null or neither: a link's frames don't come out of nowhere, nor do they go there.
    private mutating func makeReceiver(_ engine: EngineName) -> ReceiverName {
        let receiver = draft.receive.receiver ?? .auto
        guard receiver != .auto else { return engine == .null ? .null : .ring }
        if (engine == .null) != (receiver == .null) {
            refuse(
                .receiver, found: receiver.rawValue,
                allowed: engine == .null ? "null with the null engine" : "ring or auto with the \(engine.rawValue) engine",
                remedy: "use \(PlanField.engine.flag) null and \(PlanField.receiver.flag) null together")
        }
        return receiver
    }

    private mutating func makeWorkers(
        _ field: PlanField, _ asked: Int?, _ cpusField: PlanField, _ cpus: [Int]?, _ standard: Int
    ) -> Int {
        let workers = within(PlanBounds.workers, field, asked, default: standard)
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
