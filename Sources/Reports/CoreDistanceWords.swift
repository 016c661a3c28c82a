import Results

/// What two CPUs had in common, in a sentence.
struct CoreDistanceWords {
    private let pair: CoreDistanceEvidence

    init(_ pair: CoreDistanceEvidence) { self.pair = pair }

    /// "CPU 0 and CPU 1: 31 ns apart, on one core, before the window; 165 ns apart after it"
    var text: String {
        let moments = [words(pair.before, "before the window"), words(pair.after, "after it")].compactMap { $0 }
        guard !moments.isEmpty else {
            return "CPU \(pair.fromCPU) and CPU \(pair.toCPU): how far apart they are is not known, for others held them"
        }
        return "CPU \(pair.fromCPU) and CPU \(pair.toCPU): \(moments.joined(separator: "; "))"
    }

    private func words(_ reading: CoreDistanceEvidence.Reading?, _ moment: String) -> String? {
        reading.map { "\(Int($0.latencyNanoseconds.rounded())) ns apart\($0.isOneCore ? ", threads of one core," : "") \(moment)" }
    }
}
