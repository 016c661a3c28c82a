/// What two CPUs have in common, measured: a core (SMT), a cache, or nothing near.
///
/// On bare metal it stays what `/sys/devices/system/cpu/cpu*/topology` says. In a virtual machine whose host doesn't pin it, it changes within seconds,
/// unseen by that, and with it the rate of whatever one CPU hands to another.
public struct CoreDistance: Equatable, Sendable {
    /// Half of what a cache line takes from one to the other and back, nanoseconds.
    public var latencyNanoseconds: Double
    /// By how much multiplications take longer on the first while the second multiplies: 1 on cores of their own, 2 on one core's two threads.
    public var slowdownRatio: Double

    public init(latencyNanoseconds: Double, slowdownRatio: Double) {
        self.latencyNanoseconds = latencyNanoseconds
        self.slowdownRatio = slowdownRatio
    }

    /// How it is now; about a millisecond of both CPUs' time, and a few until it is known.
    ///
    /// - Returns: nil where the two are one, where a thread can't be on them, or where others hold one of them.
    public static func between(_ first: Int, _ second: Int) -> CoreDistance? {
        guard first != second else { return nil }
        let probe = CoreProbe()
        let answering = try? WorkerThread(
            name: "vm-core",
            body: {
                try Affinity.pinThisThread(toCPU: second)
                probe.answer()
            })
        let asking = try? WorkerThread(
            name: "vm-core",
            body: {
                try Affinity.pinThisThread(toCPU: first)
                return probe.ask()
            })
        let found = try? asking?.join(untilMonotonic: probe.deadlineNanoseconds + CoreProbe.patienceNanoseconds)?.get()
        probe.end()
        _ = answering?.join(untilMonotonic: Clock.monotonicNanoseconds + CoreProbe.patienceNanoseconds)
        return found
    }
}

/// The two threads of one measurement, and the line between them.
private final class CoreProbe: Sendable {
    /// For all of it: somebody else may have one of the CPUs.
    static let patienceNanoseconds: UInt64 = 10_000_000
    let deadlineNanoseconds = Clock.monotonicNanoseconds + patienceNanoseconds
    /// The asking thread's odd number, or the even one behind it that the other answers with.
    private let line = SharedCounters(count: 1)
    private let products = SharedCounters(count: 2)

    /// Medians of as many.
    private static let handovers = 33
    private static let roundTripsPerHandover = 100
    private static let races = 9
    private static let multiplications = 10_000
    private static let over = UInt64.max
    /// Answered by work, until the next number comes.
    private static let work: UInt64 = 1 << 62

    func end() { line.cell(0).storeReleasing(Self.over) }

    /// - Returns: nil where the other didn't answer to the end.
    func ask() -> CoreDistance? {
        // Also where nobody waits for this thread any more: the other may be at work.
        defer { end() }
        let line = line.cell(0)
        var number: UInt64 = 1
        // Until the other thread is there.
        guard hand(number, over: line) else { return nil }
        var trips: [UInt64] = []
        for _ in 0..<Self.handovers {
            let begun = Clock.monotonicNanoseconds
            for _ in 0..<Self.roundTripsPerHandover {
                number += 2
                guard hand(number, over: line) else { return nil }
            }
            trips.append(Clock.monotonicNanoseconds - begun)
        }
        var alone: [UInt64] = []
        var together: [UInt64] = []
        for _ in 0..<Self.races {
            number += 2
            guard hand(number, over: line) else { return nil }
            alone.append(Self.multiply(number, into: products.cell(0)))
            guard hand(Self.work | number, over: line) else { return nil }
            together.append(Self.multiply(number, into: products.cell(0)))
        }
        func median(_ times: [UInt64]) -> Double { Double(times.sorted()[times.count / 2]) }
        return CoreDistance(
            latencyNanoseconds: median(trips) / Double(2 * Self.roundTripsPerHandover), slowdownRatio: median(together) / median(alone))
    }

    func answer() {
        let line = line.cell(0)
        var last: UInt64 = 0
        while let number = next(after: last, on: line) {
            last = number + 1
            line.storeReleasing(last)
            // By the deadline as well: a late answer writes over the end that was told meanwhile.
            while number & Self.work != 0, line.load() == last, Clock.monotonicNanoseconds < deadlineNanoseconds {
                _ = Self.multiply(number, times: Self.multiplications / 16, into: products.cell(1))
            }
        }
    }

    private func hand(_ number: UInt64, over line: CounterCell) -> Bool {
        line.storeReleasing(number)
        return next(after: number, on: line) == number + 1
    }

    /// Without a pause instruction, which takes as long as what is measured.
    private func next(after number: UInt64, on line: CounterCell) -> UInt64? {
        var looks: UInt = 0
        while true {
            let seen = line.loadAcquiring()
            if seen != number { return seen == Self.over ? nil : seen }
            looks &+= 1
            if looks & 0xFFFF == 0, Clock.monotonicNanoseconds >= deadlineNanoseconds { return nil }
        }
    }

    /// Four rows that don't wait for each other, so that a core's one multiplier always has work, and two threads of the core halve it.
    private static func multiply(_ seed: UInt64, times: Int = multiplications, into products: CounterCell) -> UInt64 {
        let factor: UInt64 = 6_364_136_223_846_793_005
        var (a, b, c, d) = (seed, seed &+ 1, seed &+ 2, seed &+ 3)
        let begun = Clock.monotonicNanoseconds
        for _ in 0..<times {
            a = a &* factor &+ 1
            b = b &* factor &+ 3
            c = c &* factor &+ 5
            d = d &* factor &+ 7
        }
        // The compiler would leave out what nobody reads.
        products.store(a ^ b ^ c ^ d)
        return Clock.monotonicNanoseconds - begun
    }
}
