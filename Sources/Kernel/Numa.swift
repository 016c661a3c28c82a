import CLinux
import CNuma

/// Where memory lies, and where it shall lie. libnuma's thin wrappers of the memory policy calls.
public enum Numa {
    // Unsafe: the kernel looks up the page of an address and touches no byte behind it.

    /// Whether the kernel has memory policies at all (`numa_available`).
    public static var isAvailable: Bool { numa_available() >= 0 }

    /// Makes pages that the calling thread has the kernel allocate, ring pages included
    /// (`alloc_pages` follows the task's policy), come from `node` if it has any left.
    ///
    /// - Throws: `SystemError` of `set_mempolicy(2)`: EPERM where a seccomp filter forbids it.
    public static func preferMemory(onNode node: Int) throws(SystemError) {
        guard isAvailable else { throw SystemError(call: "set_mempolicy", number: ENOSYS) }
        let mask = NodeMask(node)
        // The kernel reads as many bits as `bits` says but one, which is what the array holds.
        try systemCall("set_mempolicy") { unsafe set_mempolicy(Int32(MPOL_PREFERRED), mask.words, NodeMask.bits) }
    }

    /// Gives the calling thread the system's default policy back.
    public static func useDefaultPolicy() {
        guard isAvailable else { return }
        set_mempolicy(Int32(MPOL_DEFAULT), nil, 0)
    }

    /// The node of the page at `address`, as the kernel sees it now: `get_mempolicy` with
    /// MPOL_F_NODE and MPOL_F_ADDR. Unlike `move_pages` it sees the pages of packet rings, which
    /// `vm_insert_page` put there. Nil where the kernel won't say.
    public static func node(ofPageAt address: UnsafeRawPointer) -> Int? {
        guard isAvailable else { return nil }
        var node: Int32 = -1
        let flags = UInt32(CL_MPOL_F_NODE | CL_MPOL_F_ADDR)
        guard unsafe get_mempolicy(&node, nil, 0, UnsafeMutableRawPointer(mutating: address), flags) == 0 else { return nil }
        return Int(node)
    }

    /// The node on which *all* pages of a range lie; nil if they are spread or the kernel won't say.
    static func node(ofRange base: UnsafeRawPointer, byteCount: Int) -> Int? {
        var common: Int?
        for offset in stride(from: 0, to: byteCount, by: MappedMemory.pageBytes) {
            guard let node = unsafe node(ofPageAt: base + offset), common == nil || common == node else { return nil }
            common = node
        }
        return common
    }
}

/// A node mask as the policy calls want it: an array of longs, and one bit more than counts.
private struct NodeMask {
    private static let capacity = 1024
    /// `get_nodes` takes one off.
    static let bits = UInt(capacity + 1)
    private(set) var words = [UInt](repeating: 0, count: NodeMask.capacity / UInt.bitWidth)

    init(_ node: Int) {
        guard node >= 0, node < NodeMask.capacity else { return }
        words[node / UInt.bitWidth] |= 1 << UInt(node % UInt.bitWidth)
    }
}
