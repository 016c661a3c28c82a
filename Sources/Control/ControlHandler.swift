import Kernel
import NIOCore

/// Between a socket and an inbox, on the event loop's thread: bytes and frames, heartbeats, answers to questions for the time.
final class ControlHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ControlMessage
    typealias OutboundOut = ByteBuffer

    private var wire: ControlWire
    private let hello: ControlHello
    private let inbox: ControlInbox
    private let address: ControlAddress
    private let timing: ControlTiming
    private let clock: ControlClock
    /// Both have met, or won't.
    private let settled: (Result<ControlHello, ControlError>) -> Void
    private var peer: ControlHello?
    private var beats: RepeatedTask?
    private var silentBeats = 0
    private var isSettled = false

    init(
        wire: ControlWire, hello: ControlHello, inbox: ControlInbox, address: ControlAddress, timing: ControlTiming,
        clock: @escaping ControlClock,
        settled: @escaping (Result<ControlHello, ControlError>) -> Void
    ) {
        (self.wire, self.hello, self.inbox, self.address) = (wire, hello, inbox, address)
        (self.timing, self.clock, self.settled) = (timing, clock, settled)
    }

    // MARK: in

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }
    func channelActive(context: ChannelHandlerContext) { begin(context) }

    private func begin(_ context: ChannelHandlerContext) {
        guard beats == nil else { return }
        let end = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let beat = TimeAmount.nanoseconds(timing.beatNanoseconds)
        beats = context.eventLoop.scheduleRepeatedTask(initialDelay: beat, delay: beat) { _ in
            end.value.handler.beat(end.value.context)
        }
        write(wire.preamble, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Who has yet to show the secret has its time for that, however often it says something.
        if peer != nil { silentBeats = 0 }
        // As early as it can be.
        let heard = clock()
        let (events, reply) = wire.hear(unwrapInboundIn(data).readableBytesView)
        if !reply.isEmpty { write(reply, context) }
        for event in events {
            switch event {
            case .met(let other): meet(other, context)
            case .message(let message): take(message, heard: heard, context)
            case .refused(let refusal): end(error(of: refusal), context)
            }
        }
    }

    private func meet(_ other: ControlHello, _ context: ChannelHandlerContext) {
        inbox.state.change { $0.peer = other }
        do throws(ControlError) {
            try hello.meet(other)
            (peer, silentBeats) = (other, 0)
            settle(.success(other))
        } catch {
            end(error, context)
        }
    }

    private func take(_ message: ControlMessage, heard: Int64, _ context: ChannelHandlerContext) {
        switch message.verb {
        case .beat, .hello: break
        case .clockAsk:
            let times = message.body + ControlWire.bigEndian(heard) + ControlWire.bigEndian(clock())
            write(wire.bytes(of: ControlMessage(.clockAnswer, serial: message.serial, body: times)), context)
        case .clockAnswer:
            guard message.body.count == 24 else { return end(lost(.forged), context) }
            let times = stride(from: 0, to: 24, by: 8).map { place in
                Int64(bitPattern: message.body[place..<place + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            }
            let exchange = ClockExchange(
                sentNanoseconds: times[0], heardNanoseconds: times[1], answeredNanoseconds: times[2], returnedNanoseconds: heard)
            // Nobody waits for an answer that is much too late.
            inbox.state.change { if $0.answers.count < 64 { $0.answers[message.serial] = exchange } }
        default:
            if !inbox.put(message) { end(lost(.flooded), context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(lost(.closed), context)
        inbox.state.change { $0.isInactive = true }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isReset = (error as? IOError).map { [ErrorNumber.connectionReset, ErrorNumber.brokenPipe].contains($0.errnoCode) } ?? false
        end(lost(isReset ? .closed : .broken("\(error)")), context)
    }

    // MARK: out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var message = unwrapOutboundIn(data)
        // As late as it can be.
        if message.verb == .clockAsk { message.body = ControlWire.bigEndian(clock()) }
        context.write(wrapOutboundOut(ByteBuffer(bytes: wire.bytes(of: message))), promise: promise)
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func beat(_ context: ChannelHandlerContext) {
        silentBeats += 1
        let most = peer == nil ? Int(timing.helloNanoseconds / timing.beatNanoseconds) : timing.beatsUntilLost
        if silentBeats > most || (peer == nil && silentBeats == most) {
            end(lost(.silent(milliseconds: Int(timing.beatNanoseconds) * most / 1_000_000)), context)
        } else if peer != nil {
            write(wire.bytes(of: ControlMessage(.beat)), context)
        }
    }

    // MARK: the end

    private func end(_ error: ControlError, _ context: ChannelHandlerContext) {
        beats?.cancel()
        inbox.end(error)
        settle(.failure(error))
        context.close(promise: nil)
    }

    private func settle(_ outcome: Result<ControlHello, ControlError>) {
        guard !isSettled else { return }
        isSettled = true
        settled(outcome)
    }

    private func lost(_ loss: ControlError.Loss) -> ControlError { .lost(peer: peer?.name ?? "\(address)", loss) }

    private func error(of refusal: ControlWire.Refusal) -> ControlError {
        switch refusal {
        case .foreign: .strangers("what is at the other end of \(address) is no vethmark of this version")
        case .otherSecret: .otherSecret(address)
        case .badHello: .strangers("the other end of \(address) doesn't say who it is")
        case .forged, .tooLarge: lost(.forged)
        }
    }
}
