import Kernel
import NIOCore
import NIOPosix

/// CLOCK_REALTIME, or what stands for it, in nanoseconds.
public typealias ControlClock = @Sendable () -> Int64

/// The thread on which all control connections of this process are read, written and kept alive: one, that sleeps nearly always.
///
/// Sockets are in the network namespace of the thread that listens or connects. A process that moves into a user namespace of its own has to have done so
/// before, for then it may have one thread only (unshare(2), CLONE_NEWUSER).
enum ControlLoop {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    static let realtime: ControlClock = { Int64(Clock.realtimeNanoseconds) }
}

/// A control connection over TCP or a Unix socket.
public final class NIOControlChannel: ControlChannel {
    public let peer: ControlHello
    private let channel: any Channel
    private let inbox: ControlInbox
    /// How long `close` waits for what was sent to leave.
    private static let flushNanoseconds: UInt64 = 1_000_000_000

    init(_ channel: any Channel, _ inbox: ControlInbox, peer: ControlHello) {
        (self.channel, self.inbox, self.peer) = (channel, inbox, peer)
    }

    /// The address of this end, as the other one sees it if there is nothing between that changes it; nil for a Unix socket.
    public var localHost: String? { channel.localAddress?.ipAddress }

    /// Reaches rank 0, which may begin to listen later.
    ///
    /// - Parameters:
    ///   - hello: who we are.
    ///   - deadlineNanoseconds: on CLOCK_MONOTONIC.
    ///   - clock: what answers to questions for the time are made of.
    /// - Throws: `ControlError.nobodyThere`, `.otherSecret`, `.strangers`.
    public static func connect(
        to address: ControlAddress, secret: ControlSecret, hello: ControlHello, untilMonotonic deadlineNanoseconds: UInt64,
        timing: ControlTiming = .standard, clock: ControlClock? = nil
    ) throws(ControlError) -> NIOControlChannel {
        let begin = Clock.monotonicNanoseconds
        while true {
            let attempt = ControlAttempt()
            attempt.connect(to: address, secret: secret, hello: hello, timing: timing, clock: clock ?? ControlLoop.realtime)
            let reason: String
            switch attempt.outcome(untilMonotonic: deadlineNanoseconds) {
            case .success(let channel): return channel
            case .failure(.met(let error)): throw error
            case .failure(.unreached(let words)): reason = words
            }
            let now = Clock.monotonicNanoseconds
            guard now + UInt64(timing.retryNanoseconds) < deadlineNanoseconds else {
                throw .nobodyThere(address, seconds: Int((now - begin + 500_000_000) / 1_000_000_000), reason: reason)
            }
            Clock.sleep(nanoseconds: UInt64(timing.retryNanoseconds))
        }
    }

    public func send(_ message: ControlMessage) throws(ControlError) {
        guard message.body.count <= ControlWire.mostBytes - 64 else { throw .tooLarge(bytes: message.body.count) }
        if let end = inbox.state.read({ $0.end }) { throw end }
        channel.writeAndFlush(message, promise: nil)
    }

    public func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        try inbox.next(untilMonotonic: deadlineNanoseconds)
    }

    public func askClock(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange? {
        let question = inbox.state.change { state in
            state.questions &+= 1
            return state.questions
        }
        try send(ControlMessage(.clockAsk, serial: question))
        return try inbox.answer(to: question, untilMonotonic: deadlineNanoseconds)
    }

    public func close() {
        let isOpen = inbox.state.change { state in
            defer { if state.end == nil { state.end = .closed } }
            return state.end == nil
        }
        let deadline = Clock.monotonicNanoseconds + Self.flushNanoseconds
        if isOpen {
            // Writes leave in their order, so that behind this one nothing is left.
            channel.writeAndFlush(ControlMessage(.beat)).whenComplete { [inbox] _ in inbox.state.change { $0.isFlushed = true } }
            _ = inbox.state.wait(untilMonotonic: deadline) { $0.isFlushed || $0.isInactive ? true : nil }
        }
        channel.close(promise: nil)
        _ = inbox.state.wait(untilMonotonic: deadline) { $0.isInactive ? true : nil }
    }
}

/// One attempt to reach a listener.
private final class ControlAttempt: Sendable {
    enum Failure: Error {
        /// To be tried again.
        case unreached(String)
        case met(ControlError)
    }

    private let state = Monitor<Result<NIOControlChannel, Failure>?>(nil)

    private func settle(_ outcome: Result<NIOControlChannel, Failure>) { state.change { if $0 == nil { $0 = outcome } } }

    func outcome(untilMonotonic deadlineNanoseconds: UInt64) -> Result<NIOControlChannel, Failure> {
        let outcome = state.wait(untilMonotonic: deadlineNanoseconds) { $0 } ?? .failure(.unreached("no answer"))
        // An answer that comes now is nobody's.
        settle(.failure(.unreached("no answer")))
        return outcome
    }

    func connect(
        to address: ControlAddress, secret: ControlSecret, hello: ControlHello, timing: ControlTiming, clock: @escaping ControlClock
    ) {
        let inbox = ControlInbox()
        let bootstrap = ClientBootstrap(group: ControlLoop.group)
            .connectTimeout(.nanoseconds(timing.helloNanoseconds))
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ControlHandler(
                            wire: ControlWire(role: .connector, secret: secret, hello: hello), hello: hello, inbox: inbox, address: address,
                            timing: timing, clock: clock
                        ) { [self] outcome in
                            switch outcome {
                            case .success(let peer): settle(.success(NIOControlChannel(channel, inbox, peer: peer)))
                            // It isn't listening yet, or not any more.
                            case .failure(.lost(_, let loss)): settle(.failure(.unreached(loss.words)))
                            case .failure(let error): settle(.failure(.met(error)))
                            }
                        })
                }
            }
        do {
            // Here and not on the loop's thread, so that both are in the caller's namespace.
            let connected = bootstrap.connect(to: try address.resolved())
            connected.whenFailure { [self] error in settle(.failure(.unreached(ControlListener.words(of: error)))) }
        } catch {
            settle(.failure(.unreached(ControlListener.words(of: error))))
        }
    }
}
