import Frames
import Kernel
import Memory

/// What a `SegmentRing` works on besides its slots, in one piece of memory of the worker's node: the plan's frames, and where things stand.
///
/// Of frames that differ in their headers only, which is what modifiers make, the payload is kept once.
struct SegmentTables: ~Copyable {
    let memory: MappedMemory
    let shapes: MemoryTable<SegmentedSlot>
    let laid: MemoryTable<Int>
    let filled: MemoryTable<Int>
    let frames: MemoryTable<Int>
    let points: MemoryTable<StampPoint>

    /// - Parameters:
    ///   - segments: frames in a slot, the same for all templates where there are several.
    ///   - capacity: frames of one reservation.
    init(_ templates: [SegmentTemplate], segments: Int, slots slotCount: Int, capacity: Int) throws(SystemError) {
        let payloads = Payloads(templates)
        let headerBytes = templates.reduce(0) { max($0, $1.headerBytes) }.roundedUp(to: 8)
        let parts = [
            templates.count * MemoryLayout<SegmentedSlot>.stride, slotCount * MemoryLayout<Int>.stride,
            slotCount * MemoryLayout<Int>.stride, capacity * MemoryLayout<Int>.stride,
            capacity * MemoryLayout<StampPoint>.stride, templates.count * headerBytes, payloads.byteCount
        ]
        let memory = try MappedMemory(anonymousBytes: parts.reduce(0) { $0 + $1.roundedUp(to: 64) })
        var next = 0
        let starts = parts.map { bytes in
            defer { next += bytes.roundedUp(to: 64) }
            return next
        }
        laid = memory.table(at: starts[1], repeating: 0, count: slotCount)
        filled = memory.table(at: starts[2], repeating: 0, count: slotCount)
        frames = memory.table(at: starts[3], repeating: 0, count: capacity)
        points = memory.table(at: starts[4], repeating: StampPoint(signatureOffset: 0), count: capacity)
        let window = memory.window
        let made = templates.enumerated().map { position, template in
            let header = window.part(from: starts[5] + position * headerBytes, count: headerBytes)
            let payload = window.part(from: starts[6] + payloads.offsets[position], count: template.payloadBytes)
            header.copy(Array(template.bytes[..<template.headerBytes]), to: 0)
            payload.copy(Array(template.bytes[template.headerBytes...]), to: 0)
            // Unsafe: both are as long as the slot asks for, and in the memory that lives as long as these tables.
            return unsafe template.slot(segments: segments, header: header.start, payload: payload.start)
        }
        shapes = memory.table(at: starts[0], repeating: made[0], count: templates.count)
        for (position, shape) in made.enumerated() { shapes[position] = shape }
        self.memory = memory
    }
}

/// Where each template's payload goes, equal ones to one place.
private struct Payloads {
    var offsets: [Int] = []
    var byteCount = 0

    init(_ templates: [SegmentTemplate]) {
        var known: [ArraySlice<UInt8>: Int] = [:]
        for template in templates {
            let payload = template.bytes[template.headerBytes...]
            if let offset = known[payload] {
                offsets.append(offset)
            } else {
                known[payload] = byteCount
                offsets.append(byteCount)
                byteCount += payload.count.roundedUp(to: 64)
            }
        }
    }
}

extension Int {
    fileprivate func roundedUp(to unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
