import Links
import Metrics
import Plans
import Results

/// The tables of a trial that several kinds of results have in common.
enum TrialTables {
    /// - Parameter noun: of what the book is.
    static func ledger(_ ledger: Ledger, caption: String? = nil, noun: String = "frame") -> ReportTable {
        var table = ReportTable(caption ?? "The book of \(noun)s", [.text("row"), .number("\(noun)s"), .number("of sent")])
        func add(_ name: String, _ frames: UInt64, ofSent: Bool = false, tone: ReportPage.Tone = .plain) {
            let share = ofSent && ledger.sent > 0 ? Double(frames) / Double(ledger.sent) : nil
            table.rows.append([.init(name), .init(frames, tone: frames > 0 ? tone : .plain), share.map { .init($0, .ratio) } ?? ""])
        }
        add("offered", ledger.offered)
        add("not offered in time", ledger.notOffered, tone: .warn)
        add("refused by the kernel", ledger.refused, tone: .warn)
        add("sent", ledger.sent)
        add("dropped on the link", ledger.linkDropped, ofSent: true, tone: .bad)
        add("dropped by the receiver's ring", ledger.receiverDropped, ofSent: true, tone: .bad)
        add("received", ledger.received, ofSent: true)
        add("received altered", ledger.altered, ofSent: true, tone: .warn)
        add("in flight at the end", ledger.inFlightAtEnd, ofSent: true, tone: .warn)
        add("duplicates besides", ledger.duplicates, tone: .warn)
        add("of these reordered", ledger.reordered, tone: .warn)
        add("foreign", ledger.foreign)
        table.rows.append([
            "residual",
            .init("\(FigureText.count(ledger.residual))", value: Double(ledger.residual), tone: ledger.residual == 0 ? .good : .bad), ""
        ])
        return table
    }

    static func sum(_ ledgers: [Ledger]) -> Ledger {
        ledgers.reduce(into: Ledger()) { sum, next in
            sum.offered &+= next.offered
            sum.notOffered &+= next.notOffered
            sum.refused &+= next.refused
            sum.sent &+= next.sent
            sum.linkDropped &+= next.linkDropped
            sum.receiverDropped &+= next.receiverDropped
            sum.received &+= next.received
            sum.altered &+= next.altered
            sum.inFlightAtEnd &+= next.inFlightAtEnd
            sum.duplicates &+= next.duplicates
            sum.reordered &+= next.reordered
            sum.foreign &+= next.foreign
        }
    }

    /// What nobody measured has no column.
    ///
    /// - Parameter noun: of what was measured.
    static func latency(
        _ entries: [(name: String, summary: LatencySummary)], caption: String = "Latency", noun: String = "frames"
    ) -> ReportTable {
        let measured = entries.filter { $0.summary.count > 0 }
        var table = ReportTable(caption, [.text("")] + measured.map { .number($0.name) })
        guard !measured.isEmpty else { return table }
        table.columns[0].title = "figure"
        let rows: [(String, (LatencySummary) -> Double?, PlotUnit)] = [
            (noun, { Double($0.count) }, .count), ("min", { $0.min.map { Double($0) } }, .nanoseconds),
            ("p50", { $0.p50.map { Double($0) } }, .nanoseconds), ("p90", { $0.p90.map { Double($0) } }, .nanoseconds),
            ("p99", { $0.p99.map { Double($0) } }, .nanoseconds), ("p99.9", { $0.p999.map { Double($0) } }, .nanoseconds),
            ("p99.99", { $0.p9999.map { Double($0) } }, .nanoseconds), ("max", { $0.max.map { Double($0) } }, .nanoseconds),
            ("mean", \.mean, .nanoseconds)
        ]
        for (name, value, unit) in rows { table.rows.append([.init(name)] + measured.map { .init(value($0.summary), unit) }) }
        return table
    }

    /// Path latency by interval, as the map over time draws it; nil with fewer than two.
    static func overTime(_ trial: TrialResult, caption: String = "Path latency by interval") -> ReportTable? {
        guard let course = trial.latency.pathOverTime, course.intervals.count > 1 else { return nil }
        var table = ReportTable(
            caption + ", \(PlotUnit.nanoseconds.text(Double(course.intervals[0].endNanoseconds))) each",
            [.number("from"), .number("frames"), .number("p50"), .number("p99"), .number("slowest below")], isSorting: true)
        for interval in course.intervals {
            let last = interval.counts.lastIndex { $0 > 0 }
            table.rows.append([
                .init(interval.startNanoseconds, .nanoseconds), .init(interval.count), .init(interval.p50, .nanoseconds),
                .init(interval.p99, .nanoseconds), .init(last.map { course.bounds[$0 + 1] }, .nanoseconds)
            ])
        }
        return table
    }

    /// Why there is no map over time.
    static func overTimeMissing(_ trial: TrialResult) -> String? {
        guard trial.latency.path.count > 0, overTime(trial) == nil else { return nil }
        return trial.latency.pathOverTime == nil
            ? "Latency over time: not measured."
            : "Latency over time: the window is one interval; --interval makes them shorter."
    }

    /// - Parameter noun: of what they sent or received.
    static func workers(_ workers: [WorkerResult], noun: String = "frame") -> ReportTable {
        var table = ReportTable(
            "Workers",
            [
                .text("worker"), .number("CPU"), .number("node"), .number("\(noun)s"), .number("calls"), .number("\(noun)s a call"),
                .number("retries"), .number("ring drops"), .number("user"), .number("system"), .number("slept"), .number("ring")
            ], isSorting: workers.count > 3)
        for worker in workers {
            let moved = worker.ranOn.map { $0.contains { $0 != worker.cpu } } ?? false
            table.rows.append([
                .init("\(worker.role == .transmit ? "tx" : "rx") \(worker.index)"),
                .init("\(worker.cpu)\(moved ? " (moved)" : "")", value: Double(worker.cpu), tone: moved ? .warn : .plain),
                .init("\(worker.node)", value: Double(worker.node)), .init(worker.frames), .init(worker.systemCalls),
                .init(worker.systemCalls > 0 ? Double(worker.frames) / Double(worker.systemCalls) : nil, .times).withoutSign,
                .init(worker.retries), .init(worker.ringDrops, tone: worker.ringDrops > 0 ? .bad : .plain),
                .init(worker.userNanoseconds, .nanoseconds), .init(worker.systemNanoseconds, .nanoseconds),
                .init(worker.sleptNanoseconds, .nanoseconds),
                .init(bytes(worker.ringBytes), value: Double(worker.ringBytes))
            ])
        }
        return table
    }

    private static func bytes(_ count: Int) -> String {
        count < 1 << 20 ? "\(FigureText.count(count >> 10)) KiB" : CaptureReport.mebibytes(UInt64(max(count, 0)))
    }

    static func streams(_ streams: [StreamResult]?) -> ReportTable? {
        guard let streams, !streams.isEmpty else { return nil }
        var table = ReportTable(
            "Streams",
            [
                .text("stream"), .number("share"), .number("sent"), .number("received"), .number("lost"), .number("loss"),
                .number("reordered"), .number("frames/s"), .number("layer 2"), .number("p50"), .number("p99")
            ], isSorting: streams.count > 1)
        for stream in streams {
            let (book, rates, path) = (stream.ledger, stream.rates, stream.latency?.path)
            table.rows.append([
                .init(stream.name), .init(stream.share), .init(book.sent), .init(book.received),
                .init(book.lost, tone: (book.lost ?? 0) > 0 ? .bad : .plain), .init(book.lossRatio, .ratio), .init(book.reordered),
                .init(rates.rxPps ?? rates.txPps, .frameRate), .init(rates.rxL2Bps ?? rates.txL2Bps, .bitRate),
                .init(path?.p50, .nanoseconds), .init(path?.p99, .nanoseconds)
            ])
        }
        return table
    }

    /// Of streams that keep paces of their own.
    static func streamPacing(_ streams: [StreamResult]?) -> ReportTable? {
        let paced = (streams ?? []).compactMap { stream in stream.pacing.map { (stream.name, $0) } }
        guard !paced.isEmpty else { return nil }
        var table = ReportTable(
            "Pacing by stream",
            [
                .text("stream"), .number("gap p50, sent"), .number("gap p50, received"), .number("gap p99, sent"),
                .number("gap p99, received"), .number("mean burst, sent"), .number("mean burst, received"), .number("send lag p99")
            ], isSorting: paced.count > 1)
        for (name, pacing) in paced {
            table.rows.append([
                .init(name), .init(pacing.interDeparture?.p50, .nanoseconds), .init(pacing.interArrival?.p50, .nanoseconds),
                .init(pacing.interDeparture?.p99, .nanoseconds), .init(pacing.interArrival?.p99, .nanoseconds),
                frames(pacing.bursts.departing), frames(pacing.bursts.arriving), .init(pacing.sendLag?.p99, .nanoseconds)
            ])
        }
        return table
    }

    private static func frames(_ summary: LatencySummary?) -> ReportTable.Cell {
        guard let mean = summary?.mean else { return "–" }
        return .init("\((mean * 100).rounded() / 100)", value: mean)
    }

    static func sizes(_ sizes: [SizeResult]?) -> ReportTable? {
        guard let sizes, sizes.count > 1 else { return nil }
        var table = ReportTable(
            "Frames by length", [.number("bytes with FCS"), .number("sent"), .number("received"), .number("missing")], isSorting: true)
        for size in sizes {
            let missing = size.received.map { size.sent > $0 ? size.sent - $0 : 0 }
            table.rows.append([
                .init(size.sizeBytes), .init(size.sent), .init(size.received),
                .init(missing, tone: (missing ?? 0) > 0 ? .bad : .plain)
            ])
        }
        return table
    }
}

extension ReportTable.Cell {
    /// A plain number that `times` has written with its sign.
    fileprivate var withoutSign: ReportTable.Cell {
        var cell = self
        if cell.text.hasSuffix("×") { cell.text.removeLast() }
        return cell
    }
}

/// What a result was measured under, and how it was made.
enum ConditionsSection {
    static func section(_ conditions: Conditions?, plan: TrialPlan?, command: [String]?) -> ReportSection? {
        ReportSection(
            "How it was measured",
            [
                command.flatMap { $0.isEmpty ? nil : .command($0) }, conditions.flatMap(facts), plan.flatMap(planFacts),
                conditions.flatMap { links($0) }
            ])
    }

    private static func facts(_ conditions: Conditions) -> ReportBlock? {
        .facts([
            "started": conditions.startedAt,
            "vethmark": "\(conditions.vethmarkVersion)\(conditions.gitCommit.map { " (commit \($0.prefix(12)))" } ?? "")",
            "kernel": "Linux \(conditions.kernelRelease), \(conditions.architecture)", "CPU": conditions.cpuModel,
            "CPUs": "\(conditions.onlineCPUs) online, \(conditions.allowedCPUs.count) allowed, "
                + FigureText.count(conditions.numaNodes, "NUMA node"),
            "memory": CaptureReport.mebibytes(conditions.memoryBytes), "governor": conditions.governor, "clock": conditions.clocksource,
            "virtual machine": conditions.virtualization, "privilege": conditions.privilege,
            "mitigations": conditions.mitigations.isEmpty ? nil : conditions.mitigations.keys.sorted().joined(separator: ", ")
        ])
    }

    private static func planFacts(_ plan: TrialPlan) -> ReportBlock? {
        let load = plan.load
        let end = [
            load.durationNanoseconds.map { "\(DurationText(nanoseconds: $0))" },
            load.frameCount.map { PieceWords(plan: plan).count($0) }
        ].compactMap { $0 }.joined(separator: " or ")
        return .facts([
            "\(plan.pieceNoun)s": plan.pieceMakeUp ?? SizeWords.plain(plan.frame.sizes) + " with FCS",
            "load":
                "\(load.packetRate.map { PieceWords(plan: plan).rate($0.packetsPerSecond) } ?? "as fast as possible"), \(end.isEmpty ? "until Ctrl-C" : end)",
            "warm-up": "\(DurationText(nanoseconds: load.warmupNanoseconds))", "engine": plan.transmit.engine.rawValue,
            "receiver": plan.receive.receiver.rawValue,
            "workers": "\(plan.transmit.workers) tx, \(plan.receive.workers) rx",
            "placement": plan.link.placement.map { "\($0)" + (plan.link.calibrated == true ? ", by trials here" : "") }
        ])
    }

    private static func links(_ conditions: Conditions) -> ReportBlock? {
        let ends = [("transmitting end", conditions.transmitLink), ("receiving end", conditions.receiveLink)]
        var table = ReportTable(
            "The link", [.text("end"), .text("name"), .text("kind"), .number("MTU"), .text("queueing"), .number("queues")])
        for (name, link) in ends where link.kind != "null" {
            table.rows.append([
                .init(name), .init("\(link.name)@\(link.namespace)"), .init(link.kind.isEmpty ? "device" : link.kind),
                .init("\(link.mtuBytes)", value: Double(link.mtuBytes)), .init(link.queueingDiscipline),
                .init("\(link.transmitQueues) tx, \(link.receiveQueues) rx")
            ])
        }
        guard !table.rows.isEmpty else { return nil }
        let features = ends.compactMap { name, link -> ReportBlock.Fact? in
            let on = link.features.filter(\.value).keys.sorted()
            return link.features.isEmpty ? nil : .init(name: "on at the \(name)", value: on.isEmpty ? "none" : on.joined(separator: ", "))
        }
        return .details("Both ends of the link", [.table(table)] + (features.isEmpty ? [] : [.facts(features)]))
    }
}
