import Metrics
import Trials

extension ProfileKey {
    static let transmit: [ProfileKey] = [
        ProfileKey(
            .engine, \.transmit.engine, "How frames leave; `auto` takes the fastest that fits.",
            allowed: names(EngineName.self), default: { _ in EngineName.auto.rawValue }, examples: "ring",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .transmitWorkers, \.transmit.workers, "Transmit workers: a pinned thread, socket and ring each.",
            allowed: range(PlanBounds.workers), default: { "\($0.transmit.workers), or one for each of `cpus`" },
            examples: "2", read: { value throws(ValueProblem) in try value.integer() }),
        cpus(.transmitCPUs, \.transmit.cpus),
        ProfileKey(
            .ringSlots, \.transmit.ringSlots, "Slots of each worker's ring; rounded up to whole rounds of the frames.",
            allowed: range(PlanBounds.ringSlots),
            default: { "\($0.transmit.ringSlots), or what batch and different frames need" }, examples: "1024",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .batchFrames, \.transmit.batchFrames, "Frames handed to the kernel in one call, at most.",
            allowed: "\(range(PlanBounds.batchFrames)), and no more than ring slots",
            default: { "\($0.transmit.batchFrames)" }, examples: "64",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .layout, \.transmit.layout,
            "`linear` socket buffers, or `fragments`: the ring's pages, which veth has to copy.",
            allowed: names(SlotLayout.self), default: { $0.transmit.layout.rawValue }, examples: "fragments",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .segments, \.transmit.segments, "Frames that a slot of the `gso` engine is cut into, as far as 64 KiB hold them.",
            allowed: "\(range(PlanBounds.segments)), with `engine: gso`", default: { _ in "\(PlanDefaults.segments)" }, examples: "32",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .qdiscBypass, \.transmit.qdiscBypass, "Go past the queueing discipline (PACKET_QDISC_BYPASS).",
            allowed: boolean, default: { _ in "true, but false with the gso engine, which can't" }, examples: "false",
            read: { value throws(ValueProblem) in try value.boolean() })
    ]

    static let receive: [ProfileKey] = [
        ProfileKey(
            .receiver, \.receive.receiver, "How frames arrive; `auto` takes the fastest that fits.",
            allowed: names(ReceiverName.self), default: { _ in ReceiverName.auto.rawValue }, examples: "ring",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .receiveWorkers, \.receive.workers, "Receive workers: a pinned thread, socket and ring each.",
            allowed: range(PlanBounds.workers),
            default: { _ in "one for each transmit worker, at most one for each CPU" }, examples: "2",
            read: { value throws(ValueProblem) in try value.integer() }),
        cpus(.receiveCPUs, \.receive.cpus),
        ProfileKey(
            .blockBytes, \.receive.blockBytes, "Size of a ring's block (`tp_block_size`); it must hold a frame.",
            allowed: "a power of two from \(ByteCount(bytes: PlanBounds.blockBytes.lowerBound)) to "
                + "\(ByteCount(bytes: PlanBounds.blockBytes.upperBound))",
            default: { "\(ByteCount(bytes: $0.receive.blockBytes))" }, examples: "256KiB",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try ByteCount(parsing: text) }.bytes
            }),
        ProfileKey(
            .blocks, \.receive.blocks, "Blocks of each worker's ring (`tp_block_nr`).",
            allowed: range(PlanBounds.blocks), default: { "\($0.receive.blocks)" }, examples: "16",
            read: { value throws(ValueProblem) in try value.integer() }),
        ProfileKey(
            .retire, \.receive.retireMilliseconds,
            "After so long the reader gets a block that isn't full (`tp_retire_blk_tov`).",
            allowed: "\(PlanBounds.retireMilliseconds.lowerBound)ms to \(PlanBounds.retireMilliseconds.upperBound)ms, "
                + "in whole milliseconds",
            default: { "\($0.receive.retireMilliseconds) ms" }, examples: "10ms",
            read: { value throws(ValueProblem) in
                let duration = try value.quantity { text throws(QuantityError) in try DurationText(parsing: text) }
                guard duration.nanoseconds.isMultiple(of: 1_000_000) else { throw value.problem() }
                return Int(duration.nanoseconds / 1_000_000)
            }),
        ProfileKey(
            .snapBytes, \.receive.snapBytes, "Bytes of each frame to copy into the ring; lengths stay true.",
            allowed: "0 for automatic, or from the signature's end to \(PlanBounds.snapBytes.upperBound)",
            default: { _ in "automatic: \(PlanDefaults.snapBytes) where frames are larger, else all" }, examples: "256", "1KiB",
            read: { value throws(ValueProblem) in
                try value.quantity { text throws(QuantityError) in try ByteCount(parsing: text) }.bytes
            }),
        ProfileKey(
            .xdpMode, \.receive.xdpMode, "How the interface runs the program of an `xdp` or `af-xdp` receiver.",
            allowed: names(XDPModeName.self) + ", with such a receiver", default: { _ in XDPModeName.native.rawValue }, examples: "generic",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .foreign, \.receive.foreign, "What the `xdp` receiver does with frames that aren't ours.",
            allowed: names(ForeignAction.self) + ", with `receiver: xdp`", default: { _ in ForeignAction.pass.rawValue }, examples: "drop",
            read: { value throws(ValueProblem) in try value.name() }),
        ProfileKey(
            .busyPoll, \.receive.busyPollMicroseconds, "Microseconds for which an `af-xdp` reader polls the queue itself (SO_BUSY_POLL).",
            allowed: "\(range(PlanBounds.busyPollMicroseconds)), with `receiver: af-xdp`; 0 for not at all", default: { _ in "0" },
            examples: "50",
            read: { value throws(ValueProblem) in try value.integer() })
    ]

    private static func cpus(
        _ field: PlanField, _ path: any WritableKeyPath<PlanDraft, [Int]?> & Sendable
    ) -> ProfileKey {
        ProfileKey(
            field, path, "The CPU of each worker, in order.",
            allowed: "a list of CPU numbers, one for each worker, as in [0, 2]", default: { _ in "automatic" },
            examples: "[0, 2]", "3", "5,7",
            read: { value throws(ValueProblem) in
                try value.elements().map { value throws(ValueProblem) in try value.integer() }
            })
    }
}
