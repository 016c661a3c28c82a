import Frames
import Links
import Metrics
import Plans
import Reports
import Traffic

/// `--dry-run`: the resolved plan and the first frames it would send, and nothing sent.
struct DryRun {
    let plan: TrialPlan
    /// What was asked for, and by whom.
    let draft: PlanDraft
    private static let framesShown: UInt64 = 4
    /// `vethmark render` shows any number.
    private static let framesInObject = UInt64(FrameSchedule.maximumCycle)

    func show(asJSON: Bool) throws {
        // Without a link its addresses are unknown; those of a private pair stand in.
        let program = try plan.program(
            transmitAddress: plan.link.transmitAddress ?? LinkPair.nearAddress,
            receiveAddress: plan.link.receiveAddress ?? LinkPair.nobodysAddress)
        let text =
            asJSON
            ? try JSONReport.text(Contents(plan: plan, frames: first(program, Self.framesInObject).map(hex), settings: settings))
            : try readable(program)
        try Terminal.print(text, terminator: "")
    }

    private struct Contents: Encodable {
        var plan: TrialPlan
        /// Hexadecimal, without FCS, the signature stamped with sequence numbers from 0 and a time of 0.
        var frames: [String]
        var settings: [Setting]
    }

    private struct Setting: Encodable {
        var path: String
        var value: String
        /// `default`, the flag, file, line and column, or the reason of a choice.
        var from: String
        var isAsked: Bool

        private enum CodingKeys: CodingKey { case path, value, from }
    }

    private var settings: [Setting] {
        draft.settled(in: plan).map { setting in
            let from =
                switch setting.origin {
                case .profile(let file, let place): place.map { "\(file):\($0.line):\($0.column)" } ?? file
                case .flag: setting.field.flag
                case .method: "vethmark"
                case .standard: "default"
                case .automatic(let reason): "chosen: \(reason)"
                }
            return Setting(path: setting.field.path, value: setting.value, from: from, isAsked: setting.origin != .standard)
        }
    }

    /// Of streams with paces of their own, as they fall due: as many as are shown, for they may never meet again.
    private func first(_ program: StreamProgram, _ most: UInt64) -> [FrameTemplate] {
        guard plan.mix.hasOwnPaces, let pattern = plan.pattern else { return (0..<min(most, program.cycleFrames)).map(program.frame) }
        return withExtendedLifetime(pattern) {
            let schedule = PacedSchedule(pattern, startNanoseconds: 0)
            return (0..<min(most, Self.framesShown)).map { number in
                let departure = schedule.departure(ofFrame: number)
                return program.frame(departure.own, ofStream: departure.stream)
            }
        }
    }

    private func readable(_ program: StreamProgram) throws -> String {
        var lines = [try JSONReport.text(plan)]
        lines += settings.filter(\.isAsked).map { "\($0.path) is \($0.value) (\($0.from))" } + [""]
        lines.append(
            plan.mix.hasOwnPaces
                ? "Frames of \(plan.mix.streams.count) streams, each sent as it falls due (`vethmark render` shows more):"
                : "\(FigureText.count(program.cycleFrames, plan.pieceNoun)), sent in turn by each worker (`vethmark render` shows more):")
        for (position, template) in first(program, Self.framesShown).enumerated() {
            let bytes = stamped(template, sequence: position)
            // Of 64 KiB the headers and the signature behind them tell all.
            let shown = plan.sendsSuperframes ? Array(bytes.prefix(128)) : bytes
            let title =
                plan.sendsSuperframes
                ? "superframe \(position), the first \(shown.count) of \(bytes.count) bytes"
                : "frame \(position), \(bytes.count) bytes and 4 of FCS"
            lines += ["", title, ""] + HexDump.lines(shown)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func hex(_ template: FrameTemplate) -> String {
        stamped(template, sequence: 0).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func stamped(_ template: FrameTemplate, sequence: Int) -> [UInt8] {
        template.stamped(stream: StreamIdentifier(epoch: 1, worker: 0, stream: template.stream), sequence: UInt64(sequence))
    }
}
