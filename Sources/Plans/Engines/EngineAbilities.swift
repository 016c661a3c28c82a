/// What an engine can do and what it needs, the same in every trial.
package struct EngineAbilities: Sendable {
    /// Whether a trial may choose if frames pass the queueing discipline.
    package enum QueueingDiscipline: Sendable {
        case asAsked
        case always
        /// There is no other way (`__dev_direct_xmit`, `ndo_xdp_xmit`).
        case never
    }

    /// What a slot of a ring holds.
    package enum Slots: Sendable {
        /// A frame each.
        case frames
        /// Payloads that the stack cuts into frames, which share the slot's headers.
        case segments
        /// There is no ring of ours: frames lie in pages of the kernel's.
        case none
    }

    /// False where frames go nowhere: no link, no privilege, and no receiver that wants any.
    package var needsLink = true
    /// Whether an eBPF program makes its frames in the kernel: it may be loaded in the initial user namespace only, and there is no ring.
    package var makesFramesInKernel = false
    /// What lies in a slot of its ring.
    package var slots = Slots.frames
    /// The largest frame that it takes, without FCS; nil for whatever the link does.
    package var largestFrameBytes: Int?
    /// Whether its slots may pass whole, as superframes.
    package var sendsSuperframes = false
    /// Whether a worker of ours lays fields into each frame as it leaves, so that any number of frames may differ.
    package var patchesFrames = true
    /// Whether the frames of several streams may take turns in its slots.
    package var carriesStreams = true
    /// Whether at full speed one frame in `unbatchedPeriodFrames` goes to the kernel in a call of its own, so that its latency is its own.
    package var sendsSomeAlone = true
    /// Whether its slots take any frame, so that it sends capture files too.
    package var replays = false
    /// Whether frames can have any shape over time, or else one gap only.
    package var pacesShapes = true
    /// Whether a full queue behind the link holds the sender up (NETDEV_TX_BUSY of `veth_xmit`), so that another core may receive what it sends and none is lost.
    package var isHeldUpByFullQueue = true
    package var queueingDiscipline = QueueingDiscipline.asAsked
    package var queues = QueueDemand.any
    /// Whether its frames lie in memory of ours that the kernel pins, and counts against RLIMIT_MEMLOCK (`xdp_umem_account_pages`).
    package var pinsMemory = false
    /// Who receives where nobody asked for another.
    package var receiver = ReceiverName.ring

    package var cutsSlots: Bool { slots == .segments }
}

/// How many queues a private pair needs where nobody asked for a number.
package enum QueueDemand: Sendable {
    case any
    /// A socket has its queue to itself, and no queue is without one.
    case onePerWorker
    /// Several workers' frames must not meet on a queue, which the CPU chooses (`veth_select_rxq`).
    case onePerCPU
}

/// What a receiver can do and what it needs, the same in every trial.
package struct ReceiverAbilities: Sendable {
    /// Who says how many frames came.
    package enum Counting: Sendable {
        /// We, and of each frame which one it is.
        case eachFrame
        /// The link's own counters.
        case byTheLink
        /// The sender, whose frames go nowhere.
        case bySender
    }

    package var counting = Counting.eachFrame
    /// Whether threads of ours read frames.
    package var hasWorkers = true
    /// Whether an XDP program of ours is on the receiving end: it brings NAPI, and may be loaded in the initial user namespace only.
    package var attachesProgram = false
    /// Whether what was counted goes no further, whatever the receiving side would do with such frames.
    package var endsFrames = false
    /// Whether the plan says what becomes of frames that aren't ours.
    package var decidesOnForeignFrames = false
    /// Whether its sockets can poll their queue from the reader's own calls.
    package var pollsBusily = false
    /// Whether a frame's time of arrival is the kernel's (else our program's).
    package var hasSocketClock = false
    package var queues = QueueDemand.any
    /// As `EngineAbilities.pinsMemory`.
    package var pinsMemory = false
    /// Whether it looks for each stream's signature where that stream has it.
    package var tellsStreams = true
    /// Whether it tells how many frames a superframe would be cut into.
    package var countsSegments = false
    /// Whether it takes what comes of a capture file.
    package var replays = false

    package var needsLink: Bool { counting != .bySender }
    /// Whether every frame is looked at.
    package var countsFrames: Bool { counting == .eachFrame }
}
