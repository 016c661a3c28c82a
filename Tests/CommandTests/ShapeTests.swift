import Foundation
import Frames
import Metrics
import Testing
import Traces

/// Shapes of load as a capture tool sees them: `tcpdump` on the receiving end.
///
/// The sender gets a real-time priority, where it may: else the rest of the machine decides over its times. A run counts if the sender's own book says
/// that it kept them, and there are several.
@Suite(.enabled(if: Requirement.root), .serialized) struct ShapeTests {
    private struct Captured: Sendable {
        /// When each frame came, nanoseconds.
        var times: [Double]
        /// And how long it was.
        var lengths: [Int]
        /// The run's result.json.
        var result: Data

        var pacing: [String: Any] {
            let object = (try? JSONSerialization.jsonObject(with: result)) as? [String: Any]
            let trial = (object?["trials"] as? [[String: Any]])?.first
            return trial?["pacing"] as? [String: Any] ?? [:]
        }

        /// Of the frames of one length.
        func gaps(ofBytes length: Int) -> [Double] {
            let own = zip(times, lengths).filter { $0.1 == length }.map(\.0)
            return zip(own, own.dropFirst()).map { $1 - $0 }
        }

        var gaps: [Double] { zip(times, times.dropFirst()).map { $1 - $0 } }
    }

    /// - Parameter lagNanoseconds: 90 % of the frames must have left by then, or it is tried again.
    private func capture(_ arguments: [String], frames: Int, lagNanoseconds: Int) async throws -> Captured {
        for _ in 0..<12 {
            let captured = try await captureOnce(arguments, frames: frames)
            let lag = captured.pacing["sendLag"] as? [String: Any]
            if let late = lag?["p90"] as? Int, late <= lagNanoseconds { return captured }
        }
        throw ToolFailed(
            command: "the sender never kept its times on this machine",
            finished: Finished(status: .exited(1), output: "", errors: ""))
    }

    private func captureOnce(_ arguments: [String], frames: Int) async throws -> Captured {
        try await TestBed.with { bed in
            let folder = try TemporaryFolder()
            let file = folder.path + "/frames.pcap"
            let results = folder.path + "/result"
            let dump = try await Program.run(
                "ip",
                [
                    "netns", "exec", bed.far, "timeout", "30", "tcpdump", "-i", bed.rxName, "--time-stamp-precision=nano", "-B", "16384",
                    "-w",
                    file, "-c", "\(frames)", "udp"
                ]
            ) { _ in
                try await bed.waitForTap(bed.far)
                let mayHurry = try await Program.run("chrt", ["-f", "50", "true"]).exitCode == 0
                let run = try await Program.run(
                    mayHurry ? "chrt" : "env",
                    (mayHurry ? ["-f", "50"] : []) + [
                        Program.vethmarkPath, "run", "--tx", bed.tx, "--rx", bed.rx, "--warmup", "0", "-q", "-n", "\(frames)", "-o", results
                    ] + arguments)
                #expect(run.exitCode == 0, "\(run.errors)")
            }
            #expect(dump.exitCode == 0, "\(dump.errors)")
            let reader = try CaptureFileReader(path: file)
            var times: [Double] = []
            var lengths: [Int] = []
            var first: Int128?
            while let frame = try reader.next() {
                if first == nil { first = frame.timestampNanoseconds }
                times.append(Double(frame.timestampNanoseconds - first!))
                lengths.append(frame.wireBytes)
            }
            #expect(times.count == frames)
            return Captured(times: times, lengths: lengths, result: try Data(contentsOf: URL(fileURLWithPath: results + "/result.json")))
        }
    }

    @Test func capturedPoissonGapsAreExponential() async throws {
        let captured = try await capture(["-b", "1kpps", "--shape", "poisson"], frames: 2_000, lagNanoseconds: 20_000)
        let gaps = captured.gaps
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count - 1)
        // Within 4.5 standard deviations, 1 / √n for each.
        #expect((0.9...1.1).contains(mean / 1_000_000), "\(mean)")
        #expect((0.9...1.1).contains(variance.squareRoot() / mean), "\(variance.squareRoot() / mean)")
        var distance = 0.0
        for (index, gap) in gaps.sorted().enumerated() {
            let expected = 1 - exp(-gap / 1_000_000)
            distance = max(distance, expected - Double(index) / Double(gaps.count), Double(index + 1) / Double(gaps.count) - expected)
        }
        // p > 0.01 of Kolmogorov and Smirnov's test.
        #expect(distance * Double(gaps.count).squareRoot() < 1.628, "\(distance)")
    }

    @Test func capturedBurstsHaveTheAskedLength() async throws {
        let captured = try await capture(["-b", "1kpps", "--shape", "bursts:8"], frames: 800, lagNanoseconds: 200_000)
        var lengths: [Int] = [1]
        for gap in captured.gaps { if gap < 4_000_000 { lengths[lengths.count - 1] += 1 } else { lengths.append(1) } }
        // What was away for a while made one burst of two.
        #expect(lengths.allSatisfy { $0.isMultiple(of: 8) } && lengths.filter { $0 == 8 }.count >= 90, "\(lengths)")
        let bursts = captured.pacing["bursts"] as? [String: Any]
        for side in ["departing", "arriving"] {
            #expect((bursts?[side] as? [String: Any])?["p50"] as? Int == 8, "\(side): \(bursts ?? [:])")
        }
    }

    /// Each stream is what it would be alone, whatever stands between its frames: told apart by their lengths.
    @Test func capturedStreamsKeepTheirOwnShapes() async throws {
        let streams = ["a rate=1kpps size=100", "b rate=1kpps shape=bursts:8 size=200", "c shape=steps:0,1kpps/50ms size=300"]
        let captured = try await capture(streams.flatMap { ["--stream", $0] }, frames: 2_000, lagNanoseconds: 200_000)
        var lengths: [Int] = [1]
        for gap in captured.gaps(ofBytes: 196) { if gap < 4_000_000 { lengths[lengths.count - 1] += 1 } else { lengths.append(1) } }
        #expect(lengths.allSatisfy { $0.isMultiple(of: 8) } && lengths.filter { $0 == 8 }.count >= 90, "\(lengths)")
        let even = captured.gaps(ofBytes: 96).sorted()
        #expect(even.count == 799 && (900_000...1_100_000).contains(even[even.count / 2]), "\(even[even.count / 2])")
        // 50 ms of silence between the steps of 50 frames.
        #expect(captured.gaps(ofBytes: 296).filter { $0 > 40_000_000 }.count == 7, "\(captured.gaps(ofBytes: 296).max() ?? 0)")
        let trial = ((try JSONSerialization.jsonObject(with: captured.result) as? [String: Any])?["trials"] as? [[String: Any]])?.first
        let pacing = (trial?["streams"] as? [[String: Any]])?.map { $0["pacing"] as? [String: Any] ?? [:] } ?? []
        let burst = (pacing.dropFirst().first?["bursts"] as? [String: Any])?["arriving"] as? [String: Any]
        #expect(burst?["p50"] as? Int == 8 && pacing.count == 3, "\(pacing)")
    }

    @Test func onOffKeepsItsSilence() async throws {
        let captured = try await capture(["-b", "1kpps", "--shape", "on-off:10ms,90ms"], frames: 500, lagNanoseconds: 500_000)
        let pauses = captured.gaps.filter { $0 > 50_000_000 }
        #expect(pauses.count == 4, "\(pauses)")
    }

    /// Everything that was due is in the book, whatever the shape, and as many workers as there are share it.
    @Test(arguments: ["constant", "poisson", "bursts:10", "on-off:5ms,20ms", "ramp:0..4kpps", "steps:1kpps,0,5kpps/50ms"], [1, 2])
    func totalsAreThePlans(_ shape: String, _ workers: Int) async throws {
        let own = shape.hasPrefix("ramp") || shape.hasPrefix("steps")
        let run = try await Program.vethmark(
            ["run", "--shape", shape, "-P", "\(workers)", "-t", "600ms", "--warmup", "50ms", "--json", "--no-save", "-q"]
                + (own ? [] : ["-b", "2kpps"]))
        #expect(run.exitCode == 0, "\(run.errors)")
        let ledger = try run.ledger()
        #expect(ledger["residual"] == 0)
        let offered = try #require(ledger["offered"])
        // Of 1,200 frames a Poisson process has 35 more or less in one of three runs.
        #expect(shape == "poisson" ? (1_000...1_400).contains(offered) : (1_199...1_201).contains(offered), "\(offered)")
        let trial = try #require((try run.json()["trials"] as? [[String: Any]])?.first)
        let pacing = try #require(trial["pacing"] as? [String: Any])
        let sent = try #require(ledger["sent"])
        for key in ["interDeparture", "interArrival"] {
            #expect((pacing[key] as? [String: Any])?["count"] as? Int == sent - workers, "\(key)")
        }
        #expect((pacing["sendLag"] as? [String: Any])?["count"] as? Int == sent)
    }

    /// The trial at start-up decides who sends and is in nobody's book: what was offered is what was due.
    @Test func aRateThatIsNotPlainIsTriedFirst() async throws {
        let run = try await Program.vethmark(["run", "-b", "250kpps", "-t", "200ms", "--warmup", "50ms", "--json", "--no-save", "-q"])
        let transmit = try #require((try run.json()["plan"] as? [String: Any])?["transmit"] as? [String: Any])
        let (engine, reason) = (transmit["engine"] as? String, try #require(transmit["engineReason"] as? String))
        #expect(reason == "at a rate each frame goes alone" && engine == "ring" || reason.hasPrefix("one by one ") && engine == "gso")
        let trials = try #require(try run.json()["trials"] as? [[String: Any]])
        #expect(trials.count == 1 && trials[0]["index"] as? Int == 0)
        let ledger = try run.ledger()
        #expect(ledger["residual"] == 0 && (49_000...52_500).contains(ledger["offered"] ?? 0), "\(ledger)")
        let granularity = (trials[0]["pacing"] as? [String: Any])?["granularity"] as? String
        #expect(granularity == (engine == "gso" ? "slot" : "frame"))
    }

    @Test func atFullSpeedThereIsNoPacing() async throws {
        let run = try await Program.vethmark(["run", "--engine", "null", "-t", "100ms", "--warmup", "0", "--json", "--no-save", "-q"])
        let trial = try #require((try run.json()["trials"] as? [[String: Any]])?.first)
        #expect(trial["ledger"] != nil && trial["pacing"] == nil)
    }

    @Test func aScheduleComesFromAFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("day.csv", "time,rate\n0,1kpps\n100ms,1kpps\n100ms,0\n200ms,0\n300ms,10kpps\n")
        let run = try await Program.vethmark(
            ["run", "--shape", "file:day.csv", "--warmup", "0", "--json", "--no-save", "-q"], in: folder.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        // 100 and nothing and 500, in the file's own time.
        #expect((599...601).contains(try run.ledger()["offered"] ?? 0))
        let text = try await Program.vethmark(["run", "--shape", "file:" + file, "--engine", "null", "--warmup", "0", "--no-save", "-q"])
        #expect(text.output.contains("2 kpps on average") && text.output.contains("burst, sent"), "\(text.output)")
    }

    @Test func whatCanNotBePacedIsRefused() async throws {
        for (arguments, words) in [
            (["--shape", "poisson"], "--shape is poisson but must be constant at full speed; give --rate as well"),
            (["--shape", "flat"], "must be constant, poisson, bursts:FRAMES"),
            (["--shape", "poisson", "-b", "1kpps", "--engine", "xdp"], "use --engine ring"),
            (["--shape", "ramp:0..1kpps", "-b", "1kpps"], "--rate is 1kpps but must be left out"),
            (["--shape", "file:/nowhere"], "No such file")
        ] {
            let run = try await Program.vethmark(["run", "--no-save"] + arguments)
            #expect(run.exitCode == 64 && run.errors.contains(words), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
