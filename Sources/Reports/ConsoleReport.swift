import Frames
import Kernel
import Links
import Metrics
import Plans
import Results
import Trials

/// A run as text for people: the answer first, the reasons behind it.
public struct ConsoleReport {
    private let result: RunResult
    private let style: TextStyle
    private let showsEachTrial: Bool
    /// Below as many lines the headline is still to be seen.
    private static let screenLines = 24

    /// - Parameter showsEachTrial: whether of several trials each is told in full, or in a line.
    public init(_ result: RunResult, style: TextStyle, showsEachTrial: Bool = true) {
        self.result = result
        self.style = style
        self.showsEachTrial = showsEachTrial
    }

    /// Ends with a line break.
    public var text: String {
        let headline = Headline(result: result, style: style).lines.flatMap { style.wrapped($0, indent: 2) }
        var lines = headline
        lines += section("Plan", planLines.flatMap { style.wrapped($0, indent: 13) })
        if result.trials.count > 1, !showsEachTrial {
            lines += section("Trials", TrialRows(result: result, style: style).table)
        } else {
            for trial in result.trials {
                let title = result.trials.count > 1 ? "Trial \(trial.index + 1)" : nil
                lines += TrialSections(result: result, trial: trial, style: style).lines(title: title)
            }
        }
        if result.trials.count > 1 { lines += section("Over \(count(result.summary.rxPps.count, "trial"))", summaryLines) }
        lines += section("Warnings", warningLines.flatMap { style.wrapped($0, indent: 6) })
        lines += section("Bounds", gateLines.flatMap { style.wrapped($0, indent: 4) })
        lines += section(
            "Differences from \(result.rerunOf?.source.visible ?? "")", repetitionLines.flatMap { style.wrapped($0, indent: 4) })
        lines.append("")
        lines += style.wrapped(verdict, indent: 2)
        if lines.count >= Self.screenLines { lines += headline }
        return style.finished(lines.joined(separator: "\n") + "\n")
    }

    /// A line for each trial, and the answer. Ends with a line break.
    public var brief: String {
        let lines = TrialRows(result: result, style: style).lines + Headline(result: result, style: style).lines
        return style.finished(lines.flatMap { style.wrapped($0, indent: 2) }.joined(separator: "\n") + "\n")
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", style.heading(title)] + lines
    }

    // MARK: verdict

    private var verdict: String {
        if let failure = result.failure { return style.bad("The run is not complete: \(failure).") }
        guard !result.trusted else { return style.good("The book is closed: every \(result.plan.pieceNoun) is accounted for.") }
        let reasons = result.warnings.filter(\.voidsResult).map(\.message.visible)
        return style.bad("Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
    }

    // MARK: plan

    private var planLines: [String] {
        let plan = result.plan
        var table = Table(.text(""), .text(""))
        table.add("link", linkText)
        table.add("\(plan.pieceNoun)s", frameText)
        table.add("load", loadText)
        table.add("transmit", transmitText)
        if plan.receive.workers > 0 { table.add("receive", receiveText) }
        table.add("placement", placementText)
        table.add("machine", machineText)
        return Array(table.lines.dropFirst(table.lines.first?.allSatisfy { $0 == " " } == true ? 1 : 0))
    }

    private var linkText: String {
        let (a, b) = (result.conditions.transmitLink, result.conditions.receiveLink)
        guard a.kind != "null" else { return "none" }
        let host = result.conditions.receiveHost.map { " of \($0.name)" } ?? ""
        let far = result.plan.link.receive == nil && a == b ? "wherever its frames go" : "\(b.name)@\(b.namespace)\(host)"
        let ends =
            result.plan.link.isPrivate
            ? "private veth pair" : "\(a.name)@\(a.namespace) → \(far) (\(a.kind.isEmpty ? "device" : a.kind))"
        return "\(ends), MTU \(a.mtuBytes), queues \(a.transmitQueues) tx \(a.receiveQueues) rx, \(a.queueingDiscipline)".visible
    }

    private var frameText: String {
        let mix = result.plan.mix
        guard mix.isSeveral || mix.hasOwnPaces || mix.hasRecordings else { return text(result.plan.frame) }
        return mix.streams.map { stream in
            let frames = stream.replay.map { SizeWords.recording($0) + ", " + SizeWords.plain(stream) + " with FCS" }
            return "\(stream.name) (\(SizeWords.pace(stream) ?? "\(stream.share)×")): \(frames ?? text(stream.frame))"
        }.joined(separator: "; ")
    }

    private func text(_ frame: TrialPlan.Frame) -> String {
        var parts = [result.plan.pieceMakeUp ?? SizeWords.plain(frame.sizes) + " with FCS"]
        if !frame.vlans.isEmpty { parts.append("VLAN \(frame.vlans.map(String.init).joined(separator: "."))") }
        if let encapsulation = frame.encapsulation { parts.append("in \(encapsulation)") }
        switch frame.network {
        case .raw: parts.append("EtherType 0x88B5")
        case .ipv4: parts.append("\(frame.sourceIPv4):\(frame.sourcePort) → \(frame.destinationIPv4):\(frame.destinationPort)")
        case .ipv6: parts.append("[\(frame.sourceIPv6)]:\(frame.sourcePort) → [\(frame.destinationIPv6)]:\(frame.destinationPort)")
        }
        if frame.network != .raw { parts.append("\(frame.transport.rawValue)/\(frame.network.rawValue)") }
        if let malformed = frame.malformed { parts.append("malformed on purpose: " + malformed.map(\.rawValue).joined(separator: ", ")) }
        parts += frame.flows.map { [FigureText.count($0, "flow")] } ?? []
        parts += frame.modifiers.map(\.description)
        return parts.joined(separator: ", ")
    }

    private var loadText: String {
        let load = result.plan.load
        let rate = load.packetRate.map { rateText(load, $0) } ?? "as fast as possible"
        let end = [
            load.durationNanoseconds.map { "\(DurationText(nanoseconds: $0))" },
            load.frameCount.map { PieceWords(plan: result.plan).count($0) }
        ].compactMap { $0 }.joined(separator: " or ")
        let warmup = "after \(DurationText(nanoseconds: load.warmupNanoseconds)) of warm-up"
        let repeats = result.plan.run.repeats > 1 ? ", \(result.plan.run.repeats) trials" : ""
        let untimed = result.plan.run.sampling == .off ? ", no latency" : ""
        return "\(rate), \(end.isEmpty ? "until Ctrl-C" : end) \(warmup)\(repeats)\(untimed)"
    }

    private func rateText(_ load: TrialPlan.Load, _ rate: PacketRate) -> String {
        guard !result.plan.mix.hasOwnPaces else { return "\(rate) on average, each stream at its own pace" }
        guard load.course == nil else { return "\(load.shape) (\(rate) on average)" }
        guard !result.plan.sendsSuperframes else {
            return
                "\(PieceWords(plan: result.plan).rate(rate.packetsPerSecond))\(load.shape == .constant ? "" : " on average, \(load.shape)")"
        }
        return "\(load.rate) (\(rate)\(load.shape == .constant ? "" : " on average, \(load.shape)"))"
    }

    private var transmitText: String {
        let transmit = result.plan.transmit
        let slots = transmit.segments.map {
            result.plan.sendsSuperframes
                ? "\(count(transmit.ringSlots, "slot")) of a superframe, \(transmit.layout.rawValue)"
                : "\(count(transmit.ringSlots, "slot")) of up to \($0) frames"
        }
        let reason = transmit.engineReason.map { ": \($0)" } ?? ""
        return "\(transmit.engine.rawValue), \(count(transmit.workers, "worker")), "
            + "\(slots ?? "\(transmit.layout.rawValue) frames, \(count(transmit.ringSlots, "slot"))"), \(FigureText.count(transmit.batchFrames)) a call"
            + "\(transmit.qdiscBypass ? ", qdisc bypass" : "")\(reason)"
    }

    private var receiveText: String {
        let receive = result.plan.receive
        return "\(receive.receiver.rawValue), \(count(receive.workers, "worker")), \(count(receive.blocks, "block")) of "
            + "\(ByteCount(bytes: receive.blockBytes)), retired after \(receive.retireMilliseconds) ms"
            + (receive.snapBytes > 0 ? ", first \(count(receive.snapBytes, "byte")) kept" : "")
    }

    private var placementText: String {
        func text(_ seats: [Placement.Seat]) -> String { seats.map { "\($0.cpu)" }.joined(separator: ",") }
        let receive = result.placement.receive.isEmpty ? "" : ", rx on \(text(result.placement.receive))"
        return "tx on CPU \(text(result.placement.transmit))\(receive): \(result.placement.reason)"
    }

    private var machineText: String {
        let conditions = result.conditions
        return "\(conditions.cpuModel), \(count(conditions.onlineCPUs, "CPU")), \(count(conditions.numaNodes, "NUMA node")), "
            + "Linux \(conditions.kernelRelease), \(conditions.clocksource), \(privilegeText)"
    }

    private var privilegeText: String {
        switch result.conditions.privilege {
        case "user namespace": "in a user namespace"
        case "capabilities": "with capabilities of its own"
        default: "as \(result.conditions.privilege)"
        }
    }

    private func count(_ number: Int, _ noun: String) -> String { FigureText.count(number, noun) }

    // MARK: summary and warnings

    private var summaryLines: [String] {
        let full = summaryTable(withRange: true)
        let lines = (style.fits(full.lines) ? full : summaryTable(withRange: false)).lines(style)
        guard result.summary.rxPps.count > 1 else { return lines }
        let note =
            "  spread: half of what lies between the worst and the best trial; "
            + "the interval is that of trials of this one run; what differs between runs minutes apart is not covered"
        return lines + style.wrapped(style.faint(note), indent: 2)
    }

    /// - Parameter withRange: whether to tell the least and the most, for which a narrow terminal has no room.
    private func summaryTable(withRange: Bool) -> Table {
        var table = Table(
            [.text(""), .number("median")] + (withRange ? [.number("min"), .number("max")] : [])
                + [.number("spread"), .number("95 % confidence of the mean")])
        func add(_ name: String, _ sample: SampleSummary, _ text: (Double) -> String) {
            guard sample.count > 0 else { return }
            let low = sample.confidenceLow.map(text) ?? "–"
            let high = sample.confidenceHigh.map(text) ?? "–"
            table.rows.append(
                [name, text(sample.median)] + (withRange ? [text(sample.min), text(sample.max)] : [])
                    + [sample.relativeSpread.map { "± \(FigureText.percent($0))" } ?? "–", "\(low) … \(high)"])
        }
        let words = PieceWords(plan: result.plan)
        let rate = { (value: Double) in words.rate(max(value, 0)) }
        let time = { (value: Double) in FigureText.nanoseconds(max(value, 0)) }
        add("sent", result.summary.txPps, rate)
        add("received", result.summary.rxPps, rate)
        add("loss", result.summary.lossRatio) { FigureText.percent(max($0, 0)) }
        add("path p50", result.summary.pathP50Nanoseconds, time)
        add("path p99", result.summary.pathP99Nanoseconds, time)
        return table
    }

    private var gateLines: [String] {
        (result.gates ?? []).map { gate in
            let mark = gate.passed ? style.good("✓") : style.bad("✗")
            return "  \(mark) \(gate.words) [--\(gate.name)]"
        }
    }

    private var repetitionLines: [String] {
        guard let before = result.rerunOf else { return [] }
        let differences = before.differences.map { "  \($0.path): \($0.base.visible) → \($0.new.visible)" }
        let rate = before.rxPps.map { then in
            "  received \(PacketRate(packetsPerSecond: max(then, 0))) on \(before.startedAt), now "
                + "\(PacketRate(packetsPerSecond: max(result.summary.rxPps.median, 0)))"
        }
        return (differences.isEmpty ? ["  none in plan, placement and conditions"] : differences) + [rate].compactMap { $0 }
    }

    private var warningLines: [String] {
        result.warnings.flatMap { warning in
            let mark = warning.voidsResult ? style.bad("✗") : style.warning("!")
            return ["  \(mark) \(warning.message.visible) [\(warning.code)]", "    \(style.faint("→ " + warning.remedy.visible))"]
        }
    }
}
