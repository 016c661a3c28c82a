import Frames
import Kernel
import Traffic

/// The `null` engine: the same slots and the same stamps, and no kernel. It measures the ceiling of
/// our own loop, and needs no privilege.
public struct NullTransmitPort: ~Copyable, TransmitPort {
    private let memory: MappedMemory
    private let stampMemory: MappedMemory
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let stampPoints: UnsafePointer<StampPoint>
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    @usableFromInline var head = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var outstanding = 0
    /// The oldest slot that was not seen as completed.
    @usableFromInline var tail = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline let lengths: SlotLengths
    private let cycle: Int

    /// - Throws: `SystemError` of `mmap(2)`.
    public init(minimumSlots: Int, templates: [FrameTemplate]) throws(SystemError) {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count,
            minimumSlots: minimumSlots, linear: true)
        let memory = try MappedMemory(anonymousBytes: geometry.slots * geometry.slotBytes)
        let pointBytes = geometry.slots * MemoryLayout<StampPoint>.stride
        let stampMemory = try MappedMemory(anonymousBytes: pointBytes + SlotLengths.tableBytes(slots: geometry.slots))
        let points = stampMemory.base.bindMemory(to: StampPoint.self, capacity: geometry.slots)
        for slot in 0..<geometry.slots {
            let template = templates[slot % templates.count]
            geometry.lay(template, into: memory.base + slot * geometry.slotBytes)
            points[slot] = template.stampPoint
        }
        lengths = SlotLengths(templates, slots: geometry.slots, in: stampMemory.base + pointBytes)
        cycle = templates.count
        base = memory.base + geometry.frameOffsetBytes
        stampPoints = UnsafePointer(points)
        slotBytes = geometry.slotBytes
        slotCount = geometry.slots
        self.memory = memory
        self.stampMemory = stampMemory
    }

    public var ringBytes: Int { memory.byteCount }
    public var ringNode: Int? { Numa.node(ofRange: memory.base, byteCount: memory.byteCount) }

    @inlinable
    func slot(_ position: Int) -> Int {
        let slot = head &+ position
        return slot >= slotCount ? slot &- slotCount : slot
    }

    @inlinable public var completedFrames: UInt64 { completed }

    @inlinable public var completedBytes: UInt64 { bytes }

    @inlinable public var systemCalls: UInt64 { 0 }

    public var nextTemplate: Int { head % cycle }

    @inlinable public var outstandingFrames: Int { outstanding }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        completed &+= UInt64(truncatingIfNeeded: outstanding)
        bytes &+= lengths.bytes(from: tail, count: outstanding)
        tail = head
        outstanding = 0
        return limit < slotCount ? limit : slotCount
    }

    @inlinable
    public func frame(_ position: Int) -> UnsafeMutableRawPointer { base + slot(position) &* slotBytes }

    @inlinable
    public func stampPoint(_ position: Int) -> StampPoint { stampPoints[slot(position)] }

    @inlinable
    public mutating func submit(_ count: Int) {
        head = slot(count)
        outstanding &+= count
    }

    @inlinable
    public mutating func kick() -> Int32 { 0 }

    public mutating func withdraw() -> UInt64 {
        _ = reserve(0)
        return 0
    }
}
