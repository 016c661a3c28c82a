import Metrics
import Plans
import Results

/// One trial's part of the console report.
struct TrialSections {
    let result: RunResult
    let trial: TrialResult
    let style: TextStyle

    /// Of what leaves in one piece.
    private var noun: String { result.plan.pieceNoun }

    func lines(title: String?) -> [String] {
        var lines: [String] = []
        if let title { lines += ["", style.heading("── \(title) ──")] }
        lines += section("Rates", rates)
        lines += section("Ledger", ledger)
        lines += section("Streams", streams)
        lines += section("Latency", latency)
        lines += section(histogramTitle, HistogramChart(bars, style, noun: noun).lines)
        lines += section("Pacing, between \(noun)s of a worker", pacing)
        lines += section("Pacing by stream", streamPacing)
        lines += section("Workers", workers)
        lines += section("CPUs during the window", cpus)
        lines += section("Kernel counters that moved", evidence)
        return lines
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", style.heading(title)] + lines
    }

    private var rates: [String] {
        let rates = trial.rates
        func bits(_ value: Double) -> String { BitRate(bitsPerSecond: value).description }
        if let superframes = trial.superframes { return superframeRates(superframes) }
        var table = Table(.text(""), .number("frames/s"), .number("L2 bit/s"), .number("L1 bit/s"))
        func rate(_ value: Double) -> String { PacketRate(packetsPerSecond: value).description }
        table.add("sent", rate(rates.txPps), bits(rates.txL2Bps), "")
        table.add(
            trial.receiver.abilities.counting == .byTheLink ? "not dropped" : "received", rate(rates.rxPps), bits(rates.rxL2Bps),
            bits(rates.rxL1Bps))
        return table.lines(style) + ["  over \(FigureText.nanoseconds(rates.durationNanoseconds)), ended by \(trial.endedBecause.rawValue)"]
    }

    /// Superframes have no rate of frames, and no wire.
    private func superframeRates(_ superframes: SuperframeResult) -> [String] {
        let rates = trial.rates, words = PieceWords(plan: result.plan)
        func bits(_ value: Double) -> String { BitRate(bitsPerSecond: value).description }
        var table = Table(
            .text(""), .number("superframes/s"), .number("segments/s"), .number("L2 bit/s"), .number("of it payload"))
        table.add("sent", words.bare(rates.txPps), words.bare(superframes.txSegmentsPerSecond), bits(rates.txL2Bps), "")
        table.add(
            "received", words.bare(rates.rxPps), words.bare(superframes.rxSegmentsPerSecond), bits(rates.rxL2Bps),
            bits(superframes.rxPayloadBps))
        let segments =
            "\(FigureText.count(superframes.receivedSegments)) of \(FigureText.count(superframes.sentSegments, "segment")) received"
        return table.lines(style) + [
            "  over \(FigureText.nanoseconds(rates.durationNanoseconds)), ended by \(trial.endedBecause.rawValue); \(segments)"
        ]
    }

    private var ledger: [String] {
        let book = trial.ledger
        var table = Table(.text("row"), .number("\(noun)s"), .number("of sent"))
        func add(_ name: String, _ count: UInt64, share: Bool = true) {
            let ratio = share && book.sent > 0 ? FigureText.percent(Double(count) / Double(book.sent)) : ""
            table.add(name, FigureText.count(count), ratio)
        }
        add("offered", book.offered, share: false)
        add("  not offered in time", book.notOffered, share: false)
        add("  refused by the kernel", book.refused, share: false)
        add("sent", book.sent, share: false)
        add("  dropped on the link", book.linkDropped)
        add("  dropped by the receiver's ring", book.receiverDropped)
        add("received", book.received)
        add("  duplicates besides", book.duplicates)
        add("  of these reordered", book.reordered)
        // Rows that hardly any run has.
        if book.altered > 0 { add("altered on the way", book.altered) }
        if book.inFlightAtEnd > 0 { add("in flight at the end", book.inFlightAtEnd) }
        add("foreign", book.foreign, share: false)
        table.add("residual", FigureText.count(book.residual), "")
        var lines = table.lines(style)
        if let last = lines.popLast() { lines.append(book.residual == 0 ? style.good(last) : style.bad(last)) }
        if let warmup = trial.warmupFrames, warmup > 0 {
            let all = FigureText.count(warmup + book.sent)
            let note = "  the warm-up sent \(FigureText.count(warmup)) before these: \(all) in all for whoever listens"
            lines += style.wrapped(style.faint(note), indent: 2)
        }
        if let reordering = trial.reordering {
            lines += style.wrapped(style.faint("  " + ReorderingWords(reordering).text), indent: 2)
        }
        return lines
    }

    /// A line for each; what nobody counted is a dash.
    private var streams: [String] {
        guard let streams = trial.streams else { return [] }
        let hasFaults = streams.contains { ($0.ledger.altered ?? 0) + ($0.ledger.duplicates ?? 0) + ($0.ledger.reordered ?? 0) > 0 }
        var table = Table(
            [.text("stream"), .number("share"), .number("sent"), .number("lost"), .number("of sent")]
                + (hasFaults ? ["altered", "twice", "reord."].map { .number($0) } : [])
                + [.number("frames/s"), .number("p50"), .number("p99")])
        let shares = streams.reduce(0) { $0 + $1.share }
        func count(_ value: UInt64?) -> String { value.map { FigureText.count($0) } ?? "–" }
        func time(_ value: UInt64?) -> String { value.map { FigureText.nanoseconds($0) } ?? "–" }
        for stream in streams {
            let (book, rates, path) = (stream.ledger, stream.rates, stream.latency?.path)
            let faults = hasFaults ? [book.altered, book.duplicates, book.reordered].map(count) : []
            table.rows.append(
                [
                    stream.name, "\(stream.share)/\(shares)", FigureText.count(book.sent), count(book.lost),
                    book.lossRatio.map { FigureText.percent($0) } ?? "–"
                ] + faults
                    + [PacketRate(packetsPerSecond: rates.rxPps ?? rates.txPps).description, time(path?.p50), time(path?.p99)])
        }
        return table.lines(style)
    }

    /// Where streams keep paces of their own; the tail of each is in the result's `streams[].pacing`.
    private var streamPacing: [String] {
        let paced = (trial.streams ?? []).compactMap { stream in stream.pacing.map { (stream.name, $0) } }
        guard !paced.isEmpty else { return [] }
        var table = Table(
            [.text("stream")]
                + ["gap p50, sent", "received", "p99, sent", "received", "burst, sent", "received", "lag p99"].map { .number($0) })
        func time(_ value: UInt64?) -> String { value.map { FigureText.nanoseconds($0) } ?? "–" }
        func mean(_ value: LatencySummary?) -> String { value?.mean.map { "\(($0 * 100).rounded() / 100)" } ?? "–" }
        for (name, pacing) in paced {
            table.rows.append([
                name, time(pacing.interDeparture?.p50), time(pacing.interArrival?.p50), time(pacing.interDeparture?.p99),
                time(pacing.interArrival?.p99), mean(pacing.bursts.departing), mean(pacing.bursts.arriving), time(pacing.sendLag?.p99)
            ])
        }
        return table.lines(style) + [
            style.faint("  bursts are frames on average, each closer to the one before than half of its stream's mean gap")
        ]
    }

    /// Percentiles down, kinds across: four kinds fit any terminal, ten percentiles don't.
    private var latency: [String] {
        var named = [
            ("path", trial.latency.path), ("path, sent alone", trial.latency.unbatched), ("response", trial.latency.response),
            ("send lag", trial.latency.sendLag)
        ]
        // Where nobody of ours received there is at most the sender's own.
        if trial.receiver.abilities.counting == .byTheLink { named = named.filter { $0.1.count > 0 } }
        guard named.contains(where: { $0.1.count > 0 }) else { return [] }
        let kinds = named.map(\.1)
        var table = Table([.text("")] + named.map { .number($0.0) })
        func add(_ name: String, _ text: (LatencySummary) -> String?) {
            table.rows.append([name] + kinds.map { text($0) ?? "–" })
        }
        add("\(noun)s") { $0.count == 0 ? nil : FigureText.count($0.count) }
        let figures: [(String, KeyPath<LatencySummary, UInt64?>)] = [
            ("min", \.min), ("p50", \.p50), ("p90", \.p90), ("p99", \.p99), ("p99.9", \.p999), ("p99.99", \.p9999), ("max", \.max)
        ]
        for (name, figure) in figures { add(name) { $0[keyPath: figure].map { FigureText.nanoseconds($0) } } }
        add("mean") { $0.mean.map { FigureText.nanoseconds($0) } }
        return table.lines(style) + latencyNotes
    }

    private var latencyNotes: [String] {
        guard trial.receiver.abilities.counting != .byTheLink else { return [] }
        let period = result.plan.run.sampling.period
        var notes = period > 1 ? [style.faint("  of one \(noun) in \(FigureText.count(period)), as --latency asks")] : []
        if let clock { notes.append(style.faint("  " + clock)) }
        guard result.plan.load.packetRate == nil else { return notes }
        notes.append(style.faint("  – not measured: without --rate no \(noun) has a planned time"))
        if result.plan.transmit.batchFrames > 1 && trial.latency.path.count > 0 {
            let batch = result.plan.transmit.batchFrames
            let alone = trial.latency.unbatched.count > 0 ? "; one \(noun) in 1,024 is sent alone" : ""
            notes.append(style.faint("  path holds the wait in a batch of \(batch)\(alone)"))
        }
        if trial.latency.clock == .early { notes.append(style.faint("  receive times were taken before the socket (netif_rx)")) }
        return notes
    }

    /// Where receive times are another host's.
    private var clock: String? {
        guard let offset = trial.latency.clockOffset, offset.method == .exchange else { return nil }
        let apart = FigureText.nanoseconds(offset.offsetNanoseconds.magnitude)
        let drift = offset.driftPPM.map { ", drifting by \(($0 * 10).rounded() / 10) ppm" } ?? ""
        return "the receiving host's clock was \(apart) \(offset.offsetNanoseconds < 0 ? "behind" : "ahead"), known to "
            + "\(FigureText.nanoseconds(offset.errorNanoseconds))\(drift); path and response hold that error"
    }

    /// Gaps in time, bursts in frames.
    private var pacing: [String] {
        guard let pacing = trial.pacing else { return [] }
        let time = { (value: UInt64) in FigureText.nanoseconds(value) }
        let frames = { (value: UInt64) in FigureText.count(value) }
        let all: [(String, LatencySummary?, (UInt64) -> String)] = [
            ("gap, sent", pacing.interDeparture, time), ("gap, received", pacing.interArrival, time),
            ("burst, sent", pacing.bursts.departing, frames), ("burst, received", pacing.bursts.arriving, frames)
        ]
        let named = all.compactMap { name, summary, text in summary.map { (name: name, summary: $0, text: text) } }
        var table = Table([.text("")] + named.map { .number($0.name) })
        table.rows.append(["number"] + named.map { FigureText.count($0.summary.count) })
        let figures: [(String, KeyPath<LatencySummary, UInt64?>)] = [
            ("min", \.min), ("p50", \.p50), ("p90", \.p90), ("p99", \.p99), ("p99.9", \.p999), ("max", \.max)
        ]
        for (name, figure) in figures {
            table.rows.append([name] + named.map { column in column.summary[keyPath: figure].map(column.text) ?? "–" })
        }
        table.rows.append(
            ["mean"]
                + named.enumerated().map { index, column in
                    guard let mean = column.summary.mean else { return "–" }
                    return column.name.hasPrefix("burst") ? "\((mean * 100).rounded() / 100)" : FigureText.nanoseconds(mean)
                })
        let bound = FigureText.nanoseconds(pacing.bursts.gapNanoseconds)
        let slots = trial.slotWords.map { style.wrapped(style.faint("  " + $0), indent: 2) } ?? []
        return table.lines(style) + slots + [
            style.faint("  \(noun)s of a burst follow each other by less than \(bound), half of the mean gap")
        ]
    }

    private var histogramTitle: String {
        "\(trial.latency.responseHistogram.isEmpty ? "Path" : "Response") latency, \(result.plan.sampledPieces)"
    }

    private var bars: [HistogramBar] {
        trial.latency.responseHistogram.isEmpty ? trial.latency.pathHistogram : trial.latency.responseHistogram
    }

    private var workers: [String] {
        let full = workerTable(withNodes: true)
        return (style.fits(full.lines) ? full : workerTable(withNodes: false)).lines(style) + segmentationNote
    }

    /// - Parameter withNodes: whether to tell where rings and histograms lie; a narrow terminal has no room for what is a warning if it is wrong.
    private func workerTable(withNodes: Bool) -> Table {
        let window = Double(max(trial.rates.durationNanoseconds, 1))
        // Two columns of nothing are the first that a narrow terminal can do without.
        let withFaults = withNodes || trial.workers.contains { $0.retries > 0 || $0.ringDrops > 0 }
        var table = Table(
            [.text("worker"), .number("CPU"), .number("node")] + (withNodes ? [.number("ring on"), .number("hist. on")] : [])
                + (["ring", "\(noun)s", "calls"] + (withFaults ? ["retries", "drops"] : []) + ["user", "sys"]).map {
                    .number($0)
                })
        for worker in trial.workers {
            let nodes = [worker.ringNode.map { "\($0)" } ?? "?", worker.histogramNode.map { "\($0)" } ?? "?"]
            table.rows.append(
                ["\(worker.role == .transmit ? "tx" : "rx") \(worker.index)", "\(worker.cpu)", "\(worker.node)"] + (withNodes ? nodes : [])
                    + [
                        ByteCount(bytes: worker.ringBytes).description, FigureText.count(worker.frames),
                        FigureText.count(worker.systemCalls)
                    ] + (withFaults ? [FigureText.count(worker.retries), FigureText.count(worker.ringDrops)] : [])
                    + [percent(Double(worker.userNanoseconds) / window), percent(Double(worker.systemNanoseconds) / window)])
        }
        return table
    }

    /// Of the `gso` engine: how many frames went which way.
    private var segmentationNote: [String] {
        let senders = trial.workers.filter { $0.segmentedFrames != nil }
        guard !senders.isEmpty else { return [] }
        let cut = senders.reduce(0) { $0 + ($1.segmentedFrames ?? 0) }
        let all = senders.reduce(0) { $0 + $1.frames }
        return [
            style.faint("  \(FigureText.count(cut)) frames were cut out of slots, \(FigureText.count(all - min(cut, all))) went one by one")
        ]
    }

    private var cpus: [String] {
        var table = Table(
            .number("CPU"), .number("user"), .number("system"), .number("softirq"), .number("steal"), .number("idle"),
            .number("NET_RX"), .number("backlog"), .number("dropped"))
        let seats = Set((result.placement.transmit + result.placement.receive).map(\.cpu))
        // On large machines only those that did something.
        for cpu in trial.evidence.cpus where seats.contains(cpu.cpu) || cpu.softirq > 0.01 || cpu.backlogDropped > 0 {
            table.add(
                "\(cpu.cpu)", percent(cpu.user), percent(cpu.system), percent(cpu.softirq), percent(cpu.steal),
                percent(cpu.idle), FigureText.count(cpu.netRxSoftirqs), FigureText.count(cpu.backlogProcessed),
                FigureText.count(cpu.backlogDropped))
        }
        return table.lines(style) + coreDistance
    }

    private var coreDistance: [String] {
        (trial.evidence.coreDistance ?? []).flatMap { style.wrapped(style.faint("  " + CoreDistanceWords($0).text), indent: 2) }
    }

    private func percent(_ share: Double) -> String { "\(Int((min(share, 9.99) * 100).rounded())) %" }

    private var evidence: [String] {
        let evidence = trial.evidence
        let counters: [(String, UInt64)] = [
            ("tx end tx_packets", evidence.transmitLink.txPackets), ("tx end tx_dropped", evidence.transmitLink.txDropped),
            ("tx end tx_errors", evidence.transmitLink.txErrors), ("rx end rx_packets", evidence.receiveLink.rxPackets),
            ("rx end rx_dropped", evidence.receiveLink.rxDropped), ("rx end rx_errors", evidence.receiveLink.rxErrors),
            ("ring tp_packets", evidence.ringPackets), ("ring tp_drops", evidence.ringDrops),
            ("retries after ENOBUFS", evidence.retries), ("stale frames", evidence.staleFrames),
            ("drops that were not of ours", evidence.surplusDrops ?? 0),
            ("backlog drops behind NAPI", evidence.backlogDropsBehindNAPI ?? 0),
            ("frames of another vethmark", evidence.otherRunFrames ?? 0), ("frames with a tag more", evidence.taggedFrames ?? 0),
            ("frames with a tag less", evidence.untaggedFrames ?? 0), ("frames merged on the way", evidence.mergedFrames ?? 0),
            ("carrier changes", evidence.carrierChanges)
        ]
        var table = Table(.text("counter"), .number(""))
        for (name, value) in counters where value != 0 { table.add(name, FigureText.count(value)) }
        for (name, value) in evidence.ethtool.sorted(by: { $0.key < $1.key }) { table.add(name, FigureText.count(value)) }
        return table.lines(style)
    }
}

extension TrialPlan {
    /// Whose latency it is.
    var sampledPieces: String {
        let period = run.sampling.period
        return period > 1 ? "one \(pieceNoun) in \(FigureText.count(period))" : "all \(pieceNoun)s"
    }
}
