import Frames
import Methods
import Metrics
import Plans
import Results

/// Rates and counts of what leaves in one piece, in its own words: a superframe is never called a frame.
struct PieceWords {
    /// `frame` or `superframe`.
    let noun: String

    init(noun: String) { self.noun = noun }
    init(plan: TrialPlan) { noun = plan.pieceNoun }

    private var isFrame: Bool { noun == TrialProgress.frame }

    /// `1.352 Mpps`, or `210.4 k superframes/s`.
    func rate(_ perSecond: Double) -> String {
        isFrame ? "\(PacketRate(packetsPerSecond: perSecond))" : bare(perSecond) + " \(noun)s/s"
    }

    /// For a column whose title has the unit: `1.352 Mpps`, or `210.4 k`.
    func bare(_ perSecond: Double) -> String {
        let text = "\(PacketRate(packetsPerSecond: perSecond))"
        guard !isFrame else { return text }
        let number = text.replacing("pps", with: "")
        return number.hasSuffix(" ") ? String(number.dropLast()) : number
    }

    /// `Frames`, `Superframes`.
    static func title(_ noun: String) -> String { noun.prefix(1).uppercased() + noun.dropFirst() + "s" }

    func count(_ number: UInt64) -> String { FigureText.count(number, noun) }
}

extension TrialPlan {
    /// `Frames`, `Superframes`.
    var pieceTitle: String { PieceWords.title(pieceNoun) }

    /// `44 segments of 1472 bytes behind one header, 64,810 bytes in all`; nil where frames are sent.
    var pieceMakeUp: String? {
        guard sendsSuperframes, let segments = transmit.segments else { return nil }
        let bytes = mix.largestSizeBytes - EthernetWire.fcsBytes
        return
            "\(segments) segments of \(FigureText.count(frame.segmentPayloadBytes)) bytes behind one header, \(FigureText.count(bytes)) bytes in all"
    }
}

extension SweepResult {
    /// What leaves in one piece in a cell.
    func pieceNoun(of cell: Cell) -> String {
        guard let trial = cell.sample.trials.first?.trial else { return plan.pieceNoun }
        return trial.superframes == nil ? TrialProgress.frame : "superframe"
    }

    /// The same for all cells; frames and superframes together are pieces.
    var pieceNoun: String {
        let nouns = Set(cells.filter { !$0.sample.trials.isEmpty }.map(pieceNoun(of:)))
        return nouns.count > 1 ? "piece" : nouns.first ?? plan.pieceNoun
    }
}
