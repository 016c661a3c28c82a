import Methods
import Metrics

/// A sweep's line of progress.
public enum SweepProgress {
    /// `round 2/6, cell 3/24: mtu 1500, size 64; 2m30s left`, 79 characters at most.
    public static func line(_ step: Sweep.Step, of design: SweepDesign) -> String {
        let left = step.remainingNanoseconds.map { "; \(rounded($0)) left" } ?? ""
        let place = "round \(step.round + 1)/\(design.rounds), "
        guard let cell = step.cell else { return place + "calibration" + left }
        let words = LiveSweep.name(cell, of: design)
        let start = place + "cell \(step.position + 1)/\(design.cells.count): "
        // A line that wraps can't be rewritten.
        let room = 79 - start.count - left.count
        return start + (words.count > room ? words.prefix(max(0, room - 1)) + "…" : words) + left
    }

    static func rounded(_ nanoseconds: UInt64) -> String {
        let seconds = max(1, (nanoseconds + 500_000_000) / 1_000_000_000)
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min" + (seconds < 600 && seconds % 60 > 0 ? " \(seconds % 60) s" : "")
    }
}

/// What a sweep would do, for `--dry-run`.
public enum SweepDesignReport {
    /// Ends with a line break.
    public static func text(_ design: SweepDesign) -> String {
        var table = Table([.text("cell")] + design.vary.map { .text($0.setting) } + [.text("engine → receiver, or why not")])
        for (index, cell) in design.cells.enumerated() {
            let way = cell.plan.map { "\($0.transmit.engine.rawValue) → \($0.receive.receiver.rawValue)" }
            table.rows.append(["\(index + 1)"] + design.vary.map { cell.settings[$0.setting] ?? "" } + [way ?? cell.obstacle ?? ""])
        }
        let possible = design.cells.filter { $0.plan != nil }
        let plans = possible.compactMap(\.plan) + [design.plan]
        let nanoseconds = plans.reduce(0) { $0 + ($1.load.durationNanoseconds ?? 0) + $1.load.warmupNanoseconds }
        let time = DurationText(nanoseconds: nanoseconds * UInt64(design.rounds))
        let summary =
            "\(FigureText.count(possible.count, "cell")) and a calibration trial, \(FigureText.count(design.rounds, "round")): \(time) of sending"
        return (table.lines + [summary]).map { $0 + "\n" }.joined()
    }
}
