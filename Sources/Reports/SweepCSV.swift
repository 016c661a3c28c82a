import Methods
import Metrics

/// A sweep for spreadsheets: a line each for cells or trials, with a heading. Not measured is an empty field, not 0.
public enum SweepCSV {
    private static let cellColumns: [(name: String, value: @Sendable (SweepResult.Cell) -> String)] = [
        ("trials", { "\($0.sample.trials.count)" }), ("void_trials", { "\($0.sample.voidTrials)" }),
        ("rx_pps_median", { median($0.sample.summary.rxPps) }), ("rx_pps_low", { $0.sample.rxPpsInterval.map { "\($0.low)" } ?? "" }),
        ("rx_pps_high", { $0.sample.rxPpsInterval.map { "\($0.high)" } ?? "" }),
        ("level", { $0.sample.rxPpsInterval.map { "\($0.level)" } ?? "" }), ("tx_pps_median", { median($0.sample.summary.txPps) }),
        ("rx_l2_bps_median", { median($0.sample.summary.rxL2Bps) }), ("loss_ratio_median", { median($0.sample.summary.lossRatio) }),
        ("path_p50_ns_median", { median($0.sample.summary.pathP50Nanoseconds) }),
        ("path_p99_ns_median", { median($0.sample.summary.pathP99Nanoseconds) }),
        ("trusted", { $0.sample.trials.isEmpty ? "" : "\($0.sample.trusted)" }), ("obstacle", { field($0.obstacle ?? "") })
    ]

    private static let trialColumns: [(name: String, value: @Sendable (SweepTrial) -> String)] = [
        ("round", { "\($0.round)" }), ("started_at_ns", { "\($0.trial.startedAtNanoseconds)" }),
        ("engine", { $0.trial.engine.rawValue }), ("receiver", { $0.trial.receiver.rawValue }),
        ("tx_pps", { "\($0.trial.rates.txPps)" }), ("rx_pps", { "\($0.trial.rates.rxPps)" }),
        ("rx_l2_bps", { "\($0.trial.rates.rxL2Bps)" }),
        ("offered", { "\($0.trial.ledger.offered)" }), ("not_offered", { "\($0.trial.ledger.notOffered)" }),
        ("sent", { "\($0.trial.ledger.sent)" }), ("link_dropped", { "\($0.trial.ledger.linkDropped)" }),
        ("receiver_dropped", { "\($0.trial.ledger.receiverDropped)" }), ("received", { "\($0.trial.ledger.received)" }),
        ("residual", { "\($0.trial.ledger.residual)" }), ("path_p50_ns", { $0.trial.latency.path.p50.map { "\($0)" } ?? "" }),
        ("path_p99_ns", { $0.trial.latency.path.p99.map { "\($0)" } ?? "" }), ("trusted", { "\($0.trial.trusted)" }),
        ("warnings", { field($0.warnings.map(\.code).joined(separator: " ")) })
    ]

    /// Ends with a line break.
    public static func cells(_ result: SweepResult) -> String {
        let names = result.vary.map(\.setting)
        let heading = names.map(field) + cellColumns.map(\.name)
        let rows = result.cells.map { cell in names.map { field(cell.settings[$0] ?? "") } + cellColumns.map { $0.value(cell) } }
        return text([heading] + rows)
    }

    /// Calibration trials have no settings.
    public static func trials(_ result: SweepResult) -> String {
        let names = result.vary.map(\.setting)
        func rows(_ kind: String, _ settings: [String: String], _ trials: [SweepTrial]) -> [[String]] {
            trials.map { trial in [kind] + names.map { field(settings[$0] ?? "") } + trialColumns.map { $0.value(trial) } }
        }
        return text(
            [["kind"] + names.map(field) + trialColumns.map(\.name)] + rows("calibration", [:], result.calibration.trials)
                + result.cells.flatMap { rows("cell", $0.settings, $0.sample.trials) })
    }

    private static func text(_ rows: [[String]]) -> String { rows.map { $0.joined(separator: ",") + "\n" }.joined() }

    private static func median(_ summary: SampleSummary) -> String { summary.count == 0 ? "" : "\(summary.median)" }

    /// Quoted where it has to be (RFC 4180).
    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
