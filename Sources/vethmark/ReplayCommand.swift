import ArgumentParser
import Engines
import Foundation
import Kernel
import Methods
import Metrics
import Plans
import Reports
import Trials

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "A capture file sent again: at full speed, at a rate, or at its own times.",
        discussion: """
            Reads pcap and pcapng, plain or packed with gzip or zstd; `-` is standard input. Frames that can't leave as they were on the link (truncated, \
            larger than the MTU, too short, not Ethernet) are counted and left out. Without --tx a private pair is made. Exit codes are those of `vethmark run`.
            """)

    @Argument(help: "The capture file.", completion: .file()) var file: String
    @OptionGroup(title: "Replay") var replay: ReplayOptions
    @OptionGroup(title: LoadSection.title) var load: SettingOptions<LoadSection, AnyReplay>
    @OptionGroup(title: RunSection.title) var course: SettingOptions<RunSection, AnyReplay>
    @OptionGroup(title: LinkSection.title) var link: SettingOptions<LinkSection, AnyReplay>
    @OptionGroup(title: TransmitSection.title) var transmit: SettingOptions<TransmitSection, AnyReplay>
    @OptionGroup(title: ReceiveSection.title) var receive: SettingOptions<ReceiveSection, AnyReplay>
    @OptionGroup(title: "Output") var output: ResultOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws { try screen.check(isQuiet: output.quiet) }

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let (plan, timing) = try Exit.usage { try resolvedPlan() }
        let source = try Exit.failure {
            try ReplaySource(
                .init(
                    path: file, passes: replay.loop == 0 ? nil : UInt64(replay.loop), timing: timing, stamps: replay.stamp,
                    bufferBytes: replay.buffer))
        }
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        interrupts.expectsReader(replay.loop == 0 && plan.load.durationNanoseconds == nil && plan.load.frameCount == nil)
        RestoreCommand.clearUp()
        let stream = output.stream
        stream?.begin(plan)
        let result = try Exit.failure { try measure(plan, source, interrupts, stream) }
        stream?.tell(result.trials, result.warnings)
        let code = try output.publish(
            result, report: { ReplayReport(result, style: $0).text }, page: { ReportPage(result) },
            code: result.failure != nil ? Exit.failed : result.trusted ? Exit.done : Exit.untrusted, stream)
        if code != Exit.done { throw ExitCode(code) }
    }

    private func measure(_ plan: TrialPlan, _ source: ReplaySource, _ interrupts: Interrupts, _ stream: EventStream?) throws -> ReplayResult
    {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        let live = try screen.open("replay")
        defer { live?.close() }
        let session = Session(
            interrupts: interrupts, identity: .ofThisProcess,
            observe: { line in
                stream?.observe(line)
                if !output.quiet, live == nil { progress.show(line) }
            }, watch: { live?.watch($0) })
        do {
            let result = try session.replay(plan, source)
            return result.adding(session.close())
        } catch {
            _ = session.close()
            throw error
        }
    }

    private func resolvedPlan() throws -> (TrialPlan, ReplayTiming) {
        var draft = try [load.texts, course.texts, link.texts, transmit.texts, receive.texts].draft()
        let timing = try replay.timing(rate: draft.load.rate ?? .max, lineRate: draft.load.lineRate)
        let engine = draft.transmit.engine ?? .replaying
        guard engine.abilities.replays else {
            throw refusal("--engine", draft.transmit.engine, EngineName.replayed)
        }
        let receiver = draft.receive.receiver ?? .replaying
        guard receiver.abilities.replays else {
            throw refusal("--receiver", draft.receive.receiver, ReceiverName.replayed)
        }
        // The file says when frames leave, and when it ends.
        draft.load.rate = nil
        draft.load.lineRate = nil
        draft.load.warmupNanoseconds = 0
        draft.load.durationNanoseconds = draft.load.durationNanoseconds ?? 0
        draft.transmit.engine = engine
        draft.receive.receiver = receiver
        return (try TrialPlan(flags: draft), timing)
    }

    private func refusal<Name: RawRepresentable<String>>(_ flag: String, _ found: Name?, _ allowed: [Name]) -> FlagDraft.Problems {
        FlagDraft.Problems(sentences: ["\(flag) is \(found?.rawValue ?? "") but must be \(AnyReplay.list(allowed)) in a replay"])
    }
}

extension EngineName {
    fileprivate static var replayed: [EngineName] { allCases.filter(\.abilities.replays) }
}

extension ReceiverName {
    fileprivate static var replayed: [ReceiverName] { allCases.filter(\.abilities.replays) }
}

/// What only a replay can be asked for.
struct ReplayOptions: ParsableArguments {
    /// Enough for a few million small frames.
    private static let standardBufferBytes = 256 << 20

    @Option(parsing: .unconditional, help: "How often the file is replayed, 0 until Ctrl-C.", transform: number(0...1_000_000_000))
    var loop: Int = 1
    @Option(parsing: .unconditional, help: "The times of the file, so many times as fast: 2, 0.5.", transform: parsedSpeed)
    var speed: Double?
    @Flag(help: "The times of the file as they are.") var original = false
    @Flag(
        help:
            "Lay a signature over the first 18 bytes of each payload of UDP or TCP that has them, and mend the checksum: loss, order and latency frame by frame."
    )
    var stamp = false
    @Option(
        parsing: .unconditional,
        help: "Memory for frames that are read ahead; a file that fits is read once and kept (default: 256MiB).", transform: parsedByteCount
    )
    var buffer: Int = standardBufferBytes

    func validate() throws {
        guard ReplaySource.bufferBounds.contains(buffer) else {
            throw ValidationError(
                "--buffer is \(ByteCount(bytes: buffer)) but must be \(ByteCount(bytes: ReplaySource.bufferBounds.lowerBound)) to \(ByteCount(bytes: ReplaySource.bufferBounds.upperBound))"
            )
        }
    }

    /// - Throws: `FlagDraft.Problems` if two of them were asked for.
    func timing(rate: RateRequest, lineRate: BitRate?) throws(FlagDraft.Problems) -> ReplayTiming {
        let asked = [original ? "--original" : nil, speed != nil ? "--speed" : nil, rate != .max ? "--rate" : nil].compactMap { $0 }
        guard asked.count < 2 else {
            throw FlagDraft.Problems(sentences: ["\(asked.joined(separator: " and ")) each say when frames leave; leave out all but one"])
        }
        if case .percent = rate, lineRate == nil {
            throw FlagDraft.Problems(sentences: ["--rate is \(rate) but must come with a --line-rate; say that as in --line-rate 10gbps"])
        }
        if original { return .original(speed: 1) }
        if let speed { return .original(speed: speed) }
        return rate == .max ? .asFastAsPossible : .steady(rate, lineRate: lineRate)
    }
}

@Sendable private func parsedSpeed(_ text: String) throws -> Double {
    guard let speed = Double(text), (0.001...1_000_000).contains(speed) else {
        throw ValidationError("is '\(text.visible)' but must be 0.001 to 1000000")
    }
    return speed
}

/// The settings of a plan that mean something where a file says what is sent.
enum AnyReplay: SettingUse {
    private static let paths: Set<String> = [
        "load.rate", "load.line-rate", "load.count", "load.time", "run.interval", "link.tx", "link.rx", "link.placement", "link.force",
        "link.mtu",
        "link.tx-queues", "link.rx-queues", "link.gro", "transmit.engine", "transmit.cpus", "transmit.ring-slots", "transmit.batch",
        "transmit.layout", "transmit.qdisc-bypass", "receive.receiver", "receive.cpus", "receive.block-size", "receive.blocks",
        "receive.retire"
    ]

    static func takes(_ row: any SettingRow) -> Bool { paths.contains(row.field.path) }

    static func standard(_ row: any SettingRow) -> String? {
        switch row.field.path {
        case "load.time": "no limit"
        case "link.mtu": "1500 on a private pair"
        case "transmit.ring-slots": "\(PlanDefaults.ringSlots)"
        case "transmit.batch": "\(PlanDefaults.batchFrames)"
        case "transmit.qdisc-bypass": "true"
        default: nil
        }
    }

    static func allowed(_ row: any SettingRow) -> String? {
        switch row.field.path {
        case "transmit.engine": list(EngineName.replayed)
        case "receive.receiver": list(ReceiverName.replayed)
        default: nil
        }
    }

    /// `auto, ring or mmsg`
    static func list<Name: RawRepresentable<String>>(_ names: [Name]) -> String {
        (["auto"] + names.dropLast().map(\.rawValue)).joined(separator: ", ") + " or " + (names.last?.rawValue ?? "")
    }
}
