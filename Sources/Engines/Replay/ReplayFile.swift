import Metrics

/// What a replayed file held: `.file` of the result, but for its path.
public struct ReplayFileAccount: Equatable, Sendable {
    /// Frames that can't be sent as they were on the link, by the reason; over all passes that were read.
    public struct Skips: Codable, Equatable, Sendable {
        /// The capture kept only a part of them (`caplen < len`).
        public var truncated: UInt64 = 0
        /// Larger than the MTU allows: mostly what offloads (GSO, GRO) merged before the capture saw it.
        public var oversized: UInt64 = 0
        /// Shorter than an Ethernet header.
        public var tooShort: UInt64 = 0
        /// Of another link type.
        public var notEthernet: UInt64 = 0

        public var total: UInt64 { truncated + oversized + tooShort + notEthernet }

        static func * (skips: Skips, passes: UInt64) -> Skips {
            Skips(
                truncated: skips.truncated * passes, oversized: skips.oversized * passes, tooShort: skips.tooShort * passes,
                notEthernet: skips.notEthernet * passes)
        }
    }

    /// In one pass, as far as it was read: frames of all kinds, and their bytes as captured.
    public var frames: UInt64 = 0
    public var bytes: UInt64 = 0
    /// From the first time in the file to the latest.
    public var durationNanoseconds: UInt64 = 0
    public var withoutTime: UInt64 = 0
    public var timesBackwards: UInt64 = 0
    /// Whether the file was read to its end.
    public var isWhole = false
    /// Whether it lay in memory as a whole.
    public var isKept = false
    /// What is wrong with it behind the frames that were read; nil for a sound file.
    public var damage: String?

    /// Over all passes that were begun: frames read, and those of them that were skipped or lay ready when the replay ended.
    public var read: UInt64 = 0
    public var skipped = Skips()
    public var unsent: UInt64 = 0
    /// How often the file was replayed from its begin to its end.
    public var passes: UInt64 = 0

    /// Of the frames that one pass sends: those in which nothing moves, for each of the moves.
    public var unmoved: [UInt64] = []

    package init() {}
}

/// When a file's frames left. Times are CLOCK_MONOTONIC's; all are 0 if none did.
public struct ReplayDepartures: Equatable, Sendable {
    /// Handed to the kernel, and of these, with a signature.
    public let frames: UInt64
    public let stamped: UInt64
    public let firstNanoseconds: UInt64
    public let lastNanoseconds: UInt64
    public let firstDueNanoseconds: UInt64
    public let lastDueNanoseconds: UInt64
    /// In which the sender waited for the file.
    public let starvedNanoseconds: UInt64

    init(_ tally: ReplayTally, frames: UInt64) {
        self.frames = frames
        stamped = tally.stampedFrames
        firstNanoseconds = tally.firstNanoseconds
        lastNanoseconds = tally.lastNanoseconds
        firstDueNanoseconds = tally.firstDueNanoseconds
        lastDueNanoseconds = tally.lastDueNanoseconds
        starvedNanoseconds = tally.starvedNanoseconds
    }
}

extension ReplayFileAccount.Skips {
    /// `3 truncated, 1 larger than the MTU of 1500 bytes`
    public func words(mtuBytes: Int?) -> String {
        let beyond = mtuBytes.map { "larger than the MTU of \($0) bytes allows" } ?? "larger than the MTU allows"
        let kinds = [
            (truncated, "truncated when captured"), (oversized, beyond), (tooShort, "shorter than an Ethernet header"),
            (notEthernet, "of another link type")
        ]
        return kinds.filter { $0.0 > 0 }.map { "\(FigureText.count($0.0)) \($0.1)" }.joined(separator: ", ")
    }
}
