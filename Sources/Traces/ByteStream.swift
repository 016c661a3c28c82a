import Kernel
import Memory

/// Where a capture file's bytes come from: the file, memory, or what a decompressor makes of another stream.
protocol ByteStream: AnyObject {
    /// - Returns: how many bytes were put into `buffer`; 0 at the end.
    func read(into buffer: ByteWindow) throws(CaptureDamage) -> Int
}

/// Why a capture can't be read on.
struct CaptureDamage: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

final class FileStream: ByteStream {
    private let file: InputFile

    init(_ file: consuming InputFile) { self.file = file }

    var identity: FileIdentity? { file.identity }

    func read(into buffer: ByteWindow) throws(CaptureDamage) -> Int {
        do throws(SystemError) {
            return try file.read(into: buffer)
        } catch {
            throw CaptureDamage(error.reason)
        }
    }
}

final class MemoryStream: ByteStream {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: ByteWindow) -> Int {
        let count = min(buffer.byteCount, rest.count)
        buffer.copy(Array(rest.prefix(count)), to: 0)
        rest = rest.dropFirst(count)
        return count
    }
}

/// A stream with a look ahead, which is read in pieces of a known size.
final class ByteSource {
    private let stream: any ByteStream
    private let memory = OwnedTable<UInt8>(repeating: 0, count: bufferBytes)
    private var buffer: ByteWindow { memory.bytes }
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    private static let bufferBytes = 256 << 10

    init(_ stream: any ByteStream) { self.stream = stream }

    /// The next bytes, `count` of them unless the stream ends before; they stay. `count` is at most a few hundred.
    func peek(_ count: Int) throws(CaptureDamage) -> [UInt8] {
        if end - start < count { try fill(count) }
        return buffer.copied(from: start, count: min(end - start, count))
    }

    /// What lies in the buffer already, or else the next piece; empty at the end. Valid until the next call.
    func ahead() throws(CaptureDamage) -> ByteWindow {
        if start == end { try fill(1) }
        return buffer.part(from: start, count: end - start)
    }

    /// Goes on by `count` bytes of those that `ahead` showed.
    func advance(_ count: Int) { start += count }

    /// The next `count` bytes, fewer at the stream's end.
    func read(_ count: Int) throws(CaptureDamage) -> [UInt8] {
        var bytes: [UInt8] = []
        // A length that a broken file claims is no reason to take that much memory before the bytes are there.
        bytes.reserveCapacity(min(count, Self.bufferBytes))
        while bytes.count < count {
            let piece = try ahead()
            if piece.byteCount == 0 { break }
            let taken = min(piece.byteCount, count - bytes.count)
            piece.read(0, count: taken) { $0.append(to: &bytes) }
            advance(taken)
        }
        return bytes
    }

    /// Passes over `count` bytes.
    ///
    /// - Returns: how many there were.
    func skip(_ count: Int) throws(CaptureDamage) -> Int {
        var skipped = 0
        while skipped < count {
            let piece = try ahead()
            if piece.byteCount == 0 { break }
            let taken = min(piece.byteCount, count - skipped)
            advance(taken)
            skipped += taken
        }
        return skipped
    }

    /// Reads until `count` bytes are there, or the stream is at its end.
    private func fill(_ count: Int) throws(CaptureDamage) {
        if start > 0 {
            buffer.move(from: start, to: 0, count: end - start)
            end -= start
            start = 0
        }
        while end < count, !isAtEnd {
            let added = try stream.read(into: buffer.dropFirst(end))
            isAtEnd = added == 0
            end += added
        }
    }
}
