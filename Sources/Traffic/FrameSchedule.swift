import Frames

/// Sizes and modifiers expanded into the frames that a worker sends, in order, round after round.
public enum FrameSchedule {
    /// More different frames than this would make rings of hundreds of megabytes.
    public static let maximumCycle = 65_536

    /// How many frames before the first comes again: the product of all that varies.
    ///
    /// - Throws: `FrameError.badRule`, `.cycleTooLong`.
    public static func cycleLength(sizes: FrameSizes, modifiers: [FieldModifier], flows: UInt64? = nil) throws(FrameError) -> UInt64 {
        var cycle = UInt64(sizes.roundLength)
        for count in modifiers.map(\.count) + (flows.map { [$0] } ?? []) {
            let (product, overflows) = cycle.multipliedReportingOverflow(by: max(count, 1))
            guard !overflows, product <= FrameProgram.maximumCycle else {
                throw .cycleTooLong(frames: Int(clamping: overflows ? .max : product), maximum: Int(FrameProgram.maximumCycle))
            }
            cycle = product
        }
        return cycle
    }

    /// All frames of a `FrameProgram`, in order.
    ///
    /// - Parameter seed: where random values start; the same seed gives the same frames.
    /// - Throws: `FrameError`; `.cycleTooLong` for more than `maximumCycle`.
    public static func templates(
        _ recipe: FrameRecipe, sizes: FrameSizes, modifiers: [FieldModifier] = [], flows: UInt64? = nil, seed: UInt64 = 1
    ) throws(FrameError) -> [FrameTemplate] {
        try FrameProgram(recipe, sizes: sizes, modifiers: modifiers, flows: flows, seed: seed).templates()
    }

    /// Over one cycle, FCS counted.
    public static func meanSizeBytes(of templates: [FrameTemplate]) -> Double {
        let bytes = templates.reduce(0) { $0 + $1.bytes.count + EthernetWire.fcsBytes }
        return templates.isEmpty ? 0 : Double(bytes) / Double(templates.count)
    }

    /// How many of `frames` frames in the schedule's order are of which stream and length, FCS left out.
    ///
    /// - Parameters:
    ///   - first: the place in the cycle of the first of them.
    ///   - runFrames: how many of a template leave in a row before the next one's turn.
    public static func counts(
        of templates: [FrameTemplate], frames: UInt64, from first: Int, runFrames: Int = 1
    ) -> [FrameKind: UInt64] {
        guard !templates.isEmpty else { return [:] }
        let (rounds, rest) = frames.quotientAndRemainder(dividingBy: UInt64(templates.count * runFrames))
        var counts: [FrameKind: UInt64] = [:]
        for position in templates.indices {
            let place = (position - first % templates.count + templates.count) % templates.count
            let begun = UInt64(place * runFrames)
            let partial = rest > begun ? min(rest - begun, UInt64(runFrames)) : 0
            let kind = FrameKind(stream: Int(templates[position].stream), byteCount: templates[position].bytes.count)
            counts[kind, default: 0] += rounds * UInt64(runFrames) + partial
        }
        return counts.filter { $0.value > 0 }
    }
}

/// What frames are told apart by where they are counted and not looked at.
public struct FrameKind: Hashable, Sendable {
    public var stream: Int
    /// Without FCS.
    public var byteCount: Int

    public init(stream: Int, byteCount: Int) {
        self.stream = stream
        self.byteCount = byteCount
    }
}

extension FrameProgram {
    /// All frames, in order.
    ///
    /// - Throws: `FrameError.cycleTooLong` for more than `FrameSchedule.maximumCycle`.
    public func templates() throws(FrameError) -> [FrameTemplate] {
        guard cycleFrames <= UInt64(FrameSchedule.maximumCycle) else {
            throw .cycleTooLong(frames: Int(clamping: cycleFrames), maximum: FrameSchedule.maximumCycle)
        }
        return (0..<cycleFrames).map(frame)
    }
}
