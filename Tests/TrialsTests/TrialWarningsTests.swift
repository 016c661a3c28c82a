import Kernel
import Links
import Metrics
import TestSupport
import Testing

@testable import Plans
@testable import Results
@testable import Trials

/// What the counters of a trial say, and which of it voids the result.
@Suite struct TrialWarningsTests {
    private func warnings(
        isDirect: Bool = true, malformed: UInt64 = 0, event: String? = nil, engine: EngineName = .ring, bypass: Bool? = nil,
        transmitLink: Link? = nil, _ change: (inout TrialResult) -> Void
    ) throws -> [Warning] {
        let result = sampleTrial(change)
        var draft = PlanDraft()
        draft.transmit.engine = engine
        draft.transmit.qdiscBypass = bypass
        return TrialWarnings(
            plan: try TrialPlan(draft, limits: PlanLimits()), result: result, event: event, isDirect: isDirect,
            malformedBatches: malformed, transmitLink: transmitLink
        ).all
    }

    /// Whether frames pass a shaper or go by it, it is said.
    @Test(
        .enabled(if: KernelAccess.isGranted),
        arguments: [
            (.ring, nil, "tbf", "qdisc-bypassed"), (.ring, true, "fq_codel", "qdisc-bypassed"), (.ring, false, "tbf", "qdisc"),
            (.mmsg, nil, "tbf", "qdisc-bypassed"), (.gso, nil, "tbf", "qdisc"), (.afXDP, nil, "tbf", "qdisc-bypassed"),
            (.xdp, nil, "mq", "qdisc-bypassed"), (.ring, nil, "noqueue", nil), (.ring, false, "noqueue", nil)
        ] as [(EngineName, Bool?, String, String?)])
    func aQueueingDisciplineIsTold(_ engine: EngineName, _ bypass: Bool?, _ discipline: String, _ code: String?) throws {
        var link = try LinkTable(in: NetworkNamespace.makePrivate(name: "qdisc")).link(named: "lo")
        link.queueingDiscipline = discipline
        let found = try warnings(engine: engine, bypass: bypass, transmitLink: link) { _ in }
        #expect(found.map(\.code) == (code.map { [$0] } ?? []))
        #expect(found.allSatisfy { !$0.voidsResult && $0.message.contains(discipline) })
    }

    @Test func aCleanTrialHasNone() throws {
        #expect(try warnings { _ in }.isEmpty)
    }

    @Test(arguments: [1001, -5_000, 1_000_000_000] as [Int64])
    func aSteppedClockVoidsTheResult(_ step: Int64) throws {
        let found = try warnings { $0.evidence.clockStepNanoseconds = step }
        #expect(found.map(\.code) == ["clock-step"])
        #expect(found[0].voidsResult)
    }

    @Test func aSlewedClockDoesNot() throws {
        #expect(try warnings { $0.evidence.clockStepNanoseconds = -1000 }.isEmpty)
    }

    @Test func aBookThatDoesNotCloseVoidsTheResult() throws {
        for ledger in [
            Ledger(offered: 1000, sent: 1000, received: 999), Ledger(offered: 1000, sent: 1000, received: 1001),
            Ledger(offered: 1000, sent: 999, received: 1000)
        ] {
            let found = try warnings { $0.ledger = ledger }
            #expect(found.contains { $0.code == "residual" && $0.voidsResult }, "\(ledger)")
        }
    }

    @Test func nothingReceivedVoidsTheResult() throws {
        let found = try warnings { $0.ledger = Ledger(offered: 10, sent: 10, linkDropped: 10) }
        #expect(found.contains { $0.code == "nothing-received" && $0.voidsResult })
    }

    @Test func aLostLinkVoidsTheResultAndSaysWhy() throws {
        let found = try warnings(event: "an end was deleted") { $0.endedBecause = .linkLost }
        #expect(found.first { $0.code == "link-lost" }?.message.contains("an end was deleted") == true)
    }

    @Test func lossIsSaidAndVoidsNothing() throws {
        let found = try warnings {
            $0.ledger = Ledger(offered: 1000, notOffered: 10, refused: 5, sent: 985, linkDropped: 20, receiverDropped: 15, received: 950)
        }
        #expect(Set(found.map(\.code)) == ["generator-behind", "refused", "receiver-drops", "link-drops"])
        #expect(!found.contains { $0.voidsResult })
        #expect(found.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test func numbersAreGroupedAndNounsAgreeWithThem() throws {
        func message(_ count: UInt64) throws -> String {
            let found = try warnings {
                $0.ledger = Ledger(offered: 2_000_000, sent: 2_000_000, linkDropped: count, received: 2_000_000 - count, foreign: count)
            }
            return found.map(\.message).joined(separator: "; ")
        }
        #expect(try message(1) == "the link dropped 1 frame; 1 frame of others came in on the receiving end")
        #expect(try message(12_345) == "the link dropped 12,345 frames; 12,345 frames of others came in on the receiving end")
    }

    @Test func aRingOnAnotherNodeIsSaid() throws {
        let found = try warnings {
            $0.workers = [WorkerResult(role: .transmit, index: 0, cpu: 0, node: 0, ringNode: 1)]
        }
        #expect(found.map(\.code) == ["ring-on-other-node"])
    }

    @Test func stolenTimeAndMalformedBlocksAreSaid() throws {
        #expect(try warnings { $0.evidence.cpus = [CPUEvidence(cpu: 0, steal: 0.05)] }.map(\.code) == ["steal"])
        #expect(try warnings(malformed: 1) { _ in }.contains { $0.code == "malformed-blocks" && $0.voidsResult })
    }
}
