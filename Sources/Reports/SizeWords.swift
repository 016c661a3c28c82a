import Kernel
import Metrics
import Plans
import Traffic

/// Frame sizes as people say them.
enum SizeWords {
    /// A stream's own rate and shape; nil where it takes turns with others.
    static func pace(_ stream: TrialPlan.Stream) -> String? {
        stream.pace.map { $0.shape.hasOwnRates ? "\($0.shape), \($0.rate) on average" : "\($0.rate) \($0.shape)" }
    }

    /// `12 frames of dns.pcap, without 3 records (2 truncated, 1 without room for a signature)`.
    static func recording(_ recording: Recording) -> String {
        let skipped = recording.skipped
        return "\(FigureText.count(UInt64(recording.frames), "frame")) of \(recording.path.visible)"
            + (skipped.total > 0 ? ", without \(FigureText.count(UInt64(skipped.total), "record")) (\(skipped.words))" : "")
    }

    /// `frames of 64 bytes`, `frames of 64, 512 and 1518 bytes in turn`, `imix frames (64, 594 and 1518 bytes)`.
    static func frames(_ sizes: FrameSizes) -> String {
        if let name = name(sizes) { return "\(name) frames (\(list(sizes)) bytes)" }
        return "frames of \(plain(sizes))"
    }

    /// The same of a plan, or `frames of 3 streams, 64 to 1518 bytes`.
    static func frames(_ plan: TrialPlan) -> String {
        if let makeUp = plan.pieceMakeUp { return "superframes of \(makeUp)" }
        guard plan.mix.isSeveral || plan.mix.hasRecordings else { return frames(plan.frame.sizes) }
        let sizes = plan.mix.streams.map(\.frame.sizes)
        let whose = plan.mix.isSeveral ? "\(sizes.count) streams" : "a file"
        return "frames of \(whose), \(span(sizes)) bytes"
    }

    private static func span(_ sizes: [FrameSizes]) -> String {
        let (least, most) = (sizes.map(\.minimumBytes).min() ?? 0, sizes.map(\.maximumBytes).max() ?? 0)
        return least == most ? "\(most)" : "\(least) to \(most)"
    }

    /// A stream's; of a file's frames from the least to the most.
    static func plain(_ stream: TrialPlan.Stream) -> String {
        stream.replay == nil ? plain(stream.frame.sizes) : "\(span([stream.frame.sizes])) bytes"
    }

    /// `64 bytes`, `64, 512 and 1518 bytes in turn`, `64 (7×) and 1518 (1×) bytes`, `imix: 64, 594 and 1518 bytes`.
    static func plain(_ sizes: FrameSizes) -> String {
        if let name = name(sizes) { return "\(name): \(list(sizes)) bytes" }
        if let range = sizes.range { return "\(range.lowerBound) to \(range.upperBound) bytes, each once a round" }
        let isEven = sizes.shares.allSatisfy { $0.weight == 1 }
        return "\(list(sizes)) bytes" + (isEven && sizes.shares.count > 1 ? " in turn" : "")
    }

    private static func name(_ sizes: FrameSizes) -> String? {
        sizes == .imix || sizes == .imixCSIT ? sizes.description : nil
    }

    private static func list(_ sizes: FrameSizes) -> String {
        let isPlain = name(sizes) != nil || sizes.shares.allSatisfy { $0.weight == 1 }
        let texts = sizes.shares.map { isPlain ? "\($0.sizeBytes)" : "\($0.sizeBytes) (\($0.weight)×)" }
        guard texts.count > 1 else { return texts.joined() }
        return texts.dropLast().joined(separator: ", ") + " and " + texts.suffix(1).joined()
    }
}
