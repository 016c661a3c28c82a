import CLinux
import Frames
import Kernel
import Memory
import Traffic

/// The `mmsg` engine: `sendmmsg(2)` on a packet socket, without a ring. The cross-check of the ring engines, and the fallback
/// where a ring can't be had.
///
/// Unsafe: `memory` holds `slotCount` slots of `slotBytes` from `base` on, `tables` a vector and a message for each, which point at each other and
/// at their slot; both live as long as the port, and what a position leads to is checked.
@safe
public struct MessageTransmitPort: ~Copyable, TransmitPort, ReplayPort {
    @usableFromInline let socket: PacketSocket
    private let memory: MappedMemory
    private let tables: MappedMemory
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let stampPoints: MemoryTable<StampPoint>
    /// `struct mmsghdr`, one for each slot.
    @usableFromInline let messages: UnsafeMutableRawPointer
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    @usableFromInline var head = 0
    @usableFromInline var tail = 0
    @usableFromInline var outstanding = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline var calls: UInt64 = 0
    @usableFromInline let lengths: SlotLengths
    @usableFromInline let vectors: MemoryTable<iovec>
    /// Whether slots hold what `lay` brought, of any length.
    @usableFromInline var isLaid = false
    private let cycle: Int

    /// - Throws: `SystemError`: EPERM without CAP_NET_RAW.
    public init(_ settings: RingTransmitPort.Settings, templates: [FrameTemplate]) throws(SystemError) {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count,
            minimumSlots: settings.minimumSlots, linear: false)
        let socket = try PacketSocket()
        if settings.qdiscBypass { try socket.set(.qdiscBypass, Int32(1)) }
        _ = socket.requestSendBuffer(bytes: geometry.slots * (1024 + geometry.slotBytes))
        try socket.bind(interfaceIndex: settings.interfaceIndex, protocolNumber: 0)
        let memory = try MappedMemory(anonymousBytes: geometry.slots * geometry.slotBytes)
        let pointBytes = geometry.slots * MemoryLayout<StampPoint>.stride
        let vectorBytes = unsafe geometry.slots * MemoryLayout<iovec>.stride
        let messageBytes = geometry.slots * cl_message_bytes()
        let tables = try MappedMemory(
            anonymousBytes: pointBytes + vectorBytes + messageBytes + SlotLengths.tableBytes(slots: geometry.slots))
        let points = tables.table(at: 0, repeating: StampPoint(signatureOffset: 0), count: geometry.slots)
        unsafe vectors = unsafe tables.table(at: pointBytes, repeating: iovec(), count: geometry.slots)
        unsafe messages = unsafe tables.base + pointBytes + vectorBytes
        for slot in 0..<geometry.slots {
            let template = templates[slot % templates.count]
            memory.window.copy(template.bytes, to: slot * geometry.slotBytes)
            points[slot] = template.stampPoint
            unsafe vectors[slot] = unsafe iovec(iov_base: memory.base + slot * geometry.slotBytes, iov_len: template.bytes.count)
            unsafe cl_message_set(messages, slot, vectors.start + slot)
        }
        lengths = SlotLengths(templates, slots: geometry.slots, in: tables, at: pointBytes + vectorBytes + messageBytes)
        cycle = templates.count
        unsafe base = unsafe memory.base
        stampPoints = points
        slotBytes = geometry.slotBytes
        slotCount = geometry.slots
        self.tables = tables
        self.memory = memory
        self.socket = socket
    }

    /// Empty slots for whatever `lay` brings.
    ///
    /// - Parameter largestFrameBytes: without FCS.
    /// - Throws: as for templates.
    public init(_ settings: RingTransmitPort.Settings, largestFrameBytes: Int) throws(SystemError) {
        let empty = FrameTemplate(bytes: [UInt8](repeating: 0, count: largestFrameBytes), stampPoint: StampPoint(signatureOffset: 0))
        try self.init(settings, templates: [empty])
        isLaid = true
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
    @inlinable public var outstandingFrames: Int { outstanding }
    /// `sendmmsg(2)` calls so far; a kick makes two where its frames go round the end of the memory.
    @inlinable public var systemCalls: UInt64 { calls }
    public var nextTemplate: Int { head % cycle }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        let free = slotCount &- outstanding
        return free < limit ? free : limit
    }

    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let slot = slot(position)
        // The table traps for what is no slot.
        let point = stampPoints[slot]
        var frame = unsafe MutableRawSpan(_unsafeStart: base + slot &* slotBytes, byteCount: slotBytes)
        filler.fill(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable @inline(__always)
    public func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
        let slot = slot(position)
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: slotCount), "no such slot")
        var frame = unsafe MutableRawSpan(_unsafeStart: base + slot &* slotBytes, byteCount: slotBytes)
        Signature.stamp(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable
    public mutating func lay(_ position: Int, _ frame: RawSpan) {
        let slot = slot(position)
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: slotCount) && frame.byteCount <= slotBytes, "a slot holds its frame")
        unsafe copy(frame, to: base + slot &* slotBytes)
        unsafe vectors[slot].iov_len = frame.byteCount
    }

    @usableFromInline
    func laidBytes(from first: Int, count: Int) -> UInt64 {
        var bytes: UInt64 = 0
        for slot in first..<(first &+ count) { unsafe bytes &+= UInt64(truncatingIfNeeded: vectors[slot].iov_len) }
        return bytes
    }

    @inlinable
    public mutating func submit(_ count: Int) {
        head = slot(count)
        outstanding &+= count
    }

    /// Sends what was submitted, oldest first. A frame that an error met stays, and is sent again by the next call.
    @inlinable
    public mutating func kick() -> Int32 {
        while outstanding > 0 {
            let untilWrap = slotCount &- tail
            let count = outstanding < untilWrap ? outstanding : untilWrap
            var failure: Int32 = 0
            let sent = unsafe Int(cl_send_messages(socket.descriptor.raw, messages, tail, UInt32(truncatingIfNeeded: count), &failure))
            calls &+= 1
            completed &+= UInt64(truncatingIfNeeded: sent)
            bytes &+= isLaid ? laidBytes(from: tail, count: sent) : lengths.bytes(from: tail, count: sent)
            outstanding &-= sent
            tail = tail &+ sent == slotCount ? 0 : tail &+ sent
            if failure != 0 { return failure }
        }
        return 0
    }

    /// The kernel keeps no place of its own: the next frame is the first that was refused.
    public mutating func withdraw() -> UInt64 {
        let refused = UInt64(outstanding)
        outstanding = 0
        head = tail
        return refused
    }
}
