/// What an XDP program decides about a frame: `enum xdp_action` (linux/bpf.h).
public enum XDPAction: UInt32, Sendable {
    /// Dropped, and told to the tracepoint `xdp:xdp_exception`.
    case aborted = 0
    case drop = 1
    /// On to the network stack.
    case pass = 2
    /// Out where it came in.
    case transmit = 3
    /// To where `bpf_redirect` said.
    case redirect = 4

    var operand: Operand { .immediate(Int32(rawValue)) }
}
