/// A fixed number of values, one behind the other, in memory that somebody else owns.
///
/// Unsafe: what the compiler can't check is said once, where a table is made: that the values are there and outlive it. Whoever has a table is
/// safe; every index is checked. Copies are the same values. Loops hold one by value: there is no reference in it to be counted.
@frozen
@safe
public struct MemoryTable<Element: ~Copyable> {
    /// The first value, for calls in C; its use is unsafe.
    public let start: UnsafeMutablePointer<Element>
    public let count: Int

    /// - Parameter start: `count` values, initialised; they stay where they are as long as any copy of this table is used.
    @inlinable
    public init(start: UnsafeMutablePointer<Element>, count: Int) {
        unsafe self.start = start
        self.count = count
    }

    /// - Parameter index: 0 ..< `count`; traps beyond.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(place(index)) }
        @inline(__always) nonmutating unsafeMutableAddress { unsafe place(index) }
    }

    /// Of loops whose index can't be another: only a debug build checks.
    ///
    /// Unsafe: the caller says why `index` is below `count`.
    @unsafe @inlinable @inline(__always)
    public func element(unchecked index: Int) -> Element where Element: Copyable {
        assert(UInt(bitPattern: index) < UInt(bitPattern: count), "no such place in the table")
        return unsafe (start + index).pointee
    }

    @inlinable @inline(__always)
    func place(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such place in the table")
        // In bounds, as was just checked.
        return unsafe start + index
    }
}

extension MemoryTable {
    /// Writes one value to all places.
    @inlinable
    public func fill(_ value: Element) {
        // Unsafe: `count` values stand there.
        unsafe start.update(repeating: value, count: count)
    }
}
