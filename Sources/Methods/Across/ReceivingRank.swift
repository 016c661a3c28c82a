import Control
import Engines
import Kernel
import Links
import Plans
import Results
import Trials

/// Rank 1 of a run across two hosts: opens its end of the link, and receives trial after trial until rank 0 says that there are no more.
public struct ReceivingRank {
    private let plan: TrialPlan
    private let rank: FollowRank
    private let interrupts: Interrupts
    private let note: (String) -> Void

    /// - Parameters:
    ///   - plan: as this rank was asked for it.
    ///   - note: hears a sentence at each trial's end.
    public init(_ plan: TrialPlan, over channel: any ControlChannel, interrupts: Interrupts, note: @escaping (String) -> Void = { _ in }) {
        (self.plan, self.interrupts, self.note) = (plan, interrupts, note)
        rank = FollowRank(over: channel)
    }

    /// - Returns: what there is to know of the link's being given back.
    /// - Throws: what ended it before its time: `RankCut` for what rank 0 is to blame for, or the network; a failure of this rank's own, which rank 0
    ///   was told. The link is restored by then.
    public func run() throws -> [Warning] {
        do {
            let link = try LinkSetup.open(plan, .receiving)
            do {
                try receive(over: link)
            } catch {
                for warning in link.giveBack() { note("\(warning.message); \(warning.remedy)") }
                throw error
            }
            return link.giveBack()
        } catch {
            // It may be gone as well, and the reason is its own then.
            if !(error is RankCut) { rank.fail(error is Interrupted ? "it was stopped by a signal" : Explanation(of: error).sentence) }
            rank.channel.close()
            throw error
        }
    }

    private func receive(over link: LinkPair) throws {
        while let order = try nextOrder() {
            let plan = try agreed(order, over: link)
            let templates = try plan.templates(transmitAddress: nil, receiveAddress: nil)
            try FrameDestination.check(plan, on: link, templates, takesXDP: false)
            let seating = try PlacementPlanner.plan(plan, on: Topology.read())
            let placement = Placement(transmit: [], receive: seating.placement.receive, reason: seating.placement.reason)
            let reception = Reception(
                plan: plan, link: link, placement: placement, order: order, rank: rank, interrupts: interrupts)
            do {
                guard let reference = plan.link.receive else { preconditionFailure("a plan between hosts names its ends") }
                let warnings = [link.journalWarning(on: "rank 1's host")].compactMap { $0 }
                try reception.run(ReceiverReady(link.receive, reference, seats: placement.receive, warnings: warnings))
            } catch let error as ControlError {
                throw RankCut(error, during: "\(reception.phase) of trial \(order.index + 1)", received: reception.receivedSoFar)
            }
            note("trial \(order.index + 1): \(reception.receivedSoFar) frames came in the window")
        }
    }

    /// Rank 0's next trial; nil when there are no more.
    private func nextOrder() throws -> RemoteOrder? {
        do {
            while true {
                // The first signal is rank 0's to act on, once a trial is going on.
                _ = try interrupts.wait(untilMonotonic: 0)
                guard let message = try rank.duty(untilMonotonic: Clock.monotonicNanoseconds + 100_000_000) else { continue }
                return message.verb == .finished ? nil : try message.decoded()
            }
        } catch let error as ControlError {
            throw RankCut(error, during: "between trials", received: nil)
        }
    }

    /// Rank 0's plan, if it is what this rank was asked for as well; the engine is rank 0's choice, the receivers are ours.
    ///
    /// - Throws: `OtherPlan`.
    private func agreed(_ order: RemoteOrder, over link: LinkPair) throws -> TrialPlan {
        var asked = order.plan
        guard asked.frame == plan.frame, asked.streams == plan.streams, asked.load == plan.load, asked.run == plan.run,
            asked.receive.receiver == plan.receive.receiver, PlanBounds.workers.contains(asked.transmit.workers)
        else { throw OtherPlan() }
        (asked.receive, asked.link) = (plan.receive, plan.link)
        // Rank 0's CPUs are none of ours.
        asked.transmit.cpus = nil
        guard let reference = plan.link.receive else { preconditionFailure("a plan between hosts names its ends") }
        guard let address = try link.receive.current().address else { throw TrialError.notEthernet(reference) }
        return try FrameDestination.settled(asked, from: order.sourceAddress, to: address)
    }

    private struct OtherPlan: ExplainedError {
        var sentence: String { "rank 0 was asked for another run than rank 1" }
        var remedy: String? { "start all ranks with the same words, as in: srun -N2 -n2 vethmark across …" }
        var exitCode: Int32? { 64 }
    }
}

/// Rank 1 was left alone: what had come by then, and why.
public struct RankCut: ExplainedError {
    public let sentence: String
    public let remedy: String?
    public var exitCode: Int32? { cause ?? 3 }
    private let cause: Int32?

    init(_ error: ControlError, during place: String, received: UInt64?) {
        sentence = error.sentence + ", \(place)" + (received.map { ", when \($0) frames had come" } ?? "")
        remedy = error.remedy
        cause = error.exitCode
    }

    init(sentence: String, remedy: String?) { (self.sentence, self.remedy, cause) = (sentence, remedy, nil) }
}
