import Kernel
import Links
import Metrics
import TestSupport
import Testing

@testable import Engines
@testable import Plans
@testable import Results
@testable import Trials

/// What an onlooker sees of a trial is what its book says.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct TrialGaugeTests {
    /// Looks again and again, as a screen does, until the trial is over.
    private func watched(_ change: (inout PlanDraft) -> Void) throws -> (result: TrialResult, readings: [TrialReading]) {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let isOver = SharedCounters(count: 1)
        var onlooker: WorkerThread<[TrialReading]>?
        var failure: (any Error)?
        let result: TrialResult
        do {
            defer { isOver.cell(0).storeReleasing(1) }
            (result, _) = try runTrial(
                over: pair,
                watch: { gauge in
                    do {
                        onlooker = try WorkerThread(name: "onlooker") {
                            var readings: [TrialReading] = []
                            while isOver.cell(0).loadAcquiring() == 0 {
                                readings.append(gauge.read())
                                Clock.sleep(nanoseconds: 10_000_000)
                            }
                            return readings
                        }
                    } catch {
                        failure = error
                    }
                },
                {
                    $0.load.warmupNanoseconds = 200_000_000
                    $0.load.durationNanoseconds = 500_000_000
                    $0.load.rate = .packets(PacketRate(packetsPerSecond: 5000))
                    change(&$0)
                })
        }
        if let failure { throw failure }
        return (result, try #require(onlooker).join().get())
    }

    @Test(arguments: [1, 2]) func itGrowsIntoTheBook(_ workers: Int) throws {
        let (result, readings) = try watched {
            $0.transmit.workers = workers
            $0.receive.workers = workers
        }
        #expect(Set(readings.map(\.phase)).isSuperset(of: [.warmingUp, .running]))
        let window = readings.filter { $0.phase == .running }
        #expect(window.count > 10 && window.allSatisfy { $0.totalNanoseconds == 500_000_000 })
        #expect(zip(window, window.dropFirst()).allSatisfy { $0.sent <= $1.sent && $0.received <= $1.received })
        #expect(window.allSatisfy { $0.received <= $0.sent })
        #expect(window.allSatisfy { $0.sent <= result.ledger.sent && $0.received <= result.ledger.received })
        let last = try #require(readings.last)
        #expect(last.sent > result.ledger.sent / 2 && last.workers.count == 2 * workers)
        #expect(last.workers.filter { $0.role == .receive }.reduce(0) { $0 + $1.frames } == last.received)
        let books = window.compactMap(\.arrivals)
        #expect(books.count > window.count / 2)
        #expect(books.allSatisfy { $0.missing == 0 && $0.duplicates == 0 && $0.altered == 0 && $0.foreign == 0 })
        // Of the window alone: the warm-up's frames are in nobody's book.
        #expect(books.allSatisfy { $0.latency.count <= result.latency.path.count })
        let latency = try #require(books.last).latency
        #expect(latency.count > 0 && latency.maximum <= result.latency.path.max ?? 0 && latency.minimum >= result.latency.path.min ?? .max)
    }

    /// No reader of ours is there to be asked.
    @Test func withoutAReaderTheLinkCounts() throws {
        let (result, readings) = try watched {
            $0.receive.receiver = ReceiverName.none
            $0.run.intervalNanoseconds = 50_000_000
        }
        #expect(readings.allSatisfy { $0.arrivals == nil && $0.workers.allSatisfy { $0.role == .transmit } })
        let last = try #require(readings.last { $0.phase == .running })
        #expect(last.received > 0 && last.received <= result.evidence.receiveLink.rxPackets && last.slowestNanoseconds == 0)
    }
}
