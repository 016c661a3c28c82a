import Plans
import Results

extension TrialResult {
    /// How many frames left at once where all that is due goes into a slot; nil where each frame goes alone.
    var slotWords: String? {
        guard pacing?.granularity == .slot else { return nil }
        let senders = workers.filter { $0.role == .transmit }
        let calls = senders.reduce(0) { $0 + $1.systemCalls }
        guard calls > 0 else { return nil }
        let frames = Double(senders.reduce(0) { $0 + $1.frames }) / Double(calls)
        return "what is due leaves at once, cut out of slots: \((frames * 10).rounded() / 10) frames a call on average"
    }
}
