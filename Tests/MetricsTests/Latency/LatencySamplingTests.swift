import Foundation
import TestSupport
import Testing

@testable import Metrics

@Suite struct LatencySamplingTests {
    @Test(arguments: [("all", 1), ("1/1", 1), ("off", 0), ("1/2", 2), ("1/1000", 1_000), ("1/65536", 65_536)] as [(String, UInt64)])
    func wordsAreRead(_ word: String, _ period: UInt64) throws {
        let sampling = try #require(LatencySampling(word))
        #expect(sampling.period == period && LatencySampling(sampling.description) == sampling)
        #expect(try JSONDecoder().decode(LatencySampling.self, from: JSONEncoder().encode(sampling)) == sampling)
    }

    @Test(arguments: ["", "none", "1", "1/0", "1/-2", "1/65537", "2/3", "1/2/3", "1/ 2", "0", "16"]) func othersAreRefused(_ word: String) {
        #expect(LatencySampling(word) == nil)
    }

    /// The places of the frames that carry the time, out of so many.
    private func places(_ period: UInt64, of frames: UInt64) -> [UInt64] {
        var countdown = SampleCountdown(period: period)
        return (0..<frames).filter { sequence in
            let time = countdown.time(sequence + 1)
            #expect(time == 0 || time == sequence + 1)
            return time != 0
        }
    }

    /// The same, from one to the next without the frames between.
    private func places(_ period: UInt64, count: Int) -> [UInt64] {
        var countdown = SampleCountdown(period: period)
        var frame: UInt64 = 0
        return (0..<count).map { _ in
            frame += countdown.left
            countdown.left = 0
            let time = countdown.time(frame + 1)
            #expect(time == frame + 1)
            defer { frame += 1 }
            return frame
        }
    }

    /// The first frame, and one of each run; of none, none; of all, all.
    @Test func oneFrameOfEachRunHasATime() {
        var generator = SeededGenerator()
        for period in [2, 3, 64, 65_536] + (0..<20).map({ _ in UInt64.random(in: 2...5_000, using: &generator) }) {
            let places = places(period, of: 70_000)
            #expect(places[0] == 0 && places == self.places(period, count: places.count))
            // The run at the end may be cut off before its place.
            #expect(places.map { $0 / period } == Array(0..<UInt64(places.count)), "1/\(period)")
            #expect(UInt64(places.count) >= 70_000 / period && UInt64(places.count) <= 70_000 / period + 1)
        }
        #expect(places(0, of: 1_000).isEmpty && places(1, of: 1_000) == Array(0..<1_000))
    }

    /// Whatever comes again after so many frames, such as the sizes of a mix or the places in a batch, all of it is met alike.
    @Test(arguments: [2, 4, 16, 64, 1_000] as [UInt64], [2, 12, 16, 48, 64, 256] as [UInt64]) func allIsMetAlike(
        _ period: UInt64, _ cycle: UInt64
    ) {
        // One of each run.
        let places = places(period, count: Int(cycle) * 400)
        var counts = [Int](repeating: 0, count: Int(cycle))
        for place in places { counts[Int(place % cycle)] += 1 }
        // 400 each, give or take six standard deviations of a binomial count.
        #expect(counts.allSatisfy { abs(Double($0) - 400) < 6 * 400.0.squareRoot() }, "1/\(period): \(counts)")
    }
}
