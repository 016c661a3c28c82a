import Frames
import Memory
import Traffic

/// What a sender does to a record of a kept file, in place, before it lays it once more.
protocol RecordMover {
    /// Between a record's header and its frame.
    var slotBytes: Int { get }

    /// - Parameter record: where it begins in the chunk.
    func move(_ chunk: ByteWindow, _ record: Int)
}

/// Frames leave as they lie in the file, in every loop.
struct UnmovedRecords: RecordMover {
    @inline(__always) var slotBytes: Int { 0 }
    @inline(__always) func move(_ chunk: ByteWindow, _ record: Int) {}
}

/// Moves fields, and keeps right checksums right and wrong ones wrong.
struct MovedRecords: RecordMover {
    /// One for each field; a record has a slot for each, in this order.
    let steps: MemoryTable<FieldStep>

    @inline(__always) var slotBytes: Int { steps.count &* 8 }

    @inline(__always)
    func move(_ chunk: ByteWindow, _ record: Int) {
        let frame = record &+ ReplayRecord.headerBytes &+ slotBytes
        var index = 0
        while index < steps.count {
            let packed = chunk.load(at: record &+ ReplayRecord.headerBytes &+ index &* 8, as: UInt64.self)
            if packed != 0 { move(chunk, record, frame, FieldSlot(packed: packed), steps[index]) }
            index &+= 1
        }
    }

    @inline(__always)
    private func move(_ chunk: ByteWindow, _ record: Int, _ frame: Int, _ slot: FieldSlot, _ step: FieldStep) {
        let window = frame &+ Int(slot.window)
        let old = UInt64(bigEndian: chunk.load(at: window, as: UInt64.self))
        let new = step.moved(old)
        guard new != old else { return }
        chunk.store(new.bigEndian, at: window)
        // RFC 1624, equation 3: HC' = ~(~HC + ~m + m'), over the four words that hold the field.
        let change = Signature.words(~old) &+ Signature.words(new)
        if slot.networkChecksum != 0 { update(chunk, frame &+ Int(slot.networkChecksum), by: change, isUDP: false) }
        if slot.transportChecksum != 0 { update(chunk, frame &+ Int(slot.transportChecksum), by: change, isUDP: slot.isUDP) }
        if slot.isTransported {
            let seed = chunk.load(at: record &+ ReplayRecord.checksumSeed, as: UInt32.self)
            chunk.store(
                UInt32(truncatingIfNeeded: InternetChecksum.folded(UInt64(seed) &+ change)), at: record &+ ReplayRecord.checksumSeed)
        }
    }

    @inline(__always)
    private func update(_ chunk: ByteWindow, _ offset: Int, by change: UInt64, isUDP: Bool) {
        let old = UInt16(bigEndian: chunk.load(at: offset, as: UInt16.self))
        let new = ~UInt16(truncatingIfNeeded: InternetChecksum.folded(UInt64(~old) &+ change))
        // UDP has 0 for "none" (RFC 768).
        chunk.store((isUDP && new == 0 ? 0xFFFF : new).bigEndian, at: offset)
    }
}
