import Frames
import Kernel
import Links

/// The sending side of a trial: what is to be known of an engine before one is made, and one that is at work.
///
/// All that asks for an engine's kind asks here, never for its name. A side is chosen once for each trial; its threads' loops are generic
/// over their port, and never see it.
protocol TransmitSide: Sendable {
    static var abilities: EngineAbilities { get }

    /// Lays what frames of this engine need of either end over what the plan says of the link.
    static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan)

    /// Sees to the sending veth's own peer, on interfaces that exist, wherever the plan's receiving end is.
    ///
    /// - Throws: `TrialError`; `LinkError` as the kernel refuses a setting. What was changed is given back with the pair.
    static func preparePeer(of pair: LinkPair, for plan: TrialPlan) throws

    /// Asks the kernel by doing it, where nobody listens, whether it takes such frames.
    ///
    /// - Returns: the plan, or one with the next best engine and the reason, where the engine was vethmark's own choice.
    /// - Throws: `TrialError.engineRefused` if the engine was asked for by name.
    static func settled(_ plan: TrialPlan, on link: LinkPair) throws -> TrialPlan

    /// What a worker's slots take, as far as the plan tells.
    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int

    /// Whether it works on this machine, for whoever asks; nil where nothing could be in its way.
    static var probe: SideProbe? { get }

    /// Loads what runs in the kernel: behind the receiving side, and before any worker.
    init(for setup: SideSetup) throws

    /// One worker's thread, from its first page to its last frame, pinned and in the link's namespace: makes the port, once. All below is
    /// specialised for it.
    ///
    /// - Throws: what keeps it from starting; `TrialAbandoned`.
    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome

    /// Publishes frames sent so far, where workers can't do it themselves. Called by the trial's thread, again and again.
    func publishCounts(to sent: SharedCounters)

    /// Whether workers end by themselves when the last frame of a counted run is out.
    var endsAtLastFrame: Bool { get }

    /// Asks calls to return that don't look at a worker's stop cell, without waiting for them.
    func requestStop()

    /// Has such calls return, and waits for it.
    func stop()
}

extension TransmitSide {
    static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan) {}
    static func preparePeer(of pair: LinkPair, for plan: TrialPlan) throws {}
    static var probe: SideProbe? { nil }
    static func settled(_ plan: TrialPlan, on link: LinkPair) throws -> TrialPlan { plan }

    // As it is with a loop of ours, which counts, looks at its stop cell and knows its last frame.
    func publishCounts(to sent: SharedCounters) {}
    var endsAtLastFrame: Bool { true }
    func requestStop() {}
    func stop() {}
}

/// What both sides are made from.
struct SideSetup {
    let plan: TrialPlan
    /// Nil where the engine needs none.
    let link: LinkPair?
    let placement: Placement
    let templates: [FrameTemplate]
    /// Counts the trials of a run from 0.
    let trialIndex: Int
    /// Where frames come from that are none of the plan's.
    var replay: ReplaySource?

    /// - Throws: `TrialError.engineNeedsLink`.
    func requireLink() throws(TrialError) -> LinkPair {
        guard let link else { throw .engineNeedsLink(plan.transmit.engine) }
        return link
    }
}

/// What an engine can do and what it needs, the same in every trial.
package struct EngineAbilities: Sendable {
    /// Whether a trial may choose if frames pass the queueing discipline.
    package enum QueueingDiscipline: Sendable {
        case asAsked
        case always
        /// There is no other way (`__dev_direct_xmit`, `ndo_xdp_xmit`).
        case never
    }

    /// False where frames go nowhere: no link, no privilege, and no receiver that wants any.
    package var needsLink = true
    /// Whether an eBPF program makes its frames in the kernel: it may be loaded in the initial user namespace only, and there is no ring.
    package var makesFramesInKernel = false
    /// Whether a slot is cut into frames that share its headers.
    package var cutsSlots = false
    /// Whether a worker of ours lays fields into each frame as it leaves, so that any number of frames may differ.
    package var patchesFrames = true
    /// Whether at full speed one frame in `unbatchedPeriodFrames` goes to the kernel in a call of its own, so that its latency is its own.
    package var sendsSomeAlone = true
    /// Whether its slots take any frame, so that it sends capture files too.
    package var replays = false
    /// Whether frames can have any shape over time, or else one gap only.
    package var pacesShapes = true
    package var queueingDiscipline = QueueingDiscipline.asAsked
    package var queues = QueueDemand.any
    /// Who receives where nobody asked for another.
    package var receiver = ReceiverName.ring
}

/// How many queues a private pair needs where nobody asked for a number.
package enum QueueDemand: Sendable {
    case any
    /// A socket has its queue to itself, and no queue is without one.
    case onePerWorker
    /// Several workers' frames must not meet on a queue, which the CPU chooses (`veth_select_rxq`).
    case onePerCPU
}
