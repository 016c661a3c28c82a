import Kernel
import Links
import Plans
import Results
import Traffic

/// The sending side of a trial: what is to be known of an engine before one is made, and one that is at work.
///
/// All that asks for an engine's kind asks here, never for its name. A side is chosen once for each trial; its threads' loops are generic
/// over their port, and never see it.
package protocol TransmitSide: Sendable {
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

    /// Asks calls to return, of whatever phase, that don't look at a worker's stop cell, without waiting for them.
    func requestStop()

    /// Has such calls return, and waits for it. A worker that has ended by itself may be on its way to the next phase, which this must not end.
    func stop(_ phase: TrialPhase)
}

extension TransmitSide {
    package static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan) {}
    package static func preparePeer(of pair: LinkPair, for plan: TrialPlan) throws {}
    package static var probe: SideProbe? { nil }
    package static func settled(_ plan: TrialPlan, on link: LinkPair) throws -> TrialPlan { plan }

    // As it is with a loop of ours, which counts, looks at its stop cell and knows its last frame.
    package func publishCounts(to sent: SharedCounters) {}
    package var endsAtLastFrame: Bool { true }
    package func requestStop() {}
    package func stop(_ phase: TrialPhase) {}
}

/// What both sides are made from.
package struct SideSetup {
    package let plan: TrialPlan
    /// Nil where the engine needs none.
    package let link: LinkPair?
    package let placement: Placement
    package let templates: [FrameTemplate]
    /// Counts the trials of a run from 0.
    package let trialIndex: Int
    /// Where frames come from that are none of the plan's.
    package var replay: ReplaySource?
    /// Who receives on another host.
    package var remote: RemoteReceiver?

    /// - Throws: `TrialError.engineNeedsLink`.
    func requireLink() throws(TrialError) -> LinkPair {
        guard let link else { throw .engineNeedsLink(plan.transmit.engine) }
        return link
    }

    package init(
        plan: TrialPlan, link: LinkPair?, placement: Placement, templates: [FrameTemplate], trialIndex: Int, replay: ReplaySource? = nil,
        remote: RemoteReceiver? = nil
    ) {
        self.plan = plan
        self.link = link
        self.placement = placement
        self.templates = templates
        self.trialIndex = trialIndex
        self.replay = replay
        self.remote = remote
    }
}
