import Frames
import Kernel

/// What a `SegmentRing` works on besides its slots, in one piece of memory of the worker's node: the plan's frames, and where things stand.
///
/// Of frames that differ in their headers only, which is what modifiers make, the payload is kept once.
struct SegmentTables: ~Copyable {
    let memory: MappedMemory
    let shapes: UnsafeMutablePointer<SegmentedSlot>
    let laid: UnsafeMutablePointer<Int>
    let filled: UnsafeMutablePointer<Int>
    let frames: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let points: UnsafeMutablePointer<StampPoint>

    /// - Parameters:
    ///   - segments: frames in a slot, the same for all templates where there are several.
    ///   - capacity: frames of one reservation.
    init(_ templates: [SegmentTemplate], segments: Int, slots slotCount: Int, capacity: Int) throws(SystemError) {
        let payloads = Payloads(templates)
        let headerBytes = templates.reduce(0) { max($0, $1.headerBytes) }.roundedUp(to: 8)
        let parts = [
            templates.count * MemoryLayout<SegmentedSlot>.stride, slotCount * MemoryLayout<Int>.stride,
            slotCount * MemoryLayout<Int>.stride, capacity * MemoryLayout<UnsafeMutableRawPointer>.stride,
            capacity * MemoryLayout<StampPoint>.stride, templates.count * headerBytes, payloads.byteCount
        ]
        let memory = try MappedMemory(anonymousBytes: parts.reduce(0) { $0 + $1.roundedUp(to: 64) })
        var next = memory.base
        let starts = parts.map { bytes in
            defer { next += bytes.roundedUp(to: 64) }
            return next
        }
        shapes = starts[0].bindMemory(to: SegmentedSlot.self, capacity: templates.count)
        laid = starts[1].bindMemory(to: Int.self, capacity: slotCount)
        filled = starts[2].bindMemory(to: Int.self, capacity: slotCount)
        frames = starts[3].bindMemory(to: UnsafeMutableRawPointer.self, capacity: capacity)
        points = starts[4].bindMemory(to: StampPoint.self, capacity: capacity)
        for (position, template) in templates.enumerated() {
            let header = starts[5] + position * headerBytes
            let payload = starts[6] + payloads.offsets[position]
            template.bytes.withUnsafeBytes { source in
                header.copyMemory(from: source.baseAddress!, byteCount: template.headerBytes)
                payload.copyMemory(from: source.baseAddress! + template.headerBytes, byteCount: template.payloadBytes)
            }
            shapes[position] = template.slot(segments: segments, header: header, payload: payload)
        }
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
