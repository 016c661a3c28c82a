import Kernel
import NIOCore
import NIOPosix

/// Where rank 0 waits for the others.
///
/// Rank 0 listens and not the others: every engine tells all its tasks who is the first of them (the first name of SLURM_STEP_NODELIST, SLURM_LAUNCH_NODE_IPADDR,
/// the pod with index 0), and one address serves any number of ranks. Whoever comes without the secret is sent away and changes nothing.
public final class ControlListener: Sendable {
    private struct State {
        var arrived: [NIOControlChannel] = []
        var ranks: Set<Int> = []
        /// Somebody with the secret who is none of us.
        var failure: ControlError?
        var sawOtherSecret = false
        var handshakes = 0
        var isClosed = false
    }

    /// Connections that haven't shown the secret yet, at one time.
    private static let mostHandshakes = 256

    /// With the port that it has.
    public let address: ControlAddress
    private let channel: any Channel
    private let state = Monitor(State())

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - hello: who we are.
    ///   - clock: what answers to questions for the time are made of.
    /// - Throws: `ControlError.cannotListen`.
    public init(
        at address: ControlAddress, secret: ControlSecret, hello: ControlHello, timing: ControlTiming = .standard,
        clock: ControlClock? = nil
    ) throws(ControlError) {
        let (state, clock) = (state, clock ?? ControlLoop.realtime)
        let bootstrap = ServerBootstrap(group: ControlLoop.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard Self.admit(state) else { throw ChannelError.alreadyClosed }
                    let inbox = ControlInbox()
                    try channel.pipeline.syncOperations.addHandler(
                        ControlHandler(
                            wire: ControlWire(role: .listener, secret: secret, hello: hello), hello: hello, inbox: inbox, address: address,
                            timing: timing, clock: clock
                        ) { outcome in Self.settle(outcome, channel, inbox, state) })
                }
            }
        do {
            let place = try address.resolved()
            if case .unix(let path) = address {
                channel = try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
            } else {
                channel = try bootstrap.bind(to: place).wait()
            }
        } catch {
            throw .cannotListen(address, reason: Self.words(of: error))
        }
        if case .tcp(let host, let port) = address {
            self.address = .tcp(host: host, port: channel.localAddress?.port ?? port)
        } else {
            self.address = address
        }
    }

    private static func admit(_ state: Monitor<State>) -> Bool {
        state.change { state in
            guard !state.isClosed, state.handshakes < mostHandshakes else { return false }
            state.handshakes += 1
            return true
        }
    }

    private static func settle(
        _ outcome: Result<ControlHello, ControlError>, _ channel: any Channel, _ inbox: ControlInbox, _ state: Monitor<State>
    ) {
        let isTaken = state.change { state -> Bool in
            state.handshakes -= 1
            switch outcome {
            case .success(let peer):
                guard !state.isClosed else { return false }
                guard state.ranks.insert(peer.rank).inserted else {
                    state.failure = .strangers("two came that say they are rank \(peer.rank)")
                    return false
                }
                state.arrived.append(NIOControlChannel(channel, inbox, peer: peer))
            case .failure(.strangers(let why)) where inbox.state.read({ $0.peer }) != nil: state.failure = .strangers(why)
            case .failure(.otherSecret): state.sawOtherSecret = true
            case .failure: break
            }
            return true
        }
        if !isTaken { channel.close(promise: nil) }
    }

    /// The next rank that came.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC.
    /// - Throws: `ControlError.nobodyCame`, `.otherSecret` if somebody came with another one and nobody with ours, `.strangers`.
    public func accept(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> NIOControlChannel {
        let begin = Clock.monotonicNanoseconds
        _ = state.wait(untilMonotonic: deadlineNanoseconds) { $0.arrived.isEmpty && $0.failure == nil ? nil : true }
        let (arrived, failure, sawOtherSecret) = state.change { state in
            (state.arrived.isEmpty ? nil : state.arrived.removeFirst(), state.failure, state.sawOtherSecret)
        }
        if let arrived { return arrived }
        if let failure { throw failure }
        if sawOtherSecret { throw .otherSecret(address) }
        throw .nobodyCame(address, seconds: Int((Clock.monotonicNanoseconds - begin + 500_000_000) / 1_000_000_000))
    }

    /// Listens no longer; who came and was accepted stays.
    public func close() {
        let left = state.change { state in
            state.isClosed = true
            defer { state.arrived = [] }
            return state.arrived
        }
        for channel in left { channel.close() }
        try? channel.close().wait()
    }

    /// An error of the library's, as people read it.
    static func words(of error: any Error) -> String {
        switch error {
        case let error as IOError: SystemError(call: "connect", number: error.errnoCode).reason
        case let error as SocketAddressError.UnknownHost: "the name \(error.host) has no address (\(error.errorDescription))"
        case ChannelError.connectTimeout: "no answer"
        default: "\(error)"
        }
    }
}
