import ArgumentParser
import Engines
import FoundationEssentials
import Kernel
import Methods
import Metrics
import Plans
import Profiles
import Reports
import Traffic
import Trials

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "A capture file sent again: at full speed, at a rate, or at its own times.",
        discussion: """
            Reads pcap and pcapng, plain or packed with gzip or zstd; `-` is standard input. Frames that can't leave as they were on the link (truncated, \
            larger than the MTU, too short, not Ethernet) are counted and left out. Without --tx a private pair is made. A profile with a `replay` section \
            names its file and how it is sent; flags override it. Exit codes are those of `vethmark run`.
            """)

    @Argument(
        help: "The capture file; or a profile that names one: a YAML file, or the name of one in profiles/.", completion: Completion.replay)
    var file: String
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
        let (plan, settings) = try Exit.usage { try resolved() }
        let source = try Exit.failure { try ReplaySource(settings) }
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

    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    private func resolved() throws -> (TrialPlan, ReplaySource.Settings) {
        var draft = try [load.texts, course.texts, link.texts, transmit.texts, receive.texts].draft()
        let flags = replay.request(isTimedByRate: draft.load.rate != nil)
        var asked = flags
        asked.file = file
        if let (profile, request) = try profile() {
            asked = request.applying(flags)
            var base = profile
            if flags.original == true || flags.speed != nil { base.load.rate = nil }
            draft = base.applying(draft)
        }
        let settings = try replay.settings(asked, rate: draft.load.rate ?? .max, lineRate: draft.load.lineRate)
        let engine = draft.transmit.engine ?? .replaying
        guard engine.abilities.replays else {
            throw refusal("--engine", draft.transmit.engine, EngineName.replayed)
        }
        let receiver = draft.receive.receiver ?? .replaying
        guard receiver.abilities.replays else {
            throw refusal("--receiver", draft.receive.receiver, ReceiverName.replayed)
        }
        try FlagDraft.refuseBestPlacement(draft, in: "replay")
        // The file says when frames leave, and when it ends.
        draft.load.rate = nil
        draft.load.lineRate = nil
        draft.load.warmupNanoseconds = 0
        draft.load.durationNanoseconds = draft.load.durationNanoseconds ?? 0
        draft.transmit.engine = engine
        draft.receive.receiver = receiver
        return (try TrialPlan(flags: draft), settings)
    }

    /// What the argument says as a profile; nil for a capture file. A file that is there and no YAML is one.
    ///
    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    private func profile() throws -> (PlanDraft, ReplayRequest)? {
        let isYAML = file.hasSuffix(".yaml") || file.hasSuffix(".yml")
        let isName = !file.contains("/") && file != "-" && ProfileLibrary.standard.names.contains(file)
        guard isYAML || isName && !FileManager.default.fileExists(atPath: file) else { return nil }
        guard let profile = try PlanResolution.profile(file, sendsFiles: true) else { return nil }
        guard var request = profile.replay, let path = request.file else {
            throw FlagDraft.Problems(sentences: [
                "profile '\(file.visible)' names no capture file; give it a section as in replay: {file: frames.pcap}, or use `vethmark run`"
            ])
        }
        let folder = URL(fileURLWithPath: profile.file).deletingLastPathComponent()
        request.file = path.hasPrefix("/") || path == "-" ? path : folder.appendingPathComponent(path).relativePath
        return (profile.draft, request)
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

    @Option(
        parsing: .unconditional, help: "How often the file is replayed, 0 until Ctrl-C (default: 1).",
        transform: number(ReplayRequest.loops))
    var loop: Int?
    @Option(
        parsing: .unconditional,
        help: "Fields that move from loop to loop, with right checksums: ip.src=+1,udp.srcport=+1.", transform: parsedMoves)
    var perLoop: [FieldMove]?
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

    /// What the flags say. A rate takes the place of a profile's own times, as they do of its rate.
    func request(isTimedByRate: Bool) -> ReplayRequest {
        var request = ReplayRequest()
        request.loop = loop
        request.perLoop = perLoop
        request.original = original ? true : isTimedByRate ? false : nil
        request.speed = speed
        request.stamp = stamp ? true : nil
        return request
    }

    /// - Throws: `FlagDraft.Problems` for what can't go together.
    func settings(_ asked: ReplayRequest, rate: RateRequest, lineRate: BitRate?) throws(FlagDraft.Problems) -> ReplaySource.Settings {
        let loop = asked.loop ?? 1, moves = asked.perLoop ?? []
        if let first = moves.first, loop == 1 {
            throw FlagDraft.Problems(sentences: ["--per-loop is \(first) but must come with a --loop; say that as in --loop 10"])
        }
        for (index, move) in moves.enumerated() {
            guard let other = moves[..<index].first(where: move.overlaps) else { continue }
            throw FlagDraft.Problems(sentences: [
                "--per-loop moves the same bits by \(other.field) and \(move.field); leave out one of them"
            ])
        }
        return ReplaySource.Settings(
            path: asked.file ?? "-", passes: loop == 0 ? nil : UInt64(loop), timing: try timing(asked, rate: rate, lineRate: lineRate),
            stamps: asked.stamp ?? false, bufferBytes: buffer, moves: moves)
    }

    private func timing(_ asked: ReplayRequest, rate: RateRequest, lineRate: BitRate?) throws(FlagDraft.Problems) -> ReplayTiming {
        let original = asked.original ?? false, speed = asked.speed
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

@Sendable private func parsedMoves(_ text: String) throws -> [FieldMove] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        do throws(FieldMove.Fault) {
            return try FieldMove(String(part))
        } catch .shape {
            throw ValidationError("is '\(String(part).visible)' but must be FIELD=STEP; say that as in ip.src=+1")
        } catch .unknownField(let name) {
            throw ValidationError(
                "is '\(name.visible)' but must begin with a field that --modify knows; use ip.src, udp.srcport or vlan.id")
        } catch .badStep(let step, let field, let limit) {
            throw ValidationError("is '\(step.visible)' for \(field) but must be 1 to \(limit), or as much backwards; use a smaller step")
        }
    }
}

@Sendable private func parsedSpeed(_ text: String) throws -> Double {
    guard let speed = ReplayRequest.speed(text) else {
        throw ValidationError("is '\(text.visible)' but must be \(ReplayRequest.allowedSpeeds)")
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
