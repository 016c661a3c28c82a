import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// Capture files between vethmark and the tools that everybody has: each reads what the other wrote.
@Suite(.serialized) struct CaptureInterplayTests {
    private static let frameCount = 400

    private func frames() -> [CapturedFrame] {
        var stacks = RandomStack()
        return (0..<Self.frameCount).map {
            CapturedFrame(timestampNanoseconds: 1_700_000_000_000_000_123 + UInt64($0) * 1_001, bytes: FrameStack.build(stacks.next()))
        }
    }

    private func read(_ path: String) throws -> [CapturedFrame] {
        let reader = try CaptureFileReader(path: path)
        var frames: [CapturedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    /// Both containers, both precisions, both byte orders: capinfos, tshark and tcpdump take them without a word.
    @Test func whatWeWriteOthersRead() async throws {
        let folder = try TemporaryFolder()
        let frames = frames()
        for container in CaptureFormat.Container.allCases {
            for precision in CaptureFormat.Precision.allCases {
                for isBigEndian in [false, true] {
                    let format = CaptureFormat(container, precision: precision, isBigEndian: isBigEndian)
                    let path = "\(folder.path)/\(container)-\(precision)-\(isBigEndian).\(container)"
                    let writer = try CaptureFileWriter(path: path, format: format, interface: "vm0")
                    for frame in frames { try writer.write(frame) }
                    try writer.flush()
                    let facts = try await Program.run("capinfos", ["-c", "-M", "-E", "-t", "-T", "-r", path])
                    #expect(
                        facts.exitCode == 0 && facts.output.contains("\t\(Self.frameCount)\n"), "\(format): \(facts.output)\(facts.errors)")
                    let shark = try await Program.run("tshark", ["-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len"])
                    let expected = frames.map { frame in
                        let unit: Int128 = precision == .nanoseconds ? 1 : 1_000
                        let nanoseconds = frame.timestampNanoseconds / unit * unit
                        let fraction = "\(1_000_000_000 + nanoseconds % 1_000_000_000)".dropFirst()
                        return "\(nanoseconds / 1_000_000_000).\(fraction)\t\(frame.bytes.count)\n"
                    }
                    #expect(shark.output == expected.joined(), "\(format)")
                    #expect(!shark.errors.contains("tshark:"), "\(shark.errors)")
                    let dump = try await Program.run("tcpdump", ["-nn", "-q", "--count", "-r", path])
                    #expect(
                        dump.exitCode == 0 && dump.output.contains("\(Self.frameCount) packets"), "\(format): \(dump.output)\(dump.errors)")
                }
            }
        }
    }

    /// What editcap and tcpdump make of a file is read back: other containers, other precisions.
    @Test(arguments: ["pcap", "nsecpcap", "pcapng"]) func whatOthersWriteWeRead(_ form: String) async throws {
        let folder = try TemporaryFolder()
        let frames = frames()
        let source = folder.path + "/source.pcap"
        let writer = try CaptureFileWriter(path: source)
        for frame in frames { try writer.write(frame) }
        try writer.flush()
        let converted = folder.path + "/converted"
        try await Program.tool("editcap", "-F", form, source, converted)
        let expected = frames.map { frame in
            var frame = frame
            if form == "pcap" { frame.timestampNanoseconds -= frame.timestampNanoseconds % 1_000 }
            return frame
        }
        #expect(try read(converted) == expected)
        let written = folder.path + "/tcpdump.pcap"
        try await Program.tool("tcpdump", "-r", converted, "-w", written, "--time-stamp-precision=nano")
        #expect(try read(written) == expected)
        let listed = try await Program.vethmark(["sniff", "-r", converted, "-T", "fields", "-e", "frame.len"])
        #expect(listed.output == frames.map { "\($0.bytes.count)\n" }.joined(), "\(listed.errors)")
        #expect(listed.errors.contains("400 frames in \(converted), 400 matched"))
    }

    /// The same expression picks the same frames as tcpdump's.
    @Test(arguments: ["udp", "ip6 and tcp", "vlan", "icmp or arp", "ether broadcast", "less 100", "mpls"])
    func filtersPickWhatTcpdumpPicks(_ expression: String) async throws {
        let folder = try TemporaryFolder()
        let source = folder.path + "/source.pcap"
        let writer = try CaptureFileWriter(path: source)
        for frame in frames() { try writer.write(frame) }
        try writer.flush()
        let ours = folder.path + "/ours.pcapng"
        let theirs = folder.path + "/theirs.pcap"
        let sniff = try await Program.vethmark(["sniff", "-r", source, "--filter", expression, "-w", ours])
        #expect(sniff.exitCode == 0 && sniff.output.isEmpty, "\(sniff.errors)")
        try await Program.tool("tcpdump", "-r", source, "-w", theirs, "--time-stamp-precision=nano", expression)
        let picked = try read(ours)
        #expect(picked == (try read(theirs)))
        #expect(!picked.isEmpty && picked.count < Self.frameCount)
    }
}
