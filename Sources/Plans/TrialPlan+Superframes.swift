import Frames
import Ports
import Traffic

extension TrialPlan {
    /// Whether slots pass whole, and what is sent, received and counted is superframes.
    public var sendsSuperframes: Bool { transmit.superframes == true }

    /// What leaves in one piece: `frame` or `superframe`.
    public var pieceNoun: String { sendsSuperframes ? "superframe" : "frame" }

    /// Of what leaves in one piece: superframes never see an Ethernet's wire, and have none.
    package var fcsBytes: Int { sendsSuperframes ? 0 : EthernetWire.fcsBytes }

    /// How superframes are made up; nil where none are sent.
    package var superframe: Superframe? {
        sendsSuperframes ? Superframe(segmentBytes: frame.segmentPayloadBytes, isLinear: transmit.layout == .linear) : nil
    }

    /// Frames as a link's MTU has to let them pass: of superframes the segments.
    package var segmentMix: TrafficMix { streams.map { TrafficMix($0) } ?? TrafficMix(frame) }
}

extension TrialPlan.Frame {
    /// Payload of a frame of the largest size, and so of a superframe's segment.
    package var segmentPayloadBytes: Int { largestBytes - recipe.headerBytes }

    /// So many of these frames behind one header, as one.
    package func superframe(segments: Int) -> TrialPlan.Frame {
        var frame = self
        frame.sizes = FrameSizes(sizeBytes: sizes.maximumBytes + (segments - 1) * segmentPayloadBytes) ?? sizes
        return frame
    }
}

extension TrafficMix {
    /// Of a load of one stream: what leaves in one piece where slots pass whole.
    package func superframes(segments: Int) -> TrafficMix { TrafficMix(streams[0].frame.superframe(segments: segments)) }
}
