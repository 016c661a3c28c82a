import CLinux
import Testing

@testable import XDP

/// One ring over heap memory, with the kernel's half played (net/xdp/xsk_queue.h).
final class PlayedRing<Entry: BitwiseCopyable> {
    let memory: UnsafeMutableRawPointer
    let layout: RingLayout

    /// - Parameter start: what both indices hold at first.
    init(entries: Int, start: UInt32 = 0) {
        layout = RingLayout(producerOffsetBytes: 0, consumerOffsetBytes: 64, entriesOffsetBytes: 128, entryCount: entries)
        let byteCount = layout.byteCount(entryBytes: MemoryLayout<Entry>.stride)
        memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        producer = start
        consumer = start
    }

    deinit { memory.deallocate() }

    var producer: UInt32 {
        get { memory.load(as: UInt32.self) }
        set { memory.storeBytes(of: newValue, as: UInt32.self) }
    }

    var consumer: UInt32 {
        get { memory.load(fromByteOffset: 64, as: UInt32.self) }
        set { memory.storeBytes(of: newValue, toByteOffset: 64, as: UInt32.self) }
    }

    private func place(_ index: UInt32) -> UnsafeMutablePointer<Entry> {
        (memory + 128).assumingMemoryBound(to: Entry.self) + Int(index & UInt32(layout.entryCount - 1))
    }

    /// What the kernel reads next; nil if there is nothing.
    func consume() -> Entry? {
        guard consumer != producer else { return nil }
        defer { consumer &+= 1 }
        return place(consumer).pointee
    }

    /// Writes one entry; false if there is no place.
    func produce(_ entry: Entry) -> Bool {
        guard producer &- consumer < UInt32(layout.entryCount) else { return false }
        place(producer).pointee = entry
        producer &+= 1
        return true
    }
}

/// `#expect` for values of types that can't be copied, which the macro can't take apart.
func check(_ condition: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(condition, comment, sourceLocation: sourceLocation)
}
