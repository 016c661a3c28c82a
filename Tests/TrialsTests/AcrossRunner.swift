import Control
import Foundation
import Kernel
import Links
import TestSupport

@testable import Engines
@testable import Plans
@testable import Results
@testable import Trials

/// What both ranks of a trial came to.
struct AcrossOutcome {
    var sender: Result<(result: TrialResult, warnings: [Warning]), any Error>
    var receiver: Result<Void, any Error>
    /// From the loss of the connection to the end of the later rank; nil if it wasn't lost.
    var nanosecondsBehindTheCut: UInt64?
}

/// A channel that is cut at one word, just before it is handed over or just behind.
final class CuttingChannel: ControlChannel {
    enum Moment: String, CaseIterable, Sendable { case before, behind }

    private let base: any ControlChannel
    private let sever: @Sendable () -> Void
    private let verb: ControlVerb?
    private let moment: Moment
    private let when: Monitor<UInt64?>

    init(
        _ base: any ControlChannel, at verb: ControlVerb?, _ moment: Moment, _ when: Monitor<UInt64?>, sever: @escaping @Sendable () -> Void
    ) {
        (self.base, self.verb, self.moment, self.when, self.sever) = (base, verb, moment, when, sever)
    }

    var peer: ControlHello { base.peer }

    private func cut() {
        when.change { if $0 == nil { $0 = Clock.monotonicNanoseconds } }
        sever()
    }

    func send(_ message: ControlMessage) throws(ControlError) {
        if message.verb == verb, moment == .before { cut() }
        try base.send(message)
        if message.verb == verb, moment == .behind { cut() }
    }

    func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        try base.next(untilMonotonic: deadlineNanoseconds)
    }

    func askClock(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange? {
        try base.askClock(untilMonotonic: deadlineNanoseconds)
    }

    func close() { base.close() }
}

/// Runs one trial with a rank at each end of a path, over a control connection in memory, by the `ring` engine unless `change` says otherwise.
///
/// - Parameters:
///   - ahead: how far rank 1's clock is ahead of CLOCK_REALTIME.
///   - isReal: whether the connection is one of sockets, or in memory.
///   - cut: at which rank's word the connection is lost; nil where it isn't.
func runAcross(
    over path: LinkPair, ahead: @escaping @Sendable () -> Int64 = { 0 }, isReal: Bool = false,
    cut: (rank: Int, verb: ControlVerb, moment: CuttingChannel.Moment)? = nil, _ change: (inout PlanDraft) -> Void
) throws -> AcrossOutcome {
    var draft = PlanDraft()
    draft.load.warmupNanoseconds = 0
    draft.transmit.engine = .ring
    change(&draft)
    let asked = try TrialPlan(draft)
    var settings = LinkSettings()
    settings.transmitFeatures = asked.linkSettings.transmitFeatures
    let here = try LinkPair.open(transmit: path.transmit, receive: path.transmit, settings)
    defer { _ = here.restore() }
    let there = try LinkPair.open(transmit: path.receive, receive: path.receive, LinkSettings())
    defer { _ = there.restore() }
    guard let source = path.transmit.link.address, let destination = path.receive.link.address else {
        preconditionFailure("a veth has an address")
    }
    let plan = try FrameDestination.settled(asked, from: source, to: destination)
    let cpus = Topology.read().allowedCPUs
    func seats(_ count: Int, from first: Int) -> [Placement.Seat] {
        (0..<count).map { Placement.Seat(cpu: cpus[($0 + first) % cpus.count], node: 0) }
    }
    let receivers = seats(plan.receive.workers, from: 1)

    let when = Monitor<UInt64?>(nil)
    let clocks: (PlayedChannel.PlayedClock, PlayedChannel.PlayedClock) = (
        { Int64(Clock.realtimeNanoseconds) }, { Int64(Clock.realtimeNanoseconds) + ahead() }
    )
    let (first, second, sever) = try isReal ? realChannels(clocks) : playedChannels(clocks)
    let zero = CuttingChannel(first, at: cut?.rank == 0 ? cut?.verb : nil, cut?.moment ?? .before, when, sever: sever)
    let one = CuttingChannel(second, at: cut?.rank == 1 ? cut?.verb : nil, cut?.moment ?? .before, when, sever: sever)
    let rank1 = try WorkerThread(name: "rank1") { () throws -> Void in
        let rank = FollowRank(over: one)
        guard let message = try rank.duty(untilMonotonic: Clock.monotonicNanoseconds + 10_000_000_000) else {
            throw ControlError.overdue(.idle, seconds: 10)
        }
        let reception = Reception(
            plan: plan, link: there, placement: Placement(transmit: [], receive: receivers, reason: "test"),
            order: try message.decoded(), rank: rank, interrupts: try Interrupts(listening: false), ahead: ahead)
        let reference = InterfaceReference(name: "far", namespace: nil)
        try reception.run(ReceiverReady(there.receive, reference, seats: receivers, warnings: []))
    }
    let remote = RemoteReceiver(zero)
    let sender = Result {
        let ready = try remote.prepare(
            RemoteOrder(index: 0, trial: 0, key: TrialStreams(trial: 0).key, plan: asked, sourceAddress: source))
        let trial = Trial(
            plan: plan, link: here,
            placement: Placement(transmit: seats(plan.transmit.workers, from: 0), receive: [], reason: "test"),
            templates: try plan.templates(transmitAddress: nil, receiveAddress: nil), index: 0, serial: 0,
            interrupts: try Interrupts(listening: false), replay: nil, remote: remote, observe: { _ in })
        precondition(ready.address == destination)
        return try trial.run()
    }
    let receiver = rank1.join(untilMonotonic: Clock.monotonicNanoseconds + 20_000_000_000)
    let end = Clock.monotonicNanoseconds
    remote.end()
    return AcrossOutcome(
        sender: sender, receiver: receiver ?? .failure(TrialError.workerStuck("receive")),
        nanosecondsBehindTheCut: when.read { $0 }.map { end - $0 })
}

private typealias Channels = (any ControlChannel, any ControlChannel, @Sendable () -> Void)

private func playedChannels(_ clocks: (PlayedChannel.PlayedClock, PlayedChannel.PlayedClock)) throws -> Channels {
    let (zero, one) = PlayedChannel.pair(clocks: clocks)
    return (zero, one, { zero.cut() })
}

/// Two hosts' by their boot identifiers, over a socket of this one.
private func realChannels(_ clocks: (PlayedChannel.PlayedClock, PlayedChannel.PlayedClock)) throws -> Channels {
    let address = ControlAddress.unix(path: NSTemporaryDirectory() + "vethmark-\(UUID().uuidString.prefix(8))")
    let secret = try ControlSecret("a secret of this test")
    func hello(_ rank: Int) -> ControlHello {
        ControlHello(rank: rank, ranks: 2, version: "test", host: "h\(rank)", bootID: "boot \(rank)")
    }
    let (first, second) = (hello(0), hello(1))
    let listener = try ControlListener(at: address, secret: secret, hello: first, clock: clocks.0)
    defer { listener.close() }
    let deadline = Clock.monotonicNanoseconds + 10_000_000_000
    let clock = clocks.1
    let connecting = try WorkerThread(name: "connect") {
        try NIOControlChannel.connect(to: address, secret: secret, hello: second, untilMonotonic: deadline, clock: clock)
    }
    let accepted = Result { try listener.accept(untilMonotonic: deadline) }
    let connected = try connecting.join().get()
    let zero = try accepted.get()
    return (zero, connected, { zero.close() })
}
