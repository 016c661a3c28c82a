import Foundation
import Testing

/// `vethmark search`, `rfc2544` and `rfc9004` on links whose limits are known, and what they say and leave behind.
@Suite(.enabled(if: Requirement.root), .serialized) struct LimitTests {
    /// A bridge between the ends, whose far port a token bucket shapes: 60 bytes a frame without FCS.
    private func withShaper(
        pps: Int, bucketFrames: Int, queueFrames: Int, _ body: @Sendable (_ transmit: String, _ receive: String) async throws -> Void
    ) async throws {
        try await TestBed.with { bed in
            let end = bed.far + "e"
            try await Program.tool(
                "bash", "-ec",
                """
                ip netns add \(end)
                ip netns exec \(end) sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                ip -n \(bed.far) link add name bridge0 type bridge
                ip -n \(bed.far) link add out type veth peer name in netns \(end)
                for port in \(bed.rxName) out; do ip -n \(bed.far) link set $port master bridge0 up; done
                ip -n \(bed.far) link set bridge0 up
                ip -n \(end) link set in up
                ip netns exec \(bed.far) tc qdisc add dev out root tbf rate \(pps * 60 * 8)bit burst \(bucketFrames * 60) limit \(queueFrames * 60)
                """)
            do {
                try await body(bed.tx, "in@\(end)")
                _ = try? await Program.tool("ip", "netns", "del", end)
            } catch {
                _ = try? await Program.tool("ip", "netns", "del", end)
                throw error
            }
        }
    }

    private func goals(_ run: Finished) throws -> [[String: Any]] { try #require(try run.json()["goals"] as? [[String: Any]]) }

    /// 10,000 frames a second pass, and in a trial of 1 s another 500 out of bucket and queue. With a tenth of loss allowed that is 11,111 to
    /// 11,667, and the bounds lie within 6 % around; without, nothing above 10,500 passes.
    @Test func theRateOfAShaperIsFound() async throws {
        try await withShaper(pps: 10_000, bucketFrames: 300, queueFrames: 200) { transmit, receive in
            let run = try await Program.vethmark([
                "search", "--tx", transmit, "--rx", receive, "--goal", "ndr", "--goal", "10%", "--max-rate", "40kpps", "--width", "6%",
                "-t", "1",
                "--sum", "3", "--warmup", "20ms", "-q", "--no-save", "--json"
            ])
            let goals = try goals(run)
            #expect(run.exitCode == 0 && goals.map { $0["limitedBy"] as? String } == ["link", "link"], "\(run.errors) \(goals)")
            let tenth = try #require(goals[1]["relevantLowerBound"] as? Double)
            let tenthUpper = try #require(goals[1]["relevantUpperBound"] as? Double)
            #expect(tenth > 11_111 * 0.94 && tenth < 11_667 && tenthUpper > 11_111 && tenthUpper < 11_667 / 0.94, "\(goals)")
            #expect(tenth >= tenthUpper * 0.94 - 1 && goals[1]["regular"] as? Bool == true)
            let lossless = try #require(goals[0]["relevantLowerBound"] as? Double)
            #expect(lossless < 10_500 && lossless > 8_500, "\(goals)")
        }
    }

    /// Bucket and queue hold 500 frames.
    @Test func theDepthOfAQueueIsFound() async throws {
        try await withShaper(pps: 10_000, bucketFrames: 300, queueFrames: 200) { transmit, receive in
            let run = try await Program.vethmark([
                "rfc9004", "--tx", transmit, "--rx", receive, "--sizes", "64", "--max-rate", "40kpps", "--width", "6%", "-t", "1",
                "--rounds", "3",
                "--warmup", "0", "-q", "--no-save", "--json"
            ])
            let row = try #require((try run.json()["sizes"] as? [[String: Any]])?.first)
            let bursts = try #require(row["backToBack"] as? [String: Any], "\(run.errors) \(row)")
            let frames = try #require(bursts["frames"] as? [String: Any])
            let held = try #require(bursts["bufferFrames"] as? Double)
            #expect(try #require(frames["min"] as? Double) >= 500 && held > 485 && held < 515, "\(bursts)")
            #expect(try run.json()["schema"] as? String == "vethmark.rfc9004/1")
        }
    }

    /// Of a result that may not be there yet.
    private func savedTrials(_ path: String) -> [[String: Any]] {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return ((try? JSONSerialization.jsonObject(with: data)) as? [String: Any])?["trials"] as? [[String: Any]] ?? []
    }

    /// A search and a suite, stopped and gone on with: no trial is lost or made twice.
    @Test(arguments: [
        "search --goal ndr --max-rate 20kpps --width 20% -t 300ms --sum 1500ms --warmup 0",
        "rfc2544 --sizes 64,128 --max-rate 20kpps --width 50% -t 50ms --rounds 1 --warmup 0"
    ])
    func whatWasStoppedGoesOn(_ line: String) async throws {
        let folder = try TemporaryFolder()
        let words = line.split(separator: " ").map(String.init)
        let path = folder.path + "/s/result.json"
        let stopped = try await Program.vethmark(words + ["-q", "-o", "s"], in: folder.path) { process in
            // As soon as there is a trial; the others take a second at least.
            try await eventually("a trial") { !savedTrials(path).isEmpty }
            kill(process.value, SIGINT)
        }
        #expect(stopped.errors.contains("go on with: vethmark \(words[0]) --resume s"), "\(stopped.errors)")
        let before = savedTrials(path)
        let other = try await Program.vethmark([words[0], "--resume", "s", "--max-rate", "10kpps"], in: folder.path)
        #expect(other.exitCode == 64 && other.errors.contains("leave out all but those of output"), "\(other.errors)")
        let wrong = try await Program.vethmark(["rfc9004", "--resume", "s"], in: folder.path)
        #expect(wrong.exitCode == 64 && wrong.errors.contains(", not an RFC 9004 suite; "), "\(wrong.errors)")
        let resumed = try await Program.vethmark([words[0], "--resume", "s", "-q", "--json"], in: folder.path)
        #expect(resumed.exitCode == 0 || resumed.exitCode == 3, "\(resumed.errors)")
        let result = try resumed.json()
        #expect(
            result["interrupted"] as? Bool == false && result["command"] as? [String] == [Program.vethmarkPath] + words + ["-q", "-o", "s"])
        let after = try #require(result["trials"] as? [[String: Any]])
        func key(_ trial: [String: Any]) -> NSDictionary {
            NSDictionary(dictionary: trial.filter { ["ledger", "rates", "latency", "loadPps", "purpose"].contains($0.key) })
        }
        #expect(after.count > before.count && zip(before, after).allSatisfy { key($0) == key($1) })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["s"])
    }

    @Test func whereTheLowestRateFailsItIsSaid() async throws {
        try await withShaper(pps: 200, bucketFrames: 30, queueFrames: 30) { transmit, receive in
            let run = try await Program.vethmark([
                "search", "--tx", transmit, "--rx", receive, "--goal", "1%", "-t", "200ms", "--warmup", "0", "-q", "--no-save"
            ])
            #expect(run.exitCode == 3 && run.output.contains("Not searched: even the lowest rate, 1 kpps, failed twice"), "\(run.output)")
        }
    }

    private let quick = ["--max-rate", "20kpps", "--width", "20%", "-t", "50ms", "--warmup", "0", "-q"]

    @Test func aSearchIsSavedAndHasItsKeys() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(["search", "--goal", "5%", "--json", "-o", "kept"] + quick, in: folder.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        let json = try run.json()
        #expect(json["schema"] as? String == "vethmark.search/1" && json["scaled"] as? Bool == true && json["stable"] as? Bool == true)
        #expect((json["command"] as? [String])?.contains("search") == true && json["conditions"] != nil && json["plan"] != nil)
        let trials = try #require(json["trials"] as? [[String: Any]])
        let searched = try #require(trials.last)
        #expect(searched["loadPps"] != nil && searched["durationNanoseconds"] as? Int == 50_000_000)
        #expect((searched["ledger"] as? [String: Any])?["residual"] as? Int == 0)
        #expect((searched["verdict"] as? [String: String])?["5%"] != nil)
        let saved = try String(contentsOfFile: folder.path + "/kept/result.json", encoding: .utf8)
        #expect(saved == run.output)
        let table = try String(contentsOfFile: folder.path + "/kept/trials.csv", encoding: .utf8)
        #expect(table.split(separator: "\n").count == trials.count + 1)
    }

    @Test func aSuiteHasARowForEachSize() async throws {
        let run = try await Program.vethmark(["rfc2544", "--sizes", "64,1518", "--rounds", "1", "--json", "--no-save"] + quick)
        // On a starved machine bursts can't be trusted.
        #expect(run.exitCode == 0 || run.exitCode == 3, "\(run.errors)")
        let rows = try #require(try run.json()["sizes"] as? [[String: Any]])
        #expect(rows.map { $0["frameBytes"] as? Int } == [64, 1518])
        for row in rows {
            #expect(row["throughput"] != nil && (row["latency"] as? [Any])?.count == 1 && (row["lossCurve"] as? [Any])?.isEmpty == false)
        }
    }

    @Test func ctrlCLeavesTheBoundsSoFar() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(
            ["search", "--full", "-o", "s", "-q", "--json", "--max-rate", "20kpps"], in: folder.path
        ) { process in
            try await eventually("two trials") { savedTrials(folder.path + "/s/result.json").count >= 2 }
            kill(process.value, SIGINT)
        }
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try run.json()["interrupted"] as? Bool == true)
        #expect(try #require(try run.json()["trials"] as? [Any]).count >= 2)
    }

    @Test(arguments: [
        ("search --goal mdr", "'mdr' is no goal; allowed are ndr, pdr or a loss as in 0.1%"),
        ("search --goal ndr --goal NDR", "--goal ndr stands there twice; leave out one"),
        ("search --max-rate 500pps", "--max-rate is 500 pps but must be above --min-rate, which is 1 kpps"),
        ("search --method binary --sum 3", "--sum and --exceed belong to --method mlr"),
        ("search --width 0%", "--width is '0%' but must be a percentage above 0% and below 100%"),
        ("search -t 2 --sum 1", "--sum is shorter than a trial (--time); make it longer"),
        ("search -t 0", "--time is 0 but must be above it here"), ("search -b 5kpps", "is no option of `vethmark search`"),
        ("rfc2544 --sizes 64,64", "--sizes is '64,64' but must be sizes in bytes, each once"),
        ("rfc9004 --sizes 20", "--sizes has 20 but must be"), ("rfc2544 --rounds 0", "--rounds is '0' but must be 1 to 1000")
    ])
    func whatIsWrongIsSaidInALine(_ line: String, _ sentence: String) async throws {
        let run = try await Program.vethmark(line.split(separator: " ").map(String.init))
        #expect(run.exitCode == 64 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
}
