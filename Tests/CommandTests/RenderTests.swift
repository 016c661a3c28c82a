import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// What `render` shows is what leaves.
@Suite(.enabled(if: Requirement.root), .serialized) struct RenderTests {
    private static let profiles = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("profiles").path
    /// But for the one whose frames are wrong on purpose, which `MalformedTests` looks at, and the one whose frames lie in a file.
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: profiles)) ?? [])
        .filter { $0.hasSuffix(".yaml") && !["malformed.yaml", "replay.yaml"].contains($0) }.sorted()
    private static let stations = ["--source-mac", "02:00:00:00:00:0a", "--destination-mac", "02:00:00:00:00:0b"]

    /// Frames of a capture file by worker and sequence, without what only a run knows; their checksums are found right first.
    private func frames(_ path: String, isCutFromSlots: Bool) throws -> [[UInt32]: [UInt8]] {
        let reader = try CaptureFileReader(path: path)
        var frames: [[UInt32]: [UInt8]] = [:]
        while let frame = try reader.next() {
            let decoded = FrameDecoder.decode(frame.bytes)
            #expect(decoded.problems.isEmpty, "\(decoded.problems)")
            guard let layer = decoded.layers.first(where: { $0.kind == .signature }), let signature = layer.content as? SignatureLayer
            else {
                continue
            }
            var bytes = frame.bytes
            func clear(_ range: Range<Int>) { for index in range { bytes[index] = 0 } }
            let start = layer.range.lowerBound
            bytes[start + 4] &= ~3
            clear((start + 5)..<(start + 6))
            clear((start + Signature.Field.timestamp)..<(start + Signature.byteCount))
            for layer in decoded.layers {
                let header = layer.range.lowerBound
                switch layer.kind {
                case .udp where bytes[header + 6] != 0 || bytes[header + 7] != 0: bytes[header + 6] = 0xFF; bytes[header + 7] = 0xFF
                case .tcp: clear((header + 16)..<(header + 18))
                // The stack numbers the frames of a slot.
                case .ipv4 where isCutFromSlots: clear((header + 4)..<(header + 6)); clear((header + 10)..<(header + 12))
                default: break
                }
            }
            #expect(frames.updateValue(bytes, forKey: [UInt32(signature.signature.stream.worker), signature.signature.sequence]) == nil)
        }
        return frames
    }

    /// Both files, and the engine.
    private func compare(_ arguments: [String], count: Int) async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let flags = arguments + Self.stations + ["-n", "\(count)"]
            let planned = folder.path + "/planned.pcapng", caught = folder.path + "/caught.pcap"
            let render = try await Program.vethmark(["render"] + flags + ["-w", planned, "--json"])
            #expect(render.exitCode == 0, "\(render.errors)")
            for (namespace, name) in [(bed.near, bed.txName), (bed.far, bed.rxName)] {
                try await bed.inside(namespace, "ip", "link", "set", name, "mtu", "9000")
            }
            let tcpdump = bed.tcpdump(count, to: caught, snapBytes: 9_216, "ether", "src", Self.stations[1])
            let dump = try await Program.run("ip", tcpdump) { _ in
                try await bed.waitForTap(bed.far)
                let run = try await Program.vethmark(
                    ["run"] + flags + [
                        "--tx", bed.tx, "--rx", bed.rx, "--receiver", "none", "--warmup", "0", "--repeats", "1", "--no-save", "--json"
                    ])
                #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
                let transmit = (try run.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any]
                let rendered = (try render.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any]
                #expect(transmit?["engine"] as? String == rendered?["engine"] as? String)
            }
            #expect(dump.exitCode == 0, "\(dump.errors)")
            let transmit = (try render.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any]
            let isCut = transmit?["segments"] != nil
            let expected = try self.frames(planned, isCutFromSlots: isCut), found = try self.frames(caught, isCutFromSlots: isCut)
            #expect(expected.count == count && found.count == count, "\(expected.count) planned, \(found.count) caught")
            let differing = expected.keys.filter { expected[$0] != found[$0] }.sorted { $0[1] < $1[1] }
            #expect(differing.isEmpty, "\(differing.count) differ, first \(differing.first ?? [])")
        }
    }

    @Test(arguments: RenderTests.names) func theCaptureIsWhatWasRendered(_ name: String) async throws {
        try await compare(["\(Self.profiles)/\(name)"], count: 2_000)
    }

    /// Patched and baked, by every engine that sends frame by frame.
    @Test(
        arguments: ["ring", "mmsg", "af-xdp", "xdp"],
        [
            ["--flows", "1M", "-s", "imix"], ["--modify", "ip.src=10.0.0.0/29", "--modify", "udp.srcport=random:9"],
            ["--encap", "vxlan:42", "--modify", "vxlan.vni=inc:7", "--flows", "1M", "-s", "200"]
        ])
    func everyEngineSendsTheSame(_ engine: String, _ flags: [String]) async throws {
        try await compare(flags + ["--engine", engine, "--udp-checksum", "-b", "50kpps"], count: 3_000)
    }

    /// Streams at paces of their own, in one row that workers share.
    @Test(arguments: [("ring", 1), ("ring", 3), ("mmsg", 2), ("af-xdp", 1)])
    func streamsAtTheirOwnPacesLeaveAsRendered(_ engine: String, _ workers: Int) async throws {
        let streams = [
            "a rate=7kpps size=218", "b rate=3kpps shape=poisson size=68,594 flows=1000 vlans=7",
            "c rate=2500pps shape=bursts:30 size=1518",
            "d shape=steps:0,8kpps/10ms network=ipv6 transport=tcp size=100"
        ]
        try await compare(
            streams.flatMap { ["--stream", $0] } + ["--engine", engine, "-P", "\(workers)", "--udp-checksum", "-t", "2s"], count: 3_000)
    }

    /// Frames of a file, in turns with others, from slots.
    @Test(arguments: [("ring", 1), ("ring", 2), ("mmsg", 1), ("af-xdp", 1)])
    func framesOfAFileLeaveAsRendered(_ engine: String, _ workers: Int) async throws {
        let folder = try TemporaryFolder()
        try OfficeCapture.write(to: folder.path + "/office.pcap")
        let streams = ["office replay=\(folder.path)/office.pcap share=2", "b share=1 size=64,594 flows=1000"]
        try await compare(
            streams.flatMap { ["--stream", $0] } + ["--engine", engine, "-P", "\(workers)", "-b", "20kpps"], count: 2_000)
    }

    /// Engines that make frames beforehand: in runs for each slot, and by a program in the kernel.
    @Test(arguments: [["--engine", "gso"], ["--engine", "xdp", "-b", "50kpps"]]) func enginesThatMakeThemBeforehandDoToo(_ flags: [String])
        async throws
    {
        try await compare(flags + ["--modify", "sourcePort=random:5", "--modify", "ip.dsfield.dscp=8|46", "--udp-checksum"], count: 2_000)
    }

    /// What the kernel cuts out of a slot of TCP payloads: sequence numbers a payload apart, PSH on the last, checksums that are right.
    @Test(arguments: ["ipv4", "ipv6"]) func tcpCutOutOfSlotsIsWholeToTshark(_ network: String) async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let path = folder.path + "/tcp.pcap"
            let size = network == "ipv4" ? 100 : 120
            let count = 4_000
            let tcpdump = bed.tcpdump(count, to: path, snapBytes: 512, "tcp")
            let dump = try await Program.run("ip", tcpdump) { _ in
                try await bed.waitForTap(bed.far)
                let run = try await Program.vethmark([
                    "run", "--tx", bed.tx, "--rx", bed.rx, "--engine", "gso", "--transport", "tcp", "--network", network, "-s", "\(size)",
                    "-n",
                    "\(count)", "--warmup", "0", "--json", "--no-save", "-q"
                ])
                #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
                let ledger = try run.ledger()
                #expect(ledger["residual"] == 0 && ledger["received"] == count && ledger["altered"] == 0, "\(ledger)")
                let warnings = try #require(try run.json()["warnings"] as? [[String: Any]])
                #expect(warnings.contains { $0["code"] as? String == "tcp-sequence-by-slot" })
                let workers = try #require((try run.json()["trials"] as? [[String: Any]])?.first?["workers"] as? [[String: Any]])
                #expect((workers.first?["segmentedFrames"] as? Int ?? 0) > count * 9 / 10)
            }
            #expect(dump.exitCode == 0, "\(dump.errors)")
            let tshark = try await Program.run(
                "tshark",
                [
                    "-r", path, "-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o",
                    "tcp.desegment_tcp_streams:FALSE", "-Y",
                    "tcp", "-T", "fields", "-e", "tcp.seq_raw", "-e", "tcp.len", "-e", "tcp.flags.push", "-e", "tcp.checksum.status", "-e",
                    "frame.len"
                ])
            let rows = tshark.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(rows.count == count, "\(tshark.errors)")
            let payload = size - 4 - 14 - (network == "ipv4" ? 20 : 40) - 20
            let base = try #require(rows.first.flatMap { UInt32($0[0]) })
            var next = base
            for (place, row) in rows.enumerated() {
                try #require(row.count == 5, "\(row)")
                // A slot begins with the plan's own number.
                if UInt32(row[0]) == base { next = base }
                let endsHere = place + 1 == rows.count || UInt32(rows[place + 1][0]) == base
                #expect(
                    UInt32(row[0]) == next && row[1] == "\(payload)" && row[3] == "1" && row[4] == "\(size - 4)", "frame \(place): \(row)")
                #expect(row[2] == (endsHere ? "1" : "0"), "frame \(place): \(row)")
                next &+= UInt32(payload)
            }
        }
    }

    /// The window goes on where the warm-up ended, wherever that was: sizes and fields stay in step with the slots.
    @Test(arguments: ["ring", "mmsg", "af-xdp", "null"]) func aWarmUpLeavesSlotsAndFieldsInStep(_ engine: String) async throws {
        let flags = ["--flows", "1M", "-s", "imix", "--udp-checksum", "--engine", engine, "--warmup", "37ms", "-t", "150ms", "-b", "40kpps"]
        let receiver = engine == "null" ? ["--receiver", "null"] : []
        let run = try await Program.vethmark(["run", "--json", "--no-save", "-q"] + receiver + flags)
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        let ledger = try run.ledger()
        #expect(ledger["residual"] == 0 && ledger["altered"] ?? 0 == 0 && ledger["received"] == ledger["sent"], "\(ledger)")
    }

    @Test func randomPlansAreWholeToTshark() async throws {
        var generator = SeededGenerator()
        let folder = try TemporaryFolder()
        for number in 0..<12 {
            let traffic = RandomTraffic(using: &generator)
            let path = "\(folder.path)/\(number).pcap"
            let render = try await Program.vethmark(["render"] + traffic.arguments + ["-n", "400", "-w", path])
            #expect(render.exitCode == 0, "\(traffic.arguments): \(render.errors)")
            let wrong = ["ip", "udp", "tcp"].map { "\($0).checksum.status == 0" }.joined(separator: " || ")
            let options = ["ip", "udp", "tcp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
            let tshark = try await Program.run(
                "tshark", ["-r", path, "-n", "-o", "tcp.desegment_tcp_streams:FALSE"] + options + ["-Y", "_ws.malformed || \(wrong)"])
            #expect(tshark.exitCode == 0 && tshark.output.isEmpty, "\(traffic.arguments): \(tshark.output.prefix(300))")
        }
    }

    @Test func theSummaryCounts() async throws {
        let flags = ["render", "--flows", "1M", "-s", "imix", "--modify", "ip.dst=inc:3", "-b", "100kpps", "-t", "2s", "--json", "-n", "6"]
        let render = try await Program.vethmark(flags).json()
        #expect(render["schema"] as? String == "vethmark.render/1")
        #expect(render["flows"] as? Int == 3_000_000 && render["differentFrames"] as? Int == 9_000_000)
        #expect(render["cycleFrames"] as? Int == 36_000_000 && render["totalFrames"] as? Int == 200_000)
        let frames = try #require(render["frames"] as? [[String: Any]])
        #expect(frames.count == 6 && frames.compactMap { $0["dueNanoseconds"] as? Int } == [0, 10_000, 20_000, 30_000, 40_000, 50_000])
    }

    @Test(arguments: [
        (["-w", "x.pcap", "-V"], 64, "leave out"), (["--modify", "ip.nosuch=inc:2"], 64, "FIELD=VALUES"), (["nosuch"], 64, "no profile"),
        (["-w", "/nosuch/x.pcap"], 1, "/nosuch/x.pcap")
    ])
    func errorsAreOneLine(_ flags: [String], _ code: Int32, _ words: String) async throws {
        let render = try await Program.vethmark(["render"] + flags)
        #expect(render.exitCode == code && render.output.isEmpty && render.errors.contains(words), "\(render.errors)")
        #expect(render.errors.split(separator: "\n").count == 1)
    }
}
