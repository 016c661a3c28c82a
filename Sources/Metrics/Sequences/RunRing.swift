import Memory

/// Runs of frames in a ring of bounded memory: they come in behind or in between, and leave in front.
struct RunRing: ~Copyable {
    private let runs: OwnedTable<FrameRun>
    private var first = 0
    private(set) var count = 0

    /// - Parameter capacity: the most runs there can be.
    init(capacity: Int) { runs = OwnedTable(repeating: FrameRun(), count: capacity) }

    mutating func removeAll() { (first, count) = (0, 0) }

    /// The run that stands so far behind the first.
    subscript(_ position: Int) -> FrameRun { runs[place(position)] }

    private func place(_ position: Int) -> Int {
        let place = first + position
        return place < runs.count ? place : place - runs.count
    }

    /// Lengthens the last run if this goes on where it ends.
    ///
    /// - Returns: whether it did.
    private func extend(by run: FrameRun) -> Bool {
        guard count > 0, runs[place(count - 1)].end == run.start else { return false }
        runs[place(count - 1)].count += run.count
        return true
    }

    /// Behind all others.
    mutating func append(_ run: FrameRun) {
        guard !extend(by: run) else { return }
        runs[place(count)] = run
        count += 1
    }

    /// In front of those with higher numbers: where all others are in order, so is this.
    mutating func insert(_ run: FrameRun) {
        guard !extend(by: run) else { return }
        var position = count
        while position > 0, runs[place(position - 1)].start > run.start {
            runs[place(position)] = runs[place(position - 1)]
            position -= 1
        }
        runs[place(position)] = run
        count += 1
    }

    /// Frames of the first run, which leaves with its last one.
    mutating func removeFirst(_ frames: UInt64) {
        runs[first].start += frames
        runs[first].count -= frames
        guard runs[first].count == 0 else { return }
        first = place(1)
        count -= 1
    }

    /// The first run is its next frames now, as many as it was.
    mutating func advanceFirst(by frames: UInt64) { runs[first].start += frames }
}
