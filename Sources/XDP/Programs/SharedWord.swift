import Memory
import Synchronization

/// 64-bit words that a program in the kernel writes while this process reads: relaxed, whole, never cached by the compiler.
enum SharedWord {
    /// - Parameter offset: a multiple of 8 from an aligned window's start; traps beyond its end.
    static func load(_ window: ByteWindow, at offset: Int) -> UInt64 {
        let word = window.part(from: offset, count: 8)
        // Unsafe: an aligned word in bounds, and any bits are an atomic.
        return unsafe word.start.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
    }
}
