import Results

/// Lines of live progress, one per interval.
struct IntervalLog {
    let originNanoseconds: UInt64
    private(set) var lines: [IntervalResult] = []
    private(set) var lastNanoseconds: UInt64
    private var last: (sent: UInt64, received: UInt64) = (0, 0)

    init(originNanoseconds: UInt64) {
        self.originNanoseconds = originNanoseconds
        lastNanoseconds = originNanoseconds
    }

    mutating func add(atNanoseconds time: UInt64, sent: UInt64, received: UInt64) -> IntervalResult {
        // An interrupt may end the window before its start.
        let now = max(time, lastNanoseconds)
        let seconds = Double(max(now &- lastNanoseconds, 1)) / 1e9
        let line = IntervalResult(
            startNanoseconds: lastNanoseconds &- originNanoseconds, endNanoseconds: now &- originNanoseconds,
            sent: sent &- last.sent, received: received &- last.received,
            txPps: Double(sent &- last.sent) / seconds, rxPps: Double(received &- last.received) / seconds)
        lines.append(line)
        lastNanoseconds = now
        last = (sent, received)
        return line
    }

    /// What came in while the rings were drained: a line of its own behind the window's, so that the lines add up to the book.
    mutating func addDrain(atNanoseconds time: UInt64, received: UInt64) {
        guard received > last.received else { return }
        _ = add(atNanoseconds: time, sent: last.sent, received: received)
    }
}
