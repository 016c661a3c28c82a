import Plans
import Traffic

/// Frame sizes as people say them.
enum SizeWords {
    /// `frames of 64 bytes`, `frames of 64, 512 and 1518 bytes in turn`, `imix frames (64, 594 and 1518 bytes)`.
    static func frames(_ sizes: FrameSizes) -> String {
        if let name = name(sizes) { return "\(name) frames (\(list(sizes)) bytes)" }
        return "frames of \(plain(sizes))"
    }

    /// The same of a plan, or `frames of 3 streams, 64 to 1518 bytes`.
    static func frames(_ plan: TrialPlan) -> String {
        guard plan.mix.isSeveral else { return frames(plan.frame.sizes) }
        let sizes = plan.mix.streams.map(\.frame.sizes)
        let (least, most) = (sizes.map(\.minimumBytes).min() ?? 0, sizes.map(\.maximumBytes).max() ?? 0)
        return "frames of \(sizes.count) streams, \(least == most ? "" : "\(least) to ")\(most) bytes"
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
