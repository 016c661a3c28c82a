import Frames
import Kernel
import Metrics
import Traffic

/// The `xdp` engine of one worker: the program that makes its frames, and the brake for the call that runs it.
///
/// Frames have no socket, no skb and no system call of their own; they are pages that the kernel takes from a pool, and that go into the peer's
/// receive ring (`veth_xdp_xmit`).
public final class LiveGenerator: Sendable {
    private let generator: GeneratorProgram
    private let brake: CallInterrupter
    /// From one frame to the next; nil where they aren't paced.
    private let intervalNanoseconds: Double?
    /// Bytes of all frames of the schedule before each, from 0 on, and of all of them.
    private let byteSums: [UInt64]

    /// - Parameters:
    ///   - interfaceIndex: where frames leave, in the namespace of the thread that will `run`.
    ///   - intervalNanoseconds: from one frame to the next; nil for as fast as it goes.
    ///   - rules: see `GeneratorProgram`.
    ///   - rewritesHeaders: see `GeneratorSettings`.
    ///   - node: the NUMA node for state and table.
    /// - Throws: `ProgramError`, `SystemError`.
    public init(
        templates: [FrameTemplate], rules: FrameProgram? = nil, interfaceIndex: Int, intervalNanoseconds: Double? = nil,
        rewritesHeaders: Bool = false,
        sampling: LatencySampling = .all, node: Int?
    ) throws {
        generator = try GeneratorProgram(
            templates: templates, rules: rules, stream: StreamIdentifier(epoch: 0, worker: 0),
            settings: GeneratorSettings(
                timestamp: .now(offsetNanoseconds: 0), destination: .interface(index: interfaceIndex),
                isPaced: intervalNanoseconds != nil, rewritesHeaders: rewritesHeaders, sampling: sampling), node: node)
        brake = try CallInterrupter()
        self.intervalNanoseconds = intervalNanoseconds
        byteSums = templates.reduce(into: [0]) { $0.append($0.last! + UInt64($1.bytes.count)) }
    }

    /// Frames made since `prepare`; any thread may look.
    public var madeFrames: UInt64 { generator.nextSequence }

    /// The length of these frames, without FCS.
    public var madeBytes: UInt64 {
        let (rounds, rest) = madeFrames.quotientAndRemainder(dividingBy: UInt64(generator.cycle))
        return rounds * byteSums[generator.cycle] + byteSums[Int(rest)]
    }

    /// When the first frame since `prepare` left, CLOCK_REALTIME; nil before. Any thread may look.
    public var firstNanoseconds: UInt64? { generator.firstNanoseconds }
    /// When the last one did; see `GeneratorProgram`.
    public var lastNanoseconds: UInt64? { generator.lastNanoseconds }

    /// The next frames belong to `stream`. Not while frames leave.
    public func prepare(stream: StreamIdentifier) { generator.restart(stream: stream) }

    /// See `GeneratorProgram.setClock`.
    public func setClock(offsetNanoseconds: Int64) { generator.setClock(offsetNanoseconds: offsetNanoseconds) }

    /// Of a paced one; see `GeneratorProgram.setPace`.
    public func setPace(dueNanoseconds: UInt64, limit: UInt64) {
        generator.setPace(dueNanoseconds: dueNanoseconds, intervalNanoseconds: intervalNanoseconds ?? 0, limit: limit)
    }

    /// Makes frames on the calling thread until there are `frames`, or somebody stops it, or CLOCK_MONOTONIC reaches the deadline.
    ///
    /// - Parameter stage: from 1 on, and never back: what `stop` names. Whoever stops one may be late, and this thread in the next.
    /// - Throws: `ProgramError`.
    public func run(frames: UInt64?, stage: Int = 1, untilMonotonic deadline: UInt64? = nil) throws(ProgramError) -> LiveFrameOutcome {
        // A paced program ends by its limit, and by being stopped.
        guard let intervalNanoseconds else {
            generator.setLimit(frames ?? .max)
            return try LiveFrameRunner.run(generator, frames: frames, stage: stage, untilMonotonic: deadline, brake: brake)
        }
        return try LiveFrameRunner.run(
            generator, framesPerCall: Int(Int32.max), batchFrames: LiveFrames.batchFrames(intervalNanoseconds: intervalNanoseconds),
            stage: stage, untilMonotonic: deadline, brake: brake)
    }

    /// Asks `run` to return from a stage, or any, and all before.
    public func requestStop(through stage: Int = .max) { brake.request(through: stage) }

    /// Has `run` return, within milliseconds, and waits for it.
    public func stop(through stage: Int = .max) { brake.stop(through: stage) }
}
