import ArgumentParser
import Kernel
import Links
import Metrics
import Plans
import Reports
import Traces

struct SniffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sniff", abstract: "Frames in, as they come: a line each, field by field, as JSON, or into a file.",
        discussion: """
              vethmark sniff veth1                                      a line for each frame, until Ctrl-C
              vethmark sniff veth1 -n 1 -V                              one frame, every field of it
              vethmark sniff veth1 --filter 'udp port 9' -w run.pcapng  into a file, with nanoseconds
              vethmark sniff veth1 -T fields -e ip.src -e ip.dst        these fields, as tshark names them
              vethmark sniff -r run.pcapng                              out of a file, which may be packed (.gz, .zst)

            Counts go to stderr at the end. Ctrl-C ends it in order.
            """)

    enum Form: String, ExpressibleByArgument, CaseIterable { case text, fields, json }

    @Argument(
        help: "The interface: IF or IF@NETNS.", completion: Completion.interface,
        transform: parsedSniffedInterface)
    var interface: InterfaceReference?
    // What tcpdump's users type.
    @Option(name: [.customShort("i"), .customLong("interface")], help: .hidden, transform: parsedSniffedInterface)
    var interfaceOption: InterfaceReference?
    @Option(name: [.customShort("c")], help: .hidden, transform: parsedCount) var countOption: UInt64?
    @Option(
        name: [.customShort("r"), .customLong("read")], help: ArgumentHelp("Read this capture file instead.", valueName: "file"),
        completion: Completion.capture)
    var read: String?
    @Option(name: [.customShort("n"), .long], help: "Stop after this many frames, such as 10 or 1M.", transform: parsedCount) var count:
        UInt64?
    @Option(name: [.customShort("t"), .long], help: "Stop after this time.", transform: parsedDuration) var time: UInt64?
    @Option(name: [.customShort("f"), .long], help: ArgumentHelp("Only frames that match (man pcap-filter).", valueName: "expression"))
    var filter: String?
    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp("Write them to this file: pcapng if it ends so, else pcap; - is stdout.", valueName: "file"), completion: .file()
    )
    var write: String?
    @Option(name: [.customShort("T"), .long], help: "text, fields or json.") var form: Form = .text
    @Option(
        name: [.customShort("e"), .long],
        help: ArgumentHelp("A field of -T fields, such as ip.src; `-e help` lists them.", valueName: "name"),
        completion: Completion.fieldName)
    var field: [String] = []
    @Flag(name: [.customShort("J"), .long], help: "The same as -T json: one object a line.") var json = false
    @Flag(name: [.customShort("V"), .long], help: "Every field of every layer.") var details = false
    @Flag(name: [.customShort("x"), .customLong("dump")], help: "The bytes too.") var dump = false
    @Option(name: [.customShort("s"), .long], help: ArgumentHelp("Bytes of a frame to keep; 0 keeps all.", valueName: "bytes")) var snap = 0
    @Option(help: ArgumentHelp("Memory of the receive ring.", valueName: "bytes"), transform: parsedByteCount) var buffer = 64 << 20
    @Flag(help: "Only frames for this station.") var noPromiscuous = false
    @Flag(name: .shortAndLong, help: "No counts at the end.") var quiet = false

    func validate() throws {
        if field.contains("help") { return }
        guard interface == nil || interfaceOption == nil else {
            throw ValidationError("name one interface, with -i or without; leave out the other")
        }
        guard count == nil || countOption == nil else { throw ValidationError("-c says the same as -n; leave out one of them") }
        guard (source != nil) != (read != nil) else { throw ValidationError("name an interface, or a file with -r") }
        if form == .fields, field.isEmpty { throw ValidationError("-T fields needs at least one -e; `-e help` lists them") }
        if form != .fields || json, !field.isEmpty { throw ValidationError("-e belongs to -T fields") }
        for name in field where !FrameReport.hasField(name) {
            throw ValidationError("there is no field '\(name)'; `vethmark sniff -e help` lists them")
        }
        guard snap >= 0, snap <= CaptureFilter.maximumBytes else {
            throw ValidationError("keeping \(snap) bytes is not possible; allowed: 0 to \(CaptureFilter.maximumBytes)")
        }
        guard (128 << 10...1 << 30).contains(buffer) else {
            throw ValidationError("a ring of \(buffer) bytes is not possible; allowed: 128KiB to 1GiB")
        }
        if limit == 0 { throw ValidationError("-n 0 would see nothing; leave it out for no limit") }
        if write == "-", form != .text || json || details || dump {
            throw ValidationError("stdout can't hold both a capture file and text; leave out one of -w - and the other")
        }
    }

    func run() throws {
        if field.contains("help") { return try Terminal.print(FrameReport.fieldNames.joined(separator: "\n")) }
        try Exit.failure {
            if let read {
                return try FileReading(path: read, filter: filter, limit: limit, printer: printer, output: write, isQuiet: quiet).run()
            }
            guard let source else { return }
            let opened = try OpenInterface(source)
            try LiveReading(
                interface: opened, settings: settings(opened), limit: limit, durationNanoseconds: time, printer: printer, output: write,
                isQuiet: quiet
            ).run()
        }
    }

    private var source: InterfaceReference? { interface ?? interfaceOption }
    private var limit: UInt64 { count ?? countOption ?? .max }

    private func settings(_ interface: OpenInterface) -> LiveCapture.Settings {
        var settings = LiveCapture.Settings(interfaceIndex: interface.link.index, interface: interface.link.name)
        settings.filter = filter
        settings.snapBytes = snap
        settings.ringBytes = buffer
        settings.isPromiscuous = !noPromiscuous
        settings.isLoopback = interface.link.isLoopback
        return settings
    }

    /// Nil if frames only go into a file.
    private var printer: FramePrinter? {
        let shows = write == nil || form != .text || json || details || dump
        return shows
            ? FramePrinter(form: json ? .json : form, fields: field, showsDetails: details, showsBytes: dump)
            : nil
    }
}

/// tcpdump has an interface `any`; here each frame belongs to one, with a header of its own.
@Sendable private func parsedSniffedInterface(_ text: String) throws -> InterfaceReference {
    if text == "any" {
        throw ValidationError(
            "sniff listens on one interface at a time, not on any; `vethmark link show` lists them, and a sniff for each does the same")
    }
    return try parsedInterface(text)
}
