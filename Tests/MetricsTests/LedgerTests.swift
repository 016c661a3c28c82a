import Foundation
import Metrics
import Testing

@Suite struct LedgerTests {
    private let closed = Ledger(
        offered: 1_000, notOffered: 50, refused: 10, sent: 940, linkDropped: 30, receiverDropped: 8, received: 902,
        duplicates: 3, reordered: 4, foreign: 5)

    @Test func aClosedBookHasNoResidual() {
        #expect(closed.residual == 0)
        #expect(closed.lost == 38)
        #expect(closed.lossRatio == 38.0 / 940)
        #expect(Ledger().residual == 0)
    }

    /// The residual alone doesn't look at `sent`.
    @Test func aWrongNumberOfSentFramesLeavesTheBookOpen() {
        #expect(closed.isClosed)
        var ledger = closed
        ledger.sent += 1
        #expect(ledger.residual == 0)
        #expect(!ledger.isClosed)
    }

    @Test func aFrameThatVanishedIsAPositiveResidual() {
        var ledger = closed
        ledger.received -= 2
        #expect(ledger.residual == 2)
        #expect(ledger.lost == 40)
    }

    @Test func aFrameFromNowhereIsANegativeResidual() {
        var ledger = closed
        ledger.received += 39
        #expect(ledger.residual == -39)
        #expect(ledger.lost == 0)
        #expect(ledger.lossRatio == 0)
    }

    @Test func whatCameBesidesMovesNothing() {
        var ledger = closed
        ledger.duplicates += 7
        ledger.reordered += 7
        ledger.foreign += 7
        #expect(ledger.residual == 0 && ledger.lost == closed.lost)
    }

    @Test func nothingSentIsNoLoss() {
        #expect(Ledger(offered: 5, notOffered: 5).lossRatio == 0)
    }

    @Test func roundTrip() throws {
        let data = try JSONEncoder().encode(closed)
        #expect(try JSONDecoder().decode(Ledger.self, from: data) == closed)
    }

    @Test func keysThatScriptsBuildOn() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(closed)) as? [String: NSNumber])
        #expect(
            Set(object.keys) == [
                "offered", "notOffered", "refused", "sent", "linkDropped", "receiverDropped", "received", "altered", "inFlightAtEnd",
                "duplicates", "reordered", "foreign", "residual", "lost", "lossRatio"
            ])
        #expect(object["residual"] == 0 && object["lost"] == 38 && object["offered"] == 1_000)
    }

    @Test func aMissingRowIsAnError() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Ledger.self, from: Data(#"{"offered": 1}"#.utf8))
        }
    }
}
