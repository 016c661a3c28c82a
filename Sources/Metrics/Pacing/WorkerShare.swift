/// One worker's part of a numbered row of frames: the workers take turns, so frame n of worker w
/// is frame n·W + w of the row, and the parts of any length of row add up to it exactly.
@frozen
public struct WorkerShare: Equatable, Hashable, Sendable {
    /// Counts from 0.
    public let workerIndex: UInt64
    /// At least 1.
    public let workerCount: UInt64

    /// - Parameters:
    ///   - workerIndex: 0 ..< `workerCount`.
    ///   - workerCount: At least 1.
    public init(workerIndex: Int, workerCount: Int) {
        precondition(workerCount >= 1 && workerIndex >= 0 && workerIndex < workerCount, "no such worker")
        self.workerIndex = UInt64(workerIndex)
        self.workerCount = UInt64(workerCount)
    }

    /// A worker that has the whole row to itself.
    public static var whole: WorkerShare { WorkerShare(workerIndex: 0, workerCount: 1) }

    /// Where this worker's frame `n` stands in the row of all workers.
    @inlinable @inline(__always)
    public func rowIndex(ofFrame n: UInt64) -> UInt64 {
        n &* workerCount &+ workerIndex
    }

    /// How many of the first `total` frames of the row are this worker's.
    @inlinable
    public func frames(ofTotal total: UInt64) -> UInt64 {
        total > workerIndex ? (total - workerIndex - 1) / workerCount + 1 : 0
    }
}
