import Foundation
import Frames
import Testing
import Traces

/// `vethmark send` and `vethmark sniff` on real interfaces, alone and beside tcpdump, tshark and scapy.
@Suite(.enabled(if: Requirement.root), .serialized) struct FrameCommandTests {
    /// Starts a sniffer with `arguments`, waits until it listens, lets `body` make traffic, and waits for its end.
    private func sniff(
        _ bed: TestBed, _ arguments: [String], during body: @escaping @Sendable () async throws -> Void
    ) async throws -> Finished {
        try await Program.vethmark(["sniff", bed.rx] + arguments + ["-t", "20s"]) { _ in
            try await bed.waitForTap(bed.far)
            try await body()
        }
    }

    private static let walkThrough = [
        "--src", "22:11:11:11:11:11", "--dst", "22:22:22:22:22:22", "--ipv4", "1.1.1.1,2.2.2.2", "--tcp", "1111,2222", "hello"
    ]

    @Test func theFrameIsShownFieldByField() async throws {
        let shown = try await Program.vethmark(["send", "--dry-run", "-x"] + Self.walkThrough)
        #expect(shown.exitCode == 0, "\(shown.errors)")
        for line in [
            "###[ Ethernet ]###", "  dst       = 22:22:22:22:22:22", "  type      = 0x0800 (IPv4)", "     id        = 0x0001",
            "     ttl       = 64",
            "     chksum    = 0x74c5 (correct)", "        sport     = 1111", "        flags     = 0x0002 (SYN)", "        window    = 8192",
            "           load      = 68656c6c6f ('hello')", "0x0000:  2222 2222 2222 2211 1111 1111 0800 4500"
        ] {
            #expect(shown.output.contains(line + "\n") || shown.output.contains(line), "\(line)\n\(shown.output)")
        }
    }

    /// Byte for byte what scapy makes of the same words, in the file and on the wire.
    @Test func theWalkThroughsFrameIsScapys() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let script = """
                import sys
                from scapy.all import Ether, IP, TCP
                p = Ether(src="22:11:11:11:11:11", dst="22:22:22:22:22:22")/IP(src="1.1.1.1", dst="2.2.2.2")/TCP(sport=1111, dport=2222, flags="S")/"hello"
                print(bytes(p).hex())
                """
            let scapy = try await bed.inside(bed.near, "/usr/bin/python3", "-c", script).output.trimmingCharacters(
                in: .whitespacesAndNewlines)
            let file = folder.path + "/kept.pcap"
            let seen = try await sniff(bed, ["-n", "1", "--json"]) {
                let sent = try await Program.vethmark(["send", "--tx", bed.tx, "--write", file] + Self.walkThrough)
                #expect(sent.exitCode == 0 && sent.errors.contains("sent 1 frame of 59 bytes on \(bed.tx)"), "\(sent.errors)")
            }
            #expect(seen.exitCode == 0, "\(seen.errors)")
            #expect(try CaptureFileReader(path: file).next().map { Hexadecimal.text($0.bytes) } == scapy)
            let hex = try await Program.vethmark([
                "sniff", "-r", file, "-T", "fields", "-e", "eth", "-e", "ip.src", "-e", "tcp.dstport", "-e", "data.data"
            ])
            #expect(
                hex.output
                    == "Ethernet II, Src: 22:11:11:11:11:11 (22:11:11:11:11:11), Dst: 22:22:22:22:22:22 (22:22:22:22:22:22)\t1.1.1.1\t2222\t68656c6c6f\n"
            )
            let tshark = try await Program.tool("tshark", "-r", file, "-T", "fields", "-e", "eth", "-e", "ip.src", "-e", "tcp.dstport")
            #expect(hex.output.hasPrefix(tshark.output.trimmingCharacters(in: .newlines)))
            #expect(try seen.json()["protocols"] as? String == "eth:ethertype:ip:tcp:data")
            #expect(seen.errors.contains("1 matched, 0 dropped by the ring, 1 shown"), "\(seen.errors)")
        }
    }

    /// scapy sends every kind of frame, sniff keeps them: the same bytes.
    @Test func whatScapySendsIsSeen() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let script = """
                from scapy.all import *
                from scapy.contrib.mpls import MPLS
                e = Ether(src="22:11:11:11:11:11", dst="22:22:22:22:22:22")
                i = IP(src="1.1.1.1", dst="2.2.2.2")
                ps = [e/i/UDP(sport=1, dport=2)/"x", e/Dot1Q(vlan=5, prio=3)/i/ICMP(), e/Dot1AD(vlan=6)/Dot1Q(vlan=7)/i/TCP(),
                      e/IPv6(src="2001:2::1", dst="2001:2::2")/UDP()/"y", e/MPLS(label=16)/i/UDP(), Dot3(src="22:11:11:11:11:11", dst="01:80:c2:00:00:00")/LLC()/STP()]
                print("\\n".join(bytes(p).hex() for p in ps))
                sendp(ps, iface="\(bed.txName)", verbose=False)
                """
            let file = folder.path + "/seen.pcapng"
            let sent = Box("")
            let sniffed = try await sniff(bed, ["-n", "6", "-w", file]) {
                sent.value = try await bed.inside(bed.near, "/usr/bin/python3", "-c", script).output
            }
            #expect(sniffed.exitCode == 0 && sniffed.output.isEmpty, "\(sniffed.errors)")
            let reader = try CaptureFileReader(path: file)
            var seen: [String] = []
            while let frame = try reader.next() { seen.append(Hexadecimal.text(frame.bytes)) }
            #expect(seen == sent.value.split(separator: "\n").map(String.init))
        }
    }

    @Test func severalFramesOutOfAFile() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let file = folder.path + "/three.pcap"
            for number in 0..<3 {
                let one = try await Program.vethmark([
                    "send", "--dry-run", "-q", "--udp", "1,\(100 + number)", "--write", "\(file)\(number)"
                ])
                #expect(one.exitCode == 0, "\(one.errors)")
            }
            try await Program.tool("mergecap", "-a", "-F", "nsecpcap", "-w", file, file + "0", file + "1", file + "2")
            let seen = try await sniff(bed, ["-n", "6", "-T", "fields", "-e", "udp.dstport"]) {
                let sent = try await Program.vethmark(["send", "--tx", bed.tx, "--pcap", file, "-n", "2", "-q"])
                #expect(sent.exitCode == 0 && sent.errors.isEmpty, "\(sent.errors)")
            }
            #expect(seen.output == "100\n101\n102\n100\n101\n102\n")
        }
    }

    @Test func otherLayersAndRawDigits() async throws {
        for (arguments, words) in [
            (["--arp", "1.1.1.1,2.2.2.2"], "op        = 1 (request)"),
            (["--ipv6", "2001:2::1,2001:2::2", "--icmp", "7,8", "x"], "128 (echo request)"),
            (["--icmp", "7,8"], "id        = 7"), (["--vlan", "5", "--vlan", "6", "--udp", "1,2"], "###[ 802.1ad ]###"),
            (["--mpls", "16", "--udp", "1,2"], "label     = 16"), (["--hex", "ffffffffffff 020000000001 88b5 0102"], "load      = 0102"),
            (["--tcp", "1,2", "--flags", "SYN,ACK", "--seq", "9", "--ttl", "3", "--df"], "0x0012 (SYN,ACK)"), (["just text"], "'just text'")
        ] {
            let shown = try await Program.vethmark(["send", "--dry-run"] + arguments)
            #expect(shown.exitCode == 0 && shown.output.contains(words), "\(arguments): \(shown.output)\(shown.errors)")
        }
    }

    /// The addresses that weren't given: the interface's own, and its peer's in the other namespace.
    @Test func addressesComeFromTheLink() async throws {
        try await TestBed.with { bed in
            func address(_ namespace: String, _ name: String) async throws -> String {
                try await bed.inside(namespace, "cat", "/sys/class/net/\(name)/address").output.trimmingCharacters(in: .newlines)
            }
            let shown = try await Program.vethmark(["send", "--tx", bed.tx, "--dry-run", "--udp", "1,2"])
            let near = try await address(bed.near, bed.txName)
            let far = try await address(bed.far, bed.rxName)
            #expect(shown.output.contains("dst       = \(far)\n  src       = \(near)\n"), "\(shown.output)\(shown.errors)")
        }
    }

    @Test func mistakesAreToldWithARemedy() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let text = try folder.file("text.pcap", "no capture file at all")
            let cases: [([String], Int32, String)] = [
                (["send", "--udp", "1,2"], 64, "--tx"), (["send", "--tx", bed.tx], 64, "no frame to send"),
                (["send", "--tx", bed.tx, "--src", "22:11:11:11:11", "x"], 64, "MAC address '22:11:11:11:11'"),
                (["send", "--tx", bed.tx, "--tcp", "1"], 64, "1111,2222"), (["send", "--tx", bed.tx, "--hex", "abc"], 64, "hexadecimal"),
                (["send", "--tx", bed.tx, "--tcp", "1,2", "--udp", "1,2"], 64, "leave out"),
                (["send", "--tx", bed.tx, "--hex", "0102"], 1, "no frame"),
                (["send", "--tx", "nobody@\(bed.near)", "x"], 1, "there is no interface nobody"),
                (["send", "--tx", "x@nowhere", "x"], 1, "`ip netns list`"),
                (["send", "--tx", bed.tx, "--pcap", "/nonexistent"], 1, "No such file"),
                (["send", "--tx", bed.tx, "--pcap", text], 1, "unknown file format"),
                (["send", "-q", "--tx", bed.tx, "--hex", String(repeating: "00", count: 2_000)], 1, "doesn't fit the MTU of 1500 bytes"),
                (["sniff"], 64, "name an interface"), (["sniff", bed.rx, "-T", "fields"], 64, "-e"),
                (["sniff", bed.rx, "-T", "fields", "-e", "ip.sorce"], 64, "no field 'ip.sorce'"),
                (["sniff", bed.rx, "--filter", "tcp prot 80"], 1, "at character 5: can't parse filter expression: syntax error"),
                (["sniff", bed.rx, "-w", "/nonexistent/x.pcap"], 1, "can't be written: No such file"),
                (["sniff", "-r", text], 1, "unknown file format"),
                (["sniff", bed.rx, "-w", "-", "-V"], 64, "stdout")
            ]
            for (arguments, code, words) in cases {
                let finished = try await Program.vethmark(arguments)
                #expect(
                    finished.exitCode == code && finished.errors.contains(words),
                    "\(arguments): \(finished.exitCode ?? -1) \(finished.errors)")
                #expect(finished.output.isEmpty, "\(arguments): \(finished.output)")
            }
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "down")
            let down = try await Program.vethmark(["sniff", bed.rx])
            #expect(down.exitCode == 1 && down.errors.contains("is down"), "\(down.errors)")
        }
    }

    /// Somebody without rights hears which right is missing, and what gives it.
    @Test func withoutPrivilegeItSaysWhatIsMissing() async throws {
        let folder = try TemporaryFolder()
        let program = folder.path + "/vethmark"
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: program)
        for arguments in [["sniff", "lo"], ["send", "--tx", "lo", "--udp", "1,2", "-q"]] {
            let finished = try await Program.vethmark(arguments, in: folder.path, asUser: 65_534, path: program)
            #expect(
                finished.exitCode == 1 && finished.errors.contains("CAP_NET_RAW") && finished.errors.contains("setcap"),
                "\(finished.errors)")
        }
    }

    /// The interface goes while it is listened on: what came is kept, and the end is told.
    @Test func anInterfaceThatGoesAwayEndsIt() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let file = folder.path + "/kept.pcap"
            let finished = try await sniff(bed, ["-w", file]) {
                _ = try await Program.vethmark(["send", "--tx", bed.tx, "--udp", "1,2", "-n", "5", "-q"])
                try await Task.sleep(for: .milliseconds(300))
                try await Program.tool("ip", "-n", bed.far, "link", "del", bed.rxName)
            }
            #expect(finished.exitCode == 1 && finished.errors.contains("went down or away"), "\(finished.errors)")
            #expect(finished.errors.contains("5 written"), "\(finished.errors)")
            let listed = try await Program.vethmark(["sniff", "-q", "-r", file, "-T", "fields", "-e", "udp.dstport"])
            #expect(listed.output == String(repeating: "2\n", count: 5))
        }
    }

    /// A loopback's frame is one frame, as tcpdump counts them, though it passes the interface on its way out and on its way in.
    @Test func aLoopbacksFramesComeOnce() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.far, "link", "set", "lo", "up")
            let folder = try TemporaryFolder()
            let file = folder.path + "/lo.pcapng"
            let script = """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for i in range(7): s.sendto(b"x" * 20, ("127.0.0.1", 50100))
                """
            let finished = try await Program.vethmark(["sniff", "lo@\(bed.far)", "-f", "udp", "-w", file, "-t", "1500ms"]) { _ in
                try await bed.waitForTap(bed.far)
                try await bed.inside(bed.far, "/usr/bin/python3", "-c", script)
            }
            #expect(
                finished.exitCode == 0 && finished.errors.contains(", 7 matched, 0 dropped by the ring, 7 written"), "\(finished.errors)")
            let listed = try await Program.vethmark(["sniff", "-q", "-r", file, "-T", "fields", "-e", "frame.packet_flags_direction"])
            #expect(listed.output == String(repeating: "0x00000001\n", count: 7))
        }
    }

    /// Super-frames of 140,000 bytes and more (BIG TCP): whole in a ring of large blocks, cut and told so in one of small blocks.
    @Test func superFramesAreWholeOrToldToBeCut() async throws {
        try await TestBed.with { bed in
            for (namespace, name, address) in [(bed.near, bed.txName, "2001:2::1/64"), (bed.far, bed.rxName, "2001:2::2/64")] {
                try await bed.inside(namespace, "sysctl", "-qw", "net.ipv6.conf.\(name).disable_ipv6=0")
                try await Program.tool("ip", "-n", namespace, "addr", "add", address, "dev", name, "nodad")
                try await Program.tool("ip", "-n", namespace, "link", "set", name, "gso_max_size", "200000", "gro_max_size", "200000")
            }
            let server = """
                import socket
                s = socket.create_server(("2001:2::2", 5001), family=socket.AF_INET6)
                c, _ = s.accept()
                while c.recv(1 << 20): pass
                """
            let client = """
                import socket, time
                for _ in range(100):
                    try:
                        s = socket.create_connection(("2001:2::2", 5001)); break
                    except OSError: time.sleep(0.05)
                for _ in range(60): s.sendall(b"x" * (1 << 20))
                """
            let folder = try TemporaryFolder()
            for (buffer, isWhole) in [("64MiB", true), ("2MiB", false)] {
                let file = folder.path + "/\(buffer).pcapng"
                let finished = try await sniff(bed, ["-f", "ip6 and greater 140000", "-n", "3", "--buffer", buffer, "-w", file]) {
                    async let served = bed.inside(bed.far, "/usr/bin/python3", "-c", server)
                    try await bed.inside(bed.near, "/usr/bin/python3", "-c", client)
                    _ = try await served
                }
                #expect(finished.exitCode == 0 && finished.errors.contains("3 written"), "\(finished.errors)")
                #expect(finished.errors.contains(", 3 cut, being longer than a block of the ring") != isWhole, "\(finished.errors)")
                let reader = try CaptureFileReader(path: file)
                while let frame = try reader.next() {
                    #expect(frame.wireBytes >= 140_000 && frame.isCut != isWhole, "\(frame.bytes.count) of \(frame.wireBytes)")
                }
            }
        }
    }

    /// A filter that the kernel doesn't take runs here: the same frames, tags included, in each form of output.
    @Test func longFiltersRunHere() async throws {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let file = folder.path + "/long.pcap"
            // Behind each `vlan` pcap-filter(7) looks four bytes further on.
            // Beyond what the kernel counts, so that no handle of libpcap's is mistaken for the sniffer's.
            let long = (0..<300).map { "(host 10.0.\($0 >> 8).\($0 & 255) and port \(1_000 + $0))" }.joined(separator: " or ")
            let any = "udp dst port 2 or (vlan 7 and (\(long)))"
            let seen = try await sniff(bed, ["-f", any, "-n", "3", "-s", "60", "-w", file]) {
                for arguments in [
                    ["--udp", "1,2"], ["--udp", "1,3"], ["--vlan", "7", "--ipv4", "10.0.0.9,10.0.1.1", "--udp", "1009,5"],
                    ["--vlan", "8", "--ipv4", "10.0.0.9,10.0.1.1", "--udp", "1009,5"], ["--udp", "1,2"]
                ] { _ = try await Program.vethmark(["send", "-q", "--tx", bed.tx] + arguments + [String(repeating: "x", count: 100)]) }
            }
            #expect(seen.exitCode == 0 && seen.errors.contains("3 matched, 0 dropped by the ring, 3 written"), "\(seen.errors)")
            #expect(seen.errors.contains("filtered here, for the kernel doesn't take this filter"))
            let read = try await Program.vethmark([
                "sniff", "-q", "-r", file, "-T", "fields", "-e", "vlan.id", "-e", "udp.dstport", "-e", "frame.len", "-e", "frame.cap_len"
            ])
            #expect(read.output == "\t2\t142\t60\n7\t5\t146\t64\n\t2\t142\t60\n", "\(read.output)")
        }
    }

    /// Ctrl-C ends it in order, and a filter leaves the others out; what goes into stdout as a file tshark reads.
    @Test func ctrlCEndsItInOrder() async throws {
        try await TestBed.with { bed in
            let finished = try await Program.vethmark(["sniff", bed.rx, "--filter", "udp dst port 2", "-T", "fields", "-e", "udp.dstport"])
            { process in
                try await bed.waitForTap(bed.far)
                for port in ["2", "3", "2"] { _ = try await Program.vethmark(["send", "--tx", bed.tx, "--udp", "1,\(port)", "-q"]) }
                kill(pid_t(process.value), SIGINT)
            }
            #expect(finished.exitCode == 0 && finished.output == "2\n2\n", "\(finished.errors)")
            #expect(finished.errors.contains("2 matched, 0 dropped by the ring, 2 shown"))
        }
    }
}

/// Something that a closure leaves behind for its maker, which has it back before it looks.
private final class Box<Value: Sendable>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}
