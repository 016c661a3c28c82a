import Metrics

/// What a capture tool made of frames that are all known: sent, kept, and what it said itself.
public struct CaptureScore: Codable, Equatable, Sendable {
    /// Where `kept` comes from.
    public enum Source: String, Codable, Sendable {
        /// Its capture file, frame by frame.
        case file
        /// Its own counters: which frames they were nobody knows.
        case counters
    }

    /// In the window, by the sender's book.
    public var sent: UInt64
    public var source: Source
    /// Distinct frames of the window.
    public var kept: UInt64
    /// Sent and not kept, whoever lost them.
    public var lost: UInt64
    /// Of the lost frames, those that the link dropped before any tool could see them.
    public var lostOnLink: UInt64
    /// Kept frames of which only the first bytes are there. Nil, as the following, where only counters tell.
    public var cut: UInt64?
    /// Further copies of kept frames.
    public var repeated: UInt64?
    /// Kept frames behind one that was sent later (RFC 4737 section 3.3, by sending worker).
    public var reordered: UInt64?
    /// Kept frames with another length or payload than they left with, as far as they are there.
    public var altered: UInt64?
    /// Frames in the file that were no part of the load: probes that showed that it listens, and strangers.
    public var others: UInt64?
    /// Frames in the file that end before their signature, so that nobody can tell which they are.
    public var unreadable: UInt64?
    /// What the tool said that it lost; nil if it said nothing.
    public var claimedLost: UInt64?
    /// Frames that the tool lost and did not tell of: below 0 where it told of more than it lost.
    public var untold: Int64?
    /// The file's time minus the time at which the frame was sent: path and clock together, so an upper bound of the clock's error.
    public var timestampError: TimestampError?
    /// From the start of the window to the last kept frame before the first loss of any worker, nanoseconds. Nil without a loss.
    public var firstLossAt: UInt64?
    /// Runs of lost frames, by worker, and the longest of them.
    public var gaps: UInt64?
    public var longestGap: UInt64?

    /// Lost frames in each twentieth of the load, in the order in which they were sent.
    public var lostByTwentieth: [UInt64]?

    /// Of a load of several streams, each one's part.
    public var streams: [Stream]?

    public struct Stream: Codable, Equatable, Sendable {
        public var name: String
        public var sent: UInt64
        public var kept: UInt64
        /// Sent and not kept, whoever lost them.
        public var lost: UInt64
    }

    public struct TimestampError: Codable, Equatable, Sendable {
        /// Nanoseconds.
        public var distribution: LatencySummary
        /// Frames that the file has before they were sent, by more than its own resolution.
        public var early: UInt64
        /// The coarsest unit of the file's times, nanoseconds.
        public var resolutionNanoseconds: UInt64
    }

    /// Lost by the tool, or between the link and it.
    public var lostByTool: UInt64 { lost - min(lost, lostOnLink) }
    /// Of the frames that reached the receiving end, 0 to 1.
    public var lossRatio: Double {
        let reached = sent - min(sent, lostOnLink)
        return reached == 0 ? 0 : Double(lostByTool) / Double(reached)
    }
}
