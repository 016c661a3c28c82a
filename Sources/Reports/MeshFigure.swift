import Metrics
import Results

extension MeshReport {
    /// What a matrix has one of.
    enum Figure: CaseIterable {
        case rate, loss, p50, p99

        var title: String {
            switch self {
            case .rate: "Frames received a second"
            case .loss: "Lost, %"
            case .p50: "Path latency, p50"
            case .p99: "Path latency, p99"
            }
        }

        /// Nil where it wasn't measured.
        func value(_ meeting: MeshResult.Meeting) -> Double? {
            guard let summary = meeting.result?.summary else { return nil }
            let samples: SampleSummary =
                switch self {
                case .rate: summary.rxPps
                case .loss: summary.lossRatio
                case .p50: summary.pathP50Nanoseconds
                case .p99: summary.pathP99Nanoseconds
                }
            return samples.count > 0 ? samples.median : nil
        }

        /// In five characters at most, or four: `1.23M` or `1.2M`, `12.3` or `12`.
        func short(_ value: Double, isNarrow: Bool) -> String {
            let units: [String]
            switch self {
            case .rate: units = ["", "k", "M", "G"]
            case .p50, .p99: units = ["n", "µ", "m", "s"]
            case .loss:
                // Only nothing is told as nothing, and only all as all.
                if value <= 0 || value >= 1 { return value <= 0 ? "0" : "100" }
                if value < (isNarrow ? 0.001 : 0.0001) { return isNarrow ? "<.1" : "<0.01" }
                if value >= (isNarrow ? 0.99 : 0.9995) { return isNarrow ? ">99" : ">99.9" }
                return Self.digits(value * 100, isNarrow)
            }
            var (value, place) = (value, 0)
            // Three digits are shown, so that 999.5 would be a thousand.
            while value >= 999.5, place < units.count - 1 { (value, place) = (value / 1_000, place + 1) }
            return Self.digits(value, isNarrow) + units[place]
        }

        /// The first three, or the first two and all before the point.
        private static func digits(_ value: Double, _ isNarrow: Bool) -> String {
            let places = isNarrow ? (value < 9.95 ? 1 : 0) : value < 9.995 ? 2 : value < 99.95 ? 1 : 0
            let text = "\(UInt64((max(0, min(value, 1e15)) * [1, 10, 100][places]).rounded()))"
            guard places > 0 else { return text }
            let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
            return "\(padded.dropLast(places)).\(padded.suffix(places))"
        }
    }
}
