import Kernel

/// Drives a generating program: long calls, each of which sends millions of frames, until enough are made or somebody stops it.
///
/// The frames' way, within one call: `xdp_test_run_batch` runs the program on a batch of pages, then flushes, which puts them into the
/// peer's receive ring and has NAPI empty it. The kernel looks for signals between two batches.
public enum LiveFrameRunner {
    /// A call updates the BPF dispatcher, waits for it (`bpf_prog_change_xdp`) and makes a page pool, tens of milliseconds in
    /// all. This many frames, minutes of them, hide it; a signal ends the call all the same.
    public static let framesPerCall = 1 << 30

    /// On the calling thread, which has to be in the network namespace of the program's destination, and pinned: all frames of
    /// a call leave from one CPU, and by that CPU's queue.
    ///
    /// The peer needs native XDP or GRO, or the frames vanish without an error (`veth_xdp_xmit`).
    ///
    /// - Parameters:
    ///   - frames: how many to make; nil goes on until stopped.
    ///   - framesPerCall: runs of one call; of a paced program most make no frame, and calls should be as long as can be.
    ///   - batchFrames: between two flushes, at most `LiveFrames.maximumBatchFrames`; veth's ring holds 256.
    ///   - stage: what `brake` is asked to end; see `CallInterrupter`.
    ///   - deadline: CLOCK_MONOTONIC, when it ends if nobody has stopped it before; nil for never.
    /// - Throws: `ProgramError`, `.notSupported` on Linux before 5.18.
    public static func run(
        _ generator: borrowing GeneratorProgram, frames: UInt64? = nil, framesPerCall: Int = framesPerCall,
        batchFrames: Int = LiveFrames.batchFrames, stage: Int = 1, untilMonotonic deadline: UInt64? = nil, brake: CallInterrupter
    ) throws(ProgramError) -> LiveFrameOutcome {
        let first = generator.nextSequence
        var outcome = LiveFrameOutcome(startNanoseconds: Clock.monotonicNanoseconds)
        brake.enter(stage: stage, untilMonotonic: deadline)
        defer { brake.leave() }
        while !brake.isStopping, Clock.monotonicNanoseconds < deadline ?? .max {
            outcome.frames = generator.nextSequence &- first
            let remaining = frames.map { $0 &- min($0, outcome.frames) } ?? UInt64(framesPerCall)
            guard remaining > 0 else { break }
            outcome.calls += 1
            do {
                _ = try generator.program.runLive(
                    frame: generator.frame, repeats: Int(min(remaining, UInt64(framesPerCall))), batchFrames: batchFrames)
            } catch {
                guard error.number == ErrorNumber.interrupted else { throw ProgramError(error) }
                outcome.interruptions += 1
            }
        }
        outcome.frames = generator.nextSequence &- first
        outcome.endNanoseconds = Clock.monotonicNanoseconds
        return outcome
    }
}
