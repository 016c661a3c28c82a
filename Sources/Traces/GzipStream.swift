import CZlib

/// What gzip packed (RFC 1952), unpacked piece by piece by zlib: however much a small file unfolds into, no more than a piece is in memory.
final class GzipStream: ByteStream {
    static let magic: [UInt8] = [0x1F, 0x8B]

    private let source: ByteSource
    private let state: UnsafeMutablePointer<z_stream>
    private var isAtEnd = false

    init(_ source: ByteSource) throws(CaptureDamage) {
        self.source = source
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        // 15 bits of window, and 16 for gzip's header and checks instead of zlib's own (zlib.h).
        guard inflateInit2_(state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            state.deallocate()
            throw CaptureDamage("zlib has no memory")
        }
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureDamage) -> Int {
        state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = UInt32(clamping: buffer.count)
        let wanted = Int(state.pointee.avail_out)
        while !isAtEnd, Int(state.pointee.avail_out) == wanted {
            let packed = try source.ahead()
            guard !packed.isEmpty else { throw CaptureDamage("truncated gzip file: it ends in the middle") }
            state.pointee.next_in = UnsafeMutablePointer(mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
            state.pointee.avail_in = UInt32(packed.count)
            let result = inflate(state, Z_NO_FLUSH)
            source.advance(packed.count - Int(state.pointee.avail_in))
            switch result {
            case Z_OK: break
            // A file may hold several, one behind the other (RFC 1952 section 2.2); zeros or other bytes behind are padding.
            case Z_STREAM_END:
                if try source.peek(2) == Self.magic { inflateReset(state) } else { isAtEnd = true }
            default:
                throw CaptureDamage("broken gzip file: \(state.pointee.msg.map { String(cString: $0) } ?? "zlib says \(result)")")
            }
        }
        return wanted - Int(state.pointee.avail_out)
    }
}
