extension RawSpan {
    /// A number as it stands on the wire, at any place; traps beyond the end.
    @inlinable @inline(__always)
    public func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
        // Unsafe: any bits are a number, and the span checks its bounds.
        unsafe Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A number in the machine's own order, likewise.
    @inlinable @inline(__always)
    public func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    @inlinable @inline(__always)
    public func byte(_ offset: Int) -> Int { Int(number(at: offset, as: UInt8.self)) }

    /// All of them, in memory of their own.
    public func copied() -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Copies all of them behind those of an array.
    public func append(to bytes: inout [UInt8]) {
        // Unsafe: the array has its own copy before the call is over.
        unsafe withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
}

extension [UInt8] {
    /// Shows the bytes as a span.
    @inlinable
    public func read<Value, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Value) throws(Failure) -> Value {
        // Unsafe: any bits are a byte, which is what `bytes` asks for.
        try body(unsafe span.bytes)
    }

    /// Lends the bytes for writing.
    @inlinable
    public mutating func write<Value, Failure: Error>(
        _ body: (inout MutableRawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var elements = mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try body(&bytes)
    }
}
