import Frames
import Metrics
import Traffic

/// The streams of a plan taken together: what a link, a ring and a rate have to do with.
package struct TrafficMix: Sendable {
    /// At least one.
    package let streams: [TrialPlan.Stream]

    package init(_ streams: [TrialPlan.Stream]) { self.streams = streams }

    /// Of a load of one stream.
    package init(_ frame: TrialPlan.Frame) { streams = [TrialPlan.Stream(name: "", share: 1, frame: frame)] }

    package var isSeveral: Bool { streams.count > 1 }

    /// Whether each stream keeps a rate and a shape of its own, and frames leave as they fall due; else streams take turns in rounds.
    package var hasOwnPaces: Bool { streams.contains { $0.shape != nil } }

    /// Whether some stream sends frames out of a file.
    package var hasRecordings: Bool { streams.contains { $0.replay != nil } }

    /// Whether each frame needs a slot of its own: several streams, paces of their own, or frames that a file holds.
    package var needsOwnSlots: Bool { isSeveral || hasOwnPaces || hasRecordings }

    /// What part of all frames is of each stream, over a round or on average.
    package var fractions: [Double] {
        let weights = streams.map { $0.pace?.rate.packetsPerSecond ?? Double($0.share) }
        let all = weights.reduce(0, +)
        return weights.map { $0 / all }
    }

    /// As a user would write the sizes of one stream, or of each.
    package var sizesText: String {
        isSeveral ? streams.map { "\($0.frame.sizes) (\($0.name))" }.joined(separator: ", ") : "\(streams[0].frame.sizes)"
    }

    /// With FCS.
    package var largestSizeBytes: Int { streams.reduce(0) { max($0, $1.frame.sizes.maximumBytes) } }

    /// Behind Ethernet header and first tag.
    package var largestPayloadBytes: Int { streams.reduce(0) { max($0, $1.largestPayloadBytes) } }

    /// Over a round or on average, with FCS.
    package var meanSizeBytes: Double { zip(streams, fractions).reduce(0) { $0 + $1.0.meanSizeBytes * $1.1 } }

    /// Whether slots hold less than whole frames, so that a worker lays fields into each as it leaves.
    package var isPatched: Bool { isSeveral || hasOwnPaces || streams[0].frame.isPatched }

    /// After how many slots streams, sizes and, where they lie in slots, fields come again as they were.
    package var slotCycle: Int {
        // Slots take whatever is laid into them.
        guard !hasOwnPaces else { return 1 }
        guard isSeveral || hasRecordings else { return streams[0].frame.cycle }
        let cycles = streams.map { UInt64($0.slotCycle) }
        return Int(clamping: StreamProgram.slotCycle(shares: streams.map(\.share), cycles: cycles))
    }

    /// How receivers know each stream's frames, and whether they come as they left: one for each stream, in order, and behind these one for each other
    /// place where frames out of a file have their signature.
    package var checks: [FrameCheck] {
        let largestBytes = largestSizeBytes - EthernetWire.fcsBytes
        var checks: [FrameCheck] = []
        var others: [FrameCheck] = []
        for (number, stream) in streams.enumerated() {
            guard let replay = stream.replay else {
                checks.append(FrameCheck(stream.frame.recipe, stream: number, largestBytes: largestBytes))
                continue
            }
            let places = replay.signatureOffsets.map { FrameCheck(recordedSignatureAt: $0, stream: number, largestBytes: largestBytes) }
            checks.append(places[0])
            others += places.dropFirst()
        }
        return checks + others
    }

    /// Bytes up to the end of the signature that stands farthest in.
    package var signatureEndBytes: Int { checks.reduce(0) { max($0, $1.signatureOffset) } + Signature.byteCount }
}

extension TrialPlan {
    /// A name, a share of all frames, and what they are.
    public struct Stream: Codable, Equatable, Sendable {
        public var name: String
        /// Frames in a round of all streams'; where they keep paces of their own, of a thousand frames on average.
        public var share: Int
        /// Of its own, over all workers; nil where streams take turns, as the following.
        public var rate: RateRequest?
        public var shape: LoadShape?
        /// What a shape with rates of its own comes to; `rate` is its mean.
        public var course: [RateStretch]?
        /// Frames out of a capture file; nil where they are made.
        public var replay: Recording?
        /// Of frames out of a file only the sizes.
        public var frame: Frame

        /// Slots before its sizes, or the frames of its file, come again.
        package var slotCycle: Int { replay?.frames ?? frame.sizes.roundLength }

        /// With FCS.
        package var meanSizeBytes: Double { replay?.meanSizeBytes ?? frame.sizes.meanBytes }

        /// What part of its frames is of which size, FCS counted.
        package var sizeFractions: [(sizeBytes: Int, fraction: Double)] {
            if let replay { return replay.sizeCounts.map { ($0.key, Double($0.value) / Double(replay.frames)) } }
            let sizes = frame.sizes
            return sizes.shares.map { ($0.sizeBytes, Double($0.weight) / Double(sizes.roundLength)) }
        }

        /// Behind Ethernet header and first tag.
        package var largestPayloadBytes: Int { replay?.largestPayloadBytes ?? frame.largestPayloadBytes }

        /// Its rate and shape; nil where streams take turns.
        package var pace: (rate: PacketRate, shape: LoadShape)? {
            guard let shape, case .packets(let rate)? = rate else { return nil }
            return (rate, shape)
        }
    }

    /// What leaves in one piece: frames, or superframes.
    package var mix: TrafficMix { sendsSuperframes ? segmentMix.superframes(segments: transmit.segments ?? 1) : segmentMix }

    /// Changes what is said of all frames, those of each stream too.
    package mutating func changeFrames(_ change: (inout Frame) throws -> Void) rethrows {
        try change(&frame)
        for index in (streams ?? []).indices { try change(&streams![index].frame) }
    }
}
