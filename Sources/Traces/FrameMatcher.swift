import CPcap
import Kernel

/// A filter expression on frames that are in a file, by libpcap's own interpreter.
public final class FrameMatcher {
    private let program: [pcap_bpf_insn]

    /// - Throws: `TraceError.badFilter`.
    public init(_ expression: String) throws(TraceError) {
        do throws(FilterError) {
            program = try CaptureFilter(expression).program.map {
                pcap_bpf_insn(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.operand)
            }
        } catch {
            throw .badFilter(error)
        }
    }

    public func matches(_ frame: CapturedFrame) -> Bool {
        bpf_filter(program, frame.bytes, UInt32(frame.wireBytes), UInt32(frame.bytes.count)) != 0
    }
}
