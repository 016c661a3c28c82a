import Foundation
import Testing

/// Tools that aren't ours, on the other end or between: both must count the same.
@Suite(.enabled(if: Requirement.root), .serialized) struct InterplayTests {
    /// tcpdump at the far end, which writes each frame as it comes, beside `body`. It ends when its file has `count` frames and no more come.
    private func tcpdump(
        _ bed: TestBed, to trace: String, frames count: Int, _ filter: String..., beside body: @escaping @Sendable () async throws -> Void
    ) async throws -> Finished {
        let command = ["tcpdump", "--immediate-mode", "-U", "-i", bed.rxName, "-w", trace, "-s", "2048", "-B", "131072", "-Z", "root"]
        return try await Program.run("ip", ["netns", "exec", bed.far] + command + filter) { process in
            // It opens its file when its filter is at work.
            try await eventually("tcpdump's file") { framesOfPcap(trace) != nil }
            try await body()
            // What has come by now lies in the ring. Two looks that see the same: what should not have come would have its time.
            var before: Int?
            try await eventually("frame \(count) in tcpdump's file", every: .milliseconds(200)) {
                let now = framesOfPcap(trace)
                defer { before = now }
                return now ?? 0 >= count && now == before
            }
            kill(process.value, SIGINT)
        }
    }

    @Test func tcpdumpCountsOurFramesAsWeDo() async throws {
        let folder = try TemporaryFolder()
        try await TestBed.with { bed in
            let trace = folder.path + "/trace.pcap"
            let capture = try await tcpdump(bed, to: trace, frames: 20_000, "udp") {
                let run = try await Program.vethmark([
                    "run", "--tx", bed.tx, "--rx", bed.rx, "-n", "20000", "-b", "20kpps", "--warmup", "0", "--json",
                    "--no-save", "-q"
                ])
                #expect(try run.ledger()["received"] == 20_000, "\(run.errors)")
                #expect(try run.ledger()["residual"] == 0)
            }
            #expect(capture.errors.contains("0 packets dropped by kernel"), "\(capture.errors)")
            let listed = try await Program.tool("tcpdump", "-nn", "-r", trace)
            #expect(listed.output.split(separator: "\n").count == 20_000)
        }
    }

    /// At full speed, whatever sends them: tcpdump counts what we count, and tshark finds every length, identification and checksum right.
    @Test(arguments: [
        ["gso"], ["gso", "--network", "ipv6", "-s", "128"], ["gso", "-s", "1518"], ["gso", "--modify", "sourcePort=inc:7"],
        ["gso", "--vlan", "5", "-s", "128"],
        ["mmsg", "--udp-checksum"], ["xdp", "--udp-checksum"]
    ])
    func framesOfEveryEngineAreComplete(_ engine: [String]) async throws {
        let folder = try TemporaryFolder()
        try await TestBed.with { bed in
            let trace = folder.path + "/trace.pcap"
            let capture = try await tcpdump(bed, to: trace, frames: 20_001, "udp or (vlan and udp)") {
                let run = try await Program.vethmark(
                    [
                        "run", "--tx", bed.tx, "--rx", bed.rx, "-n", "20001", "--warmup", "0", "--json", "--no-save", "-q", "--receiver",
                        "ring", "--engine"
                    ] + engine)
                #expect(try run.ledger()["received"] == 20_001, "\(run.errors)")
            }
            #expect(capture.errors.contains("0 packets dropped by kernel"), "\(capture.errors)")
            let seen = try await Program.tool(
                "tshark", "-r", trace, "-T", "fields", "-e", "frame.len", "-e", "udp.length", "-e", "udp.checksum")
            let lines = seen.output.split(separator: "\n")
            #expect(lines.count == 20_001)
            #expect(Set(lines.map { $0.split(separator: "\t").first }).count == 1)
            // One flow's frames: as many different signatures, and so checksums filled in.
            #expect(Set(lines).count > 1 && !lines.contains { $0.hasSuffix("0x0000") })
            let bad = try await Program.tool(
                "tshark", "-r", trace, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y",
                "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0")
            #expect(bad.output.isEmpty, "\(bad.output.prefix(500))")
        }
    }

    /// Who does the receiving is given back, whatever program was there meanwhile.
    @Test(arguments: [
        ["xdp", "xdp", "napi-thread"], ["xdp", "af-xdp", "napi-thread"], ["ring", "ring", "napi-thread"], ["ring", "ring", "split-softirq"]
    ])
    func placementsAreGivenBack(_ words: [String]) async throws {
        try await TestBed.with { bed in
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "--engine", words[0], "--receiver", words[1], "--placement", words[2], "-t", "200ms",
                "--warmup", "0",
                "--json", "--no-save", "-q"
            ])
            // Full speed beside others is not to be trusted, and given back all the same.
            #expect(run.ranToItsEnd, "\(run.errors)")
            #expect(try run.ledger()["residual"] == 0)
            let warnings = try run.json()["warnings"] as? [[String: Any]] ?? []
            #expect(!warnings.contains { $0["code"] as? String == "not-restored" }, "\(warnings)")
            let left = try await bed.inside(
                bed.far, "cat", "/sys/class/net/\(bed.rxName)/threaded", "/sys/class/net/\(bed.rxName)/queues/rx-0/rps_cpus")
            #expect(left.output == "0\n0\n", "\(left.output)")
            #expect(!(try await bed.description(bed.far, bed.rxName)).contains("\"xdp\""))
        }
    }

    @Test func tsharkFindsOurFramesWellFormed() async throws {
        let folder = try TemporaryFolder()
        try await TestBed.with { bed in
            for (name, arguments) in [
                ("udp4", ["--udp-checksum"]), ("udp6", ["--network", "ipv6", "-s", "128"]),
                ("tcp4", ["--transport", "tcp", "-s", "128"]), ("tagged", ["--vlan", "100", "-s", "128", "--udp-checksum"]),
                ("many", ["--modify", "sourcePort=inc:7", "--modify", "sourceIPv4=random:5", "--udp-checksum"])
            ] {
                let trace = "\(folder.path)/\(name).pcap"
                _ = try await tcpdump(bed, to: trace, frames: 200) {
                    let run = try await Program.vethmark(
                        ["run", "--tx", bed.tx, "--rx", bed.rx, "-n", "200", "-b", "10kpps", "--warmup", "0", "--json", "--no-save", "-q"]
                            + arguments)
                    #expect(try run.ledger()["received"] == 200, "\(name): \(run.errors)")
                }
                let seen = try await Program.tool("tshark", "-r", trace, "-T", "fields", "-e", "frame.number")
                #expect(seen.output.split(separator: "\n").count == 200, "\(name)")
                let bad = try await Program.tool(
                    "tshark", "-r", trace, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o",
                    "tcp.check_checksum:TRUE", "-Y",
                    "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0")
                #expect(bad.output.isEmpty, "\(name): \(bad.output.prefix(500))")
            }
        }
    }

    /// Frames that others send while we run: foreign, and exactly as many as they say.
    private func foreign(
        _ sender: @escaping @Sendable (TestBed, TemporaryFolder) async throws -> Int
    ) async throws {
        let folder = try TemporaryFolder()
        try await TestBed.with { bed in
            let counted = Counted()
            // For as long as they send, however long that takes to begin.
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "-t", "60", "-b", "5kpps", "--warmup", "0", "--json", "--no-save", "-q"
            ]) { process in
                try await bed.waitForFrames(200)
                await counted.set(try await sender(bed, folder))
                kill(process.value, SIGINT)
            }
            let ledger = try run.ledger()
            #expect(await counted.value > 0)
            #expect(ledger["foreign"] == (await counted.value), "\(run.errors)")
            let (offered, sent) = (try #require(ledger["offered"]), try #require(ledger["sent"]))
            #expect(offered == sent + (ledger["notOffered"] ?? 0) + (ledger["refused"] ?? 0) && sent > 200, "\(ledger)")
            #expect(ledger["received"] == sent)
            #expect(ledger["residual"] == 0)
        }
    }

    @Test func framesOfTcpreplayAreForeign() async throws {
        try await foreign { bed, folder in
            let frames = 321
            let file = folder.path + "/strangers.pcap"
            try pcap(frames: frames).write(to: URL(fileURLWithPath: file))
            try await bed.inside(bed.near, "tcpreplay", "-q", "-p", "2000", "-i", bed.txName, file)
            return frames
        }
    }

    @Test func framesOfTrafgenAreForeign() async throws {
        try await foreign { bed, folder in
            let configuration = try folder.file("frame.cfg", "{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x08,0, fill(0x41, 86) }\n")
            try await bed.inside(
                bed.near, "trafgen", "-c", configuration, "-o", bed.txName, "-n", "432", "-P", "1", "-t", "1ms")
            return 432
        }
    }

    @Test func framesOfScapyAreForeign() async throws {
        try await foreign { bed, _ in
            try await bed.inside(
                bed.near, "/usr/bin/python3", "-c",
                """
                from scapy.all import *
                sendp(Ether(dst="02:00:00:00:00:02")/IP(src="1.1.1.1",dst="2.2.2.2")/TCP()/("x"*30), \
                iface="\(bed.txName)", count=54, verbose=False)
                """)
            return 54
        }
    }

    @Test func ethtoolAndIpAgreeThatLinksAreGivenBack() async throws {
        try await TestBed.with { bed in
            let before = try await (bed.description(bed.near, bed.txName), bed.description(bed.far, bed.rxName))
            let features = try await bed.inside(bed.near, "ethtool", "-k", bed.txName).output
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "-t", "0.5", "--mtu", "9000", "-s", "9018", "--no-gso", "--no-tso",
                "--no-checksum-offload", "--tx-address", "02:aa:aa:aa:aa:aa", "--warmup", "0", "--json", "--no-save", "-q"
            ])
            #expect(run.ranToItsEnd, "\(run.errors)")
            #expect(try run.ledger()["residual"] == 0)
            let after = try await (bed.description(bed.near, bed.txName), bed.description(bed.far, bed.rxName))
            #expect(before == after)
            #expect(try await bed.inside(bed.near, "ethtool", "-k", bed.txName).output == features)
        }
    }
}

private actor Counted {
    private(set) var value = 0
    func set(_ value: Int) { self.value = value }
}

/// Whole frames in a classic pcap file of this machine's byte order; nil as long as it has no header.
private func framesOfPcap(_ path: String) -> Int? {
    guard let data = FileManager.default.contents(atPath: path), data.count >= 24 else { return nil }
    return data.withUnsafeBytes { bytes in
        var (place, frames) = (24, 0)
        while place + 16 <= bytes.count {
            place += 16 + Int(bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt32.self))
            frames += place <= bytes.count ? 1 : 0
        }
        return frames
    }
}

/// A classic pcap file of 100-byte frames that aren't ours.
private func pcap(frames: Int) -> Data {
    var data = Data()
    func add(_ value: UInt32) { withUnsafeBytes(of: value) { data.append(contentsOf: $0) } }
    add(0xA1B2_C3D4)
    add(0x0004_0002)
    add(0)
    add(0)
    add(65_535)
    add(1)
    for frame in 0..<frames {
        add(1_700_000_000)
        add(UInt32(frame))
        add(100)
        add(100)
        data.append(contentsOf: [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xB6])
        data.append(contentsOf: [UInt8](repeating: UInt8(truncatingIfNeeded: frame), count: 86))
    }
    return data
}
