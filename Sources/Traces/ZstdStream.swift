import CZstd
import Memory

/// What zstd packed (RFC 8878), unpacked piece by piece. libzstd refuses windows beyond 128 MiB by itself.
///
/// Unsafe: `state` is libzstd's own from `init` to `deinit`; it reads and writes no more of the two windows than it is told that they hold, and none
/// of them after the call.
@safe
final class ZstdStream: ByteStream {
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let source: ByteSource
    private let library: ZstdLibrary
    private let state: UnsafeMutableRawPointer
    /// In the middle of a packed frame.
    private var isInFrame = false

    init(_ source: ByteSource) throws(CaptureDamage) {
        guard let library = ZstdLibrary.shared else {
            throw CaptureDamage("it is packed with zstd, and libzstd.so.1 isn't there (apt-get install libzstd1)")
        }
        guard let state = unsafe library.create() else { throw CaptureDamage("libzstd has no memory") }
        self.source = source
        self.library = library
        unsafe self.state = unsafe state
    }

    deinit { _ = unsafe library.free(state) }

    func read(into buffer: ByteWindow) throws(CaptureDamage) -> Int {
        var output = unsafe cz_output(dst: buffer.start, size: buffer.byteCount, pos: 0)
        while unsafe output.pos == 0 {
            let packed = try source.ahead()
            guard packed.byteCount > 0 else {
                if isInFrame { throw CaptureDamage("truncated zstd file: it ends in the middle") }
                return 0
            }
            var input = unsafe cz_input(src: packed.start, size: packed.byteCount, pos: 0)
            let result = unsafe library.decompress(state, &output, &input)
            unsafe source.advance(input.pos)
            guard library.isError(result) == 0 else {
                throw CaptureDamage(
                    unsafe "broken zstd file: \(library.errorName(result).map { unsafe String(cString: $0) } ?? "error \(result)")")
            }
            // 0: a frame was unpacked to its end, and another may follow.
            isInFrame = result != 0
        }
        return unsafe output.pos
    }
}

/// The five functions, if the machine has them.
@safe
private struct ZstdLibrary: Sendable {
    let create: cz_create
    let free: cz_free
    let decompress: cz_decompress
    let isError: cz_is_error
    let errorName: cz_error_name

    static let shared = ZstdLibrary()

    private init?() {
        guard let library = unsafe dlopen("libzstd.so.1", RTLD_NOW),
            let create = unsafe dlsym(library, "ZSTD_createDStream"), let free = unsafe dlsym(library, "ZSTD_freeDStream"),
            let decompress = unsafe dlsym(library, "ZSTD_decompressStream"), let isError = unsafe dlsym(library, "ZSTD_isError"),
            let errorName = unsafe dlsym(library, "ZSTD_getErrorName")
        else { return nil }
        // Unsafe: these are the functions' types in zstd.h, stable since 1.0.
        unsafe self.create = unsafe unsafeBitCast(create, to: cz_create.self)
        unsafe self.free = unsafe unsafeBitCast(free, to: cz_free.self)
        unsafe self.decompress = unsafe unsafeBitCast(decompress, to: cz_decompress.self)
        self.isError = unsafe unsafeBitCast(isError, to: cz_is_error.self)
        unsafe self.errorName = unsafe unsafeBitCast(errorName, to: cz_error_name.self)
    }
}
