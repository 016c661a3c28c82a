import ArgumentParser
import Kernel
import Links
import Metrics
import Plans
import Reports
import Traces

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "The frames that a plan will send, decoded or as a capture file; nothing is sent.",
        discussion: """
            Profile and flags are those of `vethmark run`. Frames come in the order in which they leave, with the bytes that they have on the link; \
            --count says how many (default: one round of those that differ, 8 at most on a terminal and 100,000 in a file).
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.", completion: Completion.profile)
    var profile: String?

    @OptionGroup var plan: PlanOptions
    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp("Write them to this file: pcapng if it ends so, else pcap; - is stdout.", valueName: "file"), completion: .file()
    )
    var write: String?
    @Flag(name: [.customShort("V"), .long], help: "Every field of every layer.") var details = false
    @Flag(name: [.customShort("x"), .customLong("dump")], help: "The bytes too.") var dump = false
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object on stdout.") var json = false

    func validate() throws {
        guard write == nil || !details && !dump else {
            throw ValidationError("frames go into a file or are shown; leave out -w, or -V and -x")
        }
        guard !json || !details && !dump else { throw ValidationError("JSON has every field and byte; leave out -V and -x") }
        guard write != "-" || !json else { throw ValidationError("stdout can't hold both a capture file and JSON; leave out one of them") }
    }

    func run() throws {
        let (frames, asked) = try Exit.usage { try planned() }
        try Exit.failure {
            let report = RenderReport(frames)
            if let write {
                let count = asked ?? bounded(frames, most: 100_000)
                try self.write(frames, count, to: write)
                guard write != "-" else { return }
                if json { return try Terminal.print(JSONReport.text(contents(report, count, file: write)), terminator: "") }
                try Terminal.print(report.summary(Terminal.style), terminator: "")
                return Exit.say("\(FigureText.count(count, "frame")) in \(write)")
            }
            let count = asked ?? bounded(frames, most: 8)
            if json { return try Terminal.print(JSONReport.text(contents(report, count, file: nil)), terminator: "") }
            try Terminal.print(report.summary(Terminal.style))
            for number in 0..<count {
                try Terminal.print(
                    report.lines(number, showsDetails: details, showsBytes: dump, Terminal.style), terminator: "")
            }
        }
    }

    /// The plan's frames, and how many of them to render if that was said.
    private func planned() throws -> (PlannedFrames, count: UInt64?) {
        var flags = try plan.draft()
        // As a flag it bounds what is rendered, in a profile what is sent.
        let asked = flags.load.frameCount.flatMap { $0 == 0 ? nil : $0 }
        flags.load.frameCount = nil
        let (plan, _) = try PlanResolution.resolve(profile, flags)
        // Without a link its addresses are unknown; those of a private pair stand in.
        let frames = try PlannedFrames(
            plan, transmitAddress: plan.link.transmitAddress ?? LinkPair.nearAddress,
            receiveAddress: plan.link.receiveAddress ?? LinkPair.nobodysAddress)
        return (frames, asked.map { min($0, frames.totalFrames ?? .max) })
    }

    /// One round of every worker's, as far as the plan goes.
    private func bounded(_ frames: PlannedFrames, most: UInt64) -> UInt64 {
        let round = (frames.cycleFrames ?? .max).multipliedReportingOverflow(by: UInt64(frames.plan.transmit.workers))
        return min(round.overflow ? .max : round.partialValue, frames.totalFrames ?? .max, most)
    }

    private func contents(_ report: RenderReport, _ count: UInt64, file: String?) -> RenderReport.Contents {
        report.contents(command: CommandLine.arguments, count: count, file: file)
    }

    private func write(_ frames: PlannedFrames, _ count: UInt64, to path: String) throws {
        let writer = try CaptureFileWriter(path: path)
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        var told = Clock.monotonicNanoseconds
        for number in 0..<count {
            try writer.write(RenderReport.captured(frames.frame(number)))
            guard number % 4_096 == 0, Clock.monotonicNanoseconds - told > 2_000_000_000 else { continue }
            progress.note("\(FigureText.count(number)) of \(FigureText.count(count, "frame"))")
            told = Clock.monotonicNanoseconds
        }
        try writer.flush()
    }
}
