import Memory

/// How far out of turn the reordered frames of one sequence came: RFC 4737's reordering extent (section 4.2.1) and n-reordering (section 5.3).
///
/// What came is kept as segments, frames with numbers one after the other that came one after the other: an in-order frame makes its segment longer
/// without anybody noting it, so only jumps ahead and late frames cost anything. The last `segmentCount` segments are remembered; what reaches back
/// further is told as far as they go, and counted in `cut`.
public struct ReorderRecorder: ~Copyable {
    public static var segmentCount: Int { 1_024 }

    // Not private: Swift 6.3 breaks off over a tracker's end in another file otherwise.
    struct Segment {
        /// Of its first frame.
        var sequence: UInt64 = 0
        /// Distinct frames that had come before it.
        var arrival: UInt64 = 0
        /// The highest number of this segment's first frame and of all before.
        var highest: UInt64 = 0
    }

    private let segments: OwnedTable<Segment>
    /// Segments ever begun; the last `segmentCount` of them are in the table.
    private var begun: UInt64 = 0
    public private(set) var tally = ReorderTally()

    /// Makes its memory, 24 KiB, on the calling thread.
    public init() {
        segments = OwnedTable(repeating: Segment(), count: Self.segmentCount)
        begin(at: 0, arrival: 0)
    }

    /// Forgets everything.
    public mutating func reset() {
        begun = 0
        tally = ReorderTally()
        begin(at: 0, arrival: 0)
    }

    /// A frame ahead of the next one in order.
    ///
    /// - Parameter arrivals: distinct frames before it.
    public mutating func jump(to sequence: UInt64, arrivals: UInt64) { begin(at: sequence, arrival: arrivals) }

    /// A first copy of a frame behind the highest one.
    ///
    /// - Parameters:
    ///   - expected: one more than the highest.
    ///   - arrivals: distinct frames before it.
    public mutating func late(_ sequence: UInt64, expected: UInt64, arrivals: UInt64) {
        let oldest = begun > UInt64(Self.segmentCount) ? begun - UInt64(Self.segmentCount) : 0
        // The earliest segment that has a higher number: the highest so far only grows.
        var (low, high) = (oldest, begun - 1)
        while low < high {
            let middle = low + (high - low) / 2
            if segment(middle).highest > sequence { high = middle } else { low = middle + 1 }
        }
        let extent = arrivals - segment(low).arrival
        var following: UInt64 = 0
        var end = arrivals
        var position = begun
        while position > oldest {
            position -= 1
            let segment = segment(position)
            // An empty one says nothing: its first frame is still to come.
            guard segment.arrival < end else { continue }
            guard segment.sequence > sequence else { break }
            following += end - segment.arrival
            end = segment.arrival
        }
        tally.note(extent: extent, following: following, isCut: oldest > 0 && low == oldest)
        begin(at: sequence, arrival: arrivals)
        // Whatever comes next in order begins anew.
        begin(at: expected, arrival: arrivals + 1)
    }

    private func segment(_ number: UInt64) -> Segment { segments[Int(number % UInt64(Self.segmentCount))] }

    private mutating func begin(at sequence: UInt64, arrival: UInt64) {
        let before = begun == 0 ? 0 : segment(begun - 1).highest
        segments[Int(begun % UInt64(Self.segmentCount))] = Segment(sequence: sequence, arrival: arrival, highest: max(before, sequence))
        begun += 1
    }
}

/// What reordered frames came to.
public struct ReorderTally: Codable, Equatable, Sendable {
    /// Frames noted, and their extents in all.
    public private(set) var frames: UInt64 = 0
    public private(set) var extentSum: UInt64 = 0
    /// The greatest extent: how many distinct frames came from the first with a higher number on.
    public private(set) var maximumExtent: UInt64 = 0
    /// Frames that came right behind one frame, two, three … with higher numbers, up to `mostFollowing` and more: a frame counts in each up to its own.
    /// Those from three on look like loss to TCP (RFC 5681 section 3.2).
    public private(set) var following = [UInt64](repeating: 0, count: ReorderTally.mostFollowing)
    /// Frames of which more than can be remembered had come: their extent is a lower bound.
    public private(set) var cut: UInt64 = 0

    public static let mostFollowing = 16

    public init() {}

    /// Takes note of one frame.
    ///
    /// - Parameters:
    ///   - count: frames right before it that left later.
    ///   - isCut: whether its extent may be larger.
    public mutating func note(extent: UInt64, following count: UInt64, isCut: Bool) {
        frames += 1
        extentSum += extent
        maximumExtent = max(maximumExtent, extent)
        for place in 0..<Int(min(count, UInt64(Self.mostFollowing))) { following[place] += 1 }
        if isCut { cut += 1 }
    }

    public static func + (left: ReorderTally, right: ReorderTally) -> ReorderTally {
        var sum = left
        sum.frames += right.frames
        sum.extentSum += right.extentSum
        sum.maximumExtent = max(left.maximumExtent, right.maximumExtent)
        for place in sum.following.indices { sum.following[place] += right.following[place] }
        sum.cut += right.cut
        return sum
    }

    public static func += (left: inout ReorderTally, right: ReorderTally) { left = left + right }
}
