import Frames
import Kernel
import Metrics

extension TrialPlan {
    /// Fills in every default and checks everything that can be known without the kernel.
    ///
    /// - Throws: `PlanError` for the first field that can't be.
    public init(_ draft: PlanDraft) throws(PlanError) {
        let isNull = try Self.checkEngines(draft)
        frame = try Frame(draft.frame)
        load = try Load(draft.load, meanFrameBytes: frame.sizes.meanBytes)
        transmit = try Transmit(draft.transmit, cycle: try Self.cycle(of: frame), isNull: isNull)
        receive = try Receive(draft.receive, frame: frame, transmitWorkers: transmit.workers, isNull: isNull)
        link = try Link(draft.link, frame: frame)
        run = try Run(draft.run)
    }

    /// The null engine and the null receiver go together, and need no link.
    private static func checkEngines(_ draft: PlanDraft) throws(PlanError) -> Bool {
        let engineIsNull = draft.transmit.engine == .null
        let receiverIsNull = draft.receive.receiver == .null
        let receiverIsOpen = draft.receive.receiver == nil || draft.receive.receiver == .auto
        let engineIsOpen = draft.transmit.engine == nil || draft.transmit.engine == .auto
        guard engineIsNull == receiverIsNull || (engineIsNull && receiverIsOpen) || (receiverIsNull && engineIsOpen) else {
            throw PlanError(
                field: "receive.receiver", flag: "--receiver",
                found: "engine \(draft.transmit.engine?.rawValue ?? "auto") with receiver \(draft.receive.receiver?.rawValue ?? "auto")",
                allowed: "the null engine goes with the null receiver, and with no other")
        }
        return engineIsNull || receiverIsNull
    }

    private static func cycle(of frame: Frame) throws(PlanError) -> Int {
        do throws(FrameError) {
            return try FrameSchedule.cycleLength(sizes: frame.sizes, modifiers: frame.modifiers)
        } catch {
            throw PlanError(field: "frame.modifiers", flag: "--modify", found: "\(error)", allowed: "see docs/profiles.md")
        }
    }
}

/// Throws unless a number lies within its limits.
private func check<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, _ field: String, _ flag: String
) throws(PlanError) {
    guard range.contains(value) else {
        throw PlanError(
            field: field, flag: flag, found: "found \(value)",
            allowed: "allowed are \(range.lowerBound) to \(range.upperBound)")
    }
}

extension TrialPlan.Frame {
    init(_ draft: PlanDraft.Frame) throws(PlanError) {
        let defaults = FrameRecipe()
        sizes = draft.sizes ?? FrameSizes(sizeBytes: 64)!
        sourceAddress = draft.sourceAddress
        destinationAddress = draft.destinationAddress
        vlans = draft.vlans ?? []
        network = draft.network ?? defaults.network
        sourceIPv4 = draft.sourceIPv4 ?? defaults.sourceIPv4
        destinationIPv4 = draft.destinationIPv4 ?? defaults.destinationIPv4
        sourceIPv6 = draft.sourceIPv6 ?? defaults.sourceIPv6
        destinationIPv6 = draft.destinationIPv6 ?? defaults.destinationIPv6
        transport = draft.transport ?? defaults.transport
        sourcePort = draft.sourcePort ?? defaults.sourcePort
        destinationPort = draft.destinationPort ?? defaults.destinationPort
        dscp = draft.dscp ?? defaults.dscp
        timeToLive = draft.timeToLive ?? defaults.timeToLive
        udpChecksum = draft.udpChecksum ?? defaults.udpChecksum
        modifiers = draft.modifiers ?? []
        try checkSource(sourceAddress)
        try build()
    }

    private func checkSource(_ source: MACAddress?) throws(PlanError) {
        guard let source, source.isMulticast else { return }
        throw PlanError(
            field: "frame.source-mac", flag: "--source-mac", found: "found the group address \(source)",
            allowed: "a source is one station: the first byte is even")
    }

    /// Builds the smallest and the largest frame once, so that no later build can fail.
    private func build() throws(PlanError) {
        for size in [sizes.minimumBytes, sizes.maximumBytes] {
            var recipe = recipe
            recipe.sizeBytes = size
            do throws(FrameError) {
                _ = try FrameBuilder.build(recipe)
                let small = FrameSizes(sizeBytes: size) ?? sizes
                for modifier in modifiers {
                    _ = try FrameSchedule.templates(recipe, sizes: small, modifiers: [FieldModifier(
                        field: modifier.field, mode: modifier.mode, count: 1, step: modifier.step)])
                }
            } catch {
                throw PlanError(error)
            }
        }
    }
}

extension PlanError {
    /// A frame that can't be built, as the field that is to blame.
    init(_ error: FrameError) {
        let (field, flag) =
            switch error {
            case .tooSmall, .tooLarge: ("frame.size", "--size")
            case .badVLAN, .tooManyVLANs: ("frame.vlans", "--vlan")
            case .badDSCP: ("frame.dscp", "--dscp")
            case .noSuchField, .badModifier, .cycleTooLong: ("frame.modifiers", "--modify")
            }
        // A frame error's sentence ends with its remedy.
        let parts = "\(error)".split(separator: ";", maxSplits: 1)
        self.init(
            field: field, flag: flag, found: String(parts[0]),
            allowed: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
}

extension TrialPlan.Load {
    init(_ draft: PlanDraft.Load, meanFrameBytes: Double) throws(PlanError) {
        rate = draft.rate ?? .max
        lineRate = draft.lineRate
        do throws(RateRequest.ConversionError) {
            packetRate = try rate.packetRate(meanFrameBytes: meanFrameBytes, lineRate: draft.lineRate)
        } catch {
            throw PlanError(field: "load.rate", flag: "--rate", found: "found \(rate)", allowed: "\(error)")
        }
        frameCount = draft.frameCount.flatMap { $0 == 0 ? nil : $0 }
        // A count alone says how long to run; only without both is there a default.
        let duration = draft.durationNanoseconds ?? (frameCount == nil ? 5_000_000_000 : 0)
        durationNanoseconds = duration == 0 ? nil : duration
        warmupNanoseconds = draft.warmupNanoseconds ?? 1_000_000_000
        let longest: UInt64 = 30 * 24 * 3_600_000_000_000
        try check(duration, in: 0...longest, "load.time", "--time")
        try check(warmupNanoseconds, in: 0...longest, "load.warmup", "--warmup")
        try check(frameCount ?? 1, in: 1...(1 << 47), "load.count", "--count")
    }
}

extension TrialPlan.Transmit {
    init(_ draft: PlanDraft.Transmit, cycle: Int, isNull: Bool) throws(PlanError) {
        engine = isNull ? .null : (draft.engine == nil || draft.engine == .auto ? .ring : draft.engine!)
        workers = draft.workers ?? 1
        try check(workers, in: 1...256, "transmit.threads", "--threads")
        cpus = draft.cpus
        batchFrames = draft.batchFrames ?? 32
        try check(batchFrames, in: 1...4096, "transmit.batch", "--batch")
        ringSlots = draft.ringSlots ?? max(256, cycle, batchFrames)
        try check(ringSlots, in: max(batchFrames, 8)...65_536, "transmit.ring-slots", "--ring-slots")
        layout = draft.layout ?? .linear
        qdiscBypass = draft.qdiscBypass ?? true
        try checkCPUs(cpus, workers, "transmit", "tx")
    }
}

/// A list of CPUs has one for each worker.
private func checkCPUs(_ cpus: [Int]?, _ workers: Int, _ side: String, _ part: String) throws(PlanError) {
    guard let cpus, cpus.count != workers || cpus.contains(where: { $0 < 0 }) else { return }
    throw PlanError(
        field: "\(side).cpus", flag: "--cpus \(part)=",
        found: "found \(cpus.count) CPUs (\(cpus.map(String.init).joined(separator: ","))) for \(workers) \(side) workers",
        allowed: "name one CPU for each worker")
}

extension TrialPlan.Receive {
    init(_ draft: PlanDraft.Receive, frame: TrialPlan.Frame, transmitWorkers: Int, isNull: Bool) throws(PlanError) {
        receiver = isNull ? .null : .ring
        // One reader for each transmitter, as far as there are CPUs to read on: two senders that share
        // a ring contend for its lock.
        workers = isNull ? 0 : draft.workers ?? draft.cpus?.count ?? min(transmitWorkers, max(1, Topology.read().allowedCPUs.count))
        cpus = isNull ? nil : draft.cpus
        blockBytes = draft.blockBytes ?? 131_072
        blocks = draft.blocks ?? 64
        retireMilliseconds = draft.retireMilliseconds ?? 4
        let signatureEnd = frame.recipe.headerBytes + Signature.byteCount
        let automaticSnap = frame.sizes.maximumBytes > 256 ? (signatureEnd + 31) / 32 * 32 : 0
        snapBytes = draft.snapBytes.flatMap { $0 == 0 ? nil : $0 } ?? automaticSnap
        guard !isNull else { return }
        try check(workers, in: 1...256, "receive.threads", "--rx-threads")
        try check(blockBytes, in: 4096...(1 << 26), "receive.block-size", "--block-size")
        guard blockBytes & (blockBytes - 1) == 0, blockBytes % MappedMemory.pageBytes == 0 else {
            throw PlanError(
                field: "receive.block-size", flag: "--block-size", found: "found a block of \(blockBytes) bytes",
                allowed: "a block is a power of two and a multiple of the page size, such as 128KiB")
        }
        let kept = snapBytes == 0 ? frame.sizes.maximumBytes : min(snapBytes, frame.sizes.maximumBytes)
        // Block header, frame header and the gap in front of the MAC header.
        guard kept + 256 <= blockBytes else {
            throw PlanError(
                field: "receive.block-size", flag: "--block-size", found: "found a block of \(blockBytes) bytes",
                allowed: "it has to hold a frame of \(kept) bytes and its headers")
        }
        try check(blocks, in: 2...65_536, "receive.blocks", "--blocks")
        try check(retireMilliseconds, in: 1...10_000, "receive.retire", "--retire")
        try check(snapBytes == 0 ? signatureEnd : snapBytes, in: signatureEnd...(1 << 18), "receive.snap", "--snap")
        try checkCPUs(cpus, workers, "receive", "rx")
    }
}

extension TrialPlan.Link {
    init(_ draft: PlanDraft.Link, frame: TrialPlan.Frame) throws(PlanError) {
        transmit = draft.transmit
        receive = draft.receive
        guard (transmit == nil) == (receive == nil) else {
            let given = transmit == nil ? "--rx" : "--tx"
            throw PlanError(
                field: transmit == nil ? "link.tx" : "link.rx", flag: transmit == nil ? "--tx" : "--rx",
                found: "only \(given) was given", allowed: "name both --tx and --rx, or neither for a private pair")
        }
        guard transmit == nil || transmit != receive else {
            // Two names may still be one interface; that is seen when it's opened.
            throw PlanError(
                field: "link.rx", flag: "--rx", found: "found \(receive!.description) for both ends",
                allowed: "name the other end of the pair; one interface can't be both ends")
        }
        let isPrivate = transmit == nil
        let needed = frame.largestPayloadBytes
        mtuBytes = draft.mtuBytes ?? (isPrivate ? max(1500, needed) : nil)
        if let mtuBytes {
            try check(mtuBytes, in: 68...65_535, "link.mtu", "--mtu")
            guard needed <= mtuBytes else {
                throw PlanError(
                    field: "link.mtu", flag: "--mtu",
                    found: "frames of \(frame.sizes.maximumBytes) bytes (FCS counted) need an MTU of \(needed), found \(mtuBytes)",
                    allowed: "use a smaller --size or a larger --mtu")
            }
        }
        transmitQueues = draft.transmitQueues ?? (isPrivate ? 1 : draft.receiveQueues.map { _ in 1 })
        receiveQueues = draft.receiveQueues ?? (isPrivate ? 1 : draft.transmitQueues.map { _ in 1 })
        try check(transmitQueues ?? 1, in: 1...4096, "link.tx-queues", "--tx-queues")
        try check(receiveQueues ?? 1, in: 1...4096, "link.rx-queues", "--rx-queues")
        transmitAddress = draft.transmitAddress
        receiveAddress = draft.receiveAddress
        for (address, side) in [(transmitAddress, "tx"), (receiveAddress, "rx")] where address?.isMulticast == true {
            throw PlanError(
                field: "link.\(side)-address", flag: "--\(side)-address", found: "found the group address \(address!)",
                allowed: "an interface is one station: the first byte is even")
        }
        gro = draft.gro
        gso = draft.gso
        tso = draft.tso
        checksumOffload = draft.checksumOffload
        force = draft.force ?? false
    }
}

extension TrialPlan.Run {
    init(_ draft: PlanDraft.Run) throws(PlanError) {
        repeats = draft.repeats ?? 1
        intervalNanoseconds = draft.intervalNanoseconds ?? 1_000_000_000
        seed = draft.seed ?? 1
        try check(repeats, in: 1...10_000, "run.repeats", "--repeats")
        try check(intervalNanoseconds, in: 10_000_000...3_600_000_000_000, "run.interval", "--interval")
    }
}
