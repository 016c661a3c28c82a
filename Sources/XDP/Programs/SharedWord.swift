import Synchronization

/// 64-bit words that a program in the kernel writes while this process reads: relaxed, whole, never cached by the compiler.
enum SharedWord {
    static func load(_ base: UnsafeMutableRawPointer, at offset: Int) -> UInt64 {
        (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
    }
}
