import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// Frames that are wrong on purpose: in the very way that was asked for to somebody else's eyes, and received as they left to ours.
@Suite(.enabled(if: Requirement.root), .serialized) struct MalformedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var flags: [String]
        /// Of what tshark says of each frame, the beginning; empty where it finds nothing.
        var complaint: String

        init(_ flags: String, _ complaint: String) {
            self.flags = flags.split(separator: " ").map(String.init)
            self.complaint = complaint
        }

        var testDescription: String { flags.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case("", ""), Case("--udp-checksum", ""), Case("--malformed none --network ipv6", ""), Case("--transport tcp", ""),
        Case("--malformed ip-checksum", "Bad checksum [should be"),
        Case("--malformed ip-checksum --transport tcp", "Bad checksum [should be"),
        Case("--malformed ip-length --udp-checksum", "IPv4 total length exceeds packet length"),
        Case("--malformed ip-length --transport tcp", "IPv4 total length exceeds packet length"),
        Case("--malformed ip-length --network ipv6", "IPv6 payload length exceeds framing length"),
        Case("--malformed ip-length --network ipv6 --transport tcp", "IPv6 payload length exceeds framing length"),
        Case("--malformed ip-header", "Bogus IP header length (16, must be at least 20)"),
        Case("--malformed udp-length --udp-checksum", "Bad length value 130 > IP payload length"),
        Case("--malformed udp-length --network ipv6", "Bad length value 110 > IP payload length"),
        Case("--malformed tcp-header --transport tcp", "Bogus TCP header length (16, must be at least 20)"),
        Case("--malformed tcp-header --transport tcp --network ipv6", "Bogus TCP header length (16, must be at least 20)"),
        Case("--malformed transport-checksum", "Bad checksum [should be"),
        Case("--malformed transport-checksum --network ipv6", "Bad checksum [should be"),
        Case("--malformed transport-checksum --transport tcp", "Bad checksum [should be"),
        Case("--malformed zero-checksum --network ipv6", "Illegal checksum value (0)"),
        Case("--malformed zero-checksum --transport tcp", "Bad checksum [should be"),
        Case("--malformed zero-checksum --transport tcp --network ipv6", "Bad checksum [should be")
    ]

    /// One complaint a frame and no second one, whether fields lie in the slots or are laid in as frames leave.
    @Test(arguments: ["sourcePort=inc:5", "sourcePort=inc:50000"]) func tsharkFindsTheFaultAndNoOther(_ modifier: String) async throws {
        try await atOnce(Self.cases) { try await find($0, modifier) }
    }

    private func find(_ one: Case, _ modifier: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/frames.pcap"
        let varied = modifier == "sourcePort=inc:5" ? [modifier] : [modifier, "eth.dst=inc:2"]
        let flags = one.flags + varied.flatMap { ["--modify", $0] }
        let render = try await Program.vethmark(["render", "-s", "160", "-n", "300", "-w", path] + flags)
        #expect(render.exitCode == 0, "\(flags): \(render.errors)")
        let options = ["ip", "udp", "tcp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] } + ["-o", "tcp.analyze_sequence_numbers:FALSE"]
        let fields = ["-T", "fields", "-E", "separator=|", "-e", "_ws.expert.message", "-e", "ip.checksum.status"]
        let tshark = try await Program.run("tshark", ["-r", path, "-n"] + options + fields)
        #expect(tshark.exitCode == 0, "\(flags): \(tshark.errors)")
        let lines = tshark.output.split(separator: "\n").map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.count == 300, "\(flags)")
        let isHeaderChecksum = one.flags.contains("ip-checksum")
        for line in lines {
            let isRight =
                one.complaint.isEmpty ? line[0].isEmpty : line[0].hasPrefix(one.complaint) && !line[0].contains(",Bad")
            // 1 is good, 0 is bad; nothing stands there without such a header, or in one that ends too soon.
            guard isRight, (line[1] == "0") == isHeaderChecksum else {
                Issue.record("\(flags): \(line)")
                break
            }
        }
    }

    /// Over a pair, each fault by every way there is: all come, and none is altered.
    @Test(arguments: [["--engine", "ring"], ["--engine", "mmsg"], ["--engine", "af-xdp", "--receiver", "af-xdp"], ["--engine", "xdp"]])
    func theBookCloses(_ engine: [String]) async throws {
        // What receivers judge frames by are lengths; checksums are looked at once.
        for one in Self.cases where engine.contains("ring") ? !one.complaint.isEmpty : one.complaint.contains("length") {
            let run = try await Program.vethmark(
                ["run", "-s", "160", "-n", "2000", "--warmup", "0", "-b", "50kpps", "--json", "--no-save", "-q"] + one.flags + engine)
            #expect(run.exitCode == 0 || run.exitCode == 3, "\(one.flags): \(run.errors)")
            let ledger = try run.ledger()
            #expect(
                ledger["received"] == 2_000 && ledger["altered"] ?? 0 == 0 && ledger["residual"] == 0, "\(engine) \(one.flags): \(ledger)")
        }
    }

    /// Every size that a runt has, by every way there is: each comes, under its own size, and the book closes. Of a file's `none` knows by the link's counters.
    @Test(arguments: [
        "ring ring", "ring af-xdp", "ring xdp", "ring none", "mmsg ring", "af-xdp ring", "af-xdp af-xdp", "af-xdp xdp", "xdp ring",
        "xdp af-xdp",
        "xdp xdp", "null null"
    ]) func runtsAreCountedAsOthersAre(_ names: String) async throws {
        let pair = names.split(separator: " ").map(String.init)
        for (flags, least) in [([], 38), (["--vlan", "7"], 42)] as [([String], Int)] {
            let run = try await Program.vethmark(
                [
                    "run", "--network", "raw", "--malformed", "runt", "-s", "\(least)-63", "-n", "2600", "--warmup", "0", "-b", "20kpps",
                    "--json",
                    "--no-save", "-q", "--engine", pair[0], "--receiver", pair[1]
                ] + flags)
            #expect(run.ranToItsEnd, "\(names): \(run.errors)")
            let ledger = try run.ledger()
            #expect(ledger["sent"] == 2_600 && ledger["received"] == 2_600 && ledger["residual"] == 0, "\(names) \(flags): \(ledger)")
            #expect((ledger["altered"] ?? 0) + (ledger["foreign"] ?? 0) == 0, "\(names) \(flags): \(ledger)")
            let trial = try #require((try run.json()["trials"] as? [[String: Any]])?.first)
            guard pair[1] != "none", pair[1] != "null" else { continue }
            let sizes = try #require(trial["sizes"] as? [[String: Any]])
            #expect(sizes.compactMap { $0["sizeBytes"] as? Int } == Array(least...63), "\(names): \(sizes)")
            #expect(sizes.allSatisfy { $0["sent"] as? Int == $0["received"] as? Int }, "\(names): \(sizes)")
        }
    }

    /// On the link they are as short as they were asked for, and nobody pads them.
    @Test(arguments: ["ring", "mmsg", "af-xdp", "xdp"]) func runtsAreShortOnTheLink(_ engine: String) async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let path = folder.path + "/caught.pcap"
            let tcpdump = bed.tcpdump(260, to: path, snapBytes: 512)
            let dump = try await Program.run("ip", tcpdump) { _ in
                try await bed.waitForTap(bed.far)
                let run = try await Program.vethmark([
                    "run", "--tx", bed.tx, "--rx", bed.rx, "--network", "raw", "--malformed", "runt", "-s", "38-63", "-n", "260", "-b",
                    "5kpps",
                    "--warmup", "0", "--receiver", "ring", "--engine", engine, "--json", "--no-save", "-q"
                ])
                #expect(try run.ledger()["received"] == 260, "\(run.errors)")
            }
            #expect(dump.exitCode == 0, "\(dump.errors)")
            let reader = try CaptureFileReader(path: path)
            var lengths: [Int: Int] = [:]
            while let frame = try reader.next() {
                lengths[frame.bytes.count, default: 0] += 1
                let payload = frame.bytes.count - 14
                let told = Int(frame.bytes[32]) << 8 | Int(frame.bytes[33])
                #expect(frame.bytes[12..<14] == [0x88, 0xB5] && told == payload)
            }
            let planned = Dictionary(uniqueKeysWithValues: (34...59).map { ($0, 10) })
            #expect(lengths == planned, "\(lengths)")
        }
    }

    /// On the link, whatever sends them: the engine changes nothing, and the kernel puts nothing right.
    @Test(arguments: ["ring", "mmsg", "af-xdp", "xdp"]) func everyEngineSendsTheFault(_ engine: String) async throws {
        let station = "02:00:00:00:00:0a"
        let asked: [Case] = [
            Case("--malformed ip-checksum,transport-checksum", "Bad checksum [should be 0x"),
            Case("--malformed ip-length --transport tcp", "IPv4 total length exceeds packet length"),
            Case("--malformed udp-length --udp-checksum", "Bad length value 130 > IP payload length"),
            Case("--malformed zero-checksum --network ipv6", "Illegal checksum value (0)")
        ]
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            for (number, one) in asked.enumerated() {
                let path = "\(folder.path)/\(number).pcap"
                let tcpdump = bed.tcpdump(500, to: path, snapBytes: 512, "ether", "src", station)
                let dump = try await Program.run("ip", tcpdump) { _ in
                    try await bed.waitForTap(bed.far)
                    let run = try await Program.vethmark(
                        [
                            "run", "--tx", bed.tx, "--rx", bed.rx, "--source-mac", station, "-s", "160", "-n", "500", "-b", "50kpps",
                            "--warmup",
                            "0", "--receiver", "ring", "--engine", engine, "--modify", "sourcePort=inc:5", "--json", "--no-save", "-q"
                        ] + one.flags)
                    let ledger = try run.ledger()
                    #expect(ledger["received"] == 500 && ledger["altered"] ?? 0 == 0, "\(one.flags): \(ledger) \(run.errors)")
                }
                #expect(dump.exitCode == 0, "\(dump.errors)")
                let options = ["ip", "udp", "tcp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
                let tshark = try await Program.run(
                    "tshark",
                    ["-r", path, "-n", "-o", "tcp.analyze_sequence_numbers:FALSE"] + options + [
                        "-T", "fields", "-E", "separator=|", "-e", "_ws.expert.message", "-e", "frame.len"
                    ])
                let lines = tshark.output.split(separator: "\n")
                let faults = one.flags[1].split(separator: ",").count
                let isFound = lines.allSatisfy { line in
                    line.hasPrefix(one.complaint) && line.hasSuffix("|156") && line.count { $0 == "," } == faults - 1
                }
                #expect(lines.count == 500 && isFound, "\(engine) \(one.flags): \(lines.first ?? "")")
            }
        }
    }

    /// One bad stream among good ones, and each judged by its own lengths.
    @Test func streamsAreWrongOrRightBesideEachOther() async throws {
        let run = try await Program.vethmark([
            "run", "--malformed", "ip-checksum,udp-length", "--stream", "good share=3 malformed=none", "--stream", "bad share=1",
            "--stream",
            "other share=1 network=ipv6 malformed=zero-checksum", "-s", "160", "-n", "5000", "--warmup", "0", "-b", "50kpps", "--json",
            "--no-save", "-q"
        ])
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        let ledger = try run.ledger()
        #expect(ledger["received"] == 5_000 && ledger["altered"] ?? 0 == 0 && ledger["residual"] == 0, "\(ledger)")
        let trial = (try run.json()["trials"] as? [[String: Any]])?.first
        let streams = try #require(trial?["streams"] as? [[String: Any]])
        #expect(streams.compactMap { $0["name"] as? String } == ["good", "bad", "other"])
        let planned = try #require((try run.json()["plan"] as? [String: Any])?["streams"] as? [[String: Any]])
        let faults = planned.map { ($0["frame"] as? [String: Any])?["malformed"] as? [String] }
        #expect(faults == [nil, ["ip-checksum", "udp-length"], ["zero-checksum"]])
    }

    @Test(arguments: [
        (["--malformed", "ip-chksum"], "did you mean 'ip-checksum'?"), (["--malformed", ""], "none, or one or more of"),
        (["--malformed", "udp-length", "--transport", "tcp"], "frames of UDP"),
        (["--malformed", "ip-length", "--engine", "gso"], "use --engine ring"),
        (["--malformed", "runt", "--network", "raw", "--engine", "gso"], "--malformed is runt but must be left out with the gso engine"),
        (["--malformed", "runt"], "use --network raw"), (["-s", "40"], "at least 64, Ethernet's least"),
        (["--stream", "a share=1", "--stream", "b share=1 malformed=ip-checksum network=ipv6"], "in stream b")
    ])
    func whatCannotBeHadIsToldInALine(_ flags: [String], _ words: String) async throws {
        let run = try await Program.vethmark(
            ["run", "--dry-run"] + (flags.contains("runt") || flags.contains("-s") ? [] : ["-s", "160"]) + flags)
        #expect(run.exitCode == 64 && run.output.isEmpty && run.errors.contains(words), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
}
