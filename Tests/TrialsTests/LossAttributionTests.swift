import Metrics
import TestSupport
import Testing

@testable import Results
@testable import Trials

/// Where missing frames are, from numbers alone.
@Suite struct LossAttributionTests {
    private func ledger(
        sent: UInt64 = 1000, received: UInt64, altered: UInt64 = 0, link: UInt64 = 0, ring: UInt64 = 0, behindTheLast: UInt64 = 0,
        isDirect: Bool = true, drain: DrainRule.Verdict = .over
    ) -> (ledger: Ledger, surplus: UInt64?) {
        var counts = LossAttribution.Counts()
        counts.ledger = Ledger(offered: sent, sent: sent, received: received, altered: altered)
        counts.behindTheLastFrames = behindTheLast
        var evidence = Evidence()
        let ledger = LossAttribution(
            counts: counts, drops: .init(onTheLink: link, byTheReceiver: ring), isDirect: isDirect, drain: drain
        ).ledger(noting: &evidence)
        return (ledger, evidence.surplusDrops)
    }

    @Test func countersThatFitCloseTheBook() {
        let (book, surplus) = ledger(received: 900, link: 60, ring: 40)
        #expect(book.linkDropped == 60 && book.receiverDropped == 40 && book.isClosed && surplus == 0)
    }

    /// On a direct pair a loss that no counter holds stays open.
    @Test func unexplainedLossStaysOpen() {
        let (book, _) = ledger(received: 900, link: 60)
        #expect(book.residual == 40 && !book.isClosed)
    }

    /// 969 drops of a stranger's, and one frame of ours that vanished: nobody can tell whose drop was whose.
    @Test func aStrangersDropsDoNotCloseOurBook() {
        let (book, surplus) = ledger(received: 999, link: 969)
        #expect(!book.isClosed && surplus == 968)
        let flood = ledger(received: 900, ring: 50_000)
        #expect(!flood.ledger.isClosed && flood.surplus == 49_900)
    }

    /// All of ours came, so all drops were somebody else's.
    @Test func aStrangersDropsAreNotOurs() {
        let (book, surplus) = ledger(received: 1000, link: 969, ring: 5)
        #expect(book.isClosed && book.linkDropped == 0 && book.receiverDropped == 0 && surplus == 974)
    }

    @Test func alteredFramesAreARowOfTheirOwn() {
        let (book, _) = ledger(received: 900, altered: 100)
        #expect(book.isClosed && book.altered == 100 && book.lost == 0)
    }

    @Test func elsewhereThePathLosesWhatIsMissing() {
        let (book, _) = ledger(received: 900, link: 7, ring: 40, isDirect: false)
        #expect(book.isClosed && book.linkDropped == 60 && book.receiverDropped == 40)
    }

    /// Of the missing frames only those behind the last that came can be on their way.
    @Test func whatTheDrainDidNotWaitForIsInFlight() {
        let (book, _) = ledger(received: 900, behindTheLast: 80, isDirect: false, drain: .gaveUp)
        #expect(book.isClosed && book.inFlightAtEnd == 80 && book.linkDropped == 20 && book.lost == 20)
        let direct = ledger(received: 900, link: 20, behindTheLast: 80, drain: .gaveUp)
        #expect(direct.ledger.isClosed && direct.ledger.inFlightAtEnd == 80)
        #expect(ledger(received: 900, behindTheLast: 80, isDirect: false).ledger.inFlightAtEnd == 0)
    }

    @Test func withoutAReceiverTheLinkSpeaks() {
        var counts = LossAttribution.Counts()
        counts.ledger = Ledger(offered: 20_000, sent: 20_000)
        var evidence = Evidence()
        let drops = LossAttribution.Drops(onTheLink: 3, isUncounted: true, deliveredByTheLink: 1728)
        let book = LossAttribution(counts: counts, drops: drops, isDirect: true, drain: .over).ledger(noting: &evidence)
        #expect(book.received == 1728 && book.linkDropped == 18_272 && book.isClosed)
    }

    /// Whatever the numbers: a book that closes explains every sent frame once, and never by more drops than there were.
    @Test func noBookClosesByAccident() {
        var random = SeededGenerator()
        for _ in 0..<5000 {
            let sent = random.nextOfAnyLength(bits: 12)
            let received = UInt64.random(in: 0...sent, using: &random)
            let link = random.nextOfAnyLength(bits: 12)
            let ring = random.nextOfAnyLength(bits: 8)
            let (book, surplus) = ledger(sent: sent, received: received, link: link, ring: ring)
            guard book.isClosed else { continue }
            #expect(book.linkDropped + book.receiverDropped + book.received == sent)
            #expect(sent == received ? book.lost == 0 : link + ring == sent - received && surplus == 0)
        }
    }
}
