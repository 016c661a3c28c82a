import Frames
import Metrics
import Traces
import Traffic

/// Reads what a capture tool kept and finds each frame of a window in it, however many there are: a bit for each that was sent.
final class CaptureReading {
    /// What one sender's frames came to.
    private struct Book {
        var seen: [UInt64]
        /// One more than the highest sequence number seen.
        var expected: UInt64 = 0
        var kept: UInt64 = 0
        /// The time at which the highest frame was sent.
        var lastSentNanoseconds: UInt64
        /// Where frames were missing when the next one came, and when the one before was sent: some may have come later.
        var holes: [(sequence: UInt64, nanoseconds: UInt64)] = []
        /// So many are remembered: behind that only their number is known.
        static let rememberedHoles = 4_096

        init(frames: UInt64, startNanoseconds: UInt64) {
            seen = [UInt64](repeating: 0, count: Int(frames / 64) + 1)
            lastSentNanoseconds = startNanoseconds
        }

        func has(_ sequence: UInt64) -> Bool {
            let word = Int(sequence / 64)
            return word < seen.count && seen[word] >> (sequence % 64) & 1 == 1
        }

        /// When the frame in front of a missing one was sent; nil where that isn't remembered.
        func sentBefore(_ missing: UInt64) -> UInt64? {
            if missing >= expected { return lastSentNanoseconds }
            guard holes.count < Self.rememberedHoles || missing < holes[holes.count - 1].sequence else { return nil }
            return holes.last { $0.sequence <= missing }?.nanoseconds
        }

        mutating func mark(_ sequence: UInt64) {
            let word = Int(sequence / 64)
            while seen.count <= word { seen.append(0) }
            seen[word] |= 1 << (sequence % 64)
        }
    }

    /// Of each stream.
    private let checks: [FrameCheck]
    /// Kept frames of each stream.
    private(set) var keptByStream: [UInt64]
    private let phaseBits: UInt32
    private let sent: [UInt64]
    private let startNanoseconds: UInt64
    private var books: [Book]
    private var cut: UInt64 = 0
    private var repeated: UInt64 = 0
    private var reordered: UInt64 = 0
    private var altered: UInt64 = 0
    private var others: UInt64 = 0
    private var unreadable: UInt64 = 0
    private var beyondSent: UInt64 = 0
    private var early: UInt64 = 0
    private var hasOtherClock = false
    private var resolutionNanoseconds: UInt64 = 1
    private var errors = LatencyDistribution()
    /// Why the reading ended before the file did.
    private(set) var damage: String?

    /// - Parameters:
    ///   - phaseBits: of the window's signatures.
    ///   - sent: frames of each worker.
    ///   - startNanoseconds: the window's, CLOCK_REALTIME.
    init(checks: [FrameCheck], phaseBits: UInt32, sent: [UInt64], startNanoseconds: UInt64) {
        self.checks = checks
        keptByStream = [UInt64](repeating: 0, count: checks.count)
        self.phaseBits = phaseBits
        self.sent = sent
        self.startNanoseconds = startNanoseconds
        books = sent.map { Book(frames: $0, startNanoseconds: startNanoseconds) }
    }

    /// Reads one file to its end, or as far as it can be read.
    ///
    /// - Throws: `TraceError` for what is no capture file.
    func read(_ path: String) throws(TraceError) {
        let reader = try CaptureFileReader(path: path, takesOtherLinkTypes: true)
        do throws(TraceError) {
            while let frame = try reader.next() { take(frame, reader) }
        } catch {
            damage = error.sentence
        }
    }

    /// Frames in the file so far, of whatever kind.
    var frames: UInt64 { kept + repeated + others + unreadable }
    private var kept: UInt64 { books.reduce(0) { $0 + $1.kept } }

    private func take(_ frame: CapturedFrame, _ reader: CaptureFileReader) {
        let interface = reader.interfaces[frame.interface]
        guard let shift = Self.shift(of: interface.linkType) else {
            others += 1
            return
        }
        guard let (signature, offset) = signature(in: frame, shift: shift) else {
            // What was cut in front of its signature may be anybody's.
            let farthest = checks.reduce(0) { max($0, $1.signatureOffset) }
            if frame.isCut, frame.bytes.count < farthest + shift + Signature.byteCount { unreadable += 1 } else { others += 1 }
            return
        }
        let worker = Int(signature.stream.worker)
        guard signature.stream.phaseBits == phaseBits, worker < books.count else {
            others += 1
            return
        }
        let sequence = Signature.unwrapped(signature.sequence, near: books[worker].expected)
        guard sequence < sent[worker] else {
            beyondSent += 1
            others += 1
            return
        }
        guard !books[worker].has(sequence) else {
            repeated += 1
            return
        }
        note(sequence, signature.timestampNanoseconds, worker)
        let stream = Int(signature.stream.stream), check = checks[stream]
        keptByStream[stream] += 1
        if frame.isCut { cut += 1 }
        // The tags that came or went stand in front of it, as does another link type's header.
        let frameBytes = frame.wireBytes - (offset - check.signatureOffset)
        if check.isIntact(frame.bytes, signatureAt: offset, wireBytes: frameBytes) == false { altered += 1 }
        if frame.hasTime { time(frame, signature, max(1, 1_000_000_000 / interface.resolution.unitsPerSecond)) }
    }

    private func note(_ sequence: UInt64, _ sentNanoseconds: UInt64, _ worker: Int) {
        books[worker].mark(sequence)
        books[worker].kept += 1
        if sequence < books[worker].expected {
            reordered += 1
            return
        }
        if sequence > books[worker].expected, books[worker].holes.count < Book.rememberedHoles {
            books[worker].holes.append((books[worker].expected, books[worker].lastSentNanoseconds))
        }
        books[worker].expected = sequence + 1
        books[worker].lastSentNanoseconds = sentNanoseconds
    }

    /// A time that is off by more than this is of another clock.
    private static let otherClockNanoseconds: Int128 = 3_600_000_000_000

    private func time(_ frame: CapturedFrame, _ signature: Signature, _ resolution: UInt64) {
        resolutionNanoseconds = max(resolutionNanoseconds, resolution)
        let error = frame.timestampNanoseconds - Int128(signature.timestampNanoseconds)
        guard abs(error) < Self.otherClockNanoseconds else {
            hasOtherClock = true
            return
        }
        // A coarse file cuts times short.
        if error < 0, error > -Int128(resolution) { return errors.record(0) }
        if error < 0 { early += 1 } else { errors.record(Int64(error)) }
    }

    /// At its stream's place, or a VLAN tag beside it.
    private func signature(in frame: CapturedFrame, shift: Int) -> (Signature, Int)? {
        for check in checks {
            let place = check.signatureOffset + shift
            for offset in [place, place - EthernetWire.tagBytes, place + EthernetWire.tagBytes] {
                if let signature = Signature.read(frame.bytes, at: offset), Int(signature.stream.stream) == check.stream {
                    return (signature, offset)
                }
            }
        }
        return nil
    }

    /// How much longer the header is than Ethernet's: Linux cooked captures, which `-i any` makes, have one of 16 or 20 bytes.
    private static func shift(of type: LinkType) -> Int? {
        switch type.rawValue {
        case LinkType.ethernet.rawValue: 0
        case 113: 16 - EthernetWire.headerBytes
        case 276: 20 - EthernetWire.headerBytes
        default: nil
        }
    }
}

extension CaptureReading {
    /// The score of what was read.
    ///
    /// - Parameter claimedLost: what the tool said that it lost.
    func score(lostOnLink: UInt64, claimedLost: UInt64?) -> CaptureScore {
        let all = sent.reduce(0, +)
        var score = CaptureScore(sent: all, source: .file, kept: kept, lost: all - kept, lostOnLink: lostOnLink)
        score.cut = cut
        score.repeated = repeated
        score.reordered = reordered
        score.altered = altered
        score.others = others
        score.unreadable = unreadable
        score.claimedLost = claimedLost
        score.untold = claimedLost.map { Int64(score.lostByTool) - Int64(clamping: $0) }
        if !hasOtherClock, errors.count + early > 0 {
            score.timestampError = .init(
                distribution: errors.summary, early: early, resolutionNanoseconds: resolutionNanoseconds)
        }
        addGaps(to: &score)
        return score
    }

    /// Frames with numbers that were never given out: a sign that it is somebody else's file.
    var inventedFrames: UInt64 { beyondSent }

    private func addGaps(to score: inout CaptureScore) {
        var gaps: UInt64 = 0
        var longest: UInt64 = 0
        var times: [UInt64] = []
        var slices = [UInt64](repeating: 0, count: 20)
        for (book, count) in zip(books, sent) {
            var run: UInt64 = 0
            var isFirst = true
            for sequence in 0..<count {
                guard !book.has(sequence) else {
                    run = 0
                    continue
                }
                run += 1
                slices[Int(sequence * UInt64(slices.count) / count)] += 1
                if run == 1 { gaps += 1 }
                longest = max(longest, run)
                if isFirst, let time = book.sentBefore(sequence) { times.append(time - min(time, startNanoseconds)) }
                isFirst = false
            }
        }
        score.gaps = gaps
        score.longestGap = longest
        score.lostByTwentieth = slices
        score.firstLossAt = times.min()
    }
}
