import Metrics
import Results

/// One line a trial, with a heading, for spreadsheets.
public enum CSVReport {
    private static let columns: [(name: String, value: @Sendable (RunResult, TrialResult) -> String)] = [
        ("trial", { "\($1.index)" }), ("engine", { $1.engine.rawValue }), ("receiver", { $1.receiver.rawValue }),
        ("sizes", { run, _ in "\"\(run.plan.mix.sizesText)\"" }), ("tx_workers", { run, _ in "\(run.plan.transmit.workers)" }),
        ("tx_pps", { "\($1.rates.txPps)" }), ("rx_pps", { "\($1.rates.rxPps)" }), ("rx_l2_bps", { "\($1.rates.rxL2Bps)" }),
        ("rx_l1_bps", { "\($1.rates.rxL1Bps)" }), ("duration_ns", { "\($1.rates.durationNanoseconds)" }),
        ("offered", { "\($1.ledger.offered)" }), ("not_offered", { "\($1.ledger.notOffered)" }),
        ("refused", { "\($1.ledger.refused)" }), ("sent", { "\($1.ledger.sent)" }),
        ("link_dropped", { "\($1.ledger.linkDropped)" }), ("receiver_dropped", { "\($1.ledger.receiverDropped)" }),
        ("received", { "\($1.ledger.received)" }), ("duplicates", { "\($1.ledger.duplicates)" }),
        ("reordered", { "\($1.ledger.reordered)" }), ("foreign", { "\($1.ledger.foreign)" }),
        ("altered", { "\($1.ledger.altered)" }), ("in_flight_at_end", { "\($1.ledger.inFlightAtEnd)" }),
        ("residual", { "\($1.ledger.residual)" }), ("path_p50_ns", { text($1.latency.path.p50) }),
        ("path_p99_ns", { text($1.latency.path.p99) }), ("path_p999_ns", { text($1.latency.path.p999) }),
        ("path_max_ns", { text($1.latency.path.max) }), ("response_p50_ns", { text($1.latency.response.p50) }),
        ("response_p99_ns", { text($1.latency.response.p99) }), ("response_p999_ns", { text($1.latency.response.p999) }),
        ("trusted", { "\($1.trusted)" })
    ]

    /// Not measured is an empty field, not 0.
    private static func text(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "" }

    /// Ends with a line break.
    public static func text(_ result: RunResult) -> String {
        let heading = columns.map(\.name).joined(separator: ",")
        let rows = result.trials.map { trial in columns.map { $0.value(result, trial) }.joined(separator: ",") }
        return ([heading] + rows).joined(separator: "\n") + "\n"
    }
}
