import CZlib
import Memory

/// What gzip packed (RFC 1952), unpacked piece by piece by zlib: however much a small file unfolds into, no more than a piece is in memory.
///
/// Unsafe: `state` lies still from `init` to `deinit`; zlib reads and writes no more of the two windows than it is told that they hold, and none of
/// them after the call.
@safe
final class GzipStream: ByteStream {
    static let magic: [UInt8] = [0x1F, 0x8B]

    private let source: ByteSource
    private let state: UnsafeMutablePointer<z_stream>
    private var isAtEnd = false

    init(_ source: ByteSource) throws(CaptureDamage) {
        self.source = source
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: z_stream())
        // 15 bits of window, and 16 for gzip's header and checks instead of zlib's own (zlib.h).
        guard unsafe inflateInit2_(state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            unsafe state.deallocate()
            throw CaptureDamage("zlib has no memory")
        }
    }

    deinit {
        unsafe inflateEnd(state)
        unsafe state.deallocate()
    }

    func read(into buffer: ByteWindow) throws(CaptureDamage) -> Int {
        unsafe state.pointee.next_out = unsafe buffer.start.assumingMemoryBound(to: UInt8.self)
        unsafe state.pointee.avail_out = UInt32(clamping: buffer.byteCount)
        let wanted = unsafe Int(state.pointee.avail_out)
        while !isAtEnd, unsafe Int(state.pointee.avail_out) == wanted {
            let packed = try source.ahead()
            guard packed.byteCount > 0 else { throw CaptureDamage("truncated gzip file: it ends in the middle") }
            unsafe state.pointee.next_in = unsafe packed.start.assumingMemoryBound(to: UInt8.self)
            unsafe state.pointee.avail_in = UInt32(packed.byteCount)
            let result = unsafe inflate(state, Z_NO_FLUSH)
            unsafe source.advance(packed.byteCount - Int(state.pointee.avail_in))
            switch result {
            case Z_OK: break
            // A file may hold several, one behind the other (RFC 1952 section 2.2); zeros or other bytes behind are padding.
            case Z_STREAM_END:
                if try source.peek(2) == Self.magic { unsafe inflateReset(state) } else { isAtEnd = true }
            default:
                throw CaptureDamage(
                    unsafe "broken gzip file: \(state.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib says \(result)")")
            }
        }
        return unsafe wanted - Int(state.pointee.avail_out)
    }
}
