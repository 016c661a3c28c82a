import ArgumentParser
import Frames
import Kernel
import Links
import Reports
import Traces
import Trials

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
        help: ArgumentHelp("The interface to send on: IF or IF@NETNS.", valueName: "if"),
        transform: parsedInterface)
    var tx: InterfaceReference?
    @OptionGroup(title: "Frame") var frame: LayerOptions
    @Argument(help: "Text that the frame carries.") var message: String?
    @Option(
        help: ArgumentHelp("The whole frame, from the destination address on, as hexadecimal digits.", valueName: "digits"),
        transform: text("frame", "pairs of hexadecimal digits", Hexadecimal.bytes))
    var hex: [UInt8]?
    @Option(help: ArgumentHelp("Every frame of a capture file, one after the other.", valueName: "file")) var pcap: String?
    @Option(name: [.customShort("n"), .long], help: "How many times to send.") var count = 1
    @Option(help: "Time between frames, such as 100ms.", transform: parsedDuration) var interval: UInt64 = 0
    @Option(help: ArgumentHelp("Keep the frames in this file: pcapng if it ends so, else pcap.", valueName: "file")) var write: String?
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
            let frames = try frames(interface)
            if !quiet { try show(frames) }
            if let write { try keep(frames, in: write) }
            guard let interface, !dryRun else { return }
            try send(frames, on: interface)
        }
    }

    private func check(_ interface: OpenInterface) throws {
        guard try force || !interface.table.defaultRouteLinks().contains(interface.link.index) else {
            let namespace = interface.table.namespace
            throw TrialError.carriesDefaultRoute(interface.reference, of: namespace.isTheMachines ? nil : namespace.name)
        }
    }

    private func frames(_ interface: OpenInterface?) throws -> [[UInt8]] {
        if let hex {
            guard hex.count >= EthernetWire.headerBytes else { throw CommandFailure.frameTooShort(bytes: hex.count) }
            return [hex]
        }
        if let pcap {
            let reader = try CaptureFileReader(path: pcap)
            var frames: [[UInt8]] = []
            while let frame = try reader.next() { frames.append(frame.bytes) }
            guard !frames.isEmpty else { throw CommandFailure.noFrames(path: pcap) }
            return frames
        }
        let source = interface?.link.address ?? LinkPair.nearAddress
        let destination = frame.dst ?? (interface == nil ? LinkPair.nobodysAddress : interface?.peerAddress) ?? .broadcast
        return [FrameStack.build(frame.layers(source: source, destination: destination, payload: Array((message ?? "").utf8)))]
    }

    private func show(_ frames: [[UInt8]]) throws {
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        for (position, bytes) in frames.enumerated() {
            let report = FrameReport(CapturedFrame(timestampNanoseconds: 0, bytes: bytes), number: UInt64(position + 1))
            if position > 0 { try Terminal.print() }
            try Terminal.print(report.layers(style), terminator: "")
            if dump { try Terminal.print(report.hexDump(), terminator: "") }
        }
        // Before anything else goes to stderr.
        try Terminal.flush()
    }

    private func keep(_ frames: [[UInt8]], in path: String) throws {
        let writer = try CaptureFileWriter(path: path, interface: tx?.name)
        let now = Clock.realtimeNanoseconds
        for _ in 0..<count {
            for bytes in frames { try writer.write(CapturedFrame(timestampNanoseconds: now, bytes: bytes)) }
        }
        try writer.flush()
    }

    private func send(_ frames: [[UInt8]], on interface: OpenInterface) throws {
        let count = count
        let interval = interval
        let sent = try interface.table.namespace.perform { () throws -> (frames: Int, bytes: Int) in
            var sent = (frames: 0, bytes: 0)
            var current = 0
            do throws(SystemError) {
                let socket = try PacketSocket()
                try socket.bind(interfaceIndex: interface.link.index, protocolNumber: 0)
                for _ in 0..<count {
                    for bytes in frames {
                        current = bytes.count
                        if sent.frames > 0, interval > 0 { Clock.sleep(untilMonotonic: Clock.monotonicNanoseconds + interval) }
                        try socket.send(bytes)
                        sent.frames += 1
                        sent.bytes += bytes.count
                    }
                }
            } catch {
                if sent.frames > 0 { Exit.say("vethmark: \(sent.frames) frames were sent before it failed") }
                throw CommandFailure(error, interface: interface, bytes: current)
            }
            return sent
        }
        if !quiet {
            Exit.say("sent \(sent.frames) \(sent.frames == 1 ? "frame" : "frames") of \(sent.bytes) bytes on \(interface.reference)")
        }
    }
}
