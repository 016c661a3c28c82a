/// An eBPF register (instruction-set.rst, "Registers and calling convention"): r0 holds results, r1 to r5 arguments,
/// which a call destroys, r6 to r9 survive calls, r10 is the stack frame's end and read-only.
public enum Register: UInt8, CaseIterable, Sendable {
    case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10
}

extension Register: CustomStringConvertible {
    public var description: String { "r\(rawValue)" }

    /// The name of its lower half, as the verifier writes it.
    var lowerHalf: String { "w\(rawValue)" }
}
