import Kernel
import Links
import Plans
import Results

/// A receiver of another host: no thread of ours, and the book of whoever counts there.
///
/// `Side` is the receiver as it works over there, whose abilities and kinds of loss this one has.
struct RemoteReceiveSide<Side: ReceiveSide>: ReceiveSide {
    static var abilities: ReceiverAbilities { Side.abilities }
    static var reorderWindowFrames: Int { Side.reorderWindowFrames }
    static func isLinkDrop(counter: String) -> Bool { Side.isLinkDrop(counter: counter) }

    /// For an opening to get there: messages of a control connection may wait behind a scheduler or two.
    static var leadNanoseconds: UInt64 { 50_000_000 }

    private let remote: RemoteReceiver

    init(for setup: SideSetup) throws {
        guard let remote = setup.remote else { preconditionFailure("a remote side is made for a remote receiver") }
        self.remote = remote
    }

    func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64, startNanoseconds: UInt64) {
        remote.open(epoch: epoch, startNanoseconds: startNanoseconds)
    }

    func publishCounts(to received: SharedCounters, slowest: SharedCounters) {
        remote.look()
        guard let counts = remote.counts else { return }
        received.cell(0).store(counts.received)
        slowest.cell(0).store(counts.slowest)
    }

    var ending: SideEnding? {
        remote.look()
        if let loss = remote.loss {
            // What it can't do is as good as gone, for this trial.
            return SideEnding(reason: .peerLost, event: loss.sentence)
        }
        guard let counts = remote.counts, let reason = counts.end else { return nil }
        return SideEnding(reason: reason, event: counts.event)
    }

    func finish(_ phase: TrialPhase) { remote.finish(phase) }

    func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? {
        if let outcome = remote.outcome { return outcome.arrivals }
        // The last that was heard is all that is known.
        var arrivals = Arrivals()
        arrivals.counts.receivedFrames = remote.counts?.received ?? 0
        arrivals.isPartial = true
        return arrivals
    }

    var outcome: ReceiverOutcome? { remote.outcome }
}

extension ReceiveSide {
    /// The same receiver, on another host.
    package static var remote: any ReceiveSide.Type { RemoteReceiveSide<Self>.self }
}

/// Why a side wants the phase to end.
package struct SideEnding: Equatable, Sendable {
    package var reason: TrialResult.EndReason
    package var event: String?
}
