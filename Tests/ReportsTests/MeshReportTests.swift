import Foundation
import Metrics
import Results
import TestSupport
import Testing

@testable import Reports

/// A mesh as people and programs see it.
@Suite struct MeshReportTests {
    private func mesh(
        _ count: Int, _ pattern: String = "pairs", _ change: (inout MeshResult.Meeting) -> Void = { _ in }
    ) throws -> MeshResult {
        let run = try sampleRun()
        let pairs = pattern == "pairs" ? (0..<count).flatMap { one in (one + 1..<count).map { (one, $0) } } : (1..<count).map { ($0, 0) }
        let meetings = pairs.map { sender, receiver in
            var one = MeshResult.Meeting(round: 0, sender: sender, receiver: receiver, missed: nil, result: run)
            change(&one)
            return one
        }
        return MeshResult(
            pattern: pattern, plan: run.plan, ranks: (0..<count).map { .init(rank: $0, host: "host\($0)", lost: nil) },
            meetings: meetings, command: ["vethmark", "across"])
    }

    @Test(arguments: [2, 13, 14, 16]) func aMatrixFitsATerminal(_ ranks: Int) throws {
        // Figures as wide as they get.
        let mesh = try mesh(ranks) { meeting in
            meeting.result?.summary.rxPps = SampleSummary([123_456_000])
            meeting.result?.summary.lossRatio = SampleSummary([0.123456])
            meeting.result?.summary.pathP99Nanoseconds = SampleSummary([987_654])
        }
        let lines = MeshReport.text(mesh, style: .plain).split(separator: "\n")
        let rows = lines.filter { $0.contains("123M") }
        #expect(rows.count == ranks - 1, "\(lines.joined(separator: "\n"))")
        for line in lines where !line.contains(" on host") { #expect(line.count <= 80, "\(line)") }
        // Each cell stands by itself.
        #expect(rows.first?.split(separator: " ").count == ranks)
        #expect(lines.contains { $0.contains(ranks > 13 ? " 12" : " 12.3") })
    }

    @Test func whatIsMissedOrDoubtfulIsNoFigure() throws {
        var mesh = try mesh(4) { meeting in
            if meeting.sender == 0, meeting.receiver == 1 {
                meeting.result?.trusted = false
                meeting.result?.warnings = [Warning(code: "residual", message: "m", remedy: "r", voidsResult: true)]
            }
            if meeting.receiver == 3 { meeting.missed = "rank 3 was lost: it was closed" }
        }
        let text = MeshReport.text(mesh, style: .plain)
        let rows = text.split(separator: "\n").prefix(6).suffix(3).map { $0.split(separator: " ").map(String.init) }
        #expect(rows == [["0", "!", "750k", "x"], ["1", "750k", "x"], ["2", "x"]], "\(text)")
        #expect(text.contains("0 → 3, 1 → 3, 2 → 3: rank 3 was lost") && text.contains("0 → 1: residual"), "\(text)")
        #expect(text.contains("Not complete: 3 meetings were missed, 1 meeting can't be trusted."))
        mesh.trusted = MeshResult(pattern: "pairs", plan: mesh.plan, ranks: [], meetings: mesh.meetings, command: []).trusted
        #expect(!mesh.trusted)
        let page = ReportPage(mesh)
        #expect(
            page.verdict.tone == .bad && page.mainTable?.csv.contains("0,3,1,,,,,rank 3 was lost") == true, "\(page.mainTable?.csv ?? "")")
    }

    @Test func whoLostHisPeerHasHeldNoMeeting() throws {
        let run = try sampleRun { $0.warnings = [Warning(code: "peer-lost", message: "it is gone", remedy: "r", voidsResult: true)] }
        #expect(MeshResult.Meeting(round: 0, sender: 0, receiver: 1, missed: nil, result: run).missed == "it is gone")
        #expect(MeshResult.Meeting(round: 0, sender: 0, receiver: 1, missed: nil, result: nil).missed != nil)
        #expect(MeshResult.Meeting(round: 0, sender: 0, receiver: 1, missed: nil, result: try sampleRun()).missed == nil)
    }

    @Test func manyRanksAreAListOfTheWorst() throws {
        let mesh = try mesh(17) { meeting in
            if meeting.sender == 5, meeting.receiver == 9 { meeting.result?.summary.lossRatio = SampleSummary([0.25]) }
        }
        let lines = MeshReport.text(mesh, style: .plain).split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.contains("Worst meetings") })
        #expect(lines[first + 2].contains("5 → 9") && lines[first + 2].contains("25"), "\(lines.joined(separator: "\n"))")
        #expect(lines.contains { $0.contains("and 120 more") })
        let few = MeshReport.text(try self.mesh(4, "all-to-one"), style: .plain)
        #expect(few.contains("3 → 0") && few.contains("3 of 3 meetings held"), "\(few)")
    }

    @Test func itIsReadAgain() throws {
        let mesh = try mesh(3)
        let text = try JSONReport.text(mesh)
        let again = try JSONDecoder().decode(MeshResult.self, from: Data(text.utf8))
        #expect(again == mesh && mesh.trusted)
        guard case .mesh(let read) = try AnyResult(.mesh, from: Data(text.utf8)) else {
            Issue.record("another kind")
            return
        }
        #expect(read == mesh)
    }

    @Test(arguments: [
        (0.0, "0", "0"), (0.00005, "<0.01", "<.1"), (0.00123, "0.12", "0.1"), (0.5, "50.0", "50"), (0.9996, ">99.9", ">99"),
        (1, "100", "100")
    ])
    func onlyNothingIsToldAsNothing(_ loss: Double, _ wide: String, _ narrow: String) {
        #expect(MeshReport.Figure.loss.short(loss, isNarrow: false) == wide)
        #expect(MeshReport.Figure.loss.short(loss, isNarrow: true) == narrow)
    }
}
