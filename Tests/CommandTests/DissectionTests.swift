import Foundation
import Frames
import TestSupport
import Testing
import Traces

/// Random stacks of every protocol, told field by field by vethmark, tshark and scapy: they agree.
@Suite(.serialized) struct DissectionTests {
    private static let frameCount = 2_500
    /// Whole datagrams only, every checksum checked, no stream analysis.
    private static let preferences =
        [
            "ip.defragment:FALSE", "ipv6.defragment:FALSE", "ip.check_checksum:TRUE", "udp.check_checksum:TRUE", "tcp.check_checksum:TRUE",
            "tcp.desegment_tcp_streams:FALSE", "tcp.analyze_sequence_numbers:FALSE", "sctp.checksum:crc-32c"
        ].flatMap { ["-o", $0] } + ["-d", "udp.port==8472,vxlan"]

    /// One file of random frames.
    private func capture(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/stacks.pcap"
        var stacks = RandomStack()
        let writer = try CaptureFileWriter(path: path)
        for number in 0..<Self.frameCount {
            try writer.write(CapturedFrame(timestampNanoseconds: UInt64(number) * 1_000, bytes: FrameStack.build(stacks.next())))
        }
        try writer.flush()
        return path
    }

    private func tshark(_ path: String, _ arguments: [String]) async throws -> [String] {
        let finished = try await Program.run(
            "tshark", ["-r", path, "-n"] + Self.preferences + arguments)
        #expect(finished.exitCode == 0, "\(finished.errors)")
        return finished.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func tsharkFindsNothingWrong() async throws {
        let folder = try TemporaryFolder()
        let path = try capture(folder)
        let wrong = ["ip", "udp", "tcp", "icmp", "icmpv6", "gre", "sctp", "igmp"].map { "\($0).checksum.status == 0" }.joined(
            separator: " || ")
        let lines = try await tshark(path, ["-Y", "_ws.malformed || \(wrong)"])
        #expect(lines.isEmpty, "\(lines.prefix(5))")
        #expect(try await tshark(path, ["-T", "fields", "-e", "frame.number"]).count == Self.frameCount)
    }

    /// Every field that tshark has, in every frame, down to how it is written.
    @Test func tsharkSaysTheSame() async throws {
        let folder = try TemporaryFolder()
        let path = try capture(folder)
        // Layers' own names stand for their summaries, whose words differ; our own protocol is ours alone.
        let layers = Set(LayerKind.allCases.map(\.filterName))
        let names =
            FieldCatalogue.names.filter { name in
                !layers.contains(name) && !Self.differing.contains(name) && !name.hasPrefix("vethmark.") && !name.hasPrefix("data.")
            } + ["frame.len", "frame.number"]
        let wanted = names.flatMap { ["-e", $0] }
        let theirs = try await tshark(path, ["-T", "fields"] + wanted)
        let ours = try await Program.vethmark(["sniff", "-q", "-r", path, "-T", "fields"] + wanted)
        #expect(ours.exitCode == 0, "\(ours.errors)")
        let lines = ours.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        #expect(lines.count == Self.frameCount && theirs.count == Self.frameCount)
        var differences: [String] = []
        for (number, (our, their)) in zip(lines, theirs).enumerated() {
            let (ourValues, theirValues) = (our.components(separatedBy: "\t"), their.components(separatedBy: "\t"))
            for (name, (ourValue, theirValue)) in zip(names, zip(ourValues, theirValues)) where ourValue != theirValue {
                differences.append("frame \(number + 1) \(name): \(ourValue) here, \(theirValue) there")
            }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(10).joined(separator: "\n"))")
    }

    /// tshark 4.0 gives IPv6 headers a hidden `ip.version` besides their own.
    private static let differing: Set<String> = ["ip.version"]

    @Test func scapySaysTheSame() async throws {
        let folder = try TemporaryFolder()
        let path = try capture(folder)
        let ours = try await Program.vethmark(["sniff", "-q", "-r", path, "--json"])
        let json = try folder.file("ours.json", ours.output)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("compare-with-scapy.py").path
        let finished = try await Program.run("/usr/bin/python3", [script, path, json])
        #expect(finished.exitCode == 0, "\(finished.output.prefix(3_000))\(finished.errors.suffix(2_000))")
        #expect(finished.output.hasPrefix("\(Self.frameCount) frames, "), "\(finished.output.prefix(300))")
    }
}
