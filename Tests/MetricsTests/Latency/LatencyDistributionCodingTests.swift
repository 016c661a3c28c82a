import Foundation
import Metrics
import TestSupport
import Testing

/// Books go from host to host as JSON, and say there what they said here.
@Suite struct LatencyDistributionCodingTests {
    @Test func everyFigureIsTheSame() throws {
        var generator = SeededGenerator()
        for count in [0, 1, 2, 100, 5_000] {
            var distribution = LatencyDistribution()
            for _ in 0..<count {
                // Some below zero, some beyond what can be tracked.
                let value = Int64(generator.nextOfAnyLength(bits: 38))
                distribution.record(Int.random(in: 0..<50, using: &generator) == 0 ? -value : value)
            }
            let read = try JSONDecoder().decode(LatencyDistribution.self, from: JSONEncoder().encode(distribution))
            #expect(read.summary == distribution.summary && read.bars == distribution.bars)
            #expect((read.count, read.overflow, read.negative) == (distribution.count, distribution.overflow, distribution.negative))
            for percentile in [0, 1, 33.3, 50, 99, 99.99, 100] {
                #expect(read.value(atPercentile: percentile) == distribution.value(atPercentile: percentile))
            }
            // Merging goes on as before.
            var (twice, readTwice) = (distribution, read)
            twice.merge(distribution)
            readTwice.merge(distribution)
            #expect(readTwice.summary == twice.summary)
        }
    }

    @Test(arguments: [("\"places\":[-1],\"counts\":[1]"), ("\"places\":[27648],\"counts\":[1]"), ("\"places\":[1],\"counts\":[]")])
    func countersThatNoRecorderHasAreRefused(_ counters: String) {
        let text = "{\(counters),\"overflow\":0,\"negative\":0,\"sumHigh\":0,\"sumLow\":1,\"minimum\":1,\"maximum\":1}"
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(LatencyDistribution.self, from: Data(text.utf8)) }
    }
}
