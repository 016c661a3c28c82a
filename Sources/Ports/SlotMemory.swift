/// Copies a frame to where there is room for it.
///
/// Unsafe: for who calls it has checked that `place` has room for all bytes of `frame`, which lie elsewhere.
@inlinable @inline(__always)
package func copy(_ frame: RawSpan, to place: UnsafeMutableRawPointer) {
    unsafe frame.withUnsafeBytes { bytes in
        if let first = bytes.baseAddress { unsafe place.copyMemory(from: first, byteCount: bytes.count) }
    }
}
