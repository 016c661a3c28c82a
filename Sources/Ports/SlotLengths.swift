import Kernel
import Traffic

/// How long the frames of a run of slots are together, without looking at each.
///
/// Sums over all slots before each, so that a batch costs two loads whatever it holds.
@frozen
public struct SlotLengths {
    @usableFromInline let sums: UnsafePointer<UInt64>
    @usableFromInline let slotCount: Int

    /// - Parameter sums: `slotCount + 1` of them, from 0 on; outlive this value.
    @usableFromInline
    init(sums: UnsafePointer<UInt64>, slotCount: Int) {
        self.sums = sums
        self.slotCount = slotCount
    }

    /// Of `count` slots from `first` on, going on at 0 behind the last.
    @inlinable
    public func bytes(from first: Int, count: Int) -> UInt64 {
        let end = first &+ count
        return end <= slotCount
            ? sums[end] &- sums[first] : sums[slotCount] &- sums[first] &+ sums[end &- slotCount]
    }

    /// What the sums of so many slots take.
    public static func tableBytes(slots: Int) -> Int { (slots + 1) * MemoryLayout<UInt64>.stride }

    /// Of slots that hold `templates` in turn.
    ///
    /// - Parameter table: `tableBytes` of memory; outlives this value.
    public init(_ templates: [FrameTemplate], slots: Int, in table: UnsafeMutableRawPointer) {
        let sums = table.bindMemory(to: UInt64.self, capacity: slots + 1)
        sums[0] = 0
        for slot in 0..<slots { sums[slot + 1] = sums[slot] + UInt64(templates[slot % templates.count].bytes.count) }
        self.init(sums: UnsafePointer(sums), slotCount: slots)
    }
}
