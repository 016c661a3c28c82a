import Metrics
import Results

/// What the numbers of an axis are, and how they are written.
public enum PlotUnit: Equatable, Sendable {
    case frameRate, superframeRate, bitRate, nanoseconds, count
    /// 0 to 1, written in percent.
    case ratio
    /// New over base: 1 is written as 1×.
    case times

    /// Of what a `PieceWords` calls so.
    static func rate(of noun: String) -> PlotUnit {
        switch noun {
        case TrialProgress.frame: .frameRate
        case "superframe": .superframeRate
        default: .count
        }
    }

    /// With its unit: `1.352 Mpps`.
    func text(_ value: Double) -> String {
        guard value.isFinite else { return "n/a" }
        switch self {
        case .frameRate: return value < 0.001 ? "0" : "\(PacketRate(packetsPerSecond: value))"
        case .superframeRate: return value < 0.001 ? "0" : PieceWords(noun: "superframe").rate(value)
        case .bitRate: return value < 0.001 ? "0" : "\(BitRate(bitsPerSecond: value))"
        case .nanoseconds: return value == 0 ? "0" : FigureText.nanoseconds(value)
        case .count: return value.rounded() == value && value.magnitude < 1e15 ? FigureText.count(Int(value)) : "\(short(value))"
        case .ratio: return FigureText.percent(value)
        case .times: return "\(short(value))×"
        }
    }

    /// As short as it can be told where there is little room: `1.35M`, `12.3µ`.
    func compact(_ value: Double) -> String {
        guard value.isFinite else { return "n/a" }
        if value == 0 { return "0" }
        let (base, names): (Double, [(Double, String)]) =
            switch self {
            case .ratio: (100, [(1, "%")])
            case .times: (1, [(1, "×")])
            case .nanoseconds: (1e-9, [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
            default: (1, [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")])
            }
        let scaled = value * base
        let unit = names.first { scaled.magnitude >= $0.0 * 0.9995 } ?? names[names.count - 1]
        return short(scaled / unit.0) + unit.1
    }

    /// Three significant digits, as few as are needed.
    private func short(_ value: Double) -> String {
        guard value != 0, value.magnitude < 1e15 else { return value == 0 ? "0" : "\(value)" }
        var step = 1.0
        while value.magnitude * step < 100, step < 1e6 { step *= 10 }
        let rounded = (value * step).rounded() / step
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
