import Kernel
import Ports

/// A ring whose frames' times are told in another host's clock: each is moved by what stands in a cell at that moment.
struct ShiftedReceivePort: ~Copyable, ReceivePort {
    var base: RingReceivePort
    /// Nanoseconds to be added, an `Int64` by its bits; another thread keeps it right.
    let shift: CounterCell

    init(_ base: consuming RingReceivePort, shift: CounterCell) {
        self.base = base
        self.shift = shift
    }

    mutating func peek() -> Bool { base.peek() }
    var batchNanoseconds: UInt64 { base.batchNanoseconds == 0 ? 0 : base.batchNanoseconds &+ shift.load() }

    mutating func read(_ frame: inout ReceivedFrame) -> Bool {
        guard base.read(&frame) else { return false }
        frame.timestampNanoseconds &+= shift.load()
        return true
    }

    mutating func release() { base.release() }
    mutating func wait(milliseconds: Int32) { base.wait(milliseconds: milliseconds) }
    mutating func takeStatistics() -> (packets: UInt64, drops: UInt64) { base.takeStatistics() }
    mutating func setRealtimeOffset(nanoseconds: Int64) { base.setRealtimeOffset(nanoseconds: nanoseconds) }
    var malformedBatches: UInt64 { base.malformedBatches }
}
