import Kernel
import Methods
import Metrics
import Results

/// What capture tools kept of a known load, for people: three columns first, the reasons behind them.
public enum CaptureReport {
    /// Ends with a line break.
    public static func text(_ result: CaptureResult, style: TextStyle) -> String {
        var lines: [String] = []
        if let cells = result.cells {
            lines += searched(cells, result, style)
        } else if let search = result.search, let entry = result.entries.first {
            lines += searched(search, entry, style)
        } else if result.entries.count == 1, let entry = result.entries.first, let round = entry.rounds.first, entry.rounds.count == 1 {
            lines += CaptureRoundText(name: entry.name, round: round, plan: result.plan, style: style).lines
        } else {
            lines += comparison(result, style)
        }
        lines += section("Conditions", conditions(result, style), style)
        lines += section("Warnings", warnings(result, style), style)
        lines += ["", verdict(result, style)].flatMap { style.wrapped($0, indent: 2) }
        return style.finished(lines.map { $0 + "\n" }.joined())
    }

    private static func section(_ title: String, _ lines: [String], _ style: TextStyle) -> [String] {
        lines.isEmpty ? [] : ["", style.heading(title)] + lines
    }

    private static func verdict(_ result: CaptureResult, _ style: TextStyle) -> String {
        if result.trusted { return style.good("Every frame is accounted for: sent, and kept or lost.") }
        let reasons =
            result.warnings.filter(\.voidsResult).map(\.message.visible)
            + result.entries.compactMap { entry in entry.obstacle.map { "\(entry.name): \($0)".visible } }
        return style.bad("Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
    }

    /// Rounds repeat their warnings with other figures: one of a kind is shown, and the number of the rest.
    private static func warnings(_ result: CaptureResult, _ style: TextStyle) -> [String] {
        var kinds: [String] = []
        let groups = Dictionary(grouping: result.warnings, by: \.code)
        for warning in result.warnings where !kinds.contains(warning.code) { kinds.append(warning.code) }
        return kinds.compactMap { groups[$0] }.flatMap { group -> [String] in
            let warning = group.first(where: \.voidsResult) ?? group[0]
            let mark = warning.voidsResult ? style.bad("✗") : style.warning("!")
            let more = group.count > 1 ? ", and \(group.count - 1) more like it" : ""
            return ["  \(mark) \(warning.message.visible) [\(warning.code)]\(more)", "    \(style.faint("→ " + warning.remedy.visible))"]
        }.flatMap { style.wrapped($0, indent: 6) }
    }

    private static func conditions(_ result: CaptureResult, _ style: TextStyle) -> [String] {
        let (plan, conditions) = (result.plan, result.conditions)
        let rate = plan.load.packetRate.map { "\($0)" } ?? "as fast as possible"
        let end = [
            plan.load.durationNanoseconds.map { "\(DurationText(nanoseconds: $0))" },
            plan.load.frameCount.map { FigureText.count($0, "frame") }
        ].compactMap { $0 }.joined(separator: " or ")
        let load =
            "\(SizeWords.frames(plan)), \(rate), \(end.isEmpty ? "until Ctrl-C" : end), engine \(plan.transmit.engine.rawValue)"
        let privilege =
            conditions.privilege == "root"
            ? "as root" : conditions.privilege == "user namespace" ? "in a user namespace" : "with capabilities"
        let machine =
            "\(conditions.cpuModel), \(FigureText.count(conditions.onlineCPUs, "CPU")), Linux \(conditions.kernelRelease), \(privilege)"
        let link = "\(conditions.receiveLink.name)@\(conditions.receiveLink.namespace), MTU \(conditions.receiveLink.mtuBytes)".visible
        return ["  load     \(load)", "  link     \(link)", "  machine  \(machine)"].flatMap { style.wrapped($0, indent: 11) }
    }

    static func mebibytes(_ bytes: UInt64) -> String {
        let tenths = (min(bytes, 1 << 60) * 10 + (1 << 19)) >> 20
        return tenths < 1_000 ? "\(tenths / 10).\(tenths % 10) MiB" : "\(FigureText.count((tenths + 5) / 10)) MiB"
    }

    // MARK: a search

    /// The highest rate of each load.
    private static func searched(_ cells: [CaptureResult.Cell], _ result: CaptureResult, _ style: TextStyle) -> [String] {
        let vary = result.vary ?? []
        let name = result.entries.first?.command.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "the tool"
        func rate(_ pps: Double?) -> String { pps.map { "\(PacketRate(packetsPerSecond: $0))" } ?? "–" }
        var table = Table(vary.map { .text($0.setting) } + [.number("loses nothing at"), .number("not at"), .text("for")])
        for cell in cells {
            let reason =
                cell.obstacle?.visible
                ?? (cell.search?.interrupted == true ? "interrupted" : limits[cell.search?.limitedBy ?? .untrusted] ?? "")
            table.rows.append(
                vary.map { cell.settings[$0.setting] ?? "" } + [
                    rate(cell.search?.lowerBoundPps), rate(cell.search?.upperBoundPps),
                    cell.search?.limitedBy == nil && cell.obstacle == nil ? "" : reason
                ])
        }
        let width = cells.lazy.compactMap(\.search).first.map { FigureText.percent($0.relativeWidth) } ?? ""
        let note = "  one trial a rate, bounds \(width) apart: a lucky trial or an unlucky one decides"
        return [style.heading("\(name.visible): the highest rate without loss")] + table.lines(style)
            + style.wrapped(style.faint(note), indent: 2)
    }

    private static let limits: [CaptureSearch.Limit: String] = [
        .tool: "it lost frames", .generator: "the sender could not hold it", .maximumRate: "the highest tried",
        .untrusted: "not to be trusted"
    ]

    private static func searched(_ search: CaptureSearch, _ entry: CaptureResult.Entry, _ style: TextStyle) -> [String] {
        func rate(_ pps: Double) -> String { "\(PacketRate(packetsPerSecond: pps))" }
        let lower = search.lowerBoundPps.map { "loses nothing at \(rate($0))" } ?? "was found to keep up with no rate"
        let upper =
            switch search.limitedBy {
            case .tool: search.upperBoundPps.map { ", and loses frames at \(rate($0))" } ?? ""
            case .generator: search.upperBoundPps.map { "; \(rate($0)) the sender could not hold" } ?? ""
            case .maximumRate: ", the highest rate that was to be tried"
            case .untrusted: search.upperBoundPps.map { "; the trial at \(rate($0)) can't be trusted" } ?? ""
            case nil: ""
            }
        var lines = style.wrapped(
            "\(style.heading("\(entry.name.visible) \(lower)"))\(upper)\(search.interrupted ? "; interrupted" : "")", indent: 2)
        var table = Table(
            .text("trial"), .number("asked for"), .number("sent"), .number("kept"), .number("lost"), .number("loss"), .number("told"))
        for (index, round) in entry.rounds.enumerated() {
            let score = round.score
            table.add(
                "\(index + 1)\(round.trusted ? "" : " ✗")", round.loadPps.map(rate) ?? "–", FigureText.count(round.trial.ledger.sent),
                score.map { FigureText.count($0.kept) } ?? "–", score.map { FigureText.count($0.lostByTool) } ?? "–",
                score.map { FigureText.percent($0.lossRatio) } ?? "–", round.tool.claims?.dropped.map { FigureText.count($0) } ?? "–")
        }
        lines += [""] + table.lines(style)
        let note =
            "  one trial a rate, bounds \(FigureText.percent(search.relativeWidth)) apart: a lucky trial or an unlucky one decides; search again to see how far"
        return lines + style.wrapped(style.faint(note), indent: 2)
    }

    // MARK: tools side by side

    private static func comparison(_ result: CaptureResult, _ style: TextStyle) -> [String] {
        var table = Table(
            .text("tool"), .number("sent"), .number("kept"), .number("lost"), .number("loss"), .number("untold"), .number("CPU/frame"),
            .number("memory"))
        for entry in result.entries where !entry.rounds.isEmpty {
            let scores = entry.rounds.compactMap(\.score)
            let untold = scores.compactMap(\.untold)
            let memory = entry.rounds.compactMap(\.tool.memory.residentPeakBytes).max()
            table.add(
                entry.name.visible + (entry.trusted ? "" : " ✗"), FigureText.count(entry.rounds.reduce(0) { $0 + $1.trial.ledger.sent }),
                FigureText.count(scores.reduce(0) { $0 + $1.kept }), FigureText.count(scores.reduce(0) { $0 + $1.lostByTool }),
                scores.isEmpty ? "–" : FigureText.percent(entry.lossRatio.median),
                untold.isEmpty ? "–" : FigureText.count(untold.reduce(0, +)),
                entry.cpuNanosecondsPerFrame.count == 0
                    ? "–" : FigureText.nanoseconds(UInt64(entry.cpuNanosecondsPerFrame.median.rounded())),
                memory.map { mebibytes($0) } ?? "–")
        }
        var lines = table.lines(style)
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        let spread = result.entries.filter { $0.lossRatio.count > 1 && $0.lossRatio.max > 0 }.map {
            "  \($0.name.visible): loss from \(FigureText.percent($0.lossRatio.min)) to \(FigureText.percent($0.lossRatio.max)) over its rounds"
        }
        lines += spread.flatMap { style.wrapped($0, indent: 4) }
        let rounds = result.rounds == 1 ? "one round" : "\(result.rounds) rounds in turns"
        let note =
            "  \(rounds); frames of all of them, loss and CPU time a kept frame as medians; untold: lost by the tool and not in its own counters"
        lines += style.wrapped(style.faint(note), indent: 2)
        lines += result.entries.flatMap { style.wrapped("  \($0.name.visible): \($0.command.joined(separator: " ").visible)", indent: 4) }
        for entry in result.entries {
            if let obstacle = entry.obstacle {
                lines += style.wrapped("  \(entry.name.visible): \(style.warning(obstacle.visible))", indent: 4)
            }
        }
        return lines
    }
}
