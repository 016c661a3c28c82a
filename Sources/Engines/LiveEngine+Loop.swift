import Kernel
import Metrics
import Plans
import Results
import Traffic
import XDP

extension TransmitWorker {
    /// The `xdp` engine: the thread runs the program in calls as long as the phase, and does nothing else.
    package func run(_ live: LiveGenerator) throws -> Outcome {
        var result = WorkerResult(role: .transmit, index: index, cpu: seat.cpu, node: seat.node)
        if plan.load.warmupNanoseconds > 0 {
            _ = try make(.warmup, live)
            barrier.arrive(.transmit, .through(.warmup))
            // Frames are counted where the next phase counts from 0.
            try barrier.awaitSettled(.warmup)
        }
        let sending = try make(.window, live)
        result.frames = live.madeFrames
        result.systemCalls = sending.tally.calls
        result.take(sending.times)
        let outcome = Outcome(
            result: result, offeredFrames: result.frames + sending.notOffered, notOfferedFrames: sending.notOffered, refusedFrames: 0,
            sentFrames: result.frames, sentBytes: live.madeBytes,
            kinds: FrameSchedule.counts(of: templates, frames: result.frames, from: 0),
            lastNanoseconds: sending.endedAt, firstNanoseconds: plan.load.packetRate == nil ? live.firstNanoseconds : nil,
            lag: LatencyDistribution(), failure: 0)
        barrier.arrive(.transmit, .through(.window))
        return outcome
    }

    /// How long behind the end of a phase its frames go on at most, if nobody stops them.
    private static let graceNanoseconds: UInt64 = 20_000_000

    private func make(_ phase: TrialPhase, _ live: LiveGenerator) throws -> Sending {
        live.prepare(stream: streams.stream(phase, worker: index))
        barrier.arrive(.transmit, .ready(phase))
        let order = try barrier.await(phase)
        let share = WorkerShare(workerIndex: index, workerCount: plan.transmit.workers)
        let quota = phase == .window ? plan.load.frameCount.map(share.frames(ofTotal:)) : nil
        live.setClock(offsetNanoseconds: order.realtimeOffsetNanoseconds)
        var sending = Sending()
        var schedule: PacedSchedule?
        var owed = quota ?? .max
        if let pattern {
            let paced = PacedSchedule(pattern, share: share, startNanoseconds: order.startNanoseconds)
            if let end = order.endNanoseconds { owed = min(owed, paced.framesDue(at: end &- 1)) }
            // The program knows CLOCK_MONOTONIC only.
            live.setPace(
                dueNanoseconds: paced.dueNanoseconds(0) &- UInt64(bitPattern: order.realtimeOffsetNanoseconds), limit: owed)
            schedule = paced
        }
        Clock.sleep(exactlyUntilMonotonic: order.startMonotonicNanoseconds)
        let clock = PhaseClock()
        if owed > 0 {
            // The trial's own thread stops it at the end; if that thread gets no CPU, it ends by itself.
            let deadline = order.endNanoseconds.map {
                order.startMonotonicNanoseconds &+ ($0 &- order.startNanoseconds) &+ Self.graceNanoseconds
            }
            let outcome = try live.run(frames: quota, stage: Int(phase.rawValue), untilMonotonic: deadline)
            sending.tally.calls = UInt64(outcome.calls)
        }
        sending.times = clock.elapsed
        sending.endedAt = Clock.realtimeNanoseconds
        sending.tally.filledFrames = live.madeFrames
        if let schedule, live.madeFrames >= owed, owed > 0 {
            // All that was owed is made, and the program only waited to be stopped: it sent until its last frame was due. A count ends a window before
            // its time.
            let last = schedule.dueNanoseconds(owed - 1)
            sending.endedAt = min(sending.endedAt, quota == nil ? order.endNanoseconds ?? last : last)
        } else if schedule == nil || sending.endedAt < order.endNanoseconds ?? .max {
            // Stopped: what a call takes down after its last frame is no time of sending.
            sending.endedAt = live.lastNanoseconds ?? min(sending.endedAt, order.startNanoseconds)
        }
        if let schedule {
            let due = min(quota ?? .max, schedule.framesDue(at: min(order.endNanoseconds ?? .max, sending.endedAt) &- 1))
            sending.notOffered = due > live.madeFrames ? due - live.madeFrames : 0
        }
        return sending
    }
}
