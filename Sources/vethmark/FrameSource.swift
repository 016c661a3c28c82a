import Traces

/// Where `send` takes frames from: a list, or a capture file of any length, which is read again for each round.
struct FrameSource {
    private let frames: [CapturedFrame]
    /// Nil for a list.
    private let path: String?
    private let reader: CaptureFileReader?

    /// What standard input and pipes may hold if it is to be sent more than once, for they can't be read again.
    private static let maximumKeptBytes = 256 << 20

    init(_ bytes: [UInt8]) {
        frames = [CapturedFrame(timestampNanoseconds: 0, bytes: bytes)]
        path = nil
        reader = nil
    }

    /// Opens the file and reads as far as its first frame, so that what is no capture is known before anything is done.
    ///
    /// - Parameter rounds: how many times its frames will be asked for.
    /// - Throws: `TraceError`, `CommandFailure.noFrames`, `.tooManyToKeep`.
    init(file path: String, rounds: Int) throws {
        let reader = try CaptureFileReader(path: path)
        self.reader = reader
        guard let first = try reader.next() else { throw CommandFailure.noFrames(path: path) }
        var kept = [first]
        if reader.identity == nil, rounds > 1 {
            var keptBytes = 0
            while let frame = try reader.next() {
                keptBytes += frame.bytes.count
                guard keptBytes <= Self.maximumKeptBytes else { throw CommandFailure.tooManyToKeep(path: path) }
                kept.append(frame)
            }
            self.path = nil
        } else {
            self.path = path
        }
        frames = kept
    }

    /// Which file they come from; nil if it is none that could be written over.
    var file: CaptureFileReader? { reader }

    /// Every frame once.
    ///
    /// - Parameter isFirst: a file that was opened is read on; later rounds open it again.
    func forEach(isFirst: Bool, _ body: (CapturedFrame) throws -> Void) throws {
        guard let path, let reader else { return try frames.forEach(body) }
        if isFirst { try frames.forEach(body) }
        let source = isFirst ? reader : try CaptureFileReader(path: path)
        while let frame = try source.next() { try body(frame) }
    }
}
