import Foundation
import Testing
import Traces
import Traffic

/// What a mix of sizes comes to, by tcpdump's file: shares, order, and the bits a second that the report tells.
@Suite(.enabled(if: Requirement.root), .serialized) struct WireShareTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var flags: [String]
        var sizes: FrameSizes
        var testDescription: String { flags.joined(separator: " ") }

        init(_ flags: String, _ sizes: FrameSizes) {
            self.flags = flags.split(separator: " ").map(String.init)
            self.sizes = sizes
        }
    }

    /// `auto` takes `ring`; a slot of `gso` holds a run of one size, and its round is that of runs.
    static let cases: [Case] = [
        Case("imix", .imix), Case("imix --engine gso", .imix), Case("imix --engine af-xdp", .imix), Case("imix --engine xdp", .imix),
        Case("-s 64,9018 --mtu 9000", FrameSizes("64,9018")!), Case("-s 64,9018 --mtu 9000 --engine gso", FrameSizes("64,9018")!)
    ]

    @Test(arguments: cases) func sharesAndBitsAreThoseOfTheCapture(_ one: Case) async throws {
        // Ends in the midst of a round. What falls due while the first call of live frames makes its pages comes at once behind it, and the capture is as much
        // shorter than the load was: some 15 ms, or twice that on a busy machine.
        let count = one.flags.contains("xdp") ? 80_005 : 20_005
        let folder = try TemporaryFolder()
        let path = folder.path + "/caught.pcap"
        let run = try await TestBed.with { bed in
            let tcpdump = [
                "timeout", "30", "tcpdump", "-n", "-p", "-i", bed.rxName, "-s", "96", "-B", "65536", "-c", "\(count)",
                "--time-stamp-precision=nano", "-w", path
            ]
            async let dump = Program.run("ip", ["netns", "exec", bed.far] + tcpdump)
            try await bed.waitForTap(bed.far)
            let run = try await Program.vethmark(
                ["run"] + one.flags + [
                    "--tx", bed.tx, "--rx", bed.rx, "--receiver", "ring", "-n", "\(count)", "-t", "20", "-b", "10kpps", "--warmup", "0",
                    "-J",
                    "--no-save",
                    "-q"
                ])
            let caught = try await dump
            #expect(caught.exitCode == 0, "\(caught.errors)")
            return run
        }
        #expect(run.ranToItsEnd, "\(run.errors)")
        let ledger = try run.ledger()
        #expect(ledger["received"] == count && ledger["residual"] == 0, "\(ledger)")

        let reader = try CaptureFileReader(path: path)
        var sizes: [Int] = []
        var (first, last) = (nil as Int128?, 0 as Int128)
        while let frame = try reader.next() {
            sizes.append(frame.wireBytes + 4)
            first = first ?? frame.timestampNanoseconds
            last = frame.timestampNanoseconds
        }
        #expect(sizes.count == count)
        let transmit = (try run.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any]
        let runFrames = transmit?["runFrames"] as? Int ?? 1
        #expect((runFrames > 1) == one.flags.contains("gso"))
        let round = one.sizes.round
        let isInOrder = sizes.indices.allSatisfy { sizes[$0] == round[$0 / runFrames % round.count] }
        #expect(isInOrder, "the order")
        for share in one.sizes.shares {
            // Not more than what one round has of it, above or below.
            let planned = Double(count * share.weight) / Double(round.count)
            let found = sizes.count { $0 == share.sizeBytes }
            #expect(abs(Double(found) - planned) <= Double(share.weight * runFrames), "\(share.sizeBytes): \(found) of \(planned)")
        }
        let rates = try #require((try run.json()["trials"] as? [[String: Any]])?.first?["rates"] as? [String: Any])
        let captured = Double(sizes.reduce(0, +) * 8) / (Double(last - (first ?? 0)) / 1e9)
        let told = rates["rxL2Bps"] as? Double ?? 0
        #expect(abs(told / captured - 1) < 0.005, "\(told) told, \(captured) captured")
    }
}
