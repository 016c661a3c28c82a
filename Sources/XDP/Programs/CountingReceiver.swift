import Frames
import Kernel

/// The `xdp` receiver: a counting program on the receiving end, as long as this object lives.
public final class CountingReceiver: Sendable {
    private let counter: CounterProgram
    private let attachment: XDPAttachment

    /// - Throws: `ProgramError`; `SystemError` if the namespace can't be entered.
    public init(
        interfaceIndex: Int, in namespace: NetworkNamespace, mode: XDPAttachment.Mode = .native, signatureOffset: Int, workers: Int,
        foreignAction: XDPAction = .pass, node: Int?
    ) throws {
        let counter = try CounterProgram(
            CounterSettings(
                signatureOffset: signatureOffset, workers: workers, foreignAction: foreignAction,
                clockOffsetNanoseconds: Clock.realtimeOffsetNanoseconds), node: node)
        attachment = try XDPAttachment(counter.program, interfaceIndex: interfaceIndex, in: namespace, mode: mode)
        self.counter = counter
    }

    /// See `CounterProgram.restart`.
    public func restart(epoch: UInt8, earliestNanoseconds: UInt64) {
        counter.restart(epoch: epoch, earliestNanoseconds: earliestNanoseconds)
    }

    /// Distinct frames so far; any thread may look.
    public func receivedFrames(worker: Int) -> UInt64 { counter.receivedFrames(worker: worker) }

    public func report() -> CounterReport { counter.report() }
}
