import Frames

/// Streams whose frames take turns: what each of them sends, and how often it comes in a round.
///
/// In a round each stream has as many frames as its share says, spread evenly; its own sizes and fields go on from one of its frames to its next, whatever
/// stands between them. A load of one stream is a program of one part.
public struct StreamProgram: Sendable {
    public struct Part: Sendable {
        public let program: FrameProgram
        /// Frames in a round.
        public let share: Int

        public init(_ program: FrameProgram, share: Int) {
            self.program = program
            self.share = share
        }
    }

    /// At least one, of `StreamIdentifier.maximumStreams` at most.
    public let parts: [Part]
    /// The streams of a round, in order.
    public let pattern: [UInt8]
    /// For each place of the round, how many frames of the same stream stand before it.
    private let earlier: [Int]

    /// A round longer than this would only blow up the ring.
    public static let maximumRound = 1024

    /// - Precondition: The shares' sum is at most `maximumRound`, each at least 1.
    public init(_ parts: [Part]) {
        self.parts = parts
        let order = FrameSizes.spread(parts.map(\.share))
        // Equal shares are each other's turns.
        pattern = order.map { UInt8($0) }
        var seen = [Int](repeating: 0, count: parts.count)
        earlier = order.map { stream in
            defer { seen[stream] += 1 }
            return seen[stream]
        }
    }

    public init(_ program: FrameProgram) { self.init([Part(program, share: 1)]) }

    /// Frame `index` of the schedule, ready but for its signature.
    public func frame(_ index: UInt64) -> FrameTemplate {
        let (stream, own) = place(index)
        return frame(own, ofStream: stream)
    }

    /// Frame `own` of a stream, whatever stands between its frames.
    public func frame(_ own: UInt64, ofStream stream: Int) -> FrameTemplate {
        var frame = parts[stream].program.frame(own)
        frame.stream = UInt8(stream)
        return frame
    }

    /// Which stream frame `index` is of, and how many of that stream's come before it.
    public func place(_ index: UInt64) -> (stream: Int, own: UInt64) {
        let (round, position) = index.quotientAndRemainder(dividingBy: UInt64(pattern.count))
        let stream = Int(pattern[Int(position)])
        return (stream, round * UInt64(parts[stream].share) + UInt64(earlier[Int(position)]))
    }

    /// Frames before the first comes again.
    public var cycleFrames: UInt64 { rounds { $0.program.cycleFrames } }

    /// Slots before streams and sizes come again as they were.
    public var slotCycle: UInt64 { rounds { UInt64($0.program.bases.count) } }

    /// What slots hold, for a `StreamFiller` to make frames of: each stream's next size, everything that varies zero.
    public var bases: [FrameTemplate] {
        (0..<slotCycle).map { index in
            let (stream, own) = place(index)
            let bases = parts[stream].program.bases
            var base = bases[Int(own % UInt64(bases.count))]
            base.stream = UInt8(stream)
            return base
        }
    }

    /// How many frames differ from each other.
    public var differentFrames: UInt64 { parts.reduce(0) { sum($0, $1.program.differentFrames) } }

    /// Pairs of addresses and ports, each stream's counted for itself.
    public var flows: UInt64 { parts.reduce(0) { sum($0, $1.program.flows) } }

    /// The frames of as many rounds as it takes until each stream is through with its cycle.
    private func rounds(_ cycle: (Part) -> UInt64) -> UInt64 {
        Self.slotCycle(shares: parts.map(\.share), cycles: parts.map(cycle))
    }

    /// The same from shares and cycles alone; `UInt64.max` where it is longer than any number.
    public static func slotCycle(shares: [Int], cycles: [UInt64]) -> UInt64 {
        let round = UInt64(shares.reduce(0, +))
        let rounds = zip(shares, cycles).reduce(UInt64(1)) { rounds, part in
            // A stream is through after this many rounds.
            let own = part.1 / greatestCommonDivisor(part.1, UInt64(part.0))
            return product(rounds, own / greatestCommonDivisor(rounds, own))
        }
        return product(rounds, round)
    }
}

/// The largest number there is where the sum would be larger.
private func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (value, overflows) = a.addingReportingOverflow(b)
    return overflows ? .max : value
}
