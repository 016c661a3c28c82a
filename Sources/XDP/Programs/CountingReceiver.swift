import Kernel
import Metrics
import Traffic

/// The `xdp` receiver: a counting program on the receiving end, as long as this object lives.
public final class CountingReceiver: Sendable {
    private let counter: CounterProgram
    private let attachment: XDPAttachment

    /// - Throws: `ProgramError`; `SystemError` if the namespace can't be entered.
    public init(
        interfaceIndex: Int, in namespace: NetworkNamespace, mode: XDPAttachment.Mode = .native, check: FrameCheck, workers: Int,
        foreignAction: XDPAction = .pass, sampling: LatencySampling = .all, node: Int?
    ) throws {
        let counter = try CounterProgram(
            CounterSettings(
                signatureOffset: check.signatureOffset, workers: workers, foreignAction: foreignAction, check: check, sampling: sampling),
            node: node)
        attachment = try XDPAttachment(counter.program, interfaceIndex: interfaceIndex, in: namespace, mode: mode)
        self.counter = counter
    }

    /// See `CounterProgram.restart`.
    public func restart(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64) {
        counter.restart(epoch: epoch, key: key, clockOffsetNanoseconds: clockOffsetNanoseconds)
    }

    /// The greatest latency so far, nanoseconds; any thread may look.
    public func slowestNanoseconds(worker: Int) -> UInt64 { counter.slowestNanoseconds(worker: worker) }

    /// Distinct frames so far; any thread may look.
    public func receivedFrames(worker: Int) -> UInt64 { counter.receivedFrames(worker: worker) }

    public func report() -> CounterReport { counter.report() }
}
