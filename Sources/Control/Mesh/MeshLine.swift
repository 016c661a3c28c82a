import Kernel

/// A rank's connection to rank 0 of its mesh, heard by a thread of its own: so a rank in the middle of a meeting knows at once that rank 0 is gone, or that its
/// meeting is no more, and hangs up on the other. All may be called from any thread.
public final class MeshLine: Sendable {
    private struct State {
        var words: [ControlMessage] = []
        /// Why rank 0 is no longer heard.
        var end: ControlError?
        /// The meeting that this rank is in.
        var serial: UInt32?
        /// To the other of it, once they have met.
        var meeting: (any ControlChannel)?
        var abandoned: Set<UInt32> = []
        var isClosed = false
    }

    public let channel: any ControlChannel
    private let state = Monitor(State())
    private static let sliceNanoseconds: UInt64 = 200_000_000

    /// - Throws: `SystemError` of `pthread_create(3)`.
    public init(over channel: any ControlChannel) throws(SystemError) {
        self.channel = channel
        _ = try WorkerThread(name: "vm-line") { [self] in listen() }
    }

    private func listen() {
        while !state.read({ $0.isClosed }) {
            do throws(ControlError) {
                guard let message = try channel.next(untilMonotonic: Clock.monotonicNanoseconds + Self.sliceNanoseconds) else { continue }
                if message.verb == .failed {
                    return end(.peerFailed(peer: channel.peer.name, sentence: ControlFailure.sentence(in: message)))
                }
                if message.verb == .abandon { abandon(message.serial) } else { state.change { $0.words.append(message) } }
            } catch {
                return end(error)
            }
        }
    }

    private func end(_ error: ControlError) {
        state.change { state -> (any ControlChannel)? in
            state.end = state.end ?? error
            return state.meeting
        }?.close()
    }

    private func abandon(_ serial: UInt32) {
        let (isOurs, meeting) = state.change { state -> (Bool, (any ControlChannel)?) in
            state.abandoned.insert(serial)
            return (state.serial == serial, state.meeting)
        }
        guard !isOurs else { return meeting?.close() ?? () }
        // Nobody here has begun it, and nobody will.
        try? channel.send(.missed(Self.abandonedWords, serial: serial))
    }

    private static let abandonedWords = "rank 0 has given the meeting up"

    /// Rank 0's next word; nil if none has come by then.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC.
    /// - Throws: `ControlError` once rank 0 is gone and everything that came before has been taken.
    public func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        _ = state.wait(untilMonotonic: deadlineNanoseconds) { $0.words.isEmpty && $0.end == nil ? nil : true }
        let (word, end) = state.change { state in (state.words.isEmpty ? nil : state.words.removeFirst(), state.end) }
        if word == nil, let end { throw end }
        return word
    }

    /// Begins a meeting.
    ///
    /// - Returns: false if it is no more, as rank 0 was told.
    public func begin(_ serial: UInt32) -> Bool {
        state.change { state in
            guard !state.abandoned.contains(serial) else { return false }
            state.serial = serial
            return true
        }
    }

    /// Both have met: whatever ends the meeting from outside hangs up.
    ///
    /// - Throws: as `check`; the channel is closed then.
    public func join(_ meeting: any ControlChannel) throws(ControlError) {
        state.change { $0.meeting = meeting }
        do throws(ControlError) { try check() } catch {
            meeting.close()
            throw error
        }
    }

    /// - Throws: `ControlError` if rank 0 is gone, or the meeting is no more.
    public func check() throws(ControlError) {
        let (end, isAbandoned) = state.read { state in (state.end, state.serial.map { state.abandoned.contains($0) } ?? false) }
        if let end { throw end }
        if isAbandoned { throw .peerFailed(peer: channel.peer.name, sentence: Self.abandonedWords) }
    }

    /// The meeting is over.
    public func leave() { state.change { ($0.serial, $0.meeting) = (nil, nil) } }

    /// Why rank 0 is no longer heard; nil as long as it is.
    public var loss: ControlError? { state.read { $0.end } }

    /// Ends the connection, behind all that was said.
    public func close() {
        state.change { $0.isClosed = true }
        channel.close()
    }
}
