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
    private let spacing: Int

    /// - Parameter areTogether: whether they lie side by side, for figures of one writer that are written and read together.
    public init(count: Int, areTogether: Bool = false) {
        self.count = count
        spacing = areTogether ? MemoryLayout<UInt64>.stride : Self.stride
        // Whole lines, so that nobody else's words lie on the last one.
        let byteCount = (max(count, 1) * spacing + Self.stride - 1) / Self.stride * Self.stride
        unsafe memory = .allocate(byteCount: byteCount, alignment: Self.stride)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe memory.deallocate() }

    /// The counter's cell, valid as long as this object lives.
    public func cell(_ index: Int) -> CounterCell {
        precondition(index >= 0 && index < count, "counter \(index) of \(count)")
        return unsafe CounterCell(word: (memory + index * spacing).assumingMemoryBound(to: Atomic<UInt64>.self))
    }

    /// All of them in order, for a loop that holds no references; valid as long as this object lives.
    public var row: CounterRow {
        CounterRow(first: cell(0), spacing: spacing, count: count)
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

/// Several shared words at even distances.
///
/// Unsafe: `count` words lie behind `first`, in the memory of one `SharedCounters`, whose owner keeps it as long as its rows are used.
@frozen
@safe
public struct CounterRow: @unchecked Sendable {
    @usableFromInline let first: CounterCell
    @usableFromInline let spacing: Int
    public let count: Int

    init(first: CounterCell, spacing: Int, count: Int) {
        self.first = first
        self.spacing = spacing
        self.count = count
    }

    /// - Parameter index: 0 ..< `count`; traps beyond.
    @inlinable public subscript(index: Int) -> CounterCell {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such counter in the row")
        let place = unsafe UnsafeMutableRawPointer(mutating: first.word) + index * spacing
        return unsafe CounterCell(word: place.assumingMemoryBound(to: Atomic<UInt64>.self))
    }
}
