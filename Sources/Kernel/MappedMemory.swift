import CLinux
import Glibc

/// Owner of one `mmap`; unmapped when the owner goes.
public struct MappedMemory: ~Copyable, @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    public let byteCount: Int

    /// Anonymous zeroed pages, each touched by the calling thread, so that they come from its
    /// NUMA policy now and cost no fault later.
    ///
    /// - Throws: `SystemError` of `mmap(2)`.
    public init(anonymousBytes byteCount: Int) throws(SystemError) {
        let size = MappedMemory.roundedToPages(byteCount)
        base = try MappedMemory.map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1)
        self.byteCount = size
        for offset in stride(from: 0, to: size, by: MappedMemory.pageBytes) {
            base.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
        }
    }

    /// The pages behind a descriptor, shared with the kernel (`packet_mmap`, `xsk_mmap`).
    ///
    /// - Parameter offsetBytes: which of the descriptor's areas, where it has several.
    /// - Throws: `SystemError` of `mmap(2)`.
    public init(sharedWith descriptor: borrowing Descriptor, byteCount: Int, offsetBytes: Int = 0) throws(SystemError) {
        base = try MappedMemory.map(byteCount, MAP_SHARED, descriptor.raw, offsetBytes)
        self.byteCount = byteCount
    }

    deinit { munmap(base, byteCount) }

    public static let pageBytes = sysconf(Int32(_SC_PAGESIZE))

    public static func roundedToPages(_ bytes: Int) -> Int {
        (max(bytes, 1) + pageBytes - 1) / pageBytes * pageBytes
    }

    private static func map(
        _ byteCount: Int, _ flags: Int32, _ descriptor: Int32, _ offsetBytes: Int = 0
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor, offsetBytes)
        // MAP_FAILED is the all-ones pointer, a macro that Swift doesn't import.
        guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw SystemError(call: "mmap", number: errno)
        }
        return address
    }
}
