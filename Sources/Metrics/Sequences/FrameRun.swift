/// Frames with numbers one after the other that came one after the other.
struct FrameRun {
    var start: UInt64 = 0
    var count: UInt64 = 0

    /// One more than its last number.
    var end: UInt64 { start + count }

    func contains(_ sequence: UInt64) -> Bool { sequence >= start && sequence < end }
}
