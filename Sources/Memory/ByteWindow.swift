/// Bytes in memory that somebody else owns, as `MemoryTable` is for values.
///
/// Unsafe: said once, where a window is made: that the bytes are there and outlive it. In use every offset is checked.
@frozen
@safe
public struct ByteWindow {
    /// The first byte, for calls in C; its use is unsafe.
    public let start: UnsafeMutableRawPointer
    public let byteCount: Int

    /// - Parameter start: `byteCount` bytes, initialised; they stay where they are as long as any copy of this window is used.
    @inlinable
    public init(start: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.start = start
        self.byteCount = byteCount
    }

    /// `count` bytes from `offset` on; traps beyond the end.
    @inlinable @inline(__always)
    func place(_ offset: Int, count: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && count >= 0 && count <= byteCount &- offset, "bytes beyond the window's end")
        // In bounds, as was just checked.
        return unsafe start + offset
    }

    /// A number in the machine's own order; it may stand anywhere.
    @inlinable @inline(__always)
    public func load<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
        // Any bits are a number.
        unsafe place(offset, count: MemoryLayout<Number>.size).loadUnaligned(as: Number.self)
    }

    @inlinable @inline(__always)
    public func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        unsafe place(offset, count: MemoryLayout<Number>.size).storeBytes(of: number, as: Number.self)
    }

    /// No bytes, for where there are none yet.
    public static var empty: ByteWindow { unsafe ByteWindow(start: UnsafeMutableRawPointer(bitPattern: 16)!, byteCount: 0) }

    /// A part of it; traps beyond the end.
    @inlinable
    public func part(from offset: Int, count: Int) -> ByteWindow {
        unsafe ByteWindow(start: place(offset, count: count), byteCount: count)
    }

    /// All behind `offset`; traps beyond the end.
    @inlinable
    public func dropFirst(_ offset: Int) -> ByteWindow { part(from: offset, count: byteCount &- offset) }

    public func fill(_ byte: UInt8) {
        unsafe start.initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
    }

    /// Moves bytes within the window; the places may overlap.
    public func move(from source: Int, to target: Int, count: Int) {
        unsafe place(target, count: count).copyMemory(from: place(source, count: count), byteCount: count)
    }

    /// A copy of `count` bytes.
    public func copied(from offset: Int, count: Int) -> [UInt8] { read(offset, count: count) { $0.copied() } }

    public func copy(_ bytes: [UInt8], to offset: Int) {
        let target = unsafe place(offset, count: bytes.count)
        // The array is another piece of memory, and as long as it says.
        unsafe bytes.withUnsafeBytes { source in
            if let first = source.baseAddress { unsafe target.copyMemory(from: first, byteCount: source.count) }
        }
    }

    /// Copies a span of other memory.
    @inlinable @inline(__always)
    public func copy(_ bytes: RawSpan, to offset: Int) {
        let target = unsafe place(offset, count: bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let first = source.baseAddress { unsafe target.copyMemory(from: first, byteCount: source.count) }
        }
    }

    /// Shows `count` bytes from `offset` on; traps beyond the end.
    @inlinable @inline(__always)
    public func read<Value, Failure: Error>(
        _ offset: Int, count: Int, _ body: (RawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // They outlive the window, and so the call.
        try body(unsafe RawSpan(_unsafeStart: place(offset, count: count), byteCount: count))
    }

    /// Lends `count` bytes from `offset` on for writing; traps beyond the end.
    @inlinable @inline(__always)
    public func write<Value, Failure: Error>(
        _ offset: Int, count: Int, _ body: (inout MutableRawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var span = unsafe MutableRawSpan(_unsafeStart: place(offset, count: count), byteCount: count)
        return try body(&span)
    }
}
