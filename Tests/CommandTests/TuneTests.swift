import Foundation
import Testing

/// `vethmark tune` as a whole.
@Suite(.serialized, .enabled(if: Requirement.root)) struct TuneTests {
    @Test func theWinnerIsAProfileThatRuns() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(
            [
                "tune", "-b", "5kpps", "-t", "20ms", "--warmup", "0", "--engine", "ring", "--placement", "auto", "--rounds", "6", "-q",
                "--json", "--ring-slots", "256", "--blocks", "64", "--block-size", "131072", "--tx-queues", "1", "--rx-queues", "1",
                "-o", "t", "--profile-out", "tuned.yaml"
            ], in: folder.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        let result = try run.json()
        #expect(result["schema"] as? String == "vethmark.tune/1")
        let winner = try #require(result["winner"] as? [String: Any])
        #expect(winner["settings"] is [String: String] && (winner["words"] as? String)?.isEmpty == false)
        let cells = try #require(result["cells"] as? [[String: Any]])
        #expect(cells.contains { ($0["settings"] as? [String: String])?["placement"] == "same-core" })
        #expect(cells.contains { ($0["settings"] as? [String: String])?["batch"] != nil })
        for cell in cells where cell["obstacle"] == nil {
            #expect((cell["trials"] as? [[String: Any]] ?? []).allSatisfy { ($0["ledger"] as? [String: Any])?["residual"] as? Int == 0 })
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/t").sorted()
        #expect(names == ["report.txt", "result.json", "tuned.yaml"])
        let plan =
            try await Program.vethmark(["run", "tuned.yaml", "--dry-run", "--json"], in: folder.path).json()["plan"] as? [String: Any]
        let transmit = plan?["transmit"] as? [String: Any], load = plan?["load"] as? [String: Any]
        #expect(transmit?["engine"] as? String == "ring" && load?["rate"] as? String == "5kpps")
    }
}
