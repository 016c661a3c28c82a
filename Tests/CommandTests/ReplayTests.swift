import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// `vethmark replay` against what tcpdump catches at the other end.
@Suite(.enabled(if: Requirement.root), .serialized) struct ReplayTests {
    private static let profile = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("profiles/replay.yaml").path
    private static let start: UInt64 = 1_700_000_000_000_000_000

    /// Random stacks (tags, IPv6, ARP, tunnels …) with random payload up to the MTU.
    private func frames(_ count: Int, gapNanoseconds: UInt64 = 1_000, _ name: String = #function) -> [CapturedFrame] {
        var stacks = RandomStack(name)
        var generator = SeededGenerator(name)
        var time = Self.start
        return (0..<count).map { _ in
            defer { time += UInt64.random(in: 0...(2 * gapNanoseconds), using: &generator) }
            var bytes = FrameStack.build(stacks.next())
            let room = max(0, 1_514 - bytes.count)
            let padding = Int.random(in: 0...1, using: &generator) == 0 ? 0 : Int.random(in: 0...room, using: &generator)
            bytes += (0..<padding).map { _ in UInt8.random(in: 0...255, using: &generator) }
            return CapturedFrame(timestampNanoseconds: time, bytes: bytes)
        }
    }

    private func write(_ frames: [CapturedFrame], _ path: String) throws {
        let writer = try CaptureFileWriter(path: path, interface: nil)
        for frame in frames { try writer.write(frame) }
        try writer.flush()
    }

    private func read(_ path: String) throws -> [CapturedFrame] {
        let reader = try CaptureFileReader(path: path)
        var frames: [CapturedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    /// Runs a replay while tcpdump listens at the other end, until it has caught `count` frames.
    private func replay(
        _ path: String, catching count: Int, _ arguments: [String], in folder: TemporaryFolder
    ) async throws -> (run: Finished, caught: [CapturedFrame]) {
        let run = try await replay(path, catching: count, arguments, into: folder.path + "/caught.pcap")
        return (run, try read(folder.path + "/caught.pcap"))
    }

    private func replay(_ path: String, catching count: Int, _ arguments: [String], into file: String) async throws -> Finished {
        try await TestBed.with { bed in
            let command = [
                "netns", "exec", bed.far, "timeout", "40", "tcpdump", "-n", "-p", "-i", bed.rxName, "-s", "0", "-B", "65536", "-c",
                "\(count)",
                "--time-stamp-precision=nano", "-w", file
            ]
            async let dump = Program.run("ip", command)
            try await bed.waitForTap(bed.far)
            let run = try await Program.vethmark(
                ["replay", path, "--tx", bed.tx, "--rx", bed.rx, "--no-save", "-q", "-J"] + arguments)
            if run.exitCode != 0 { print(run.errors, run.output) }
            _ = try await dump
            return run
        }
    }

    /// Two rows that scripts read.
    private func figures(_ run: Finished) throws -> (file: [String: Any], timing: [String: Any]) {
        let object = try run.json()
        return (object["file"] as? [String: Any] ?? [:], object["timing"] as? [String: Any] ?? [:])
    }

    @Test(arguments: ["ring", "mmsg"]) func everyFrameArrivesByteForByteAndInOrder(_ engine: String) async throws {
        let folder = try TemporaryFolder()
        let frames = frames(20_000)
        let path = folder.path + "/frames.pcap"
        try write(frames, path)
        let (run, caught) = try await replay(path, catching: frames.count, ["-b", "20kpps", "--engine", engine], in: folder)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(caught.map(\.bytes) == frames.map(\.bytes))
        let ledger = try run.ledger()
        #expect(ledger["offered"] == frames.count && ledger["sent"] == frames.count && ledger["received"] == frames.count)
        #expect(ledger["residual"] == 0)
        let object = try run.json()
        #expect(object["schema"] as? String == "vethmark.replay/1" && object["ended"] as? String == "file")
        #expect(object["trusted"] as? Bool == true && object["conditions"] is [String: Any])
        #expect((object["command"] as? [String])?.contains("replay") == true)
        let file = try figures(run).file
        #expect(file["frames"] as? Int == frames.count && file["bytes"] as? Int == frames.reduce(0) { $0 + $1.bytes.count })
        let rates = ((object["trials"] as? [[String: Any]])?.first?["rates"] as? [String: Any]) ?? [:]
        let seconds = (rates["durationNanoseconds"] as? Double ?? 0) / 1e9
        let bits = Double(frames.reduce(0) { $0 + ($1.bytes.count + 4) * 8 })
        #expect(abs((rates["txL2Bps"] as? Double ?? 0) * seconds - bits) < 1)
    }

    /// Every size there is, in files that nobody holds as a whole: kept in memory by the sender, and read ahead piece by piece. `Benchmarks/run-replay`
    /// does the same with a million.
    @Test(arguments: ["256MiB", "1MiB"]) func manyFramesArriveByteForByteAndInOrder(_ buffer: String) async throws {
        let count = 40_000
        let folder = try TemporaryFolder()
        let (path, caught) = (folder.path + "/frames.pcap", folder.path + "/caught.pcap")
        let made = try await Program.vethmark(
            ["render", "-s", "64-1518", "--modify", "ip.src=10.0.0.0/16,udp.dstport=random:1000", "-n", "\(count)", "-w", path])
        #expect(made.exitCode == 0, "\(made.errors)")
        let run = try await replay(path, catching: count, ["-b", "15kpps", "--buffer", buffer], into: caught)
        #expect(run.exitCode == 0, "\(run.errors)")
        let (left, came) = (try CaptureFileReader(path: path), try CaptureFileReader(path: caught))
        var (place, sizes) = (0, Set<Int>())
        while let frame = try left.next() {
            guard let other = try came.next(), other.bytes == frame.bytes, other.wireBytes == frame.bytes.count else {
                Issue.record("frame \(place) is another, or isn't there")
                return
            }
            sizes.insert(frame.bytes.count)
            place += 1
        }
        #expect(try place == count && sizes.count == 1_455 && came.next() == nil)
        let ledger = try run.ledger()
        #expect(ledger["offered"] == count && ledger["received"] == count && ledger["residual"] == 0, "\(ledger)")
        let file = try figures(run).file
        #expect(file["isKept"] as? Bool == (buffer != "1MiB") && file["frames"] as? Int == count)
    }

    /// Kept in memory, and read anew for each loop because a buffer of 1 MiB doesn't hold it; packed, too.
    @Test(arguments: ["256MiB", "1MiB"]) func loopsRepeatTheFile(_ buffer: String) async throws {
        let folder = try TemporaryFolder()
        let frames = frames(4_000)
        let path = folder.path + "/frames.pcapng"
        try write(frames, path)
        try await Program.tool("gzip", path)
        #expect(frames.reduce(0) { $0 + $1.bytes.count } > 1 << 20)
        let (run, caught) = try await replay(
            path + ".gz", catching: 3 * frames.count, ["--loop", "3", "-b", "20kpps", "--buffer", buffer], in: folder)
        #expect(run.exitCode == 0, "\(run.errors)")
        let bytes = frames.map(\.bytes)
        #expect(caught.map(\.bytes) == bytes + bytes + bytes)
        let file = try figures(run).file
        #expect(file["loopsCompleted"] as? Int == 3 && file["read"] as? Int == 3 * frames.count && file["unsent"] as? Int == 0)
        #expect(file["isKept"] as? Bool == (buffer != "1MiB") && file["frames"] as? Int == frames.count)
    }

    /// Nothing but 18 bytes and the checksum is another, and every checksum is right.
    @Test func signaturesReplacePayloadAndNothingElse() async throws {
        let folder = try TemporaryFolder()
        let frames = frames(3_000)
        let path = folder.path + "/frames.pcap"
        try write(frames, path)
        let (run, caught) = try await replay(path, catching: frames.count, ["--stamp", "-b", "10kpps"], in: folder)
        #expect(run.exitCode == 0 && caught.count == frames.count, "\(run.errors)")
        var stamped = 0
        var sequences: [UInt32] = []
        for (left, came) in zip(frames, caught) {
            guard let point = StampPoint(in: left.bytes) else {
                #expect(left.bytes == came.bytes)
                continue
            }
            stamped += 1
            let signature = Int(point.signatureOffset)..<(Int(point.signatureOffset) + Signature.byteCount)
            let checksum = Int(point.checksumOffset)
            var (before, after) = (left.bytes, came.bytes)
            for index in Array(signature) + (checksum == 0 ? [] : [checksum, checksum + 1]) { (before[index], after[index]) = (0, 0) }
            #expect(before == after)
            let read = Signature.read(came.bytes, at: signature.lowerBound)
            if let read { sequences.append(read.sequence) }
        }
        #expect(stamped > 100 && sequences == (0..<UInt32(stamped)).map { $0 })
        let file = try figures(run).file
        #expect(file["stamped"] as? Int == stamped)
        let shark = try await Program.run(
            "tshark",
            [
                "-r", folder.path + "/caught.pcap", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y",
                "frame[42:2] == 76:6d and (udp.checksum.status == \"Bad\" or tcp.checksum.status == \"Bad\")"
            ])
        #expect(shark.exitCode == 0 && shark.output.isEmpty, "\(shark.output)\(shark.errors)")
        let latency = ((try run.json()["trials"] as? [[String: Any]])?.first?["latency"] as? [String: Any]) ?? [:]
        #expect(latency["of"] as? Int == stamped && (latency["path"] as? [String: Any])?["count"] as? Int == stamped)
    }

    /// By signature where there is room for one: checksums over what moved and over what was stamped.
    @Test(arguments: ["256MiB", "1MiB"]) func fieldsMoveFromLoopToLoop(_ buffer: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/frames.pcap"
        let sent = (0..<1_500).map { index in
            FrameStack.build([
                EthernetLayer(destination: MACAddress(value: 0x0276_6D00_00FE), source: MACAddress(value: 0x0276_6D00_000A)),
                IPv4Layer(
                    source: IPv4Address(value: 0xC612_0000 + UInt32(index)), destination: IPv4Address(value: 0xC613_0001)),
                UDPLayer(sourcePort: UInt16(1_000 + index), destinationPort: 9), PayloadLayer([UInt8](repeating: 7, count: 1_000))
            ])
        }
        try write(sent.map { CapturedFrame(timestampNanoseconds: Self.start, bytes: $0) }, path)
        let (run, caught) = try await replay(
            path, catching: 3 * sent.count,
            ["--loop", "3", "--per-loop", "ip.src=+1,udp.srcport=-3", "--stamp", "-b", "10kpps", "--buffer", buffer], in: folder)
        #expect(run.exitCode == 0, "\(run.errors)")
        let shark = try await Program.run(
            "tshark",
            [
                "-r", folder.path + "/caught.pcap", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-e",
                "ip.src", "-e", "udp.srcport", "-e", "ip.checksum.status", "-e", "udp.checksum.status"
            ])
        let wanted = (0..<3 * sent.count).map { place in
            let (index, pass) = (place % sent.count, place / sent.count)
            return "\(IPv4Address(value: 0xC612_0000 + UInt32(index + pass)))\t\(1_000 + index - 3 * pass)\t1\t1"
        }
        #expect(shark.output.split(separator: "\n").map(String.init) == wanted)
        #expect(caught.count == 3 * sent.count)
        let file = try figures(run).file
        let moves = file["moves"] as? [[String: Any]] ?? []
        #expect(moves.map { $0["field"] as? String } == ["ip.src", "udp.srcport"])
        #expect(moves.map { $0["step"] as? String } == ["+1", "-3"] && moves.allSatisfy { $0["unmoved"] as? Int == 0 })
        #expect(file["stamped"] as? Int == 3 * sent.count && file["isKept"] as? Bool == (buffer != "1MiB"))
    }

    /// The ready profile, with a file of vethmark's own beside it; by flags otherwise; and what can't be.
    @Test func profilesNameTheFile() async throws {
        let folder = try TemporaryFolder()
        let profile = folder.path + "/replay.yaml"
        try FileManager.default.copyItem(atPath: Self.profile, toPath: profile)
        let made = try await Program.vethmark(["render", "imix", "--flows", "100", "-n", "240", "-w", folder.path + "/frames.pcap"])
        #expect(made.exitCode == 0, "\(made.errors)")
        let run = try await Program.vethmark(["replay", profile, "-q", "--no-save", "-J", "-b", "5kpps"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try run.ledger()["received"] == 2_400 && figures(run).file["loopsCompleted"] as? Int == 10)
        #expect((try figures(run).file["moves"] as? [Any])?.count == 2)
        let timing = try figures(run).timing
        #expect(timing["mode"] as? String == "rate" && timing["rate"] as? String == "5kpps")
        // The file's own times, of which a profile's rate says nothing any more.
        let original = try await Program.vethmark(["replay", profile, "-q", "--no-save", "-J", "--speed", "3", "--loop", "2"])
        #expect(try original.exitCode == 0 && figures(original).timing["mode"] as? String == "original", "\(original.errors)")
        #expect(try original.ledger()["received"] == 480)
        for command in ["run", "render", "search", "capture", "tune"] {
            let refused = try await Program.vethmark([command, profile] + (command == "capture" ? ["--", "true"] : []))
            #expect(refused.exitCode == 64 && refused.errors.contains("use `vethmark replay`"), "\(command): \(refused.errors)")
        }
        let refused = try await Program.vethmark(["replay", "imix"], in: folder.path)
        #expect(refused.exitCode == 64 && refused.errors.hasPrefix("vethmark: profile 'imix' names no capture file; "), "\(refused.errors)")
    }

    @Test func whatMovesNothingIsSaid() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/one.pcap"
        try classic(path, [(frame(60), 60)])
        let run = try await Program.vethmark(["replay", path, "--loop", "2", "--per-loop", "ip.src=1"] + Self.quick)
        #expect(run.exitCode == 0, "\(run.errors)")
        let warning = (try run.json()["warnings"] as? [[String: Any]])?.first { $0["code"] as? String == "nothing-moved" }
        #expect(warning?["message"] as? String == "no frame of the file has ip.src in a place where it may move")
    }

    /// Gaps from none to a third of a second; twice as fast in half the time.
    @Test(arguments: [1, 2]) func originalTimesAreKept(_ speed: Int) async throws {
        let folder = try TemporaryFolder()
        var frames = frames(1_000, gapNanoseconds: 2_000_000)
        for index in 500..<1_000 { frames[index].timestampNanoseconds += 300_000_000 }
        let path = folder.path + "/frames.pcap"
        try write(frames, path)
        let (run, caught) = try await replay(
            path, catching: frames.count, speed == 1 ? ["--original"] : ["--speed", "\(speed)"], in: folder)
        #expect(run.exitCode == 0 && caught.count == frames.count, "\(run.errors)")
        // What was late by accident was late by something positive: the least of many tells the schedule itself.
        let first = frames[0].timestampNanoseconds
        let errors = zip(frames, caught).map { left, came in
            came.timestampNanoseconds - caught[0].timestampNanoseconds - (left.timestampNanoseconds - first) / Int128(speed)
        }
        let (early, late) = (errors[..<100].min()!, errors[900...].min()!)
        #expect(abs(late - early) < 1_000_000, "drift of \(late - early) ns")
        #expect(errors.map { abs($0 - early) }.sorted()[500] < 2_000_000, "median error")
        let timing = try figures(run).timing
        let span = Int(frames[999].timestampNanoseconds - first)
        #expect(timing["plannedNanoseconds"] as? Int == span / speed && timing["mode"] as? String == "original")
        #expect((timing["error"] as? [String: Any])?["count"] as? Int == frames.count)
    }

    private func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    /// A classic file; each frame with its captured length.
    private func classic(_ path: String, linkType: UInt32 = 1, cutBytes: Int = 0, _ records: [(bytes: [UInt8], captured: Int)]) throws {
        var file = number(0xA1B2_C3D4 as UInt32) + number(0x0004_0002 as UInt32) + [UInt8](repeating: 0, count: 8)
        file += number(262_144 as UInt32) + number(linkType)
        for (index, record) in records.enumerated() {
            file += number(UInt32(index)) + number(0 as UInt32) + number(UInt32(record.captured)) + number(UInt32(record.bytes.count))
            file += record.bytes.prefix(record.captured)
        }
        try Data(file.dropLast(cutBytes)).write(to: URL(fileURLWithPath: path))
    }

    private func frame(_ bytes: Int, type: [UInt8] = [0x88, 0xB5]) -> [UInt8] {
        [0x02, 0x76, 0x6D, 0, 0, 0xFE, 0x02, 0x76, 0x6D, 0, 0, 0x0A] + type + [UInt8](repeating: 7, count: max(0, bytes - 14))
    }

    private static let quick = ["-q", "--no-save", "-b", "1kpps", "-J"]

    /// GSO-sized, truncated and short frames, and the limits beside them.
    @Test func whatCantBeSentIsNamedAndCounted() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/bad.pcap"
        let whole = [frame(14), frame(60), frame(1_514), frame(1_518, type: [0x81, 0x00])]
        let oversized = [frame(1_515), frame(1_519, type: [0x81, 0x00]), frame(1_518, type: [0x88, 0xA8]), frame(40_000), frame(65_549)]
        var records = (whole + oversized).map { ($0, $0.count) }
        records += [(frame(100), 99), (frame(100), 40), (Array(frame(13).prefix(13)), 13), ([], 0)]
        try classic(path, records)
        let run = try await Program.vethmark(["replay", path, "--loop", "2"] + Self.quick)
        #expect(run.exitCode == 0, "\(run.errors)")
        let file = try figures(run).file
        let skipped = file["skipped"] as? [String: Int]
        #expect(skipped == ["oversized": 10, "truncated": 4, "tooShort": 4, "notEthernet": 0])
        #expect(file["read"] as? Int == 26)
        let ledger = try run.ledger()
        #expect(ledger["offered"] == 8 && ledger["received"] == 8)
        #expect((try run.json()["warnings"] as? [[String: Any]])?.contains { $0["code"] as? String == "frames-skipped" } == true)
        let jumbo = try await Program.vethmark(["replay", path, "--mtu", "65535"] + Self.quick)
        #expect(try jumbo.ledger()["received"] == 9, "\(jumbo.output)")
    }

    @Test func brokenFilesAreReplayedAsFarAsTheyGo() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cut.pcap"
        try classic(path, cutBytes: 10, [(frame(60), 60), (frame(60), 60), (frame(60), 60)])
        let run = try await Program.vethmark(["replay", path] + Self.quick)
        #expect(run.exitCode == 1)
        #expect(try run.ledger()["received"] == 2)
        #expect((try run.json()["failure"] as? String)?.contains("truncated dump file") == true)
        // Who wants no more than is there gets it.
        let part = try await Program.vethmark(["replay", path, "-n", "1"] + Self.quick)
        #expect(try part.exitCode == 0 && part.json()["ended"] as? String == "count", "\(part.errors)")
        #expect(try part.ledger()["received"] == 1 && figures(part).file["unsent"] as? Int == 1)
    }

    @Test func errorsAreOneLine() async throws {
        let folder = try TemporaryFolder()
        try classic(folder.path + "/empty.pcap", [])
        try classic(folder.path + "/raw.pcap", linkType: 101, [([0x45] + [UInt8](repeating: 0, count: 30), 31)])
        try classic(folder.path + "/huge.pcap", [(frame(9_000), 9_000)])
        try classic(folder.path + "/good.pcap", [(frame(60), 60)])
        _ = try folder.file("text.pcap", "hello, world")
        for (arguments, code, sentence) in [
            ("none.pcap", 1, "capture file none.pcap can't be read: No such file or directory"),
            ("empty.pcap", 1, "there is no frame in empty.pcap"),
            ("text.pcap", 1, "capture file text.pcap can't be read: unknown file format"),
            ("raw.pcap", 1, "capture file raw.pcap holds frames of link type RAW"),
            (
                "huge.pcap", 1,
                "none of the 1 frame in huge.pcap can be sent: 1 larger than the MTU of 1500 bytes allows; use a larger --mtu"
            ),
            ("good.pcap --tx vmnone0 --rx vmnone1", 1, "there is no interface vmnone0"),
            ("good.pcap --original --speed 2", 64, "--original and --speed each say when frames leave; leave out all but one"),
            ("good.pcap --speed 0", 64, "--speed is '0' but must be 0.001 to 1000000"),
            ("good.pcap -b 10%", 64, "--rate is 10% but must come with a --line-rate"),
            ("good.pcap --engine xdp", 64, "--engine is xdp but must be auto, ring or mmsg in a replay"),
            ("good.pcap --receiver xdp", 64, "--receiver is xdp but must be auto, ring or none in a replay"),
            ("good.pcap --buffer 64KiB", 64, "--buffer is 64 KiB but must be 1 MiB to 64 GiB"),
            ("good.pcap --per-loop ip.src=1", 64, "--per-loop is ip.src=+1 but must come with a --loop; say that as in --loop 10"),
            ("good.pcap --loop 2 --per-loop ip.src", 64, "--per-loop is 'ip.src' but must be FIELD=STEP; say that as in ip.src=+1"),
            ("good.pcap --loop 2 --per-loop ip.sauce=1", 64, "--per-loop is 'ip.sauce' but must begin with a field that --modify knows"),
            ("good.pcap --loop 2 --per-loop vlan.id=9000", 64, "--per-loop is '9000' for vlan.id but must be 1 to 4093"),
            (
                "good.pcap --loop 2 --per-loop ip.dsfield.dscp=1,ip.dsfield.dscp=2", 64,
                "--per-loop moves the same bits by ip.dsfield.dscp and ip.dsfield.dscp; leave out one of them"
            ),
            ("good.pcap --loop x", 64, "--loop is 'x' but must be 0 to 1000000000"),
            ("good.pcap -s 64", 64, "-s is no option of `vethmark replay`")
        ] {
            let words = arguments.split(separator: " ").map(String.init)
            let run = try await Program.vethmark(["replay"] + words + ["-q", "--no-save"], in: folder.path)
            #expect(run.exitCode == Int32(code), "\(arguments): \(run.errors)")
            #expect(run.output.isEmpty && run.errors.hasPrefix("vethmark: \(sentence)"), "\(arguments): \(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }

    @Test func controlCEndsItInOrder() async throws {
        let folder = try TemporaryFolder()
        try classic(folder.path + "/good.pcap", [(frame(60), 60), (frame(61), 61)])
        let run = try await Program.vethmark(["replay", folder.path + "/good.pcap", "--loop", "0"] + Self.quick) { process in
            try await Program.waitUntilItTakesSignals(process)
            try await Task.sleep(for: .milliseconds(900))
            kill(process.value, SIGINT)
        }
        #expect(run.exitCode == 0, "\(run.errors)")
        let object = try run.json()
        let ledger = try run.ledger()
        #expect(object["ended"] as? String == "interrupted" && ledger["residual"] == 0)
        #expect(ledger["received"]! > 10 && ledger["received"] == ledger["offered"])
        #expect(try figures(run).file["loopsCompleted"] as? Int == ledger["offered"]! / 2)
    }

    @Test func standardInputAndSavedResults() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/frames.pcap"
        try write(frames(500), path)
        let shell = "cat \(path) | \(Program.vethmarkPath) replay - -b 10kpps -q -o \(folder.path)/out"
        let run = try await Program.run("bash", ["-c", shell])
        #expect(run.exitCode == 0 && run.errors == "saved in \(folder.path)/out\n", "\(run.errors)")
        #expect(run.output.contains("500 frames sent") && run.output.contains("The book is closed"))
        let saved = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/out/result.json")))
        #expect((saved as? [String: Any])?["schema"] as? String == "vethmark.replay/1")
        #expect(try String(contentsOfFile: folder.path + "/out/report.txt", encoding: .utf8) == run.output)
    }

    @Test func ordinaryUsersReplayToo() async throws {
        let program = try PublicCopy()
        let folder = try TemporaryFolder()
        let path = folder.path + "/frames.pcap"
        try write(frames(200), path)
        let run = try await Program.vethmark(["replay", path] + Self.quick, asUser: 65_534, path: program.path)
        #expect(try run.exitCode == 0 && run.ledger()["received"] == 200, "\(run.errors)")
    }
}
