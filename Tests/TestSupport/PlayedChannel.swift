import Control
import Kernel

/// Two ends of a control connection in memory, with clocks of their own. Words arrive at once; the connection can be cut.
public final class PlayedChannel: ControlChannel {
    private struct Ends {
        /// What each has yet to take.
        var inboxes: [[ControlMessage]] = [[], []]
        var losses: [ControlError?] = [nil, nil]
    }

    public typealias PlayedClock = @Sendable () -> Int64

    public let peer: ControlHello
    private let ends: Monitor<Ends>
    private let place: Int
    private let clocks: [PlayedClock]

    private init(_ ends: Monitor<Ends>, _ place: Int, peer: ControlHello, clocks: [PlayedClock]) {
        (self.ends, self.place, self.peer, self.clocks) = (ends, place, peer, clocks)
    }

    /// Rank 0's end and rank 1's.
    public static func pair(
        clocks: (PlayedClock, PlayedClock) = (
            { Int64(Clock.realtimeNanoseconds) }, { Int64(Clock.realtimeNanoseconds) }
        ),
        bootIDs: (String, String) = ("one", "other")
    ) -> (PlayedChannel, PlayedChannel) {
        let ends = Monitor(Ends())
        let hellos = [
            ControlHello(rank: 0, ranks: 2, version: "played", host: "one", bootID: bootIDs.0),
            ControlHello(rank: 1, ranks: 2, version: "played", host: "other", bootID: bootIDs.1)
        ]
        let both = [clocks.0, clocks.1]
        return (
            PlayedChannel(ends, 0, peer: hellos[1], clocks: both), PlayedChannel(ends, 1, peer: hellos[0], clocks: both)
        )
    }

    public func send(_ message: ControlMessage) throws(ControlError) {
        let (place, other) = (place, 1 - place)
        let loss = ends.change { ends -> ControlError? in
            if let loss = ends.losses[place] { return loss }
            ends.inboxes[other].append(message)
            return nil
        }
        if let loss { throw loss }
    }

    public func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        let place = place
        _ = ends.wait(untilMonotonic: deadlineNanoseconds) { ends in
            ends.inboxes[place].isEmpty && ends.losses[place] == nil ? nil : true
        }
        let (message, loss) = ends.change { ends -> (ControlMessage?, ControlError?) in
            ends.inboxes[place].isEmpty ? (nil, ends.losses[place]) : (ends.inboxes[place].removeFirst(), nil)
        }
        if let loss { throw loss }
        return message
    }

    public func askClock(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange? {
        let place = place
        if let loss = ends.read({ $0.losses[place] }) { throw loss }
        let (ours, other) = (clocks[place], clocks[1 - place])
        let (sent, heard) = (ours(), other())
        let answered = other()
        return ClockExchange(
            sentNanoseconds: sent, heardNanoseconds: heard, answeredNanoseconds: answered, returnedNanoseconds: ours())
    }

    /// Both ends lose the connection, as if a cable was pulled and the silence heard.
    public func cut() {
        ends.change { ends in
            for place in 0..<2 where ends.losses[place] == nil {
                ends.losses[place] = .lost(peer: "rank \(1 - place)", .silent(milliseconds: 3_000))
            }
        }
    }

    public func close() {
        let place = place
        ends.change { ends in
            if ends.losses[place] == nil { ends.losses[place] = .closed }
            if ends.losses[1 - place] == nil { ends.losses[1 - place] = .lost(peer: "rank \(place)", .closed) }
        }
    }
}
