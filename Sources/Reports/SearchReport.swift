import Methods
import Metrics

/// A search for people: each goal's answer first, then how it was come to.
public enum SearchReport {
    /// Ends with a line break.
    public static func text(_ result: SearchResult, style: TextStyle) -> String {
        var lines = result.goals.flatMap { style.wrapped(answer($0, result, style), indent: 2) }
        if !result.stable {
            lines += style.wrapped(
                style.bad(
                    "Not searched: even the lowest rate, \(rate(result.minimumPps)), failed twice; look at its trials below, or give a lower "
                        + "--min-rate."),
                indent: 2)
        }
        if let failure = result.failure { lines += style.wrapped(style.bad(failure), indent: 2) }
        lines += [method(result), load(result)].flatMap { style.wrapped(style.faint($0), indent: 2) }
        let table = table(result, style)
        if !table.isEmpty { lines += ["", style.heading(table[0])] + table.dropFirst() }
        lines += MethodWords.warnings(result.warnings, style)
        if !result.trusted { lines += [""] + style.wrapped(style.bad("Don't trust this result."), indent: 2) }
        return style.finished(lines.map { $0 + "\n" }.joined())
    }

    /// To be saved; `result.json` last.
    public static func files(_ result: SearchResult) throws -> [(name: String, text: String)] {
        [
            ("report.txt", text(result, style: .plain)), ("trials.csv", MethodWords.csv(result.trials)),
            ("result.json", try JSONReport.text(result))
        ]
    }

    /// One line without its end, for progress.
    public static func progress(_ outcome: LinkSearch.Outcome) -> String {
        let goals = outcome.goals.map { goal in
            "\(goal.goal) \(goal.relevantLowerBound.map(rate) ?? "?") … \(goal.relevantUpperBound.map(rate) ?? "?")"
        }
        return "\(FigureText.count(outcome.trials.count, "trial"))  \(goals.joined(separator: "  "))"
    }

    private static func rate(_ pps: Double) -> String { "\(PacketRate(packetsPerSecond: pps))" }

    // MARK: answers

    private static func answer(_ goal: LinkSearch.Goal, _ result: SearchResult, _ style: TextStyle) -> String {
        let name = "\(goal.goal): "
        guard let lower = goal.relevantLowerBound else {
            guard let upper = goal.relevantUpperBound else { return name + style.warning("nothing is known yet") }
            return name + style.bad("no rate was found that holds") + ", \(rate(upper)) \(words(goal.limitedBy))"
        }
        let bits = PacketRate(packetsPerSecond: lower).layer2(meanFrameBytes: result.plan.mix.meanSizeBytes)
        var text = name + style.good(rate(lower)) + " (\(bits) at layer 2) holds"
        if let upper = goal.relevantUpperBound {
            text += ", \(rate(upper)) \(words(goal.limitedBy))"
            if !goal.regular { text += style.warning("; the bounds are \(FigureText.percent(1 - lower / upper)) apart") }
        } else {
            text += ", \(wordsWithoutUpper(goal.limitedBy))"
        }
        if let through = goal.conditionalThroughput, through < lower * 0.9999 { text += "; \(rate(through)) came through there" }
        return text
    }

    private static func words(_ limit: LoadTrial.Limit?) -> String {
        switch limit {
        case .link: "loses too many frames on the link"
        case .pushedBack: "doesn't: the link takes frames too slowly, and gives them back to the sender"
        case .generator: "is more than the sender made: its limit, not the link's"
        case .latency: "takes too long on the way"
        case .maximumRate, .untrusted, nil: "could not be measured in a way to be trusted"
        }
    }

    private static func wordsWithoutUpper(_ limit: LoadTrial.Limit?) -> String {
        switch limit {
        case .generator: "and it is all that the sender makes: the link may carry more"
        case .maximumRate: "and it is the highest rate that was to be tried"
        default: "and nothing above it is known yet"
        }
    }

    // MARK: method

    private static func method(_ result: SearchResult) -> String {
        guard let goal = result.goals.first else { return "" }
        func time(_ nanoseconds: UInt64) -> String { "\(DurationText(nanoseconds: nanoseconds))" }
        let width = "bounds within \(FigureText.percent(goal.relativeWidth))"
        let stopped = result.interrupted ? "interrupted; " : ""
        switch result.method {
        case .mlr:
            let trials =
                goal.initialTrialNanoseconds == goal.finalTrialNanoseconds
                ? "trials of \(time(goal.finalTrialNanoseconds))"
                : "trials of \(time(goal.initialTrialNanoseconds)) to \(time(goal.finalTrialNanoseconds))"
            return "  \(stopped)MLRsearch (RFC 9971): \(trials), a verdict by \(time(goal.durationSumNanoseconds)) of them of which "
                + "\(FigureText.percent(goal.exceedRatio)) may be bad, \(width)"
                + (result.scaled ? "; scaled to be quick, --full takes 1 s, 21 s and 0.5 %" : "")
        case .binary:
            return "  \(stopped)binary search (RFC 2544 section 26.1): one trial of \(time(goal.finalTrialNanoseconds)) a load, \(width)"
                + (result.scaled ? "; scaled to be quick, --full takes 60 s and 0.5 %" : "")
        }
    }

    private static func load(_ result: SearchResult) -> String {
        let ceiling = result.maximumMeasured ? result.maximumPps.map { "; that way the sender makes \(rate($0)) at most" } ?? "" : ""
        return "  \(SizeWords.frames(result.plan)); \(MethodWords.pacing(result.plan))\(ceiling)"
    }

    // MARK: trials

    /// A row for each load, the highest first: how many trials kept to each goal.
    private static func table(_ result: SearchResult, _ style: TextStyle) -> [String] {
        let full = table(result, isFull: true)
        return (style.fits(full.lines) ? full : table(result, isFull: false)).lines(style)
    }

    /// - Parameter isFull: whether time and latency are told too, for which a narrow terminal has no room.
    private static func table(_ result: SearchResult, isFull: Bool) -> Table {
        let searched = result.trials.filter { $0.purpose == .search || $0.purpose == .stability }
        let loads = Set(searched.compactMap(\.loadPps)).sorted(by: >)
        var table = Table(
            [.number("load"), .number("trials"), .number("lost"), .number("not sent")]
                + (isFull ? [.number("time"), .number("p99")] : []) + result.goals.map { .text($0.goal) })
        for load in loads {
            let trials = searched.filter { $0.loadPps == load && !$0.repeated }
            let nanoseconds = trials.reduce(0) { $0 + $1.durationNanoseconds }
            let p99 = trials.compactMap(\.latency.path.p99).max()
            let rounded = nanoseconds / 1_000_000 * 1_000_000
            table.rows.append(
                [
                    rate(load), "\(trials.count)", FigureText.percent(trials.map(\.lossRatio).max() ?? 0),
                    FigureText.percent(trials.map(\.unsentRatio).max() ?? 0)
                ] + (isFull ? ["\(DurationText(nanoseconds: rounded))", p99.map { FigureText.nanoseconds($0) } ?? "–"] : [])
                    + result.goals.map { verdict(trials, $0, load) })
        }
        return table
    }

    private static func verdict(_ trials: [LoadTrial], _ goal: LinkSearch.Goal, _ load: Double) -> String {
        let good = trials.count { $0.verdict[goal.goal] == .good }
        let mark = load == goal.relevantLowerBound ? " holds" : load == goal.relevantUpperBound ? " fails" : ""
        return "\(good)/\(trials.count)\(mark)"
    }
}
