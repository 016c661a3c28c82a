import Foundation
import Subprocess
import Testing

/// `vethmark across --pattern`: a process in a namespace for each rank, as an engine starts them on as many hosts.
@Suite(.enabled(if: Requirement.root), .serialized) struct MeshCommandTests {
    private let quick = ["-b", "2kpps", "-t", "150ms", "--warmup", "0", "-q", "--json"]

    struct Meeting {
        let round: Int
        let sender: Int
        let receiver: Int
        let missed: String?
        let ledger: [String: Int]?

        var pair: [Int] { [sender, receiver] }
        /// Every frame that was sent has come, and there were some.
        var isWhole: Bool {
            missed == nil && ledger?["residual"] == 0 && ledger?["received"] == ledger?["sent"] && ledger?["sent"] ?? 0 > 100
        }
    }

    private func meetings(_ ranks: [Int: Finished]) throws -> [Meeting] {
        let result = try #require(try? ranks[0]?.json(), "\(ranks[0]?.errors ?? "")")
        #expect(result["schema"] as? String == "vethmark.mesh/1")
        return try #require(result["meetings"] as? [[String: Any]]).map { meeting in
            let trials = (meeting["result"] as? [String: Any])?["trials"] as? [[String: Any]]
            let ledger = trials?.first?["ledger"] as? [String: Any]
            return Meeting(
                round: meeting["round"] as? Int ?? -1, sender: meeting["sender"] as? Int ?? -1, receiver: meeting["receiver"] as? Int ?? -1,
                missed: meeting["missed"] as? String,
                ledger: ledger?.compactMapValues { ($0 as? NSNumber).flatMap { Int(exactly: $0) } })
        }
    }

    private func words(_ ranks: [Int: Finished]) -> Comment {
        Comment(
            rawValue: ranks.sorted { $0.key < $1.key }.map { "rank \($0.key): \($0.value.status) \($0.value.errors)" }.joined(
                separator: "\n"))
    }

    @Test func eightRanksMeetEachOnce() async throws {
        try await MeshBed.with(8) { bed in
            let before = try await bed.links()
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mesh-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let ranks = try await bed.run("pairs", quick + ["-o", folder, "--mtu", "1400"])
            #expect(ranks.count == 8 && ranks.values.allSatisfy { $0.exitCode == 0 }, words(ranks))
            #expect(ranks.allSatisfy { $0.key == 0 || $0.value.output.isEmpty })
            let meetings = try meetings(ranks)
            let pairs = (0..<8).flatMap { one in (one + 1..<8).map { [one, $0] } }
            #expect(meetings.map(\.pair).sorted { $0.lexicographicallyPrecedes($1) } == pairs)
            for meeting in meetings { #expect(meeting.isWhole, "\(meeting)") }
            #expect(Set(meetings.map(\.round)) == Set(0..<7))
            for (round, held) in Dictionary(grouping: meetings, by: \.round) {
                #expect(Set(held.flatMap(\.pair)).count == 8 && held.count == 4, "round \(round)")
            }
            #expect(try await bed.links() == before)

            // It is shown again as it was printed.
            let shown = try await Program.vethmark(["results", "show", "--json", folder])
            #expect(shown.exitCode == 0 && shown.output == ranks[0]?.output, "\(shown.errors)")
            let text = try await Program.vethmark(["results", "show", folder])
            #expect(text.output.contains("28 of 28 meetings held") && text.output.contains("every book closed"), "\(text.output)")
            #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text.output)")
        }
    }

    @Test(arguments: ["all-to-one", "one-to-all"]) func oneMeetsAllOthers(_ pattern: String) async throws {
        try await MeshBed.with(4) { bed in
            let ranks = try await bed.run(pattern, quick + ["--no-save", "--repeats", "2"])
            #expect(ranks.values.allSatisfy { $0.exitCode == 0 }, words(ranks))
            let meetings = try meetings(ranks)
            #expect(meetings.map(\.pair) == (1...3).map { pattern == "all-to-one" ? [$0, 0] : [0, $0] })
            for meeting in meetings { #expect(meeting.isWhole, "\(meeting)") }
        }
    }

    enum Fault: String, CaseIterable, Sendable { case stop, kill, cut, end }

    /// The meetings of one rank are missed, all others are held, and nobody is kept waiting.
    @Test func aLostRankLosesItsOwnMeetings() async throws {
        try await atOnce(Fault.allCases, width: 2) { try await loseARank(by: $0) }
    }

    private func loseARank(by fault: Fault) async throws {
        try await MeshBed.with(5) { bed in
            let lost = 3
            let plan = ["-b", "2kpps", "-t", "700ms", "--warmup", "0", "-q", "--json", "--no-save"]
            let ranks = try await bed.run("pairs", plan) { started in
                // In the middle of its meeting with rank 4, the only one of a higher number.
                try await bed.waitForFrames(300, of: lost)
                let process = try await started.process(lost)
                switch fault {
                case .kill: kill(process.value, SIGKILL)
                case .end: kill(process.value, SIGTERM)
                case .cut: try await Program.tool("ip", "-n", bed.bridge, "link", "set", "ctl\(lost)", "down")
                case .stop:
                    kill(process.value, SIGSTOP)
                    Task {
                        try await Task.sleep(for: .seconds(12))
                        kill(process.value, SIGCONT)
                    }
                }
            }
            for rank in [1, 2, 4] { #expect(ranks[rank]?.exitCode == 0, words(ranks)) }
            #expect(ranks[0]?.exitCode == 3, words(ranks))
            #expect(fault == .kill || ranks[lost]?.exitCode == 3, words(ranks))
            let meetings = try meetings(ranks)
            #expect(meetings.count == 10, "\(fault)")
            var missed = 0
            for meeting in meetings {
                if meeting.pair.contains(lost) {
                    missed += meeting.missed == nil ? 0 : 1
                    #expect(meeting.missed?.contains("rank \(lost)") ?? meeting.isWhole || fault == .end, "\(meeting)")
                } else {
                    #expect(meeting.isWhole, "\(meeting)")
                }
            }
            // Three rounds of it or more were still to come, or one at least.
            #expect(missed >= 1, "\(meetings)")
            let told = (try ranks[0]?.json()["ranks"] as? [[String: Any]])?.first { $0["rank"] as? Int == lost }
            #expect((told?["lost"] as? String)?.isEmpty == false)
            _ = try await Program.vethmark(["restore"])
        }
    }

    /// Without rank 0 there is no mesh.
    @Test func everybodyEndsSoonWithoutRankZero() async throws {
        try await MeshBed.with(4) { bed in
            let moment = Moment()
            let plan = ["-b", "2kpps", "-t", "20", "--warmup", "0", "-q", "--json", "--no-save"]
            let ranks = try await bed.run("pairs", plan) { started in
                try await bed.waitForFrames(300, of: 1)
                kill(try await started.process(0).value, SIGKILL)
                await moment.begin()
            }
            let took = try #require(await moment.begun?.duration(to: .now))
            #expect(took < .seconds(5), "\(took)")
            for rank in 1...3 {
                #expect(ranks[rank]?.exitCode == 3 && ranks[rank]?.errors.contains("rank 0") == true, words(ranks))
            }
            _ = try await Program.vethmark(["restore"])
        }
    }

    private actor Moment {
        var begun: ContinuousClock.Instant?
        func begin() { begun = .now }
    }

    /// The first signal lets meetings end and begins no more.
    @Test func rankZeroIsAskedToEnd() async throws {
        try await MeshBed.with(4) { bed in
            let ranks = try await bed.run("one-to-all", ["-b", "2kpps", "-t", "600ms", "--warmup", "0", "-q", "--json", "--no-save"]) {
                started in
                try await bed.waitForFrames(300, of: 0)
                kill(try await started.process(0).value, SIGTERM)
            }
            #expect(ranks[0]?.exitCode == 3 && (1...3).allSatisfy { ranks[$0]?.exitCode == 0 }, words(ranks))
            let meetings = try meetings(ranks)
            #expect(meetings.count == 3 && meetings[0].isWhole, "\(meetings)")
            for meeting in meetings.dropFirst() { #expect(meeting.missed?.contains("stopped by a signal") == true, "\(meeting)") }
        }
    }

    /// A rank that can't take part says why, and the others go on.
    @Test func whoCantTakePartSaysWhy() async throws {
        try await MeshBed.with(3) { bed in
            try await Program.tool("ip", "-n", bed.hosts[2], "link", "del", "data0")
            let ranks = try await bed.run("pairs", quick + ["--no-save"])
            #expect(ranks[0]?.exitCode == 3 && ranks[1]?.exitCode == 0, words(ranks))
            for meeting in try meetings(ranks) {
                if meeting.pair.contains(2) {
                    #expect(meeting.missed?.contains("data0") == true, "\(meeting)")
                } else {
                    #expect(meeting.isWhole, "\(meeting)")
                }
            }
        }
    }

    @Test func strangersAndOtherPatternsAreTurnedAway() async throws {
        try await MeshBed.with(2) { bed in
            let words = ["across", "--control", "10.78.0.1", "--tx", "data0", "--rx", "data0"] + quick + ["--no-save"]
            func start(_ rank: Int, _ more: [String], secret: String) async throws -> Finished {
                let all = ["netns", "exec", bed.hosts[rank], Program.vethmarkPath] + words + ["--rank", "\(rank)/2"] + more
                return try await Program.run("ip", all, environment: ["VETHMARK_SECRET": secret])
            }
            async let zero = start(0, ["--pattern", "pairs"], secret: bed.secret)
            async let one = start(1, [], secret: bed.secret)
            let ended = try await [zero, one]
            #expect(ended.allSatisfy { $0.exitCode == 64 && $0.errors.contains("--pattern") }, "\(ended)")
            let none = try await start(0, ["--pattern", "pairs"], secret: "")
            #expect(none.exitCode == 64 && none.errors.contains("VETHMARK_SECRET"), "\(none)")
        }
    }

    /// What rank 0 may have is raised as far as it goes, and refused where that isn't far enough.
    @Test func descriptorsAreRaisedOrRefused() async throws {
        let end =
            "exec \(Program.vethmarkPath) across --pattern pairs --rank 0/300 --control unix:/tmp/vm-\(UUID().uuidString) --tx a --rx b"
        let secret = ["VETHMARK_SECRET": "a secret of this test"]
        let refused = try await Program.run("bash", ["-c", "ulimit -n 400; \(end)"], environment: secret)
        #expect(
            refused.exitCode == 1 && refused.errors.contains("556 descriptors") && refused.errors.contains("ulimit -Hn 556"), "\(refused)")
        let raised = try await Program.run("bash", ["-c", "ulimit -Sn 400; ulimit -Hn 1000; \(end)"], environment: secret) { process in
            try await eventually("a limit of 1000 open files") {
                (try? String(contentsOfFile: "/proc/\(process.value)/limits", encoding: .utf8))?.contains(/Max open files +1000 +1000/)
                    == true
            }
            kill(process.value, SIGINT)
        }
        #expect(raised.exitCode == 130, "\(raised)")
    }
}
