import Kernel
import Metrics
import Synchronization
import Traffic

/// The `xdp` receiver: a counting program on the receiving end, as long as this object lives.
public final class CountingReceiver: Sendable {
    private let counter: CounterProgram
    private let attachment: XDPAttachment
    /// The latencies of all workers.
    private let intervals: Mutex<IntervalRecorder>

    /// - Parameter intervalNanoseconds: what latency over time is cut into; nil for not at all.
    /// - Throws: `ProgramError`; `SystemError` if the namespace can't be entered.
    public init(
        interfaceIndex: Int, in namespace: NetworkNamespace, mode: XDPAttachment.Mode = .native, check: FrameCheck, workers: Int,
        foreignAction: XDPAction = .pass, sampling: LatencySampling = .all, intervalNanoseconds: UInt64? = nil, node: Int?
    ) throws {
        let counter = try CounterProgram(
            CounterSettings(
                signatureOffset: check.signatureOffset, workers: workers, foreignAction: foreignAction, check: check, sampling: sampling),
            node: node)
        attachment = try XDPAttachment(counter.program, interfaceIndex: interfaceIndex, in: namespace, mode: mode)
        self.counter = counter
        intervals = Mutex(IntervalRecorder(intervalNanoseconds: intervalNanoseconds))
    }

    /// See `CounterProgram.restart`.
    ///
    /// - Parameter startNanoseconds: when the first interval begins, CLOCK_REALTIME.
    public func restart(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64, startNanoseconds: UInt64) {
        counter.restart(epoch: epoch, key: key, clockOffsetNanoseconds: clockOffsetNanoseconds)
        intervals.withLock { $0.begin(at: startNanoseconds) }
    }

    /// The greatest latency so far, nanoseconds; any thread may look.
    public func slowestNanoseconds(worker: Int) -> UInt64 { counter.slowestNanoseconds(worker: worker) }

    /// Distinct frames so far; any thread may look.
    public func receivedFrames(worker: Int) -> UInt64 { counter.receivedFrames(worker: worker) }

    /// Ends an interval of latencies if it is over; to be asked again and again, by any thread.
    ///
    /// - Parameter time: CLOCK_REALTIME.
    public func cutIntervals(at time: UInt64) {
        intervals.withLock { if time >= $0.endNanoseconds { counter.cut(&$0, at: time) } }
    }

    /// How latency went over time, when no frame of ours is on its way any more; nil where nobody wanted it cut.
    public func intervalHistograms() -> IntervalHistograms? {
        intervals.withLock {
            counter.finish(&$0)
            return IntervalHistograms($0)
        }
    }

    public func report() -> CounterReport { counter.report() }
}
