/// A fixed number of values in memory of its own, which lies still: freed when this ends, and never copied or grown.
///
/// Unsafe: all `count` places are initialised by `init`, before anybody has them, and deinitialised by `deinit` alone.
@frozen
@safe
public struct OwnedTable<Element: ~Copyable>: ~Copyable {
    /// The values, for whoever is done with them before this ends.
    public let table: MemoryTable<Element>
    @usableFromInline let start: UnsafeMutablePointer<Element>

    /// Makes the values on the calling thread, which so touches their pages first.
    ///
    /// - Parameter element: the value of a place, from 0 on.
    @inlinable
    public init(count: Int, _ element: (Int) -> Element) {
        precondition(count >= 0, "a table has a length")
        let start = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        for index in 0..<count { unsafe (start + index).initialize(to: element(index)) }
        unsafe self.start = start
        table = unsafe MemoryTable(start: start, count: count)
    }

    @inlinable
    deinit {
        unsafe start.deinitialize(count: table.count)
        unsafe start.deallocate()
    }

    @inlinable public var count: Int { table.count }

    /// - Parameter index: 0 ..< `count`; traps beyond.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(table.place(index)) }
        @inline(__always) nonmutating unsafeMutableAddress { unsafe table.place(index) }
    }
}

extension OwnedTable {
    @inlinable
    public init(_ elements: [Element]) {
        self.init(count: elements.count) { elements[$0] }
    }

    @inlinable
    public init(repeating value: Element, count: Int) {
        self.init(count: count) { _ in value }
    }
}

extension OwnedTable where Element == UInt8 {
    // Unsafe: any bits are bytes, and they are as long as the table.
    /// The bytes, for whoever is done with them before this ends.
    public var bytes: ByteWindow { unsafe ByteWindow(start: start, byteCount: count) }
}
