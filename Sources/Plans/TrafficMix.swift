import Frames
import Traffic

/// The streams of a plan taken together: what a link, a ring and a rate have to do with.
package struct TrafficMix: Sendable {
    /// At least one.
    package let streams: [TrialPlan.Stream]

    package init(_ streams: [TrialPlan.Stream]) { self.streams = streams }

    /// Of a load of one stream.
    package init(_ frame: TrialPlan.Frame) { streams = [TrialPlan.Stream(name: "", share: 1, frame: frame)] }

    package var isSeveral: Bool { streams.count > 1 }

    /// As a user would write the sizes of one stream, or of each.
    package var sizesText: String {
        isSeveral ? streams.map { "\($0.frame.sizes) (\($0.name))" }.joined(separator: ", ") : "\(streams[0].frame.sizes)"
    }

    /// With FCS.
    package var largestSizeBytes: Int { streams.reduce(0) { max($0, $1.frame.sizes.maximumBytes) } }

    /// Behind Ethernet header and first tag.
    package var largestPayloadBytes: Int { streams.reduce(0) { max($0, $1.frame.largestPayloadBytes) } }

    /// Over a round, with FCS.
    package var meanSizeBytes: Double {
        let shares = streams.reduce(0) { $0 + $1.share }
        return streams.reduce(0) { $0 + $1.frame.sizes.meanBytes * Double($1.share) } / Double(shares)
    }

    /// Whether slots hold less than whole frames, so that a worker lays fields into each as it leaves.
    package var isPatched: Bool { isSeveral || streams[0].frame.isPatched }

    /// After how many slots streams, sizes and, where they lie in slots, fields come again as they were.
    package var slotCycle: Int {
        guard isSeveral else { return streams[0].frame.cycle }
        let cycles = streams.map { UInt64($0.frame.sizes.roundLength) }
        return Int(clamping: StreamProgram.slotCycle(shares: streams.map(\.share), cycles: cycles))
    }

    /// How receivers know each stream's frames, and whether they come as they left.
    package var checks: [FrameCheck] {
        streams.map { FrameCheck($0.frame.recipe, largestBytes: largestSizeBytes - EthernetWire.fcsBytes) }
    }

    /// Bytes up to the end of the signature that stands farthest in.
    package var signatureEndBytes: Int { streams.reduce(0) { max($0, $1.frame.recipe.headerBytes) } + Signature.byteCount }
}

extension TrialPlan {
    /// A name, a share of all frames, and what they are.
    public struct Stream: Codable, Equatable, Sendable {
        public var name: String
        /// Frames in a round of all streams'.
        public var share: Int
        public var frame: Frame
    }

    package var mix: TrafficMix { streams.map { TrafficMix($0) } ?? TrafficMix(frame) }

    /// Changes what is said of all frames, those of each stream too.
    package mutating func changeFrames(_ change: (inout Frame) throws -> Void) rethrows {
        try change(&frame)
        for index in (streams ?? []).indices { try change(&streams![index].frame) }
    }
}
