import Metrics

/// Offsets in the memory that a counting program and its owner share: what is common, then a book for each transmit worker.
///
/// A book has one writer at a time without any atomic instruction: veth puts all frames of one CPU into one receive
/// queue (`veth_select_rxq`), and a queue's NAPI instance never runs on two CPUs at once. So a worker that is pinned has
/// its own queue, or shares one with workers whose frames come one after the other. Should a worker's queue change all
/// the same, the book says so (`queueChanges`).
struct CounterLayout: Equatable {
    /// Common to all: 64-bit words, the owner's first, the program's on another cache line.
    enum Common {
        /// `StreamIdentifier.phaseBits` of the frames that count.
        static let phaseBits = 0
        /// CLOCK_MONOTONIC and this make the clock of the stamps.
        static let clockOffset = 8
        /// These may be counted by several queues at once, and are so with atomic additions.
        static let foreignFrames = 128
        static let foreignBytes = 136
        static let staleFrames = 144
        /// Of the foreign frames, those of another vethmark.
        static let otherRunFrames = 152
        static let byteCount = 256
    }

    /// The words of a worker's book.
    enum Book {
        static let expected = 0
        static let received = 8
        static let receivedBytes = 16
        static let duplicates = 24
        static let reordered = 32
        static let beyondWindow = 40
        static let maximumSequenceLag = 48
        /// One more than the queue of the latest frame; 0 before the first.
        static let queue = 56
        static let queueChanges = 64
        /// Of the latest distinct frame whose time was read.
        static let lastNanoseconds = 72
        static let firstNanoseconds = 80
        /// Distinct frames with another length or payload than they left with.
        static let altered = 88
        /// Distinct frames with a VLAN tag more, or one less, than they left with.
        static let tagged = 96
        static let untagged = 104
        /// Distinct frames as they left that carry no time.
        static let untimed = 112
        /// In which tick the latest distinct frame came, jiffies; and when tick 0 was at the latest, nanoseconds, 0 before the first time that was
        /// read. Only where not every frame carries a time.
        static let lastTick = 120
        static let tickOrigin = 176
        static let latencyOverflow = 128
        static let latencyNegative = 136
        static let latencySum = 144
        static let latencySumHigh = 152
        static let latencyMinimum = 160
        static let latencyMaximum = 168
        static let window = 256
        static let latencyCounters = window + SequenceWindow.byteCount
        static let sizes = latencyCounters + LatencyRecorder.byteCount
        static let byteCount = sizes + SizeTable.byteCount
    }

    /// Distinct frames by their length without FCS; native XDP lets through none that is longer than a page, and the last counter is
    /// for those of generic mode.
    enum SizeTable {
        static let count = 4096
        static let byteCount = count * 8
    }

    /// The last sequence numbers, one bit each, 32 to a word. A word's upper half says which 32: one more than the sequence
    /// number divided by what the window holds. So a word that is taken over by newer frames needs no clearing, and a jump
    /// ahead costs nothing.
    enum SequenceWindow {
        static let words = 4096
        static let framesShift: Int32 = 17
        static let byteCount = words * 8
        /// How far behind the highest a frame is told from a further copy. Half of the bits: a word is never taken
        /// over while a frame of it is as near as this.
        static let frames = 65_536
    }

    let workers: Int

    var byteCount: Int { Common.byteCount + workers * Book.byteCount }
    func bookOffset(_ worker: Int) -> Int { Common.byteCount + worker * Book.byteCount }
}
