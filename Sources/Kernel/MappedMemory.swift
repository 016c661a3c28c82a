import CLinux
import Glibc
import Memory

/// Owner of one `mmap`; unmapped when the owner goes.
///
/// Unsafe: `base` is what `mmap` returned for `byteCount` bytes, and stays mapped until `deinit`, which nobody else can bring about.
@safe
public struct MappedMemory: ~Copyable, @unchecked Sendable {
    /// The first byte; its use is unsafe, that of `window` and `table` is checked.
    public let base: UnsafeMutableRawPointer
    public let byteCount: Int

    /// Anonymous zeroed pages, each touched by the calling thread, so that they come from its
    /// NUMA policy now and cost no fault later.
    ///
    /// - Throws: `SystemError` of `mmap(2)`.
    public init(anonymousBytes byteCount: Int) throws(SystemError) {
        let size = MappedMemory.roundedToPages(byteCount)
        unsafe base = try unsafe MappedMemory.map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1)
        self.byteCount = size
        for offset in stride(from: 0, to: size, by: MappedMemory.pageBytes) {
            unsafe base.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
        }
    }

    /// The pages behind a descriptor, shared with the kernel (`packet_mmap`, `xsk_mmap`).
    ///
    /// - Parameter offsetBytes: which of the descriptor's areas, where it has several.
    /// - Throws: `SystemError` of `mmap(2)`.
    public init(sharedWith descriptor: borrowing Descriptor, byteCount: Int, offsetBytes: Int = 0) throws(SystemError) {
        unsafe base = try unsafe MappedMemory.map(byteCount, MAP_SHARED, descriptor.raw, offsetBytes)
        self.byteCount = byteCount
    }

    deinit { unsafe munmap(base, byteCount) }

    /// The NUMA node of all pages, as the kernel answers; nil if they are spread.
    public var node: Int? { node(ofFirst: byteCount) }

    /// The same of the first pages, as far as `count` bytes reach.
    public func node(ofFirst count: Int) -> Int? {
        precondition(count <= byteCount, "bytes beyond the memory's end")
        // Mapped all of them; the kernel looks at page tables only.
        return unsafe Numa.node(ofRange: base, byteCount: count)
    }

    /// All bytes, for whoever is done with them before this ends.
    public var window: ByteWindow { unsafe ByteWindow(start: base, byteCount: byteCount) }

    /// A part of the bytes as values, all of them made here, for whoever is done with them before this ends. They are never deinitialised.
    ///
    /// - Parameter offset: a multiple of the values' alignment; traps if it isn't, and beyond the end.
    public func table<Element: BitwiseCopyable>(at offset: Int, repeating value: Element, count: Int) -> MemoryTable<Element> {
        precondition(offset >= 0 && count >= 0 && offset % MemoryLayout<Element>.alignment == 0, "values lie where they may")
        precondition(count <= (byteCount - offset) / MemoryLayout<Element>.stride, "values beyond the memory's end")
        // In bounds and aligned, as was just checked; from here on these bytes are values of this type only.
        let start = unsafe (base + offset).initializeMemory(as: Element.self, repeating: value, count: count)
        return unsafe MemoryTable(start: start, count: count)
    }

    public static let pageBytes = sysconf(Int32(_SC_PAGESIZE))

    public static func roundedToPages(_ bytes: Int) -> Int {
        (max(bytes, 1) + pageBytes - 1) / pageBytes * pageBytes
    }

    private static func map(
        _ byteCount: Int, _ flags: Int32, _ descriptor: Int32, _ offsetBytes: Int = 0
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        let address = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor, offsetBytes)
        // MAP_FAILED is the all-ones pointer, a macro that Swift doesn't import.
        guard let address = unsafe address, unsafe address != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw SystemError(call: "mmap", number: errno)
        }
        return unsafe address
    }
}
