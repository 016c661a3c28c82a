import Frames
import Memory
import Traffic

/// What differs between the frames of a schedule: one row for each frame, holding the bytes at those offsets where any
/// two frames differ, the frame's checksum seed and how much shorter it is than the longest.
///
/// All that a modifier changes, lengths and the IPv4 header's checksum included, is in the rows as `FrameBuilder` made it, so a
/// program that copies rows can't compute it differently.
struct TemplateTable: Equatable {
    /// A piece that a program copies with one load and one store.
    struct Chunk: Equatable {
        var frameOffset: Int
        var rowOffset: Int
        var size: MemorySize
    }

    /// In front of the chunks.
    enum RowField {
        static let checksumSeed = 0
        /// How many bytes the frame is shorter than the longest.
        static let cutBytes = 4
        /// The sum over the IPv4 header, of rows whose frames are patched; the chunks follow right behind `cutBytes` elsewhere.
        static let headerSum = 8
        static func chunks(behindSum hasSum: Bool) -> Int { hasSum ? 16 : 8 }
    }

    /// The longest frame.
    let frame: [UInt8]
    let chunks: [Chunk]
    let rowBytes: Int
    /// Row after row; integers in this machine's byte order, chunks in the frame's.
    let rows: [UInt8]
    let rowCount: Int
    let hasSeveralSizes: Bool

    /// - Parameters:
    ///   - templates: of one recipe, so that all have their headers and signature at the same offsets; at least one.
    ///   - holdsHeaders: whether all bytes before the signature are in the rows, also those that are the same in all frames.
    ///   - headerSums: of each template, where a program has to finish the IPv4 header's checksum.
    init(_ templates: [FrameTemplate], holdsHeaders: Bool = false, headerSums: [UInt64] = []) {
        let longest = templates.max { $0.bytes.count < $1.bytes.count }!
        let point = longest.stampPoint
        precondition(
            templates.allSatisfy {
                $0.stampPoint.signatureOffset == point.signatureOffset && $0.stampPoint.checksumOffset == point.checksumOffset
            }, "the templates of a schedule have the same headers")
        frame = longest.bytes
        rowCount = templates.count
        hasSeveralSizes = templates.contains { $0.bytes.count != longest.bytes.count }
        // Behind the signature all frames hold the same pattern, as far as they reach; but for the length that one without IP has there.
        let signature = Int(point.signatureOffset)
        let behind = signature + Signature.byteCount
        let shortest = templates.reduce(Int.max) { min($0, $1.bytes.count) }
        let offsets = Array(0..<signature) + (behind..<min(behind + 2, shortest))
        let varying = offsets.filter { offset in
            holdsHeaders && offset < signature || templates.contains { $0.bytes[offset] != longest.bytes[offset] }
        }
        let firstChunk = RowField.chunks(behindSum: !headerSums.isEmpty)
        chunks = Self.chunks(covering: varying, frameBytes: shortest, from: firstChunk)
        let end = chunks.reduce(firstChunk) { max($0, $1.rowOffset + $1.size.byteCount) }
        rowBytes = (end + 7) / 8 * 8
        var rows = [UInt8](repeating: 0, count: rowBytes * templates.count)
        for (position, template) in templates.enumerated() {
            let row = position * rowBytes
            rows.set(template.stampPoint.checksumSeed, at: row + RowField.checksumSeed)
            rows.set(UInt32(longest.bytes.count - template.bytes.count), at: row + RowField.cutBytes)
            if !headerSums.isEmpty { rows.set(UInt32(headerSums[position]), at: row + RowField.headerSum) }
            for chunk in chunks {
                let bytes = template.bytes[chunk.frameOffset..<(chunk.frameOffset + chunk.size.byteCount)]
                rows.replaceSubrange((row + chunk.rowOffset)..<(row + chunk.rowOffset + bytes.count), with: bytes)
            }
        }
        self.rows = rows
    }

    /// As few pieces as possible; bytes between two varying ones go along. In the row the large pieces stand first, so
    /// that each is aligned there.
    private static func chunks(covering offsets: [Int], frameBytes: Int, from firstOffset: Int) -> [Chunk] {
        var chunks: [Chunk] = []
        var next = 0
        while next < offsets.count {
            let first = offsets[next]
            let last = offsets.last { $0 < first + MemorySize.doubleword.byteCount }!
            let size = MemorySize.allCases.filter { $0.byteCount > last - first }.min { $0.byteCount < $1.byteCount }!
            // A piece of 3 bytes is moved as 4; the signature behind the headers is written later, so overlapping it does no harm.
            precondition(first + size.byteCount <= frameBytes, "headers end before the frame does")
            chunks.append(Chunk(frameOffset: first, rowOffset: 0, size: size))
            next = offsets.firstIndex { $0 > last } ?? offsets.count
        }
        var rowOffset = firstOffset
        let order = chunks.indices.sorted { chunks[$0].size.byteCount > chunks[$1].size.byteCount }
        for index in order {
            chunks[index].rowOffset = rowOffset
            rowOffset += chunks[index].size.byteCount
        }
        return chunks
    }
}

extension [UInt8] {
    fileprivate mutating func set(_ value: UInt32, at offset: Int) {
        write { $0.storeBytes(of: value, toByteOffset: offset, as: UInt32.self) }
    }
}
