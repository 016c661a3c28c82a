import Frames
import Kernel
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Engines
@testable import Links
@testable import Plans
@testable import Results
@testable import Trials

/// From what workers and the kernel counted to the book, by arithmetic alone.
@Suite struct SettlementTests {
    /// The counts of one trial, as nobody measured them.
    private struct Counts {
        var transmit: [TransmitWorker.Outcome] = [SettlementTests.sender(sent: 1_000)]
        var arrivals: Arrivals? = SettlementTests.arrivals(1_000)
        var window = Trial.Window(startNanoseconds: 1_000_000_000, intervals: IntervalLog(originNanoseconds: 0))
        var receiver: any ReceiveSide.Type = RingReceiver.self
        /// By how much counters of the link's ends moved.
        var txDropped: UInt64 = 0
        var txPackets: UInt64 = 0
        var rxDropped: UInt64 = 0
        var ethtool: [String: UInt64] = [:]
        var receiveWorkers: [WorkerResult] = []
        var isLinkGone = false
    }

    private static func sender(
        index: Int = 0, sent: UInt64, refused: UInt64 = 0, notOffered: UInt64 = 0, retries: UInt64 = 0, failure: Int32 = 0
    ) -> TransmitWorker.Outcome {
        var result = WorkerResult(role: .transmit, index: index, cpu: 0, node: 0, frames: sent)
        result.retries = retries
        return TransmitWorker.Outcome(
            result: result, offeredFrames: sent + refused + notOffered, notOfferedFrames: notOffered, refusedFrames: refused,
            sentFrames: sent, sentBytes: sent * 60, kinds: [FrameKind(stream: 0, byteCount: 60): sent], meanCallNanoseconds: nil,
            lastNanoseconds: 2_000_000_000,
            lag: LatencyDistribution(), failure: failure)
    }

    private static func arrivals(_ received: UInt64) -> Arrivals {
        var arrivals = Arrivals()
        arrivals.counts.receivedFrames = received
        arrivals.sizes = [60: received]
        arrivals.bytes = received * 60
        // 50 µs each.
        if let memory = try? WorkerMemory(recorders: 1, streams: 0) {
            var recorder = memory.recorder(0)
            for _ in 0..<received { recorder.record(50_000) }
            arrivals.path = LatencyDistribution(recorder)
        }
        return arrivals
    }

    private func settle(_ change: (inout Counts) -> Void) throws -> (result: TrialResult, warnings: [Warning]) {
        var counts = Counts()
        change(&counts)
        var draft = PlanDraft()
        draft.transmit.workers = counts.transmit.count
        draft.load.rate = nil
        let plan = try TrialPlan(draft, limits: PlanLimits())
        let trial = Trial(
            plan: plan, link: nil,
            placement: Placement(transmit: counts.transmit.map { _ in .init(cpu: 0, node: 0) }, receive: [], reason: "test"),
            templates: [], index: 0, streams: TrialStreams(trial: 0), interrupts: try Interrupts(listening: false),
            transmitSide: RingEngine.self, receiveSide: counts.receiver, observe: { _ in })
        // Any interface will do: its counters are put in their place.
        var before = try CounterSnapshot(nil)
        var after = before
        var link = try LinkTable(in: NetworkNamespace.current()).link(named: "lo")
        link.counters = Link.Counters()
        (before.transmit, before.receive) = (link, link)
        link.counters.txDropped = counts.txDropped
        link.counters.txPackets = counts.txPackets
        after.transmit = link
        link.counters = Link.Counters()
        link.counters.rxDropped = counts.rxDropped
        after.receive = link
        after.receiveEthtool = counts.ethtool
        return Settlement(
            trial: trial, window: counts.window, transmit: counts.transmit, receive: counts.receiveWorkers, arrivals: counts.arrivals,
            before: before, after: counts.isLinkGone ? nil : after
        ).settle()
    }

    @Test func whatCameIsNoLoss() throws {
        let (result, warnings) = try settle { _ in }
        #expect(result.ledger == Ledger(offered: 1_000, sent: 1_000, received: 1_000))
        #expect(result.trusted, "\(warnings)")
        #expect(result.rates.durationNanoseconds == 1_000_000_000 && result.rates.txPps == 1_000 && result.rates.rxPps == 1_000)
        // 64 bytes with FCS on layer 2, 84 on layer 1.
        #expect(result.rates.txL2Bps == 512_000 && result.rates.rxL2Bps == 512_000 && result.rates.rxL1Bps == 672_000)
        #expect(result.sizes == [SizeResult(sizeBytes: 64, sent: 1_000, received: 1_000)])
    }

    /// `tx_dropped` counts tries: those that left the frame in its slot (ENOBUFS) are no loss.
    @Test func retriesAreNoDrops() throws {
        let (result, _) = try settle {
            $0.transmit = [Self.sender(sent: 1_000, retries: 40)]
            $0.arrivals = Self.arrivals(990)
            $0.txDropped = 50
        }
        #expect(result.ledger.linkDropped == 10 && result.ledger.isClosed && result.evidence.retries == 40)
        // Fewer drops than retries: nothing was dropped, and nothing wraps.
        let (clean, _) = try settle {
            $0.transmit = [Self.sender(sent: 1_000, retries: 40)]
            $0.txDropped = 30
        }
        #expect(clean.ledger.linkDropped == 0 && clean.ledger.isClosed)
    }

    /// Who begins late, ends early or sends nothing: the figure of two is not that of two.
    @Test func workersThatDoNotSendAreTold() throws {
        func settled(_ change: (inout TransmitWorker.Outcome) -> Void) throws -> (idle: [UInt64?], codes: [String], isTrusted: Bool) {
            let (result, warnings) = try settle {
                var late = Self.sender(index: 1, sent: 500)
                $0.transmit = [Self.sender(sent: 1_000), late]
                $0.transmit[0].firstNanoseconds = 1_000_000_000
                late.firstNanoseconds = 1_000_000_000
                change(&late)
                $0.transmit[1] = late
                $0.arrivals = Self.arrivals(1_000 + late.sentFrames)
            }
            let voids = warnings.filter { $0.code == "worker-idle" }
            return (result.workers.map(\.idleNanoseconds), voids.map { $0.code + ($0.voidsResult ? "!" : "") }, result.trusted)
        }
        #expect(try settled { _ in } == ([0, 0], [], true))
        #expect(try settled { $0.firstNanoseconds = 1_040_000_000 } == ([0, 40_000_000], [], true))
        #expect(try settled { $0.firstNanoseconds = 1_100_000_000 } == ([0, 100_000_000], ["worker-idle"], true))
        #expect(try settled { $0.firstNanoseconds = 1_400_000_000 } == ([0, 400_000_000], ["worker-idle!"], false))
        #expect(try settled { $0.lastNanoseconds = 1_700_000_000 } == ([0, 300_000_000], ["worker-idle!"], false))
        #expect(
            try settled {
                $0 = Self.sender(index: 1, sent: 0)
                $0.lastNanoseconds = 1_000_000_000
            } == ([0, 1_000_000_000], ["worker-idle!"], false))
    }

    @Test func verdictsOfTheReceivingEndAreTheLinks() throws {
        let (result, _) = try settle {
            $0.arrivals = Self.arrivals(900)
            $0.ethtool = ["rx_queue_0_xdp_drops": 60, "rx_queue_1_drops": 40, "rx_queue_0_xdp_packets": 0]
        }
        #expect(result.ledger.linkDropped == 100 && result.ledger.isClosed)
    }

    @Test func aFullRingIsTheReceivers() throws {
        let (result, warnings) = try settle {
            $0.arrivals = Self.arrivals(750)
            var worker = WorkerResult(role: .receive, index: 0, cpu: 1, node: 0, frames: 750)
            worker.ringDrops = 250
            $0.receiveWorkers = [worker]
        }
        #expect(result.ledger.receiverDropped == 250 && result.ledger.linkDropped == 0 && result.ledger.isClosed && result.trusted)
        #expect(warnings.contains { $0.code == "receiver-drops" })
    }

    /// The sums of all workers; a frame that wasn't offered was neither refused nor sent.
    @Test func workersAddUp() throws {
        let (result, warnings) = try settle {
            $0.transmit = [
                Self.sender(sent: 600, refused: 3, notOffered: 20), Self.sender(index: 1, sent: 400, refused: 4, notOffered: 70)
            ]
        }
        #expect(result.ledger == Ledger(offered: 1_097, notOffered: 90, refused: 7, sent: 1_000, received: 1_000))
        #expect(result.ledger.isClosed && Set(warnings.map(\.code)).isSuperset(of: ["generator-behind", "refused"]))
    }

    @Test func whatNobodyExplainsVoids() throws {
        let (result, warnings) = try settle { $0.arrivals = Self.arrivals(999) }
        #expect(result.ledger.residual == 1 && !result.trusted && warnings.contains { $0.code == "residual" && $0.voidsResult })
    }

    /// Only what has a higher number than all that came can be on its way when the drain gives up.
    @Test func inFlightIsOnlyWhatIsBehindTheLast() throws {
        let (result, _) = try settle {
            $0.transmit = [Self.sender(sent: 600), Self.sender(index: 1, sent: 400)]
            var arrivals = Self.arrivals(950)
            arrivals.expected = [590, 380]
            $0.arrivals = arrivals
            $0.window.drain = .gaveUp
        }
        #expect(result.ledger.inFlightAtEnd == 30 && result.ledger.residual == 20 && !result.trusted)
    }

    @Test(
        arguments: [
            (ErrorNumber.networkDown, .linkLost), (ErrorNumber.noSuchDevice, .linkLost), (ErrorNumber.noSuchAddress, .linkLost),
            (ErrorNumber.messageSize, .workerFailed), (ErrorNumber.noMemory, .workerFailed), (0, .duration)
        ] as [(Int32, TrialResult.EndReason)])
    func anErrorOfOneWorkerIsWhyTheTrialEnded(_ failure: Int32, _ reason: TrialResult.EndReason) throws {
        let (result, _) = try settle {
            $0.transmit = [Self.sender(sent: 600), Self.sender(index: 1, sent: 400, failure: failure)]
        }
        #expect(result.endedBecause == reason && result.trusted == (failure == 0))
    }

    /// Where the link is gone its counters are, and a loss that they would explain stays open.
    @Test func withoutTheLinksCountersALossStaysOpen() throws {
        let (result, _) = try settle {
            $0.arrivals = Self.arrivals(900)
            $0.txDropped = 100
            $0.isLinkGone = true
        }
        #expect(result.ledger.residual == 100 && !result.trusted)
    }

    @Test func withoutAReceiverTheLinkSpeaks() throws {
        let (result, warnings) = try settle {
            $0.receiver = NobodyReceiver.self
            $0.arrivals = nil
            $0.txDropped = 7
            $0.txPackets = 990
        }
        #expect(result.ledger.received == 990 && result.ledger.linkDropped == 10 && result.ledger.isClosed)
        #expect(result.latency.path.count == 0 && result.latency.of == nil, "\(warnings)")
    }

    /// Whatever was counted: rows add up, and the book is closed exactly if drops explain the loss.
    @Test func anyCountsAreSettled() throws {
        var random = SeededGenerator()
        for _ in 0..<400 {
            let senders = (0..<Int.random(in: 1...4, using: &random)).map {
                Self.sender(
                    index: $0, sent: random.nextOfAnyLength(bits: 12), refused: random.nextOfAnyLength(bits: 4),
                    notOffered: random.nextOfAnyLength(bits: 6), retries: random.nextOfAnyLength(bits: 5))
            }
            let sent = senders.reduce(0) { $0 + $1.sentFrames }
            let retries = senders.reduce(0) { $0 + $1.result.retries }
            let received = UInt64.random(in: 0...sent, using: &random)
            let dropped = Bool.random(using: &random) ? sent - received : random.nextOfAnyLength(bits: 10)
            let (result, _) = try settle {
                $0.transmit = senders
                $0.arrivals = Self.arrivals(received)
                $0.txDropped = dropped + retries
            }
            let ledger = result.ledger
            let words = "\(ledger), dropped \(dropped), received \(received)"
            #expect(
                ledger.sent == sent && ledger.received == received && ledger.offered == sent + ledger.refused + ledger.notOffered,
                "\(words)")
            #expect(ledger.isClosed == (sent == received || dropped == sent - received), "\(words)")
            #expect(!result.trusted || ledger.isClosed && sent > 0, "\(words)")
        }
    }
}
