import Frames
import Metrics
import Plans
import Results

/// Rates and counts of what leaves in one piece, in its own words: a superframe is never called a frame.
struct PieceWords {
    let plan: TrialPlan

    var noun: String { plan.pieceNoun }

    /// `1.352 Mpps`, or `210.4 k superframes/s`.
    func rate(_ perSecond: Double) -> String {
        guard plan.sendsSuperframes else { return "\(PacketRate(packetsPerSecond: perSecond))" }
        return bare(perSecond) + " superframes/s"
    }

    /// For a column whose title has the unit: `1.352 Mpps`, or `210.4 k`.
    func bare(_ perSecond: Double) -> String {
        let text = "\(PacketRate(packetsPerSecond: perSecond))"
        guard plan.sendsSuperframes else { return text }
        let number = text.replacing("pps", with: "")
        return number.hasSuffix(" ") ? String(number.dropLast()) : number
    }

    /// `Frames`, `Superframes`.
    static func title(_ noun: String) -> String { noun.prefix(1).uppercased() + noun.dropFirst() + "s" }

    func count(_ number: UInt64) -> String { FigureText.count(number, noun) }

    /// `44 segments of 1472 bytes behind one header, 64,810 bytes in all`; nil where frames are sent.
    var makeUp: String? {
        guard plan.sendsSuperframes, let segments = plan.transmit.segments else { return nil }
        let bytes = plan.mix.largestSizeBytes - EthernetWire.fcsBytes
        return
            "\(segments) segments of \(FigureText.count(plan.frame.segmentPayloadBytes)) bytes behind one header, \(FigureText.count(bytes)) bytes in all"
    }
}

extension TrialPlan {
    /// `Frames`, `Superframes`.
    var pieceTitle: String { PieceWords.title(pieceNoun) }
}
