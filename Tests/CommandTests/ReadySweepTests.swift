import Foundation
import Testing

/// The ready sweeps of the library: how long they take by their own estimate, and each in short.
@Suite(.serialized, .enabled(if: Requirement.root)) struct ReadySweepTests {
    static let names = ["cores", "mtu", "offloads", "placement", "queues", "rings", "sizes"]
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Frames that an MTU has no room for.
    private func isMeant(_ obstacle: String?) -> Bool { obstacle.map { $0.contains("with an MTU of") } ?? true }

    @Test func allAreHere() async throws {
        let list = try await Program.vethmark(["profile", "list", "-J"], in: Self.folder).json()
        let entries = try #require(list["profiles"] as? [[String: String]])
        #expect(entries.filter { $0["kind"] == "sweep" }.compactMap { $0["name"] } == Self.names)
    }

    @Test(arguments: names) func eachEndsWithinTenMinutesAndItsCellsAreMeant(_ name: String) async throws {
        let design = try await Program.vethmark(["sweep", name, "--dry-run", "--json"], in: Self.folder).json()
        let cells = try #require(design["cells"] as? [[String: Any]])
        #expect(cells.count > 3 && cells.allSatisfy { isMeant($0["obstacle"] as? String) }, "\(cells.compactMap { $0["obstacle"] })")
        let rounds = try #require(design["rounds"] as? Int)
        let plans = cells.compactMap { $0["plan"] as? [String: Any] } + [try #require(design["plan"] as? [String: Any])]
        let seconds = plans.reduce(0.0) { sum, plan in
            let load = plan["load"] as? [String: Any]
            let parts = ["durationNanoseconds", "warmupNanoseconds"].map { (load?[$0] as? Double ?? 0) / 1e9 }
            return sum + parts[0] + parts[1]
        }
        #expect(seconds > 0 && seconds * Double(rounds) <= 600, "\(seconds * Double(rounds)) s")
    }

    @Test func eachCellHasAResultOrAnObstacle() async throws {
        try await atOnce(Self.names, width: 3) { name in
            let run = try await Program.vethmark(
                ["sweep", name, "--rounds", "1", "-t", "50ms", "--warmup", "0", "-b", "2kpps", "--no-save", "-q", "--json"], in: Self.folder
            )
            #expect(run.exitCode == 0 || run.exitCode == 3, "\(name): \(run.errors)")
            let cells = try #require(try run.json()["cells"] as? [[String: Any]])
            for cell in cells {
                let trials = cell["trials"] as? [[String: Any]] ?? []
                #expect(trials.count == 1 || cell["obstacle"] != nil, "\(name): \(cell["settings"] ?? "")")
                for trial in trials {
                    let ledger = trial["ledger"] as? [String: Any]
                    #expect(
                        ledger?["residual"] as? Int == 0 && (ledger?["received"] as? Int ?? 0) > 0, "\(name): \(cell["settings"] ?? "")")
                }
            }
        }
    }

    /// A pipe can be read once only.
    @Test(arguments: ["sweep", "tune"]) func aProfileComesThroughAPipe(_ command: String) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("lab.yaml", "load: {rate: 2kpps}\nsweep: {vary: {mtu: [1500, 9000]}}\n")
        let run = try await Program.run("bash", ["-c", "\(Program.vethmarkPath) \(command) <(cat \(file)) --dry-run"])
        #expect(run.exitCode == 0, "\(run.errors)")
    }

    @Test func flagsAddToIt() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "lab.yaml", "load: {rate: 2kpps}\nsweep:\n  vary: {mtu: [1500, 9000]}\n  rounds: 2\n  cases:\n    two: {threads: 2}\n")
        func cells(_ more: String...) async throws -> [[String: String]] {
            let design = try await Program.vethmark(["sweep", file, "--dry-run", "--json"] + more).json()
            return (design["cells"] as? [[String: Any]] ?? []).compactMap { $0["settings"] as? [String: String] }
        }
        #expect(try await cells().map { $0["case"] } == ["mtu 1500", "mtu 9000", "two"])
        #expect(try await cells("--vary", "mtu=2000").map { $0["case"] } == ["mtu 2000", "two"])
        #expect(try await cells("--mtu", "2000").map { $0["case"] } == ["two"])
        #expect(try await cells("--vary", "size=64,128").count == 5)
        let text = try await Program.vethmark(["sweep", file, "--dry-run"])
        #expect(text.output.contains("two") && text.output.contains("2 rounds"), "\(text.output)")
        let check = try await Program.vethmark(["profile", "check", file])
        #expect(check.output == "\(file): well, a sweep of 3 cells\n")
    }
}
