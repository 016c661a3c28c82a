import CBPF
import Kernel

/// Owner of an array map, a row of values that programs and this process share, or of sockets; freed with its last user.
public struct BPFMap: ~Copyable, Sendable {
    // Unsafe: keys, values and options are lent for the call alone, and values are as long as the map's.

    public enum Kind: Sendable {
        /// One value for each key.
        case array
        /// One value for each key and CPU.
        case perCPUArray
        /// An array that this process can map, and so read and write without system calls (`BPF_F_MMAPABLE`, since Linux 5.5).
        case sharedArray
        /// AF_XDP sockets, to which programs redirect frames (`BPF_MAP_TYPE_XSKMAP`, values of 4 bytes).
        case sockets

        fileprivate var type: bpf_map_type {
            switch self {
            case .array, .sharedArray: BPF_MAP_TYPE_ARRAY
            case .perCPUArray: BPF_MAP_TYPE_PERCPU_ARRAY
            case .sockets: BPF_MAP_TYPE_XSKMAP
            }
        }
    }

    public let descriptor: Descriptor
    public let kind: Kind
    public let valueBytes: Int
    public let entries: Int

    /// - Parameters:
    ///   - name: 15 characters are kept; letters, digits, `_` and `.`.
    ///   - node: where the memory shall lie; nil leaves it to the kernel.
    ///   - isReadOnlyForPrograms: the verifier then takes no store into it.
    /// - Throws: `ProgramError.notPermitted` without CAP_BPF, `.failed` with E2BIG or ENOMEM for what is too large.
    public init(
        _ kind: Kind, name: String, valueBytes: Int, entries: Int = 1, node: Int? = nil, isReadOnlyForPrograms: Bool = false
    ) throws(ProgramError) {
        var options = bpf_map_create_opts()
        options.sz = MemoryLayout<bpf_map_create_opts>.size
        if kind == .sharedArray { options.map_flags |= UInt32(CL_BPF_F_MMAPABLE) }
        if isReadOnlyForPrograms { options.map_flags |= UInt32(CL_BPF_F_RDONLY_PROG) }
        if let node {
            options.map_flags |= UInt32(BPF_F_NUMA_NODE)
            options.numa_node = UInt32(node)
        }
        let raw = try unsafe programCall(
            "BPF_MAP_CREATE", bpf_map_create(kind.type, String(name.prefix(15)), 4, UInt32(valueBytes), UInt32(entries), &options))
        descriptor = Descriptor(owning: raw)
        self.kind = kind
        self.valueBytes = valueBytes
        self.entries = entries
    }

    /// CPUs that a per-CPU map has values for: all possible ones.
    public static var possibleCPUs: Int { PossibleCPUs.count }

    /// The kernel hands per-CPU values over rounded up to 8 bytes each (`bpf_percpu_array_copy`).
    private var strideBytes: Int { kind == .perCPUArray ? (valueBytes + 7) / 8 * 8 : valueBytes }
    private var valuesPerKey: Int { kind == .perCPUArray ? Self.possibleCPUs : 1 }

    /// The values of a key: one, or one for each possible CPU.
    ///
    /// - Throws: `SystemError` ENOENT for a key beyond `entries`.
    public borrowing func values(of key: Int) throws(SystemError) -> [[UInt8]] {
        var key = UInt32(key)
        var bytes = [UInt8](repeating: 0, count: strideBytes * valuesPerKey)
        let raw = descriptor.raw
        _ = try unsafe bpfCall(
            "BPF_MAP_LOOKUP_ELEM", bytes.withUnsafeMutableBytes { unsafe bpf_map_lookup_elem(raw, &key, $0.baseAddress) })
        return (0..<valuesPerKey).map { Array(bytes[($0 * strideBytes)..<($0 * strideBytes + valueBytes)]) }
    }

    /// Puts the values of a key in place: one, or one for each possible CPU.
    ///
    /// - Throws: `SystemError` E2BIG for a key beyond `entries`.
    public borrowing func setValues(of key: Int, to values: [[UInt8]]) throws(SystemError) {
        precondition(
            values.count == valuesPerKey && values.allSatisfy { $0.count == valueBytes },
            "a key has \(valuesPerKey) values of \(valueBytes) bytes")
        var key = UInt32(key)
        let padding = [UInt8](repeating: 0, count: strideBytes - valueBytes)
        let bytes = values.flatMap { $0 + padding }
        let raw = descriptor.raw
        _ = try unsafe bpfCall("BPF_MAP_UPDATE_ELEM", bytes.withUnsafeBytes { unsafe bpf_map_update_elem(raw, &key, $0.baseAddress, 0) })
    }

    /// Puts a socket into a place that holds none (`xsk_map_update_elem`); it leaves the map when it is closed.
    ///
    /// - Throws: `SystemError` EEXIST where there is one, E2BIG for a key beyond `entries`.
    public borrowing func place(socket: Int32, at key: Int) throws(SystemError) {
        precondition(kind == .sockets, "only a map of sockets takes a socket")
        var key = UInt32(key)
        var value = socket
        _ = try unsafe bpfCall("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(descriptor.raw, &key, &value, UInt64(BPF_NOEXIST)))
    }

    /// A shared array's values in this process' memory, key 0 first, each rounded up to 8 bytes (`array_map_mmap`).
    ///
    /// - Throws: `SystemError` of `mmap(2)`.
    public borrowing func memory() throws(SystemError) -> MappedMemory {
        precondition(kind == .sharedArray, "only a shared array can be mapped")
        return try MappedMemory(
            sharedWith: descriptor, byteCount: MappedMemory.roundedToPages((valueBytes + 7) / 8 * 8 * entries))
    }

    /// Puts an array's only value in place, for set-up.
    borrowing func fill(_ value: [UInt8]) throws(ProgramError) {
        do {
            try setValues(of: 0, to: [value])
        } catch {
            throw ProgramError.failed(error)
        }
    }

    /// As `memory`, for set-up.
    borrowing func mapped() throws(ProgramError) -> MappedMemory {
        do {
            return try memory()
        } catch {
            throw ProgramError.failed(error)
        }
    }
}
