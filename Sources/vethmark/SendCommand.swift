import ArgumentParser
import Engines
import Frames
import Kernel
import Links
import Metrics
import Plans
import Reports
import Traces

struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "One frame out, or a few, shown field by field before they leave.",
        discussion: """
            The frame is described by options, given as hexadecimal digits, or taken out of a capture file:

              vethmark send --tx veth0 --src 22:11:11:11:11:11 --dst 22:22:22:22:22:22 --ipv4 1.1.1.1,2.2.2.2 --tcp 1111,2222 hello
              vethmark send --tx veth0 --hex 'ffffffffffff 020000000001 88b5 0102'
              vethmark send --tx veth0 --pcap frames.pcap
            """)

    @Option(
        help: ArgumentHelp("The interface to send on: IF or IF@NETNS.", valueName: "if"), completion: Completion.interface,
        transform: parsedInterface)
    var tx: InterfaceReference?
    @OptionGroup(title: "Frame") var frame: LayerOptions
    @Argument(help: "Text that the frame carries.") var message: String?
    @Option(
        help: ArgumentHelp("The whole frame, from the destination address on, as hexadecimal digits.", valueName: "digits"),
        transform: text("frame", "pairs of hexadecimal digits", Hexadecimal.bytes))
    var hex: [UInt8]?
    @Option(help: ArgumentHelp("Every frame of a capture file, one after the other.", valueName: "file"), completion: Completion.capture)
    var pcap: String?
    @Option(name: [.customShort("n"), .long], help: "How many times to send, such as 3 or 1M.", transform: parsedCount) var count: UInt64 =
        1
    @Option(help: "Time between frames, such as 100ms.", transform: parsedDuration) var interval: UInt64 = 0
    @Option(help: ArgumentHelp("Keep the frames in this file: pcapng if it ends so, else pcap.", valueName: "file"), completion: .file())
    var write: String?
    @Flag(help: "Show the frames, and send nothing.") var dryRun = false
    @Flag(name: [.customShort("x"), .customLong("dump")], help: "Show the bytes too.") var dump = false
    @Flag(name: .shortAndLong, help: "Don't show the frames.") var quiet = false
    @Flag(help: "Send even if the interface carries this machine's default route.") var force = false

    func validate() throws {
        guard tx != nil || dryRun else { throw ValidationError("say where to send with --tx IF, or only look with --dry-run") }
        let sources = [hex != nil, pcap != nil, frame.hasLayers || message != nil].filter { $0 }.count
        guard sources <= 1 else {
            throw ValidationError("a frame comes from --hex, from --pcap, or from the other options; leave out all but one")
        }
        guard sources == 1 else {
            throw ValidationError("there is no frame to send; describe one, such as --udp 1111,2222 hello, or see --help")
        }
        guard count > 0, count <= 1_000_000 else { throw ValidationError("sending \(count) times is not possible; allowed: 1 to 1000000") }
    }

    func run() throws {
        try Exit.failure {
            let interface = try tx.map { try OpenInterface($0) }
            if let interface, !dryRun { try check(interface) }
            let source = try source(interface)
            guard let interface, !dryRun else { return try pass(source, on: nil) }
            try pass(source, on: try sender(interface), of: interface)
        }
    }

    private func sender(_ interface: OpenInterface) throws -> FrameSender {
        do throws(SystemError) {
            // This command has no other thread, and needs no other namespace.
            try interface.table.namespace.enter()
        } catch {
            throw CommandFailure.cannotEnter(namespace: interface.table.namespace.name, error)
        }
        do throws(SystemError) {
            return try FrameSender(interfaceIndex: interface.link.index, intervalNanoseconds: interval)
        } catch {
            throw CommandFailure(error, interface: interface, bytes: 0)
        }
    }

    private func check(_ interface: OpenInterface) throws {
        guard try force || !interface.table.defaultRouteLinks().contains(interface.link.index) else {
            let namespace = interface.table.namespace
            throw TrialError.carriesDefaultRoute(interface.reference, of: namespace.isTheMachines ? nil : namespace.name)
        }
    }

    private func source(_ interface: OpenInterface?) throws -> FrameSource {
        if let hex {
            guard hex.count >= EthernetWire.headerBytes else { throw CommandFailure.frameTooShort(bytes: hex.count) }
            return FrameSource(hex)
        }
        if let pcap { return try FrameSource(file: pcap, rounds: Int(count)) }
        let source = interface?.link.address ?? LinkPair.nearAddress
        let destination =
            frame.dst ?? frame.groupAddress ?? (interface == nil ? LinkPair.nobodysAddress : interface?.peerAddress) ?? .broadcast
        return FrameSource(FrameStack.build(frame.layers(source: source, destination: destination, payload: Array((message ?? "").utf8))))
    }

    /// Shows, keeps and sends every frame, in this order, as often as was asked; shown they are once.
    private func pass(_ source: FrameSource, on sender: FrameSender?, of interface: OpenInterface? = nil) throws {
        // Last of all that has to be opened, for it empties the file.
        let writer = try write.map { try CaptureFileWriter(path: $0, interface: tx?.name, apartFrom: source.file?.identity) }
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        let now = Clock.realtimeNanoseconds
        var tally = Tally()
        defer { tally.report(pcap, isSending: sender != nil, isQuiet: quiet) }
        do {
            for round in 0..<count {
                try source.forEach(isFirst: round == 0) { captured in
                    if round == 0 {
                        tally.note(captured)
                        if !quiet { try show(captured, number: tally.frames, style) }
                    }
                    if let writer {
                        var kept = captured
                        // What comes out of a file keeps its time and its true length.
                        if pcap == nil { kept.timestampNanoseconds = Int128(now) }
                        kept.interface = 0
                        try writer.write(kept)
                    }
                    guard let sender, let interface else { return }
                    do throws(SystemError) {
                        try sender.send(captured.bytes)
                    } catch {
                        throw CommandFailure(error, interface: interface, bytes: captured.bytes.count)
                    }
                }
            }
            try writer?.flush()
            if let writer, writer.shortened > 0 {
                Exit.say(
                    "vethmark: warning: \(FigureText.count(writer.shortened)) \(writer.shortened == 1 ? "frame is" : "frames are") kept in the file to \(FigureText.count(CaptureFilter.maximumBytes)) bytes only, the most that others read"
                )
            }
        } catch {
            try? writer?.flush()
            if let sender, sender.frames > 0 {
                Exit.say(
                    "vethmark: \(FigureText.count(sender.frames)) \(sender.frames == 1 ? "frame was" : "frames were") sent before it failed"
                )
            }
            throw error
        }
        if !quiet, let sender, let interface {
            Exit.say(
                "sent \(FigureText.count(sender.frames)) \(sender.frames == 1 ? "frame" : "frames") of \(FigureText.count(sender.bytes)) bytes on \(interface.reference)"
            )
        }
    }

    private func show(_ captured: CapturedFrame, number: UInt64, _ style: TextStyle) throws {
        let report = FrameReport(captured, number: number)
        if number > 1 { try Terminal.print() }
        try Terminal.print(report.layers(style), terminator: "")
        if dump { try Terminal.print(report.hexDump(), terminator: "") }
        // Before the frame leaves, and before anything else goes to stderr.
        try Terminal.flush()
    }

    /// What is to be said of the frames of a file.
    private struct Tally {
        var frames: UInt64 = 0
        private var cut: UInt64 = 0
        private var captured = 0
        private var wire = 0

        mutating func note(_ frame: CapturedFrame) {
            frames += 1
            guard frame.isCut else { return }
            cut += 1
            captured = frame.bytes.count
            wire = frame.wireBytes
        }

        /// A frame that isn't whole goes out as it is: whoever receives it should hear of that here, not find out there.
        func report(_ path: String?, isSending: Bool, isQuiet: Bool) {
            guard cut > 0, let path else { return }
            let last = cut == 1 ? "it has \(captured) of \(wire) bytes" : "the last has \(captured) of \(wire) bytes"
            Exit.say(
                "vethmark: warning: \(FigureText.count(cut)) of \(FigureText.count(frames)) \(frames == 1 ? "frame" : "frames") in \(path.visible) \(cut == 1 ? "was" : "were") cut when captured (\(last)), and only what is left \(isSending ? "was sent" : "would be sent")"
            )
        }
    }
}
