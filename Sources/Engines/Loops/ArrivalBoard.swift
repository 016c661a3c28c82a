import Kernel
import Memory
import Metrics

/// What a reader tells of its books while it counts, when somebody asks: figures that belong together, copied between two batches.
///
/// The asker writes a number, the reader answers with the same when its figures stand there, and touches them no more before the next: so nobody waits,
/// and nobody reads half of an answer. Without a question a batch costs one look at a word that never changes.
package final class ArrivalBoard: Sendable {
    /// Figures in front of the latency groups.
    enum Place: Int, CaseIterable {
        case received, altered, foreign, stale, duplicates, reordered, expected, ringDrops, minimum, maximum
    }

    static let wordCount = Place.allCases.count + LatencyRecorder.groupCount

    /// The question and the answer, a line each.
    private let tickets = SharedCounters(count: 2)
    private let words = SharedCounters(count: ArrivalBoard.wordCount, areTogether: true)

    package init() {}

    /// One answer.
    package struct Figures: Equatable, Sendable {
        /// Distinct frames, altered ones among them.
        package var received: UInt64 = 0
        package var altered: UInt64 = 0
        package var foreign: UInt64 = 0
        package var stale: UInt64 = 0
        package var duplicates: UInt64 = 0
        package var reordered: UInt64 = 0
        /// Frames that must have been sent at least, by their numbers.
        package var expected: UInt64 = 0
        /// As of the last look at the socket's counters.
        package var ringDrops: UInt64 = 0
        package var latency = RoughLatency()
    }

    /// The answer to the last question, if there is one; the next question is asked either way. One asker.
    package func ask() -> Figures? {
        let (question, answer) = (tickets.cell(0), tickets.cell(1))
        let last = question.load()
        let isAnswered = last > 0 && answer.loadAcquiring() == last
        let figures = isAnswered ? figures : nil
        if isAnswered || last == 0 { question.storeReleasing(last + 1) }
        return figures
    }

    /// Asks once more, whatever was answered: the answer to come is the first of a phase.
    package func askAnew() { tickets.cell(0).storeReleasing(tickets.value(0) + 1) }

    private var figures: Figures {
        func word(_ place: Place) -> UInt64 { words.value(place.rawValue) }
        let first = Place.allCases.count
        return Figures(
            received: word(.received), altered: word(.altered), foreign: word(.foreign), stale: word(.stale),
            duplicates: word(.duplicates), reordered: word(.reordered), expected: word(.expected), ringDrops: word(.ringDrops),
            latency: RoughLatency(
                groups: (0..<LatencyRecorder.groupCount).map { words.value(first + $0) }, minimum: word(.minimum), maximum: word(.maximum)))
    }

    /// The reader's side, without references.
    var desk: Desk { Desk(question: tickets.cell(0), answer: tickets.cell(1), words: words.row) }

    struct Desk {
        let question: CounterCell
        let answer: CounterCell
        let words: CounterRow
    }
}

extension ReceiveBooks {
    /// Answers a question that wasn't answered yet.
    ///
    /// Changes nothing; it says so because the optimiser copies what is only borrowed, book by book and batch by batch.
    ///
    /// - Parameter extraFrames: distinct frames that are in no book.
    @inline(__always)
    mutating func answer(_ desk: ArrivalBoard.Desk, _ answered: inout UInt64, extraFrames: UInt64 = 0) {
        let question = desk.question.load()
        guard question != answered else { return }
        answered = question
        publish(desk, question, extraFrames)
    }

    @inline(never)
    private mutating func publish(_ desk: ArrivalBoard.Desk, _ question: UInt64, _ extraFrames: UInt64) {
        var tally = SequenceTally()
        for worker in 0..<trackers.count { tally += trackers[worker].tally }
        let words = desk.words
        words[ArrivalBoard.Place.received.rawValue].store(counts.receivedFrames &+ counts.alteredFrames &+ extraFrames)
        words[ArrivalBoard.Place.altered.rawValue].store(counts.alteredFrames)
        words[ArrivalBoard.Place.foreign.rawValue].store(counts.foreignFrames)
        words[ArrivalBoard.Place.stale.rawValue].store(counts.staleFrames)
        words[ArrivalBoard.Place.duplicates.rawValue].store(tally.duplicates)
        words[ArrivalBoard.Place.reordered.rawValue].store(tally.reordered)
        words[ArrivalBoard.Place.expected.rawValue].store(tally.expected &+ extraFrames)
        words[ArrivalBoard.Place.ringDrops.rawValue].store(statistics.drops)
        words[ArrivalBoard.Place.minimum.rawValue].store(path.minimum)
        words[ArrivalBoard.Place.maximum.rawValue].store(path.maximum)
        let first = words.count &- LatencyRecorder.groupCount
        path.forEachGroup { words[first &+ $0].store($1) }
        desk.answer.storeReleasing(question)
    }
}
