import CBPF
import Kernel

/// The one way through libbpf's low-level calls, which return a negative `errno` value.
///
/// EINTR isn't retried here: it is how a run of live frames is ended.
func bpfCall(_ name: String, _ result: Int32) throws(SystemError) -> Int32 {
    guard result >= 0 else { throw SystemError(call: "bpf(\(name))", number: -result) }
    return result
}

/// The same, for calls whose failure is told with a remedy.
func programCall(_ name: String, _ result: Int32) throws(ProgramError) -> Int32 {
    guard result >= 0 else { throw ProgramError(SystemError(call: "bpf(\(name))", number: -result)) }
    return result
}
