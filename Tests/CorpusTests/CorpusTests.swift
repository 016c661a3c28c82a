import Control
import Engines
import Foundation
import Frames
import FuzzTargets
import Links
import Metrics
import Plans
import Results
import TestSupport
import Testing
import Traces

@testable import Kernel

/// The corpus of scripts/fuzz: what it starts from, and every input that once brought a parser down.
@Suite struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("FuzzTargets/corpus")

    /// An input a line, hexadecimal; `#` begins a remark.
    private func inputs(_ name: String) throws -> [[UInt8]] {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(name + ".hex"), encoding: .utf8)
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { try #require(Hexadecimal.bytes(String($0))) }
    }

    @Test(arguments: fuzzTargets.map(\.name)) func everyInputIsDigested(_ name: String) throws {
        let target = try #require(fuzzTargets.first { $0.name == name })
        let inputs = try inputs(name)
        #expect(inputs.count >= 10)
        for input in inputs { target.run(input) }
    }

    /// Makes the corpus anew, when asked to: VETHMARK_WRITE_CORPUS=1. Lines below `# found` stay.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["VETHMARK_WRITE_CORPUS"] != nil)) func writeTheCorpus() throws {
        var stacks = RandomStack()
        let frames = (0..<80).map { _ in FrameStack.build(stacks.next()) }
        try write("frames", frames)
        try write("captures", try captures(Array(frames.prefix(3))))
        let dump = try linkDump()
        let cut = dump.map { Array($0.prefix($0.count / 2)) } + dump.flatMap { message in (1...4).map { Array(message.prefix(16 * $0)) } }
        try write("netlink", dump + cut)
        try write("control", try conversations())
        let profiles = Self.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("profiles")
        let files = try FileManager.default.contentsOfDirectory(at: profiles, includingPropertiesForKeys: nil).filter {
            $0.pathExtension == "yaml"
        }
        let broken = ["", "frame: [", "frame: {size: -1}", "a: &a [*a]", "run: {time: 1e99}", "frame:\n\tsize: 64", "? x", "--- 1\n--- 2"]
        try write(
            "profiles", try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) } + broken.map { Array($0.utf8) })
    }

    /// A whole trial's words, each alone, and rows of them.
    private func conversations() throws -> [[UInt8]] {
        let run = try sampleRun()
        let address = MACAddress(value: 0x0276_6d00_000a)
        var arrivals = Arrivals()
        arrivals.counts.receivedFrames = 2
        (arrivals.sizes, arrivals.expected, arrivals.bytes) = ([60: 2], [2], 120)
        for nanoseconds: Int64 in [900, 70_000, -3] { arrivals.path.record(nanoseconds) }
        let outcome = ReceiverOutcome(
            arrivals: arrivals, workers: run.trials[0].workers, link: LinkCounters(), carrierChanges: 0, ethtool: ["rx/xdp_drops": 1],
            host: HostEvidence(
                cpus: [], clockStepNanoseconds: 0, clockTimesSet: 0, throttledNanoseconds: 0, neighbours: [7], residentBytes: 1 << 20),
            clock: ClockAgreement(method: .exchange, offsetNanoseconds: -5, errorNanoseconds: 9))
        let ready = ReceiverReady(
            address: address, link: run.conditions.transmitLink,
            host: HostConditions(name: "h1", kernelRelease: "6.1.0", architecture: "x86_64", cpuModel: "Test CPU"),
            seats: [Placement.Seat(cpu: 1, node: 0)], warnings: [])
        let order = RemoteOrder(index: 0, trial: 0, key: 7, plan: run.plan, sourceAddress: address)
        let hello = ControlHello(rank: 1, ranks: 2, version: "1", host: "h1", bootID: "b1")
        func word(_ verb: ControlVerb, _ value: (some Encodable)?, serial: UInt8 = 1) throws -> (verb: UInt8, serial: UInt8, body: [UInt8])
        {
            (verb.rawValue, serial, try value.map { try ControlBody.encode($0, of: verb) } ?? [])
        }
        let none: Int? = nil
        let counts = try word(.counts, CountsSoFar(phase: 1, received: 2, slowest: 70_000, end: .linkLost, event: "gone"))
        let ending = PhaseEnding(phase: 1)
        let trial = [
            try word(.ready, ready), counts, try word(.drained, ending), try word(.outcome, outcome), try word(.finished, none)
        ]
        let orders = [
            try word(.prepare, order), try word(.open, ["phase": 1, "startNanoseconds": 2]), try word(.stop, ending),
            try word(.outcome, none), try word(.finished, none)
        ]
        let others = [
            try word(.hello, hello), try word(.failed, ["sentence": "it was stopped\nby a signal"]), try word(.clockAsk, none),
            try word(.beat, none, serial: 0), try word(.prepare, none, serial: 2)
        ]
        let rows = [trial, orders, orders + orders] + (trial + orders + others).map { [$0] }
        var inputs: [[UInt8]] = rows.map { FuzzControl.script($0) }
        inputs.append(inputs[0].dropLast(9))
        for stranger in ["GET / HTTP/1.1\r\n\r\n", "vethctrl\u{1}"] { inputs.append([3] + Array(stranger.utf8)) }
        return inputs
    }

    /// What rtnetlink says of a loopback and a veth pair in a namespace of their own.
    private func linkDump() throws -> [[UInt8]] {
        let namespace = try NetworkNamespace.makePrivate(name: "corpus")
        try LinkTable(in: namespace).makeVethPair(
            VethEnd(name: "vm0", mtuBytes: 9_000), VethEnd(name: "vm1", transmitQueues: 4), in: namespace)
        return try namespace.perform {
            // RTM_GETLINK, NLM_F_DUMP, a struct ifinfomsg of zeros.
            try NetlinkSocket().exchange(NetlinkRequest(type: 18, flags: 0x300, header: (UInt64(0), UInt64(0))).bytes)
        }
    }

    private func captures(_ frames: [[UInt8]]) throws -> [[UInt8]] {
        var files: [[UInt8]] = []
        for container in CaptureFormat.Container.allCases {
            for precision in CaptureFormat.Precision.allCases {
                for isBigEndian in [false, true] {
                    let path = NSTemporaryDirectory() + "vethmark-corpus-\(UUID().uuidString)"
                    defer { try? FileManager.default.removeItem(atPath: path) }
                    let writer = try CaptureFileWriter(
                        path: path, format: CaptureFormat(container, precision: precision, isBigEndian: isBigEndian), interface: "vm0")
                    for frame in frames { try writer.write(CapturedFrame(timestampNanoseconds: 1_700_000_000_123_456_789, bytes: frame)) }
                    try writer.flush()
                    files.append(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
                }
            }
        }
        let several = try severalInterfaces(frames)
        let packed = try ["gzip", "zstd"].map { try pack(several, with: $0) }
        return files + files.prefix(4).map { Array($0.dropLast(7)) } + [several, Array(several.dropLast(9))] + packed
    }

    /// Blocks of interfaces of several link types, units and offsets, with flags, remarks and a frame without a time.
    private func severalInterfaces(_ frames: [[UInt8]]) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "vethmark-corpus-\(UUID().uuidString).pcapng"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var interfaces = [CaptureInterface(name: "near", snapBytes: 0), CaptureInterface(name: "tun"), CaptureInterface()]
        interfaces[1].linkType = .rawIP
        interfaces[1].resolution = TimeResolution(code: 0x8A)!
        interfaces[2].description = "with an offset"
        interfaces[2].offsetSeconds = -7
        let writer = try CaptureFileWriter(path: path, interfaces: interfaces)
        for (position, bytes) in frames.enumerated() {
            var frame = CapturedFrame(timestampNanoseconds: 1_700_000_000_123_456_789, bytes: bytes, direction: .outgoing)
            frame.interface = position % 3
            frame.comments = ["a remark"]
            try writer.write(frame)
        }
        var simple = CapturedFrame(timestampNanoseconds: 0, bytes: frames[0])
        simple.hasTime = false
        try writer.write(simple)
        try writer.flush()
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func pack(_ bytes: [UInt8], with tool: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/" + tool)
        process.arguments = ["-qc"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        return Array(try output.fileHandleForReading.readToEnd() ?? Data())
    }

    private func write(_ name: String, _ inputs: [[UInt8]]) throws {
        let file = Self.folder.appendingPathComponent(name + ".hex")
        let old = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let found = old.range(of: "# found").map { String(old[$0.lowerBound...]) } ?? "# found\n"
        try (inputs.map { Hexadecimal.text($0) + "\n" }.joined() + found).write(to: file, atomically: true, encoding: .utf8)
    }
}
