import Ports

// Each name's row: what an engine or receiver can do and needs, all that a plan has to know of it. What is at work is a side, in the
// room above, whose own table leads from the name to it. A new engine is its name, its row here, and its side's file.

extension EngineName {
    package var abilities: EngineAbilities {
        switch self {
        case .ring, .mmsg: EngineAbilities(replays: true)
        case .gso:
            EngineAbilities(
                slots: .segments, sendsSuperframes: true, patchesFrames: false, carriesStreams: false, isHeldUpByFullQueue: false,
                queueingDiscipline: .always)
        case .afXDP:
            EngineAbilities(
                largestFrameBytes: FrameRoom.socketChunkBytes, queueingDiscipline: .never, queues: .onePerWorker, pinsMemory: true)
        case .xdp:
            EngineAbilities(
                makesFramesInKernel: true, slots: .none, largestFrameBytes: FrameRoom.liveFrameBytes, carriesStreams: false,
                sendsSomeAlone: false,
                pacesShapes: false, isHeldUpByFullQueue: false,
                queueingDiscipline: .never, queues: .onePerCPU, receiver: .xdp)
        case .null: EngineAbilities(needsLink: false, isHeldUpByFullQueue: false, receiver: .null)
        }
    }

    /// What replays a file where nobody asked for another.
    package static let replaying = ring

    /// What sends all that is due in one slot, where frames one by one are too slow.
    package static let slotsAtARate = gso

    /// What has slots pass whole.
    package static let superframes = gso

    /// What is fastest, and makes frames in the kernel.
    package static let liveFrames = xdp

    /// All that take frames over a link, in the order in which they are compared.
    package static let contestants = allCases.filter { $0.abilities.needsLink }
}

extension EngineAbilities {
    /// Of whoever sends a capture file through another engine's port.
    package static let replaying = EngineAbilities(sendsSomeAlone: false)
}

extension ReceiverName {
    package var abilities: ReceiverAbilities {
        switch self {
        case .ring: ReceiverAbilities(hasSocketClock: true, countsSegments: true, replays: true)
        case .afXDP: ReceiverAbilities(attachesProgram: true, pollsBusily: true, queues: .onePerWorker, pinsMemory: true)
        case .xdp:
            ReceiverAbilities(
                hasWorkers: false, attachesProgram: true, endsFrames: true, decidesOnForeignFrames: true, queues: .onePerCPU,
                tellsStreams: false)
        case .none: ReceiverAbilities(counting: .byTheLink, hasWorkers: false, replays: true)
        case .null: ReceiverAbilities(counting: .bySender, hasWorkers: false)
        }
    }

    /// What counts the frames of a file where nobody asked for another.
    package static let replaying = ring

    /// The one that tells superframes' segments.
    package static let countingSegments = ring

    /// The one that leaves the frames to a program of somebody else's.
    package static let somebodyElse = none

    /// All that count frame by frame, in the order in which they are compared.
    package static let contestants = allCases.filter { $0.abilities.countsFrames }
}
