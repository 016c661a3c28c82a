import Frames
import Kernel
import Memory
import Traffic

/// The `null` engine: the same slots and the same stamps, and no kernel. It measures the ceiling of
/// our own loop, and needs no privilege.
///
/// Unsafe: `memory`, which lives as long as the port, holds `slotCount` slots of `slotBytes`; `base` is the first one's frame, and behind each
/// frame's first byte its slot has `roomBytes`.
@safe
public struct NullTransmitPort: ~Copyable, TransmitPort, FillablePort {
    private let memory: MappedMemory
    private let stampMemory: MappedMemory
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let stampPoints: MemoryTable<StampPoint>
    @usableFromInline let roomBytes: Int
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    @usableFromInline var head = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var outstanding = 0
    /// The oldest slot that was not seen as completed.
    @usableFromInline var tail = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline let lengths: SlotLengths
    /// Of each slot's frame, where `lay` brings them; else empty.
    @usableFromInline let laidLengths: OwnedTable<Int>
    private let cycle: Int

    /// - Throws: `SystemError` of `mmap(2)`.
    public init(minimumSlots: Int, templates: [FrameTemplate]) throws(SystemError) {
        try self.init(minimumSlots: minimumSlots, templates: templates, isLaid: false)
    }

    /// Empty slots for whatever `lay` brings.
    ///
    /// - Parameter largestFrameBytes: without FCS.
    /// - Throws: as for templates.
    public init(minimumSlots: Int, largestFrameBytes: Int) throws(SystemError) {
        let empty = FrameTemplate(bytes: [UInt8](repeating: 0, count: largestFrameBytes), stampPoint: StampPoint(signatureOffset: 0))
        try self.init(minimumSlots: minimumSlots, templates: [empty], isLaid: true)
    }

    private init(minimumSlots: Int, templates: [FrameTemplate], isLaid: Bool) throws(SystemError) {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count,
            minimumSlots: minimumSlots, linear: true)
        let memory = try MappedMemory(anonymousBytes: geometry.slots * geometry.slotBytes)
        let pointBytes = geometry.slots * MemoryLayout<StampPoint>.stride
        let stampMemory = try MappedMemory(anonymousBytes: pointBytes + SlotLengths.tableBytes(slots: geometry.slots))
        let points = stampMemory.table(at: 0, repeating: StampPoint(signatureOffset: 0), count: geometry.slots)
        for slot in 0..<geometry.slots {
            let template = templates[slot % templates.count]
            geometry.lay(template, into: memory.window.part(from: slot * geometry.slotBytes, count: geometry.slotBytes))
            points[slot] = template.stampPoint
        }
        lengths = SlotLengths(templates, slots: geometry.slots, in: stampMemory, at: pointBytes)
        laidLengths = OwnedTable(repeating: 0, count: isLaid ? geometry.slots : 0)
        cycle = templates.count
        unsafe base = unsafe memory.base + geometry.frameOffsetBytes
        stampPoints = points
        roomBytes = geometry.slotBytes - geometry.frameOffsetBytes
        slotBytes = geometry.slotBytes
        slotCount = geometry.slots
        self.memory = memory
        self.stampMemory = stampMemory
    }

    public var ringBytes: Int { memory.byteCount }
    public var ringNode: Int? { memory.node }

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
        bytes &+= laidLengths.count > 0 ? laidBytes : lengths.bytes(from: tail, count: outstanding)
        tail = head
        outstanding = 0
        return limit < slotCount ? limit : slotCount
    }

    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let slot = slot(position)
        // Unsafe: head is a slot, and no more positions than slots are reserved.
        let point = unsafe stampPoints.element(unchecked: slot)
        var frame = unsafe MutableRawSpan(_unsafeStart: base + slot &* slotBytes, byteCount: roomBytes)
        filler.fill(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    /// Of what is outstanding.
    @usableFromInline
    var laidBytes: UInt64 {
        (0..<outstanding).reduce(0) { sum, position in
            let slot = tail &+ position
            return sum &+ UInt64(truncatingIfNeeded: laidLengths[slot >= slotCount ? slot &- slotCount : slot])
        }
    }

    @inlinable
    public mutating func lay(_ position: Int, _ frame: RawSpan) {
        let slot = slot(position)
        precondition(frame.byteCount <= roomBytes, "a slot holds its frame")
        // The table traps for what is no slot.
        laidLengths[slot] = frame.byteCount
        unsafe copy(frame, to: base + slot &* slotBytes)
    }

    @inlinable @inline(__always)
    public func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
        let slot = slot(position)
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: slotCount), "no such slot")
        var frame = unsafe MutableRawSpan(_unsafeStart: base + slot &* slotBytes, byteCount: roomBytes)
        Signature.stamp(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

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
