import Memory
import Metrics
import TestSupport
import Testing

/// Records `values` and hands out what a distribution makes of them.
private func distribution(_ values: [Int64]) -> LatencyDistribution {
    // Memory from the system need not be clear.
    let memory = OwnedTable<UInt64>(repeating: .max, count: LatencyRecorder.counterCount)
    var recorder = LatencyRecorder(memory: memory.table)
    for value in values { recorder.record(value) }
    return LatencyDistribution(recorder)
}

/// HdrHistogram's definition, told another way than the recorder computes it.
private func highestEquivalent(_ value: UInt64) -> UInt64 {
    guard value >= 2048 else { return value }
    var width: UInt64 = 1
    while value / width >= 2048 { width *= 2 }
    return (value / width + 1) * width - 1
}

private func latencies(_ count: Int, _ generator: inout SeededGenerator) -> [Int64] {
    (0..<count).map { _ in Int64(generator.nextOfAnyLength(bits: 36)) }
}

@Suite struct LatencyDistributionTests {
    @Test func nothingMeasuredIsNotZero() {
        #expect(distribution([]).summary == .notMeasured)
        #expect(distribution([]).bars == [])
        #expect(LatencyDistribution().summary == .notMeasured)
        #expect(LatencyDistribution().value(atPercentile: 50) == nil)
        #expect(LatencyDistribution().mean == nil)
    }

    @Test func memoryIsAWholeNumberOfPages() {
        #expect(LatencyRecorder.byteCount == 221_184)
        #expect(LatencyRecorder.byteCount.isMultiple(of: 4096))
        #expect(LatencyRecorder.highestTrackable == 68_719_476_735)
    }

    @Test func oneValueIsEveryFigure() {
        let summary = distribution([1_234_567]).summary
        #expect(
            summary
                == LatencySummary(
                    count: 1, min: 1_234_567, p50: 1_234_567, p90: 1_234_567, p99: 1_234_567, p999: 1_234_567,
                    p9999: 1_234_567, max: 1_234_567, mean: 1_234_567))
    }

    @Test func negativeDifferencesAreCountedApart() {
        let distribution = distribution([-1, 5, .min])
        #expect(distribution.negative == 2)
        #expect(distribution.count == 1)
        #expect(distribution.summary.min == 5)
        #expect(distribution.summary.mean == 5)
    }

    @Test(arguments: [0, 1, 2, 1023, 1024, 2047, 2048, 2049, 4095, 4096, 1_000_000, 68_719_476_734, 68_719_476_735])
    func aValueFallsIntoTheLibrarysBucket(_ value: UInt64) {
        // The greatest value is told exactly, so a greater one beside it shows the bucket of the smaller.
        let distribution = distribution([Int64(value), 1 << 40])
        #expect(distribution.value(atPercentile: 50) == (value < 68_685_922_304 ? max(value, middle(value)) : 1 << 40))
        #expect(distribution.summary.min == value)
    }

    @Test func anyValueFallsIntoTheLibrarysBucket() {
        var generator = SeededGenerator()
        for value in latencies(3_000, &generator) where value < 68_685_922_304 {
            #expect(distribution([value, 1 << 40]).value(atPercentile: 50) == max(UInt64(value), middle(UInt64(value))))
        }
    }

    /// The middle of the library's bucket of `value`, by its own bounds.
    private func middle(_ value: UInt64) -> UInt64 {
        let width: UInt64 = value < 2048 ? 1 : 1 << UInt64(53 - value.leadingZeroBitCount)
        return highestEquivalent(value) - (width - 1) / 2
    }

    /// Told by their tops, percentiles of evenly spread values were 0.05 % too high on average; now they are right on both sides.
    @Test func percentilesLeanToNoSide() {
        var sum = 0.0
        let values = (0..<4000).map { Int64(1_000_000 + $0 * 251) }
        for value in values where value < values[3999] {
            let told = distribution([1, value, values[3999]]).value(atPercentile: 50) ?? 0
            sum += Double(told) / Double(value) - 1
        }
        #expect(abs(sum / 3999) < 0.00003)
    }

    @Test func figuresMatchASortedList() {
        var generator = SeededGenerator()
        for _ in 0..<60 {
            let values = latencies(Int.random(in: 1...3_000, using: &generator), &generator)
            let sorted = values.map { UInt64($0) }.sorted()
            let distribution = distribution(values)
            let summary = distribution.summary
            #expect(summary.count == UInt64(sorted.count))
            #expect(summary.min == sorted.first)
            #expect(summary.max == sorted.last)
            #expect(distribution.value(atPercentile: 0) == sorted.first)
            #expect(distribution.value(atPercentile: 100) == sorted.last)
            #expect(summary.mean == Double(sorted.reduce(UInt128(0)) { $0 + UInt128($1) }) / Double(sorted.count))
            for percentile in [1.0, 50, 90, 99, 99.9, 99.99, 100] {
                let rank = max(1, Int((percentile / 100 * Double(sorted.count)).nextDown.rounded(.up)))
                let exact = sorted[rank - 1]
                let told = distribution.value(atPercentile: percentile) ?? 0
                // As often above as below: half a counter's width at most.
                let difference = told > exact ? told - exact : exact - told
                #expect(difference * 2048 <= exact && told >= sorted[0] && told <= sorted[sorted.count - 1])
            }
        }
    }

    @Test func barsMatchASortedListAndTheMean() {
        var generator = SeededGenerator()
        for _ in 0..<60 {
            let values = latencies(Int.random(in: 1...1_000, using: &generator), &generator)
            let distribution = distribution(values)
            let bars = distribution.bars
            for bar in bars {
                #expect(bar.count == UInt64(values.filter { bar.lower <= $0 && $0 < bar.upper }.count))
            }
            #expect(bars.reduce(0) { $0 + $1.count } == distribution.count)
            #expect(bars.first.map { $0.count > 0 } == true && bars.last.map { $0.count > 0 } == true)
            #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.upper == $1.lower })
            let low = bars.reduce(0.0) { $0 + Double($1.lower) * Double($1.count) } / Double(values.count)
            let high = bars.reduce(0.0) { $0 + Double($1.upper) * Double($1.count) } / Double(values.count)
            #expect(distribution.mean.map { low <= $0 && $0 < high } == true)
        }
    }

    @Test func barsHaveDoublingBounds() {
        #expect(
            distribution([0, 1, 1, 3, 9]).bars == [
                HistogramBar(lower: 0, upper: 1, count: 1), HistogramBar(lower: 1, upper: 2, count: 2),
                HistogramBar(lower: 2, upper: 4, count: 1), HistogramBar(lower: 4, upper: 8, count: 0),
                HistogramBar(lower: 8, upper: 16, count: 1)
            ])
    }

    @Test func valuesBeyondTheTrackableKeepTheFiguresTrue() {
        let beyond: Int64 = 100_000_000_000
        let mixed = distribution([1 << 34, beyond, beyond])
        #expect(mixed.overflow == 2)
        #expect(mixed.summary.count == 3)
        #expect(mixed.summary.max == UInt64(beyond))
        #expect(mixed.summary.p99 == UInt64(beyond))
        #expect(mixed.summary.mean == (Double(1 << 34) + 2 * Double(beyond)) / 3)
        #expect(
            mixed.bars == [
                HistogramBar(lower: 1 << 34, upper: 1 << 35, count: 1), HistogramBar(lower: 1 << 35, upper: 1 << 36, count: 0),
                HistogramBar(lower: 1 << 36, upper: 1 << 37, count: 2)
            ])
        #expect(distribution([.max]).bars == [HistogramBar(lower: 1 << 36, upper: 1 << 63, count: 1)])
        #expect(distribution([.max]).summary.p50 == UInt64(Int64.max))
    }

    @Test func sumsBeyond64BitsStayExact() {
        let summary = distribution([.max, .max, .max, .max]).summary
        #expect(summary.mean == Double(Int64.max))
    }

    @Test func mergingLosesNothing() {
        var generator = SeededGenerator()
        for _ in 0..<20 {
            let values = latencies(2_000, &generator) + [-3, 1 << 40]
            var parts: [[Int64]] = [[], [], []]
            for value in values { parts[Int.random(in: 0..<3, using: &generator)].append(value) }
            let merged = LatencyDistribution.merging(parts.map(distribution))
            let whole = distribution(values)
            #expect(merged.summary == whole.summary)
            #expect(merged.bars == whole.bars)
            #expect(merged.negative == 1 && merged.overflow == 1)
        }
    }

    @Test func mergingNothingChangesNothing() {
        var merged = distribution([7, 9])
        merged.merge(LatencyDistribution())
        #expect(merged.summary == distribution([7, 9]).summary)
        #expect(LatencyDistribution.merging([]).summary == .notMeasured)
    }

    @Test func resetForgets() {
        let memory = OwnedTable<UInt64>(repeating: 0, count: LatencyRecorder.counterCount)
        var recorder = LatencyRecorder(memory: memory.table)
        for value in [-1, 10, 1 << 50] as [Int64] { recorder.record(value) }
        recorder.reset()
        recorder.record(20)
        let distribution = LatencyDistribution(recorder)
        #expect(distribution.summary.min == 20 && distribution.summary.max == 20 && distribution.count == 1)
        #expect(distribution.negative == 0 && distribution.overflow == 0)
    }
}
