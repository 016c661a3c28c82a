import Results

/// What one folder holds of a sweep that several hosts have measured.
public struct SweepPart: Sendable {
    /// The whole sweep's.
    public let design: SweepDesign
    /// Nil for a whole sweep, measured on one host to be compared with others.
    public let share: SweepShare?
    /// Where it began.
    public let host: String
    public let cpuModel: String
    public let kernelRelease: String
    /// What was noticed of it as a whole.
    public let warnings: [Warning]
    /// Cells by their places in the whole grid.
    let records: [SweepRecord]
    /// Turns that it had not had; at most, where a precision may end it earlier.
    let missing: Int

    /// - Parameter records: cells by their places in the part's own grid, as `SweepFolder` keeps them.
    public init(
        design: SweepDesign, share: SweepShare?, host: String, cpuModel: String, kernelRelease: String, records: [SweepRecord],
        warnings: [Warning] = []
    ) {
        (self.design, self.share, self.host) = (design, share, host)
        (self.cpuModel, self.kernelRelease, self.warnings) = (cpuModel, kernelRelease, warnings)
        let own = share?.part(of: design) ?? design
        let records = records.filter { $0.cell.map(own.cells.indices.contains) ?? true }
        let course = SweepCourse(own, records: records)
        missing = course.next == nil ? 0 : course.remaining
        self.records = records.map { record in
            SweepRecord(
                round: record.round, cell: record.cell.map { share?.cells[$0] ?? $0 }, trial: record.trial, obstacle: record.obstacle,
                conditions: record.conditions, host: record.host ?? host)
        }
    }

    /// Of the whole grid, ascending.
    var cells: [Int] { share?.cells ?? Array(design.cells.indices) }

    /// When its first trial began, nanoseconds since 1970; the end of time if it has none.
    func start(ofCell cell: Int) -> UInt64 { Self.start(records.filter { $0.cell == cell }) }
    var start: UInt64 { Self.start(records) }

    private static func start(_ records: [SweepRecord]) -> UInt64 {
        records.compactMap { $0.trial?.trial.startedAtNanoseconds }.min() ?? .max
    }

    /// The same whatever order parts are given in.
    static func isBefore(_ left: SweepPart, _ right: SweepPart) -> Bool {
        let (first, second) = (left.share?.shard.index ?? 0, right.share?.shard.index ?? 0)
        guard first == second else { return first < second }
        guard left.start == right.start else { return left.start < right.start }
        return (left.host, left.kernelRelease, left.cpuModel, left.records.count)
            < (right.host, right.kernelRelease, right.cpuModel, right.records.count)
    }
}
