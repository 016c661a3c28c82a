import Foundation
import Testing
import Traces

/// Superframes as a stranger's tool sees them, and as the report tells them.
@Suite(.enabled(if: Requirement.root), .serialized) struct SuperframeCommandTests {
    private static let count = 1_000

    /// tcpdump at the receiving end has packets of the slot's length; the result has as many superframes, and as many segments as those lengths come to.
    @Test(arguments: [("udp", 1_472, 42), ("tcp", 1_460, 54)]) func tcpdumpSeesThemWhole(
        _ transport: String, _ segmentBytes: Int, _ headerBytes: Int
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/caught.pcap"
        let run = try await TestBed.with { bed in
            let tcpdump = [
                "timeout", "30", "tcpdump", "-n", "-p", "-i", bed.rxName, "-s", "96", "-B", "65536", "-c", "\(Self.count)", "-w", path
            ]
            async let dump = Program.run("ip", ["netns", "exec", bed.far] + tcpdump)
            try await bed.waitForTap(bed.far)
            let before = try await bed.inside(bed.near, "ethtool", "-k", bed.txName).output
            let run = try await Program.vethmark([
                "run", "--superframes", "--transport", transport, "--tx", bed.tx, "--rx", bed.rx, "-n", "\(Self.count)", "-t", "20", "-b",
                "2kpps", "--warmup", "0", "-J", "--no-save", "-q"
            ])
            let caught = try await dump
            #expect(caught.exitCode == 0, "\(caught.errors)")
            #expect(try await bed.inside(bed.near, "ethtool", "-k", bed.txName).output == before)
            return run
        }
        #expect(run.ranToItsEnd, "\(run.errors)")
        let ledger = try run.ledger()
        #expect(ledger["received"] == Self.count && ledger["residual"] == 0, "\(ledger)")

        let reader = try CaptureFileReader(path: path)
        var lengths: [Int] = []
        while let frame = try reader.next() { lengths.append(frame.wireBytes) }
        #expect(lengths.count == Self.count && lengths.allSatisfy { $0 == headerBytes + 44 * segmentBytes }, "\(Set(lengths))")

        let trial = try #require((try run.json()["trials"] as? [[String: Any]])?.first)
        let superframes = try #require(trial["superframes"] as? [String: Any])
        #expect(
            superframes["segmentBytes"] as? Int == segmentBytes && superframes["superframeBytes"] as? Int == headerBytes + 44 * segmentBytes
        )
        #expect(superframes["sentSegments"] as? Int == 44 * Self.count && superframes["receivedSegments"] as? Int == 44 * Self.count)
        let transmit = (try run.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any]
        #expect(transmit?["superframes"] as? Bool == true && transmit?["segments"] as? Int == 44)
    }

    /// In words superframes are superframes and segments segments; nothing that was sent is called a frame.
    @Test func theReportCallsThemByTheirName() async throws {
        let run = try await Program.vethmark([
            "run", "--superframes", "-n", "200", "-b", "2kpps", "--warmup", "0", "--no-save", "-q"
        ])
        #expect(run.ranToItsEnd, "\(run.errors)")
        let headline = String(run.output.prefix { $0 != "\n" })
        #expect(
            headline.contains("k superframes/s received of") && headline.contains("superframes of 44 segments of 1,472 bytes"),
            "\(headline)")
        #expect(run.output.contains("8,800 of 8,800 segments received"), "\(run.output)")
        let words = run.output.split { !$0.isLetter && $0 != "/" }
        let counters = run.output.components(separatedBy: "Kernel counters that moved")[0]
        #expect(!words.contains("frames/s") && !counters.contains("Mpps") && !counters.contains("kpps"), "\(run.output)")
        #expect(!counters.split { !$0.isLetter }.contains("frames"), "\(counters)")
    }

    /// So do lines of progress, and a sweep: of cells of both kinds each its own.
    @Test func progressAndSweepsCallThemByTheirName() async throws {
        let load = ["-b", "2kpps", "--warmup", "0", "--no-save"]
        let run = try await Program.vethmark(["run", "--superframes", "-t", "500ms", "-I", "100ms"] + load)
        #expect(run.ranToItsEnd && run.errors.contains("k superframes/s  in flight "), "\(run.errors)")
        #expect(!run.errors.contains("pps"), "\(run.errors)")
        let sweep = ["sweep", "-s", "128", "-t", "50ms", "--rounds", "1", "-q"] + load
        let whole = try await Program.vethmark(sweep + ["--superframes", "--vary", "segments=2,4"])
        #expect(whole.ranToItsEnd && whole.output.contains("Most superframes a second: segments "), "\(whole)")
        #expect(!whole.output.contains("pps") && !whole.output.split { !$0.isLetter }.contains("frames"), "\(whole.output)")
        let both = try await Program.vethmark(sweep + ["--vary", "superframes=true,false", "--engine", "gso"])
        let rows = both.output.split(separator: "\n").filter { $0.contains("true  ") || $0.contains("false  ") }
        #expect(both.ranToItsEnd && both.output.contains("Most pieces a second: "), "\(both)")
        #expect(rows.count == 2 && rows[0].contains(" superframes/s") && rows[1].contains("pps"), "\(both.output)")
    }

    /// What speaks of frames takes none.
    @Test(arguments: ["search", "rfc2544", "rfc9004"]) func aMethodOfFramesRefusesThem(_ method: String) async throws {
        let run = try await Program.vethmark([method, "--superframes", "--no-save"])
        #expect(run.exitCode == 64 && run.errors.contains("--superframes is true but must be left out here"), "\(run.errors)")
    }

    /// What is rendered are superframes, and the plan that was shown is the one that runs.
    @Test func aDryRunShowsThem() async throws {
        let flags = ["--superframes", "--segments", "2", "-s", "128"]
        let run = try await Program.vethmark(["run", "--dry-run"] + flags)
        #expect(run.exitCode == 0 && run.output.contains("transmit.superframes is true (--superframes)"), "\(run.output)")
        #expect(run.output.contains("superframe 0, the first 128 of 206 bytes"), "\(run.output)")
        let render = try await Program.vethmark(["render", "-n", "1"] + flags)
        #expect(
            render.exitCode == 0 && render.output.contains("2 segments of 82 bytes behind one header, 206 bytes in all"), "\(render.output)"
        )
    }
}
