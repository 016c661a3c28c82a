import CBPF

/// What the kernel can have at most, which is what per-CPU values are laid out for, not what runs now.
enum PossibleCPUs {
    static let count = max(1, Int(libbpf_num_possible_cpus()))
}
