import Metrics
import Results
import Testing

@testable import Reports

@Suite struct ReorderingWordsTests {
    /// A first frame `late` frames late, and `lost` numbers that never come behind a thousand.
    private func words(late: UInt64, lost: UInt64 = 0) throws -> String {
        var tally = ReorderTally()
        var density = ReorderDensityRecorder()
        density.jump(to: 1, arrivals: 0)
        density.late(0, expected: late + 1, arrivals: late)
        tally.note(extent: late, following: late, isCut: false)
        if lost > 0 { density.jump(to: 1_000 + lost, arrivals: 1_000) }
        return ReorderingWords(try #require(ReorderingResult(tally, density.finish(arrivals: 2_000), received: 2_000))).text
    }

    @Test func placesAndBufferAreTold() throws {
        #expect(
            try words(late: 4)
                == "reordered frames came 4.0 frames late in the mean, 4 at most; 1 of them behind three or more in a row, which TCP takes for loss; "
                + "99.8 % of all came in their place, others up to 1 early and 4 late; a buffer of 4 frames puts all in order")
        #expect(
            try words(late: 1).hasSuffix(
                "1 at most; 99.9 % of all came in their place, others up to 1 early and 1 late; a buffer of 1 frame puts all in order"))
    }

    @Test func whatNoBufferPutsInOrderIsTold() throws {
        #expect(try words(late: 400).hasSuffix("early and 0 late, 1 further off; not even a buffer of 128 frames puts all in order"))
        #expect(try words(late: 2, lost: 3).hasSuffix("1 early and 2 late; not even a buffer of 128 frames puts all in order"))
    }
}
