import Control
import Results

/// What is known of another host's clock in the course of a trial: measurements, the offset at any moment by the line between them, and how wrong
/// that was at worst.
///
/// All times are nanoseconds of our own clock, all offsets the other's clock less ours.
struct ClockKeeper {
    /// Those that told something, in their order.
    private var kept: [ClockOffset] = []
    private var leastError = Int64.max
    /// In the phase that is going on.
    private var greatestError: Int64 = 0

    /// The base of the line: long enough that its ends' errors don't turn it, short enough for a clock that is being slewed.
    private static let baseNanoseconds: Int64 = 10_000_000_000
    /// Below that a line would tell more of the measurements' errors than of drift.
    private static let leastBaseNanoseconds: Int64 = 1_000_000_000

    /// Takes a measurement, unless its round trip was so long that it tells nothing new.
    mutating func add(_ measurement: ClockOffset) {
        guard measurement.errorNanoseconds <= 2 * min(leastError, Int64.max / 4) else { return }
        if let last = kept.last, measurement.atNanoseconds <= last.atNanoseconds { return }
        leastError = min(leastError, measurement.errorNanoseconds)
        let wrong = offset(at: measurement.atNanoseconds).map { abs($0 - measurement.offsetNanoseconds) } ?? 0
        greatestError = max(greatestError, wrong + measurement.errorNanoseconds)
        kept.append(measurement)
        // An hour's worth is never looked at again.
        if kept.count > 4_096 { kept.removeFirst(2_048) }
    }

    /// A phase begins: what was wrong before is none of its business.
    mutating func begin() { greatestError = kept.last?.errorNanoseconds ?? 0 }

    /// Nil before the first measurement.
    func offset(at moment: Int64) -> Int64? {
        guard let last = kept.last else { return nil }
        return last.offsetNanoseconds + Int64((Double(moment - last.atNanoseconds) * (slope ?? 0)).rounded())
    }

    /// How much faster the other's clock runs, as a share; nil as long as nobody can tell.
    private var slope: Double? {
        guard let last = kept.last else { return nil }
        let first = kept.last { last.atNanoseconds - $0.atNanoseconds >= Self.baseNanoseconds } ?? kept[0]
        let base = last.atNanoseconds - first.atNanoseconds
        return base < Self.leastBaseNanoseconds ? nil : Double(last.offsetNanoseconds - first.offsetNanoseconds) / Double(base)
    }

    /// What a phase's times were told by; nil before the first measurement.
    func agreement(from start: Int64, to end: Int64) -> ClockAgreement? {
        guard let last = kept.last, let offset = offset(at: start + (end - start) / 2) else { return nil }
        // Behind the last measurement nobody knows how the clocks ran, but how far they can have run apart.
        let unseen = max(0, end - last.atNanoseconds) * ClockOffset.mostDriftPPM / 1_000_000
        return ClockAgreement(
            method: .exchange, offsetNanoseconds: -offset, errorNanoseconds: UInt64(max(0, greatestError + unseen)),
            driftPPM: slope.map { -$0 * 1e6 })
    }
}
