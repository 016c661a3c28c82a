import Synchronization

/// Counters that one thread writes and others read now and then: a cache line each, so that
/// reading one worker never slows another.
///
/// Unsafe: `memory` holds `count` strides, zeroed and so atomics of 0, and lives as long as this object.
///
/// The writer counts in locals and publishes with relaxed stores; a reader may be a little behind.
@safe
public final class SharedCounters: Sendable {
    /// 128 bytes: two lines, for the adjacent-line prefetcher of x86.
    public static let stride = 128

    // Safe because all access goes through the atomic cells.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    public let count: Int

    public init(count: Int) {
        self.count = count
        unsafe memory = .allocate(byteCount: max(count, 1) * Self.stride, alignment: Self.stride)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 1) * Self.stride)
    }

    deinit { unsafe memory.deallocate() }

    /// The counter's cell, valid as long as this object lives.
    public func cell(_ index: Int) -> CounterCell {
        precondition(index >= 0 && index < count, "counter \(index) of \(count)")
        return unsafe CounterCell(word: (memory + index * Self.stride).assumingMemoryBound(to: Atomic<UInt64>.self))
    }

    public func value(_ index: Int) -> UInt64 { cell(index).load() }

    public var total: UInt64 { (0..<count).reduce(0) { $0 &+ value($1) } }
}

/// One shared 64-bit word: a relaxed load or store, nothing else.
///
/// Unsafe: `word` lies in the memory of `SharedCounters`, whose owner keeps it as long as its cells are used, and is only ever touched
/// as an atomic.
@frozen
@safe
public struct CounterCell: @unchecked Sendable {
    @usableFromInline let word: UnsafePointer<Atomic<UInt64>>

    @usableFromInline
    init(word: UnsafeMutablePointer<Atomic<UInt64>>) { unsafe self.word = unsafe UnsafePointer(word) }

    @inlinable public func store(_ value: UInt64) { unsafe word.pointee.store(value, ordering: .relaxed) }
    @inlinable public func load() -> UInt64 { unsafe word.pointee.load(ordering: .relaxed) }
    /// A flag's other side: what was written before the `release` is seen.
    @inlinable public func loadAcquiring() -> UInt64 { unsafe word.pointee.load(ordering: .acquiring) }
    @inlinable public func storeReleasing(_ value: UInt64) { unsafe word.pointee.store(value, ordering: .releasing) }
}
