import Frames
import Metrics
import Traces
import Traffic

/// Frames of a capture file that a stream sends, in the file's order and again from the first.
///
/// Encoded as `.plan.streams[].replay` of the result file, without the frames.
public struct Recording: Sendable {
    /// As the user named it.
    public var path: String
    /// That are sent before the first comes again.
    public var frames: Int
    /// Without FCS.
    public var bytes: Int
    /// CRC-32C over them all, one behind the other: which frames they were.
    public var checksum: UInt32
    public var skipped: Skips
    /// From the first of them to the last, by the file's times.
    public var durationNanoseconds: UInt64 = 0
    /// When each came after the first, never falling: one without a time, or before the one in front of it, with that.
    package var offsets: [UInt64] = []
    /// Ready but for their signatures; empty in a plan out of a result.
    package var templates: [FrameTemplate] = []

    /// Records of the file that are no frames of the stream, by what is in the way.
    public struct Skips: Codable, Equatable, Sendable {
        /// The capture kept only a part of them (`caplen < len`).
        public var truncated = 0
        /// Larger than the MTU allows: mostly what offloads (GSO, GRO) merged before the capture saw it.
        public var oversized = 0
        /// Of another link type, or shorter than an Ethernet header.
        public var notEthernet = 0
        /// No room for a signature: no whole UDP or TCP over plain IPv4 or IPv6, or less than 18 bytes of payload.
        public var withoutRoom = 0

        public var total: Int { truncated + oversized + notEthernet + withoutRoom }

        /// `2 truncated, 5 without room for a signature`; empty for none.
        public var words: String {
            [
                (truncated, "truncated"), (oversized, "larger than the MTU"), (notEthernet, "no Ethernet frames"),
                (withoutRoom, "without room for a signature")
            ].filter { $0.0 > 0 }.map { "\(FigureText.count(UInt64($0.0))) \($0.1)" }.joined(separator: ", ")
        }
    }

    /// More are `vethmark replay`'s: a ring of theirs would be hundreds of megabytes.
    package static let mostFrames = FrameSchedule.maximumCycle
    package static let mostBytes = 64 << 20

    /// What is wrong with a file, to stand behind its name.
    struct Problem: Error {
        var found: String
        var allowed = "a capture file, pcap or pcapng, that can be read to its end"
        var remedy = "name another file"
    }

    /// Reads a file into memory.
    ///
    /// - Parameter mtuBytes: of the link: what is larger is left out, and counted.
    /// - Throws: `Problem`.
    init(path: String, mtuBytes: Int) throws(Problem) {
        self.path = path
        (frames, bytes, checksum, skipped) = (0, 0, 0, Skips())
        do throws(TraceError) {
            let reader = try CaptureFileReader(path: path, takesOtherLinkTypes: true)
            var first: Int128?
            while let frame = try reader.next() {
                guard let point = stampPoint(frame, isEthernet: reader.interfaces[frame.interface].linkType == .ethernet, mtuBytes) else {
                    continue
                }
                var data = frame.bytes
                let place = Int(point.signatureOffset)
                for index in place..<(place + Signature.byteCount) { data[index] = 0 }
                templates.append(FrameTemplate(bytes: data, stampPoint: point))
                bytes += data.count
                first = first ?? (frame.hasTime ? frame.timestampNanoseconds : nil)
                let offset = frame.hasTime ? UInt64(clamping: frame.timestampNanoseconds - (first ?? 0)) : 0
                offsets.append(max(offset, offsets.last ?? 0))
                guard templates.count <= Self.mostFrames, bytes <= Self.mostBytes else { break }
            }
        } catch {
            throw Problem(found: "which can't be read (\(error.sentence))")
        }
        guard templates.count <= Self.mostFrames, bytes <= Self.mostBytes else {
            throw Problem(
                found: "which holds more than a stream keeps in memory",
                allowed: "a file of at most \(FigureText.count(UInt64(Self.mostFrames))) frames and \(ByteCount(bytes: Self.mostBytes))",
                remedy: "send it by `vethmark replay`, which reads ahead, or cut it down")
        }
        guard !templates.isEmpty else {
            throw Problem(
                found: skipped.total == 0 ? "which holds no frame" : "which holds no frame that can be sent and counted (\(skipped.words))",
                allowed: "a file with frames of UDP or TCP that have 18 bytes of payload for a signature",
                remedy: "name another file, or send it by `vethmark replay`")
        }
        frames = templates.count
        durationNanoseconds = offsets.last ?? 0
        checksum = CastagnoliChecksum.of(templates.lazy.flatMap(\.bytes))
    }

    /// Where a record is to be signed; nil, and counted, if it is no frame of the stream.
    private mutating func stampPoint(_ frame: CapturedFrame, isEthernet: Bool, _ mtuBytes: Int) -> StampPoint? {
        if !isEthernet || frame.bytes.count < EthernetWire.headerBytes {
            skipped.notEthernet += 1
        } else if frame.isCut {
            skipped.truncated += 1
        } else if Self.payloadBytes(frame.bytes) > mtuBytes {
            skipped.oversized += 1
        } else if let point = StampPoint(in: frame.bytes) {
            return point
        } else {
            skipped.withoutRoom += 1
        }
        return nil
    }

    /// Behind the Ethernet header and a first tag, which an MTU leaves room for (`packet_extra_vlan_len_allowed`).
    private static func payloadBytes(_ frame: [UInt8]) -> Int {
        let isTagged = UInt16(frame[12]) << 8 | UInt16(frame[13]) == EtherType.customerTag
        return frame.count - EthernetWire.headerBytes - (isTagged ? EthernetWire.tagBytes : 0)
    }
}

extension Recording {
    package var largestPayloadBytes: Int { templates.reduce(0) { max($0, Self.payloadBytes($1.bytes)) } }

    /// How many frames are of which size, FCS counted.
    package var sizeCounts: [Int: Int] {
        templates.reduce(into: [:]) { $0[$1.bytes.count + EthernetWire.fcsBytes, default: 0] += 1 }
    }

    /// One mean gap lies between the last and the next first.
    private var periodNanoseconds: UInt64 { frames > 1 ? durationNanoseconds + durationNanoseconds / UInt64(frames - 1) : 0 }

    /// At the file's times; nil where they don't differ, or nothing can be scheduled so.
    package var meanRate: PacketRate? {
        guard periodNanoseconds > 0 else { return nil }
        let rate = PacketRate(packetsPerSecond: Double(frames) / Double(periodNanoseconds) * 1e9)
        return PacketRate.allowed.contains(rate.packetsPerSecond) ? rate : nil
    }

    /// The file's times over and over; nil where they aren't known or don't differ.
    package var times: ArrivalProcess? {
        offsets.isEmpty || periodNanoseconds == 0 ? nil : .recorded(offsetsNanoseconds: offsets, periodNanoseconds: periodNanoseconds)
    }

    /// With FCS.
    package var meanSizeBytes: Double { Double(bytes) / Double(frames) + Double(EthernetWire.fcsBytes) }

    /// Where signatures stand, the most usual first.
    package var signatureOffsets: [Int] {
        let counts = templates.reduce(into: [Int: Int]()) { $0[Int($1.stampPoint.signatureOffset), default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The sizes in a word: each as often as it comes, or from the least to the most where they are too many for that.
    package var sizes: FrameSizes? {
        let counts = sizeCounts.sorted { $0.key < $1.key }
        guard let least = counts.first?.key, let most = counts.last?.key else { return nil }
        return FrameSizes(shares: counts.map { .init(sizeBytes: $0.key, weight: $0.value) }) ?? FrameSizes(range: least...most)
            ?? FrameSizes(shares: [.init(sizeBytes: least, weight: 1), .init(sizeBytes: most, weight: 1)])
    }
}

extension Recording: Codable, Equatable {
    private enum CodingKeys: CodingKey { case path, frames, bytes, checksum, skipped, durationNanoseconds }

    public static func == (left: Self, right: Self) -> Bool {
        left.path == right.path && left.frames == right.frames && left.bytes == right.bytes && left.checksum == right.checksum
            && left.skipped == right.skipped && left.durationNanoseconds == right.durationNanoseconds
    }
}
