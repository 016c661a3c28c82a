/// Kernel functions that a program may call, by their numbers in `enum bpf_func_id` (linux/bpf.h).
public enum Helper: Int32, CaseIterable, Sendable {
    case mapLookupElement = 1
    /// CLOCK_MONOTONIC, nanoseconds.
    case monotonicNanoseconds = 5
    case processorIdentifier = 8
    case redirect = 23
    /// `bpf_redirect_map`: since Linux 5.3 its flags are what it returns where the map holds nothing.
    case redirectMap = 51
    /// `bpf_xdp_adjust_meta`: room for up to 32 bytes in front of the frame; packet pointers are void afterwards.
    case adjustMeta = 54
    /// `bpf_xdp_adjust_tail`: since Linux 4.18 it shrinks; packet pointers are void afterwards.
    case adjustTail = 65
    /// `bpf_jiffies64`: ticks since the machine started, and some; since Linux 5.6.
    case jiffies = 118

    var name: String {
        switch self {
        case .mapLookupElement: "bpf_map_lookup_elem"
        case .monotonicNanoseconds: "bpf_ktime_get_ns"
        case .processorIdentifier: "bpf_get_smp_processor_id"
        case .redirect: "bpf_redirect"
        case .redirectMap: "bpf_redirect_map"
        case .adjustMeta: "bpf_xdp_adjust_meta"
        case .adjustTail: "bpf_xdp_adjust_tail"
        case .jiffies: "bpf_jiffies64"
        }
    }
}
