import Control
import Engines
import Kernel
import Plans
import Results
import Trials

/// One rank of a mesh: holds the meetings that rank 0 tells it to, sending or receiving, until there are no more. Rank 0 is one as well.
public struct MeshRank {
    private let plan: TrialPlan
    private let hello: ControlHello
    private let secret: ControlSecret
    /// Where this rank listens for who sends to it: rank 0's way to it, with any port.
    private let place: ControlAddress
    private let line: MeshLine
    private let interrupts: Interrupts
    private let identity: Session.Identity
    private let note: (String) -> Void
    /// Hears what rank 0 does as its own first signal; other ranks then leave behind their meeting.
    private let stop: (() -> Void)?
    /// Called between two meetings.
    private let rest: () -> Void

    /// For the other of a meeting to come: it was told at about the same time.
    private static let patienceNanoseconds: UInt64 = 15_000_000_000
    private static let tickNanoseconds: UInt64 = 100_000_000

    /// - Parameters:
    ///   - plan: as this rank was asked for it.
    ///   - line: to rank 0.
    ///   - note: hears a sentence at each meeting.
    ///   - stop: of rank 0: asks for the end of all; again and again.
    ///   - rest: called between two meetings.
    public init(
        _ plan: TrialPlan, hello: ControlHello, secret: ControlSecret, place: ControlAddress, line: MeshLine, interrupts: Interrupts,
        identity: Session.Identity, note: @escaping (String) -> Void = { _ in }, stop: (() -> Void)? = nil,
        rest: @escaping () -> Void = {}
    ) {
        (self.plan, self.hello, self.secret, self.place, self.line) = (plan, hello, secret, place, line)
        (self.interrupts, self.identity, self.note, self.stop) = (interrupts, identity, note, stop)
        self.rest = rest
    }

    /// - Throws: `RankCut` if rank 0 is lost, by then or in the middle of a meeting, or if this one was stopped; `Interrupted` at a second signal. The link is
    ///   restored by then.
    public func run() throws {
        do {
            while let word = try nextWord() {
                guard word.verb == .meet else { throw RankCut(.outOfTurn(word.verb, .idle), during: "between meetings", received: nil) }
                let order: MeshOrder = try word.decoded()
                guard line.begin(word.serial) else { continue }
                defer { line.leave() }
                try tell(hold(order, word.serial), of: order)
                rest()
            }
        } catch let error as ControlError {
            throw RankCut(error, during: "between meetings", received: nil)
        } catch {
            if !(error is RankCut) { try? line.channel.send(.left("it was stopped by a signal")) }
            throw error
        }
    }

    /// Rank 0's next meeting; nil when there are no more.
    private func nextWord() throws -> ControlMessage? {
        while true {
            if try interrupts.wait(untilMonotonic: 0) {
                guard let stop else {
                    try? line.channel.send(.left("it was stopped by a signal"))
                    throw RankCut(sentence: "this rank was stopped by a signal before its last meeting", remedy: "start all ranks again")
                }
                stop()
            }
            guard let word = try line.next(untilMonotonic: Clock.monotonicNanoseconds + Self.tickNanoseconds) else { continue }
            return word.verb == .finished ? nil : word
        }
    }

    private func tell(_ message: ControlMessage, of order: MeshOrder) throws {
        do throws(ControlError) {
            if let loss = line.loss { throw loss }
            try line.channel.send(message)
        } catch {
            throw RankCut(error, during: "in round \(order.round + 1)", received: nil)
        }
    }

    /// - Returns: what rank 0 is told of the meeting.
    /// - Throws: `Interrupted` only.
    private func hold(_ order: MeshOrder, _ serial: UInt32) throws -> ControlMessage {
        do {
            let body = order.sender == hello.rank ? try send(order) : try receive(order, serial)
            return ControlMessage(.held, serial: serial, body: body)
        } catch let error as Interrupted {
            throw error
        } catch {
            let sentence = Explanation(of: error).sentence
            note("round \(order.round + 1): \(order.sender) → \(order.receiver) ended: \(sentence)")
            return .missed(sentence, serial: serial)
        }
    }

    // MARK: a meeting

    private func send(_ order: MeshOrder) throws -> [UInt8] {
        note("round \(order.round + 1): sends to rank \(order.receiver)")
        guard let text = order.address else { throw ControlError.badAddress("") }
        let address = try ControlAddress(text)
        let channel = try met { deadline in
            try NIOControlChannel.connect(to: address, secret: secret, hello: hello, untilMonotonic: deadline)
        }
        guard channel.peer.rank == order.receiver else {
            channel.close()
            throw ControlError.strangers("\(channel.peer.name) listens where rank \(order.receiver) should")
        }
        try line.join(channel)
        let key = order.mesh &+ UInt16(truncatingIfNeeded: order.sender)
        let remote = RemoteReceiver(channel, key: key, firstTrial: order.turn * plan.run.repeats)
        do {
            let result = try Session.run(
                plan, interrupts: interrupts, identity: identity, placements: PlacementCache(path: nil), choosesPlacement: false,
                keep: { _ in }, observe: { _ in }, watch: { _ in }, note: { _ in }, remote: remote)
            remote.end(result.failure)
            return try ControlBody.encode(result, of: .held)
        } catch {
            remote.end(error is Interrupted ? "it was stopped by a signal" : Explanation(of: error).sentence)
            throw error
        }
    }

    private func receive(_ order: MeshOrder, _ serial: UInt32) throws -> [UInt8] {
        note("round \(order.round + 1): receives from rank \(order.sender)")
        let listener = try ControlListener(at: place, secret: secret, hello: hello)
        defer { listener.close() }
        try line.channel.send(.listening(at: listener.address, serial: serial))
        let channel = try met { deadline in
            let channel = try listener.accept(untilMonotonic: deadline)
            guard channel.peer.rank == order.sender else {
                channel.close()
                throw ControlError.nobodyCame(listener.address, seconds: 0)
            }
            return channel
        }
        listener.close()
        try line.join(channel)
        let left = try ReceivingRank(plan, over: channel, interrupts: interrupts, note: { _ in }).run()
        for warning in left { note("\(warning.message); \(warning.remedy)") }
        return []
    }

    /// Tries until the other is there, with an ear for rank 0 and for whoever wants an end.
    private func met(_ attempt: (UInt64) throws -> NIOControlChannel) throws -> NIOControlChannel {
        let deadline = Clock.monotonicNanoseconds + Self.patienceNanoseconds
        while true {
            try line.check()
            _ = try interrupts.wait(untilMonotonic: 0)
            do {
                return try attempt(min(deadline, Clock.monotonicNanoseconds + 5 * Self.tickNanoseconds))
            } catch let error as ControlError {
                switch error {
                case .nobodyCame, .nobodyThere, .otherSecret:
                    if Clock.monotonicNanoseconds < deadline { continue }
                default: break
                }
                throw error
            }
        }
    }
}
