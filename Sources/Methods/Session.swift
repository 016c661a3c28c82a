import Engines
import Kernel
import Links
import Plans
import Results
import Trials

/// Trials of one plan after the other. The link is opened once and stays for as long as plans ask for the same one, so that neighbouring trials differ in
/// nothing but what was asked for; another link takes its place.
///
/// Whatever is made of trials is made of this: `run`, `bakeoff`, and all that compares or searches.
public final class Session {
    /// Who stops it.
    public let interrupts: Interrupts
    private let identity: Identity
    private let watch: (TrialGauge) -> Void
    private let observe: (TrialProgress) -> Void
    private let note: (String) -> Void
    private let placements: PlacementCache
    /// Whether plans that leave the placement open get the fastest: not where they are to be compared, for then all else has to be the same.
    private let choosesPlacement: Bool
    /// Who receives, where that is another host.
    private let remote: RemoteReceiver?
    private let topology = Topology.read()
    private var open: (key: LinkKey, link: LinkPair)?
    private var leftovers: [Warning] = []
    /// Of all plans: frames of one trial are stale in the next, whoever asked for it.
    private var trialCount: Int
    /// How many links there were so far.
    private(set) var linkCount = 0

    /// What results say of whoever made them.
    public struct Identity: Sendable {
        public let version: String
        /// The wall clock in ISO 8601.
        public let startedAt: String
        /// The words of the command line.
        public let command: [String]

        public init(version: String, startedAt: String, command: [String]) {
            self.version = version
            self.startedAt = startedAt
            self.command = command
        }
    }

    /// - Parameters:
    ///   - placements: what is known of placements on this machine, for plans that want the best of them.
    ///   - choosesPlacement: whether plans that leave it open want that too, where it may gain (`PlacementCalibration.isWorthwhile`).
    ///   - observe: hears of progress, from the thread that runs the trials.
    ///   - watch: gets each trial as it begins, to look at it while it runs.
    ///   - note: hears a sentence of what takes a while before the first trial.
    ///   - remote: another host that receives; plans then name both ends, of which only the first one is here.
    package init(
        interrupts: Interrupts, identity: Identity, placements: PlacementCache = PlacementCache(path: nil),
        choosesPlacement: Bool = false, observe: @escaping (TrialProgress) -> Void = { _ in },
        watch: @escaping (TrialGauge) -> Void = { _ in }, note: @escaping (String) -> Void = { _ in }, remote: RemoteReceiver?
    ) {
        self.remote = remote
        self.choosesPlacement = choosesPlacement && remote == nil
        trialCount = remote?.firstTrial ?? 0
        self.placements = placements
        self.note = note
        self.watch = watch
        self.interrupts = interrupts
        self.identity = identity
        self.observe = observe
    }

    /// The same with both ends here.
    public convenience init(
        interrupts: Interrupts, identity: Identity, placements: PlacementCache = PlacementCache(path: nil),
        observe: @escaping (TrialProgress) -> Void = { _ in }, watch: @escaping (TrialGauge) -> Void = { _ in },
        note: @escaping (String) -> Void = { _ in }
    ) {
        self.init(
            interrupts: interrupts, identity: identity, placements: placements, observe: observe, watch: watch, note: note, remote: nil)
    }

    deinit {
        if let open { _ = open.link.restore() }
    }

    /// Runs one plan's trials.
    ///
    /// - Parameters:
    ///   - replay: a file whose frames are sent in place of the plan's, once.
    ///   - keep: gets the run as far as it has come after each trial but the last, to be saved: what fails later takes nothing with it.
    /// - Returns: all trials that were measured, also if a later one failed: `failure` says why then.
    /// - Throws: what kept the first trial from being measured; `Interrupted` at any time. The link stays as it is; `close` gives it back.
    public func run(_ plan: TrialPlan, replaying replay: ReplaySource? = nil, keep: (RunResult) -> Void = { _ in }) throws -> RunResult {
        guard plan.link.placement == .best || choosesPlacement && isWorthChoosing(plan) else {
            return try trials(of: plan, replaying: replay, keep: keep, observe: observe, watch: watch)
        }
        let (chosen, known) = try placed(plan)
        let result = try trials(
            of: chosen, because: interrupts.isInterrupted ? nil : known?.words, replaying: replay, keep: keep, observe: observe,
            watch: watch)
        var lesson: Warning?
        if var known {
            lesson = known.learn(from: result)
            if lesson != nil { placements.keep(known, of: plan, on: machine) }
        }
        return result.adding([lesson].compactMap { $0 } + placements.takeProblems())
    }

    /// - Parameter because: why the placement is what it is, besides the planner's reason.
    private func trials(
        of plan: TrialPlan, because: String? = nil, replaying replay: ReplaySource? = nil, keep: (RunResult) -> Void = { _ in },
        observe: @escaping (TrialProgress) -> Void, watch: (TrialGauge) -> Void
    ) throws -> RunResult {
        var seats = plan
        // They are another host's CPUs.
        if remote != nil { seats.receive.cpus = nil }
        var seating = try PlacementPlanner.plan(seats, on: topology)
        if let because { seating.placement.reason += "; \(because)" }
        let link = try link(for: plan)
        var plan = try EngineCheck.settled(plan, on: link)
        let order = try remote.map { try self.order(of: plan, over: link, for: $0) }
        var conditions = conditions(of: link)
        var shown = seating.placement
        var warnings = seating.warnings + leftovers
        if let remote, let order {
            let ready = try prepare(remote, order)
            (conditions.receiveLink, conditions.receiveHost) = (ready.link, ready.host)
            (shown.receive, seating.placement.receive) = (ready.seats, [])
            warnings += ready.warnings
            plan = try FrameDestination.settled(plan, from: order.sourceAddress, to: ready.address)
        } else {
            plan = try FrameDestination.settled(plan, on: link)
        }
        let templates = try plan.templates(transmitAddress: nil, receiveAddress: nil)
        if remote == nil { try FrameDestination.check(plan, on: link, replay == nil ? templates : []) }
        if let replay, let link {
            observe(
                TrialProgress(
                    phase: .preparing, trialIndex: 0, trialCount: 1, elapsedNanoseconds: 0, totalNanoseconds: nil, interval: nil,
                    lostSoFar: 0))
            try replay.start(mtuBytes: min(link.transmit.current().mtuBytes, link.receive.current().mtuBytes)) { time in
                try interrupts.wait(untilMonotonic: time)
            }
        }
        defer { replay?.stop() }
        var course = RunCourse(
            plan: plan, placement: shown, conditions: conditions, command: identity.command, warnings: warnings)
        leftovers = []
        for index in 0..<plan.run.repeats {
            if index > 0, let remote, let order {
                do {
                    try prepare(remote, order, index)
                } catch {
                    course.lose(trial: index, error)
                    break
                }
            }
            let trial = Trial(
                plan: plan, link: link, placement: seating.placement, templates: templates, index: index, serial: trialCount,
                interrupts: interrupts, replay: replay, remote: remote, observe: observe)
            trialCount += 1
            watch(trial.gauge)
            do {
                try course.add(trial.run())
            } catch let error as Interrupted {
                throw error
            } catch {
                guard course.hasTrials else { throw error }
                course.fail(trial: index, error)
                break
            }
            // What was interrupted or lost its link can't be repeated.
            if interrupts.isInterrupted || course.hasLostLink { break }
            if index + 1 < plan.run.repeats { keep(course.result) }
        }
        // A link that went away, or that a failed trial may have left in disorder, is made anew for the next plan.
        if course.hasLostLink || course.hasFailed { leftovers += closeLink() }
        return course.result
    }

    /// What the other host is asked for, as the first trial.
    private func order(of plan: TrialPlan, over link: LinkPair?, for remote: RemoteReceiver) throws -> RemoteOrder {
        guard let link, let address = try link.transmit.current().address else {
            throw TrialError.engineNeedsLink(plan.transmit.engine)
        }
        return RemoteOrder(
            index: 0, trial: trialCount, key: remote.key, plan: plan, sourceAddress: address)
    }

    @discardableResult
    private func prepare(_ remote: RemoteReceiver, _ order: RemoteOrder, _ index: Int = 0) throws -> ReceiverReady {
        var order = order
        (order.index, order.trial) = (index, trialCount)
        return try remote.prepare(order)
    }

    private func isWorthChoosing(_ plan: TrialPlan) -> Bool {
        PlacementCalibration.isWorthwhile(
            for: plan, cpuCount: topology.allowedCPUs.count,
            movesSoftirq: UserNamespace.isInitial && CapabilitySet.effective.contains(.sysAdmin))
    }

    /// The plan with the placement that is best for it here, and what that was found by; nil where there is nothing to choose.
    ///
    /// - Throws: as a trial of the kernel's own placement does.
    private func placed(_ plan: TrialPlan) throws -> (plan: TrialPlan, known: PlacementTrials?) {
        guard plan.transmit.engine.abilities.needsLink else { return (plan.placed(.auto), nil) }
        let known = try placements.trials(of: plan, on: machine) ?? calibrated(plan)
        var chosen = plan.placed(known.choice)
        chosen.link.calibrated = known.isTrusted ? true : nil
        return (chosen, known)
    }

    private func calibrated(_ plan: TrialPlan) throws -> PlacementTrials {
        note("trying placements for some seconds, once for such a load on this machine")
        let found = try PlacementCalibration(plan: plan, startedAt: identity.startedAt).measure { plan in
            do {
                return try trials(of: plan, observe: { _ in }, watch: { _ in })
            } catch {
                // Whatever it left in disorder.
                leftovers += closeLink()
                throw error
            }
        }
        // What can't be trusted is found out again.
        if found.isTrusted { placements.keep(found, of: plan, on: machine) }
        return found
    }

    private var machine: PlacementCache.Machine {
        PlacementCache.Machine(
            cpuModel: MachineFacts.cpuModel, kernelRelease: MachineFacts.kernelRelease, cpus: topology.allowedCPUs)
    }

    /// Gives the link back.
    ///
    /// - Returns: what could not be given back, and what else a reader has to know of it.
    public func close() -> [Warning] {
        defer { leftovers = [] }
        return leftovers + closeLink()
    }

    /// Under what the trials take place: of the link that is open, if there is one.
    public var conditions: Conditions { conditions(of: open?.link) }

    private func conditions(of link: LinkPair?) -> Conditions {
        Conditions.read(version: identity.version, startedAt: identity.startedAt, topology: topology, link: link)
    }

    /// What the frames of the next trial's window have in common, for whoever looks at them besides: `StreamIdentifier.phaseBits`.
    var nextPhaseBits: UInt32 { TrialStreams.windowBits(trial: trialCount) }

    /// The link that a plan asks for, open from now on: its trial takes the same. Nil where it needs none.
    ///
    /// - Throws: `TrialError`.
    func link(for plan: TrialPlan) throws -> LinkPair? {
        guard plan.transmit.engine.abilities.needsLink else { return nil }
        let key = LinkKey(plan)
        if let open, open.key == key { return open.link }
        leftovers += closeLink()
        let link = try LinkSetup.open(plan, remote == nil ? .both : .transmitting)
        open = (key, link)
        linkCount += 1
        return link
    }

    private func closeLink() -> [Warning] {
        guard let link = open?.link else { return [] }
        open = nil
        return link.giveBack()
    }
}

extension Session {
    /// One plan over a link of its own, from set-up to restoration.
    ///
    /// - Throws: as `run` does; the link is restored before anything is thrown.
    public static func run(
        _ plan: TrialPlan, interrupts: Interrupts, identity: Identity, placements: PlacementCache = PlacementCache(path: nil),
        keep: (RunResult) -> Void = { _ in }, observe: @escaping (TrialProgress) -> Void = { _ in },
        watch: @escaping (TrialGauge) -> Void = { _ in }, note: @escaping (String) -> Void = { _ in }
    ) throws -> RunResult {
        try run(
            plan, interrupts: interrupts, identity: identity, placements: placements, choosesPlacement: false, keep: keep,
            observe: observe, watch: watch, note: note, remote: nil)
    }

    /// - Parameter remote: another host that receives.
    package static func run(
        _ plan: TrialPlan, interrupts: Interrupts, identity: Identity, placements: PlacementCache, choosesPlacement: Bool,
        keep: (RunResult) -> Void, observe: @escaping (TrialProgress) -> Void, watch: @escaping (TrialGauge) -> Void,
        note: @escaping (String) -> Void,
        remote: RemoteReceiver?
    ) throws -> RunResult {
        let session = Session(
            interrupts: interrupts, identity: identity, placements: placements, choosesPlacement: choosesPlacement, observe: observe,
            watch: watch, note: note, remote: remote)
        do {
            let result = try session.run(plan, keep: keep)
            return result.adding(session.close())
        } catch {
            _ = session.close()
            throw error
        }
    }
}

extension Session {
    /// Whether two plans run over the same link.
    public static func shareLink(_ first: TrialPlan, _ second: TrialPlan) -> Bool { LinkKey(first) == LinkKey(second) }
}

/// What two plans must have in common to share a link: its settings, what the engines ask of both ends, and whether the frames fit.
private struct LinkKey: Equatable {
    let link: TrialPlan.Link
    let settings: LinkSettings
    let engine: EngineName
    let receiver: ReceiverName
    let largestFrameBytes: Int

    init(_ plan: TrialPlan) {
        link = plan.link
        settings = plan.linkSettings
        engine = plan.transmit.engine
        receiver = plan.receive.receiver
        largestFrameBytes = plan.mix.largestSizeBytes
    }
}
