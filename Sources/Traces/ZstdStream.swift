import CZstd

/// What zstd packed (RFC 8878), unpacked piece by piece. libzstd refuses windows beyond 128 MiB by itself.
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
        guard let state = library.create() else { throw CaptureDamage("libzstd has no memory") }
        self.source = source
        self.library = library
        self.state = state
    }

    deinit { _ = library.free(state) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureDamage) -> Int {
        var output = cz_output(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            let packed = try source.ahead()
            guard !packed.isEmpty else {
                if isInFrame { throw CaptureDamage("truncated zstd file: it ends in the middle") }
                return 0
            }
            var input = cz_input(src: packed.baseAddress, size: packed.count, pos: 0)
            let result = library.decompress(state, &output, &input)
            source.advance(input.pos)
            guard library.isError(result) == 0 else {
                throw CaptureDamage("broken zstd file: \(library.errorName(result).map { String(cString: $0) } ?? "error \(result)")")
            }
            // 0: a frame was unpacked to its end, and another may follow.
            isInFrame = result != 0
        }
        return output.pos
    }
}

/// The five functions, if the machine has them.
private struct ZstdLibrary: Sendable {
    let create: cz_create
    let free: cz_free
    let decompress: cz_decompress
    let isError: cz_is_error
    let errorName: cz_error_name

    static let shared = ZstdLibrary()

    private init?() {
        guard let library = dlopen("libzstd.so.1", RTLD_NOW),
            let create = dlsym(library, "ZSTD_createDStream"), let free = dlsym(library, "ZSTD_freeDStream"),
            let decompress = dlsym(library, "ZSTD_decompressStream"), let isError = dlsym(library, "ZSTD_isError"),
            let errorName = dlsym(library, "ZSTD_getErrorName")
        else { return nil }
        // Safe because these are the functions' types in zstd.h, stable since 1.0.
        self.create = unsafeBitCast(create, to: cz_create.self)
        self.free = unsafeBitCast(free, to: cz_free.self)
        self.decompress = unsafeBitCast(decompress, to: cz_decompress.self)
        self.isError = unsafeBitCast(isError, to: cz_is_error.self)
        self.errorName = unsafeBitCast(errorName, to: cz_error_name.self)
    }
}
