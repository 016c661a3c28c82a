import Kernel
import Metrics
import Testing

@testable import Engines

/// Questions about books that others keep.
@Suite struct ArrivalBoardTests {
    private func books(_ body: (inout ReceiveBooks) -> Void) throws {
        let memory = try WorkerMemory(recorders: ReceiveBooks.recorders, streams: 2)
        var books = ReceiveBooks(memory, burstGapNanoseconds: 0, intervalNanoseconds: nil)
        body(&books)
    }

    @Test func nobodyAnswersBeforeHeIsAsked() throws {
        let board = ArrivalBoard()
        try books { books in
            var answered = board.desk.answer.load()
            books.answer(board.desk, &answered)
            #expect(answered == 0 && board.ask() == nil && board.ask() == nil)
            books.counts.receivedFrames = 7
            books.counts.alteredFrames = 1
            books.counts.foreignFrames = 2
            books.counts.staleFrames = 3
            for sequence: UInt64 in [0, 1, 4, 3, 3] { _ = books.trackers[0].record(sequence) }
            _ = books.trackers[1].record(9)
            books.path.record(1000)
            books.path.record(3000)
            books.answer(board.desk, &answered, extraFrames: 2)
            let figures = board.ask()
            #expect(figures?.received == 10 && figures?.altered == 1 && figures?.foreign == 2 && figures?.stale == 3)
            #expect(figures?.duplicates == 1 && figures?.reordered == 1 && figures?.expected == 5 + 10 + 2)
            #expect(figures?.latency.count == 2 && figures?.latency.minimum == 1000 && figures?.latency.maximum == 3000)
            // The next question has no answer yet.
            #expect(board.ask() == nil)
            books.answer(board.desk, &answered)
            board.askAnew()
            #expect(board.ask() == nil)
            books.answer(board.desk, &answered)
            #expect(board.ask()?.received == 8)
        }
    }

    /// Fewer values than before leave nothing of those behind.
    @Test func aNewPhasesBooksAreItsOwn() throws {
        let board = ArrivalBoard()
        var answered: UInt64 = 0
        _ = board.ask()
        try books { books in
            for value: Int64 in [10, 1_000_000, 50_000_000_000] { books.path.record(value) }
            books.answer(board.desk, &answered)
        }
        board.askAnew()
        try books { books in
            var answered = board.desk.answer.load()
            books.path.record(500)
            books.answer(board.desk, &answered)
        }
        #expect(board.ask()?.latency.count == 1)
    }
}
