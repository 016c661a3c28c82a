import Kernel

/// The connection of rank 0 with itself, in memory: it is one of the mesh's ranks as well as who leads it.
final class LocalChannel: ControlChannel {
    let peer: ControlHello
    private let inbox: ControlInbox
    private let other: ControlInbox

    private init(_ peer: ControlHello, _ inbox: ControlInbox, _ other: ControlInbox) {
        (self.peer, self.inbox, self.other) = (peer, inbox, other)
    }

    static func pair(_ hello: ControlHello) -> (LocalChannel, LocalChannel) {
        let (one, two) = (ControlInbox(), ControlInbox())
        return (LocalChannel(hello, one, two), LocalChannel(hello, two, one))
    }

    func send(_ message: ControlMessage) throws(ControlError) {
        if let end = inbox.state.read({ $0.end }) { throw end }
        guard other.put(message) else { throw .tooLarge(bytes: message.body.count) }
    }

    func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        try inbox.next(untilMonotonic: deadlineNanoseconds)
    }

    func askClock(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange? {
        let now = ControlLoop.realtime()
        return ClockExchange(sentNanoseconds: now, heardNanoseconds: now, answeredNanoseconds: now, returnedNanoseconds: now)
    }

    func close() {
        inbox.end(.closed)
        other.end(.lost(peer: peer.name, .closed))
    }
}
