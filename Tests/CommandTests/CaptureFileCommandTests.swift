import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// `sniff -r`, `-w` and `send --pcap` on files of every kind, beside tshark.
@Suite(.serialized) struct CaptureFileCommandTests {
    private static let ethernet = [UInt8](repeating: 2, count: 12) + [0x88, 0xB5] + [UInt8](repeating: 0, count: 46)

    private func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    /// A classic file with microseconds: seconds, captured and true length of each record.
    private func classic(_ path: String, _ records: [(seconds: UInt32, captured: Int, wire: Int)]) throws {
        var bytes = number(0xA1B2_C3D4 as UInt32) + number(0x0004_0002 as UInt32) + [UInt8](repeating: 0, count: 8)
        bytes += number(65_535 as UInt32) + number(1 as UInt32)
        for record in records {
            bytes += number(record.seconds) + number(0 as UInt32) + number(UInt32(record.captured)) + number(UInt32(record.wire))
            bytes += Self.ethernet.prefix(record.captured) + [UInt8](repeating: 0, count: max(0, record.captured - Self.ethernet.count))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let length = number(UInt32(12 + padded.count))
        return number(type) + length + padded + length
    }

    private func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        number(code) + number(UInt16(value.count)) + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    /// Three interfaces of two link types, snap lengths and units, flags, remarks, a simple block; names and remarks with escapes.
    private func manifold(_ path: String) throws {
        let ip = FrameStack.build([
            IPv4Layer(source: IPv4Address(value: 0xC612_0001), destination: IPv4Address(value: 0xC612_0002)),
            UDPLayer(sourcePort: 50_100, destinationPort: 50_101)
        ])
        let frame = FrameStack.build([EthernetLayer(destination: .broadcast, source: MACAddress(value: 2), typeOrLength: 0x0800)]) + ip
        func packet(_ interface: UInt32, _ units: UInt64, _ bytes: [UInt8], wire: Int, _ options: [UInt8] = []) -> [UInt8] {
            let padding = [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
            let head = number(interface) + number(UInt32(units >> 32)) + number(UInt32(truncatingIfNeeded: units))
            return block(6, head + number(UInt32(bytes.count)) + number(UInt32(wire)) + bytes + padding + options)
        }
        var bytes = block(0x0A0D_0D0A, number(0x1A2B_3C4D as UInt32) + number(1 as UInt32) + number(-1 as Int64))
        bytes += block(1, number(1 as UInt32) + number(0 as UInt32) + option(2, Array("near".utf8)) + option(3, Array("first".utf8)))
        bytes += block(1, number(101 as UInt32) + number(96 as UInt32) + option(2, Array("tun\u{1B}[31m".utf8)) + option(9, [9]))
        bytes += block(1, number(1 as UInt32) + number(20 as UInt32) + option(2, Array("far".utf8)) + option(14, number(5 as Int64)))
        // In the year 2603: beyond 64 bits of nanoseconds.
        bytes += packet(
            0, 20_000_000_000_000_005, frame, wire: frame.count, option(1, Array("red \u{1B}[31m".utf8)) + option(2, number(1 as UInt32)))
        bytes += packet(1, 7, ip, wire: ip.count, option(2, number(2 as UInt32)))
        bytes += packet(2, 1_700_000_000_000_000, Array(frame.prefix(20)), wire: frame.count)
        bytes += block(3, number(UInt32(frame.count)) + frame)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static let fields = [
        "frame.number", "frame.interface_id", "frame.interface_name", "frame.interface_description", "frame.packet_flags",
        "frame.packet_flags_direction", "frame.comment", "frame.time_epoch", "frame.time_relative", "frame.protocols", "frame.len",
        "frame.cap_len", "ip.src", "udp.dstport"
    ].flatMap { ["-e", $0] }

    /// What tshark says of a file, with a point for each control character, as we print it.
    private func tshark(_ path: String) async throws -> String {
        try await Program.run("tshark", ["-r", path, "-n", "-T", "fields"] + Self.fields).output.replacing("\u{1B}", with: ".")
    }

    private func vethmark(_ path: String) async throws -> String {
        let finished = try await Program.vethmark(["sniff", "-q", "-r", path, "-T", "fields"] + Self.fields)
        #expect(finished.exitCode == 0 && finished.errors.isEmpty, "\(finished.errors)")
        return finished.output
    }

    /// Interfaces, directions, remarks, times and link types as tshark has them; the same in what `-w` makes of it, and in packed files.
    @Test func blocksAreShownAsTsharkShowsThem() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/manifold.pcapng"
        try manifold(path)
        let theirs = try await tshark(path)
        let ours = try await vethmark(path)
        #expect(ours == theirs)
        #expect(
            theirs.contains("\traw:ip:udp\t") && theirs.contains("near\tfirst\t0x00000001\t0x00000001\tred .[31m\t20000000000.000005000"))
        let copy = folder.path + "/copy.pcapng"
        let copied = try await Program.vethmark(["sniff", "-r", path, "-w", copy])
        #expect(
            copied.exitCode == 0 && copied.errors == "4 frames in \(path), 4 matched, 1 cut by whoever captured them\n", "\(copied.errors)")
        #expect(try await tshark(copy) == theirs)
        try await Program.tool("gzip", "-k", path)
        try await Program.tool("zstd", "-qk", path)
        #expect(try await vethmark(path + ".gz") == theirs)
        #expect(try await vethmark(path + ".zst") == theirs)
        // Several members, one behind the other (RFC 1952), as `cat a.gz b.gz` makes them.
        try await Program.tool(
            "sh", "-c", "cd \(folder.path) && head -c 100 manifold.pcapng | gzip > two.gz && tail -c +101 manifold.pcapng | gzip >> two.gz")
        #expect(try await vethmark(folder.path + "/two.gz") == theirs)
        let json = try await Program.vethmark(["sniff", "-q", "-r", path, "--json"])
        #expect(
            !json.output.contains("\u{1B}") && json.output.contains(#""direction":"out""#) && json.output.contains(#""linkType":"RAW""#))
        let lines = try await Program.vethmark(["sniff", "-r", path, "-V"])
        #expect(!lines.output.contains("\u{1B}") && lines.output.contains("+ remark: red .[31m"), "\(lines.output)")
        // A filter says something of each link type, or is told to say nothing.
        let udp = try await Program.vethmark(["sniff", "-r", path, "-f", "udp", "-T", "fields", "-e", "frame.len"])
        #expect(udp.errors.contains("4 frames in \(path), 3 matched") && !udp.errors.contains("says nothing"), "\(udp.errors)")
        let station = try await Program.vethmark(["sniff", "-r", path, "-f", "ether broadcast", "-T", "fields", "-e", "frame.len"])
        #expect(station.errors.contains("3 matched, 1 cut by whoever captured them, 1 of a link type that the filter says nothing of"))
        // What a form can't hold is told, and what can't be sent.
        let old = try await Program.vethmark(["sniff", "-q", "-r", path, "-w", folder.path + "/old.pcap"])
        #expect(old.exitCode == 1 && old.errors.contains("write a .pcapng"), "\(old.errors)")
        let sent = try await Program.vethmark(["send", "--dry-run", "-q", "--pcap", path])
        #expect(sent.exitCode == 1 && sent.errors.contains("link type RAW"), "\(sent.errors)")
    }

    @Test func brokenPackingIsTold() async throws {
        let folder = try TemporaryFolder()
        try manifold(folder.path + "/m.pcapng")
        for (tool, ending) in [("gzip", "gz"), ("zstd", "zst")] {
            try await Program.tool(tool, "-qk", folder.path + "/m.pcapng")
            let packed = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/m.pcapng.\(ending)"))
            let broken = folder.path + "/broken"
            for (what, data) in [
                ("truncated", packed.dropLast(20)), ("broken", packed.prefix(40) + Data(repeating: 0xFF, count: 60) + packed.dropFirst(100))
            ] {
                try Data(data).write(to: URL(fileURLWithPath: broken))
                let finished = try await Program.vethmark(["sniff", "-q", "-r", broken])
                #expect(finished.exitCode == 1 && finished.errors.contains("\(what) \(tool)"), "\(what) \(tool): \(finished.errors)")
            }
        }
    }

    /// A file of a kilobyte that unfolds into a gigabyte costs no memory: 300 MB are too much for the process here.
    @Test(arguments: ["gzip", "zstd"]) func whatUnfoldsIsNotKept(_ tool: String) async throws {
        let folder = try TemporaryFolder()
        let bomb = folder.path + "/bomb"
        // A section, and a block of nobody's of 1 GiB, which is passed over.
        let head = block(0x0A0D_0D0A, number(0x1A2B_3C4D as UInt32) + number(1 as UInt32) + number(-1 as Int64))
        try Data(head + number(0x8000_1234 as UInt32) + number(0x4000_0000 as UInt32)).write(
            to: URL(fileURLWithPath: folder.path + "/head"))
        try await Program.tool("sh", "-c", "cd \(folder.path) && (cat head; head -c 1073741000 /dev/zero) | \(tool) -q > bomb")
        let finished = try await Program.run(
            "sh", ["-c", "ulimit -v 600000; exec \"$0\" sniff -q -r \"$1\"", Program.vethmarkPath, bomb])
        #expect(finished.exitCode == 1 && finished.errors.contains("truncated pcapng"), "\(finished.status) \(finished.errors)")
    }

    /// `-w` touches nothing before everything else is known to be well, whatever name the file goes by.
    @Test func nothingIsEmptiedBeforeAllElseIsChecked() async throws {
        let folder = try TemporaryFolder()
        let source = folder.path + "/source.pcap"
        let target = folder.path + "/target.pcap"
        try classic(source, [(1_700_000_000, 60, 60)])
        try "precious".write(toFile: target, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/symbolic", withDestinationPath: source)
        try FileManager.default.linkItem(atPath: source, toPath: folder.path + "/hard")
        let broken = try folder.file("broken.pcap", "no capture")
        let headOnly = folder.path + "/head.pcap"
        try Data(contentsOf: URL(fileURLWithPath: source)).prefix(30).write(to: URL(fileURLWithPath: headOnly))
        let before = try Data(contentsOf: URL(fileURLWithPath: source))
        for arguments in [
            ["sniff", "-r", folder.path + "/missing", "-w", target], ["sniff", "-r", broken, "-w", target],
            ["sniff", "-r", headOnly, "-w", target], ["sniff", "-r", source, "-f", "bad(", "-w", target],
            ["sniff", "nobody0", "-w", target], ["sniff", "lo", "-f", "bad(", "-w", target],
            ["send", "--dry-run", "--pcap", broken, "--write", target], ["send", "--tx", "nobody0", "--udp", "1,2", "--write", target],
            ["send", "--dry-run", "--hex", "00", "--write", target], ["sniff", "-r", source, "-n", "0", "-w", target],
            ["sniff", "-r", source, "-T", "fields", "-w", target]
        ] {
            let finished = try await Program.vethmark(arguments)
            #expect(finished.exitCode == 1 || finished.exitCode == 64, "\(arguments): \(finished.errors)")
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious", "\(arguments)")
        }
        for name in ["/source.pcap", "/symbolic", "/hard"] {
            for arguments in [["sniff", "-q", "-r", source, "-w"], ["send", "--dry-run", "-q", "--pcap", source, "--write"]] {
                let finished = try await Program.vethmark(arguments + [folder.path + name])
                #expect(
                    finished.exitCode == 1 && finished.errors.contains("is the file that the frames are read from"), "\(finished.errors)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: source)) == before)
            }
        }
        let appended = try await Program.run("sh", ["-c", "\"$0\" sniff -q -r \"$1\" -w - >> \"$1\"", Program.vethmarkPath, source])
        #expect(appended.exitCode == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: source)) == before)
    }

    /// Little-endian seconds after 2038, and a frame older than the first.
    @Test func timesAreTsharks() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/times.pcap"
        try classic(path, [(2_208_988_800, 60, 60), (1_700_000_001, 60, 60), (4_294_967_295, 60, 60)])
        let theirs = try await tshark(path)
        #expect(theirs.contains("\t-508988799.000000000\t") && theirs.contains("\t4294967295.000000000\t"), "\(theirs)")
        #expect(try await vethmark(path) == theirs)
        let copy = folder.path + "/copy.pcap"
        #expect(try await Program.vethmark(["sniff", "-q", "-r", path, "-w", copy]).exitCode == 0)
        #expect(try await tshark(copy) == theirs)
    }

    /// A record of 300,000 bytes is read, told, and written so that others can read it too.
    @Test func largeRecordsAreToldNotFatal() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/large.pcap"
        try classic(path, [(1, 300_000, 300_000), (2, 60, 60)])
        for ending in ["pcap", "pcapng"] {
            let copy = folder.path + "/copy.\(ending)"
            let finished = try await Program.vethmark(["sniff", "-r", path, "-w", copy])
            #expect(finished.exitCode == 0 && finished.errors.contains("1 cut to 262,144 bytes in the file"), "\(finished.errors)")
            let lengths = try await Program.run("tshark", ["-r", copy, "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len"])
            #expect(lengths.output == "300000\t262144\n60\t60\n")
            let sent = try await Program.vethmark(["send", "--dry-run", "-q", "--pcap", path, "--write", copy])
            #expect(sent.exitCode == 0 && sent.errors.contains("1 frame is kept in the file to 262,144 bytes only"), "\(sent.errors)")
        }
    }

    /// A frame that was cut when captured isn't passed off as whole: told, and kept with its length and time.
    @Test func cutRecordsAreTold() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cut.pcap"
        let copy = folder.path + "/copy.pcap"
        try classic(path, [(1_700_000_001, 60, 1_500), (1_700_000_009, 60, 60)])
        let finished = try await Program.vethmark(["send", "--dry-run", "-q", "--pcap", path, "--write", copy])
        #expect(
            finished.exitCode == 0 && finished.errors.contains("1 of 2 frames in \(path) was cut when captured (it has 60 of 1500 bytes)"),
            "\(finished.errors)")
        #expect(try await tshark(copy) == (try await tshark(path)))
        let read = try await Program.vethmark(["sniff", "-r", path, "-T", "fields", "-e", "frame.len"])
        #expect(read.errors == "2 frames in \(path), 2 matched, 1 cut by whoever captured them\n")
    }

    @Test(arguments: [
        (["--ipv4", "10.0.0.1,224.1.2.3", "--udp", "1,9"], "01:00:5e:01:02:03"),
        (["--ipv4", "10.0.0.1,239.255.255.255", "--udp", "1,9"], "01:00:5e:7f:ff:ff"),
        (["--vlan", "5", "--ipv4", "10.0.0.1,224.0.0.1", "--icmp", "1,1"], "01:00:5e:00:00:01"),
        (["--ipv6", "fe80::1,ff02::fb", "--udp", "1,9"], "33:33:00:00:00:fb"),
        (["--ipv6", "fe80::1,ff02::1:ff12:3456", "--icmp", "1,1"], "33:33:ff:12:34:56"),
        (["--ipv4", "10.0.0.1,255.255.255.255", "--udp", "1,9"], "ff:ff:ff:ff:ff:ff"),
        (["--arp", "10.0.0.1,10.0.0.2"], "ff:ff:ff:ff:ff:ff"),
        (["--dst", "02:00:00:00:00:07", "--ipv4", "10.0.0.1,224.1.2.3", "--udp", "1,9"], "02:00:00:00:00:07")
    ])
    func groupsHaveTheirAddress(_ arguments: [String], _ address: String) async throws {
        let shown = try await Program.vethmark(["send", "--dry-run"] + arguments)
        #expect(shown.output.contains("  dst       = \(address)\n"), "\(shown.output)\(shown.errors)")
    }

    /// What users of tcpdump and of `run` type.
    @Test func othersHabitsAreUnderstood() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/three.pcap"
        try classic(path, [(1, 60, 60), (2, 60, 60), (3, 60, 60)])
        let two = try await Program.vethmark(["sniff", "-r", path, "-c", "2", "-T", "fields", "-e", "frame.number"])
        #expect(two.exitCode == 0 && two.output == "1\n2\n" && two.errors == "2 frames in \(path), 2 matched\n", "\(two.errors)")
        #expect(
            try await Program.vethmark(["sniff", "-r", path, "-n", "1", "-T", "fields", "-e", "frame.len"]).errors.hasPrefix("1 frame in "))
        #expect(try await Program.vethmark(["sniff", "-q", "-r", path, "-n", "1k", "-T", "fields", "-e", "frame.len"]).exitCode == 0)
        for (arguments, words) in [
            (["-i", "any"], "one interface at a time"), (["any"], "one interface at a time"), (["lo", "-i", "lo"], "leave out the other"),
            (["-i", "lo", "-c", "3", "-n", "3"], "leave out one of them"), (["-i", "lo", "-c", "0"], "would see nothing")
        ] {
            let finished = try await Program.vethmark(["sniff"] + arguments)
            #expect(finished.exitCode == 64 && finished.errors.contains(words), "\(arguments): \(finished.errors)")
        }
        #expect(try await Program.vethmark(["send", "--dry-run", "-q", "--udp", "1,2", "-n", "1M"]).exitCode == 0)
        #expect(try await Program.vethmark(["send", "--dry-run", "-q", "--udp", "1,2", "-n", "2M"]).exitCode == 64)
    }
}
