import Kernel
import Metrics
import Plans
import Ports
import Results

/// Frames of a capture file in place of the plan's, through the port of `ring` or `mmsg`: one worker, one pass through the file after the other.
package struct ReplayEngine: TransmitSide {
    package static let abilities = EngineAbilities.replaying

    /// Slots hold any frame that the MTU allows: of the largest MTU fewer of them fit.
    private static let ringBytes = 64 << 20

    private let source: ReplaySource

    package init(for setup: SideSetup) throws {
        guard let source = setup.replay else { preconditionFailure("a replay needs a file") }
        self.source = source
    }

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        var settings = try worker.ringSettings
        settings.minimumSlots = max(8, min(settings.minimumSlots, Self.ringBytes / (2 * source.largestFrameBytes)))
        if worker.plan.transmit.engine == .mmsg {
            var port = try MessageTransmitPort(settings, largestFrameBytes: source.largestFrameBytes)
            return try worker.replay(source, &port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try RingTransmitPort(settings, largestFrameBytes: source.largestFrameBytes)
        return try worker.replay(source, &port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}

extension TransmitWorker {
    /// The window, through one port; a replay has no warm-up.
    fileprivate func replay<Port: ReplayPort & ~Copyable>(
        _ source: ReplaySource, _ port: inout Port, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        guard source.settings.moves.isEmpty else {
            return try replay(source, ReplayCursor(source.feed, source.mover), &port, ringBytes: ringBytes, ringNode: ringNode)
        }
        return try replay(source, ReplayCursor(source.feed), &port, ringBytes: ringBytes, ringNode: ringNode)
    }

    private func replay<Port: ReplayPort & ~Copyable, Mover: RecordMover>(
        _ source: ReplaySource, _ start: ReplayCursor<Mover>, _ port: inout Port, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        let memory = try WorkerMemory(recorders: 1, streams: 0)
        var result = WorkerResult(
            role: .transmit, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode, histogramNode: memory.node,
            ringBytes: ringBytes)
        var lag = memory.recorder(0)
        var cursor = start
        barrier.arrive(.transmit, .ready(.window))
        let opening = try barrier.await(.window)
        let order = TransmitInstructions(
            stream: streams.stream(.window, worker: index), quota: plan.load.frameCount ?? .max, batchFrames: plan.transmit.batchFrames,
            phase: TrialPhase.window.rawValue, stop: barrier.transmitStop, sent: sent, completedBefore: 0)
        var tally = TransmitTally()
        var replay = ReplayTally()
        Clock.sleep(exactlyUntilMonotonic: opening.startMonotonicNanoseconds)
        let clock = PhaseClock()
        replayLoop(
            &port, order, &cursor, isTimed: source.settings.timing.isTimed, startNanoseconds: opening.startMonotonicNanoseconds, &lag,
            &tally, &replay)
        let refused = finishTransmitting(&port, &tally)
        let endedAt = port.realtimeNanoseconds
        if tally.failure != 0 { barrier.reportStall() }
        sent.store(port.completedFrames)
        result.take(clock.elapsed)
        result.frames = port.completedFrames
        result.systemCalls = port.systemCalls
        result.retries = tally.retries
        source.finish(replay, offered: tally.filledFrames)
        let outcome = Outcome(
            result: result, offeredFrames: tally.filledFrames, notOfferedFrames: 0, refusedFrames: refused,
            sentFrames: port.completedFrames, sentBytes: port.completedBytes, kinds: [:], meanCallNanoseconds: nil,
            sleptNanoseconds: tally.sleptNanoseconds + replay.starvedNanoseconds, lastNanoseconds: endedAt, firstNanoseconds: nil,
            lag: LatencyDistribution(lag), failure: tally.failure)
        barrier.arrive(.transmit, .through(.window))
        return outcome
    }
}
