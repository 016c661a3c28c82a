import Frames
import Kernel
import Memory
import Metrics
import Traces
import Traffic

/// A capture file on its way to a sender. A thread of its own reads it ahead into a bounded number of chunks; what fits into them as a whole is
/// read once, and replayed out of memory as often as is asked for.
///
/// It is for one replay: `init`, `start`, `feed`, `stop`, `account`, in this order.
public final class ReplaySource: @unchecked Sendable {
    // Safe because the reading thread has all that changes to itself between `start` and `stop`, but for the cells and the monitor.
    public struct Settings: Equatable, Sendable {
        /// `-` is standard input.
        public var path: String
        /// How often; nil for no end.
        public var passes: UInt64?
        public var timing: ReplayTiming
        /// Whether frames that have room for it carry a signature in place of what their payload begins with.
        public var stamps: Bool
        /// Memory for frames that are read ahead.
        public var bufferBytes: Int
        /// Fields that move from loop to loop; no two of the same bits.
        public var moves: [FieldMove]

        public init(
            path: String, passes: UInt64? = 1, timing: ReplayTiming = .asFastAsPossible, stamps: Bool = false, bufferBytes: Int,
            moves: [FieldMove] = []
        ) {
            self.path = path
            self.passes = passes
            self.timing = timing
            self.stamps = stamps
            self.bufferBytes = bufferBytes
            self.moves = moves
        }
    }

    /// Any frame has room in a chunk: 64 KiB, headers and tags.
    private static let chunkBytes = 256 << 10
    /// Fewer chunks would keep reader and sender waiting for each other.
    public static let bufferBounds = (4 * chunkBytes)...(64 << 30)

    public let settings: Settings
    private var reader: CaptureFileReader
    private let canBeReadAgain: Bool
    private var pending: CapturedFrame?
    private let chunkLimit: Int
    /// Empty where there was no need for one yet.
    private let chunks: OwnedTable<ByteWindow>
    private let recordCounts: OwnedTable<Int>
    /// By one loop, for a sender that moves what is kept; and by as many as were, for the reading thread.
    private let stepsOfALoop: OwnedTable<FieldStep>
    private var stepsOfThisPass: OwnedTable<FieldStep>
    private var memory: [ChunkMemory] = []
    private let cells = SharedCounters(count: 4)
    private let state = Monitor(State())
    private var thread: WorkerThread<Void>?

    // The reading thread's.
    private var mtuBytes = 0
    private var clock: ReplayClock
    /// Of the first pass, whose times are counted, behind it.
    private var firstClock: ReplayClock?
    private var baseNanoseconds: UInt64 = 0
    private var writeOffset = 0
    private var records = 0
    private var chunk: UInt64 = 0
    private var isStreaming = false
    private var counts = ReplayFileAccount()
    /// Of the first pass.
    private var skipsOfAPass = ReplayFileAccount.Skips()
    /// That one pass sends, as far as it was read; behind `stop`.
    package private(set) var usableFrames: UInt64 = 0

    private struct State {
        /// Whether a sender can begin.
        var isReady = false
        var failure: (any Error)?
    }

    /// What the sender said when it was through; nobody looks before its thread has ended.
    private(set) var tally = ReplayTally()
    private(set) var offeredFrames: UInt64 = 0

    func finish(_ tally: ReplayTally, offered: UInt64) {
        self.tally = tally
        offeredFrames = offered
    }

    /// Opens the file and reads its first frame, so that what is no capture is known before anything is done.
    ///
    /// - Throws: `TraceError`, `ReplayError.noFrames`.
    public init(_ settings: Settings) throws {
        self.settings = settings
        let reader = try CaptureFileReader(path: settings.path, takesOtherLinkTypes: true)
        guard let first = try reader.next() else { throw ReplayError.noFrames(path: settings.path) }
        self.reader = reader
        pending = first
        canBeReadAgain = reader.identity != nil && settings.path != "-"
        clock = ReplayClock(settings.timing)
        chunkLimit = max(settings.bufferBytes, Self.bufferBounds.lowerBound) / Self.chunkBytes
        chunks = OwnedTable(repeating: .empty, count: chunkLimit)
        recordCounts = OwnedTable(repeating: 0, count: chunkLimit)
        stepsOfALoop = OwnedTable(settings.moves.map { $0.step(loops: 1) })
        stepsOfThisPass = OwnedTable(settings.moves.map { $0.step(loops: 0) })
        counts.unmoved = settings.moves.map { _ in 0 }
        end.store(.max)
    }

    /// The chunks' memory, which lasts as long as this object.
    private final class ChunkMemory {
        let mapped: MappedMemory
        init() throws(SystemError) { mapped = try MappedMemory(anonymousBytes: ReplaySource.chunkBytes) }
    }

    private var filled: CounterCell { cells.cell(0) }
    private var freed: CounterCell { cells.cell(1) }
    private var end: CounterCell { cells.cell(2) }
    /// 1 asks the reader to end.
    private var cancel: CounterCell { cells.cell(3) }

    /// The largest frame that will come, without FCS.
    public private(set) var largestFrameBytes = 0

    // MARK: for whoever runs the replay

    /// Begins to read, and waits until a sender can begin: until the file is in memory, or as much of it as there is room for.
    ///
    /// - Parameters:
    ///   - mtuBytes: of the interface that the frames leave by.
    ///   - pause: waits until a time on CLOCK_MONOTONIC; true ends the reading.
    /// - Throws: `ReplayError`, `TraceError`; what `pause` throws.
    public func start(mtuBytes: Int, pause: (UInt64) throws -> Bool) throws {
        self.mtuBytes = mtuBytes
        largestFrameBytes = mtuBytes + EthernetWire.headerBytes + EthernetWire.tagBytes
        thread = try WorkerThread(name: "vm-read") { self.read() }
        while !state.read(\.isReady) {
            guard try pause(Clock.monotonicNanoseconds + 5_000_000) else { continue }
            // Unless it hangs in a pipe, it has seen that before the sender begins.
            cancel.storeReleasing(1)
            _ = state.wait(untilMonotonic: Clock.monotonicNanoseconds + 100_000_000) { $0.isReady ? true : nil }
            break
        }
        if let failure = state.read(\.failure) { throw failure }
    }

    /// For the sender, behind `start`.
    var feed: ReplayFeed {
        let isKept = counts.isKept
        return ReplayFeed(
            chunks: chunks.table, recordCounts: recordCounts.table, chunkCount: UInt64(chunkLimit), filled: filled,
            freed: freed, end: end, keptChunks: isKept ? chunk : 0, passNanoseconds: isKept ? clock.passNanoseconds : 0)
    }

    /// For the sender, where fields move.
    var mover: MovedRecords { MovedRecords(steps: stepsOfALoop.table) }

    /// Ends the reading. A thread that hangs in a pipe ends with the process.
    public func stop() {
        cancel.storeReleasing(1)
        _ = thread?.join(untilMonotonic: Clock.monotonicNanoseconds + 200_000_000)
        thread = nil
    }

    /// What was read, and what became of it, behind `stop`.
    public var account: ReplayFileAccount {
        var account = counts
        let clock = firstClock ?? clock
        account.withoutTime = clock.withoutTime
        account.timesBackwards = clock.backwards
        account.durationNanoseconds = clock.spanNanoseconds
        guard counts.isKept else {
            // What was read ahead is not yet replayed.
            account.passes = usableFrames > 0 ? min(counts.passes, offeredFrames / usableFrames) : 0
            account.unsent = account.read - account.skipped.total - min(offeredFrames, account.read - account.skipped.total)
            return account
        }
        let begun = min(max(1, (offeredFrames + usableFrames - 1) / usableFrames), settings.passes ?? .max)
        account.passes = offeredFrames / usableFrames
        account.read = counts.frames * begun
        account.skipped = skipsOfAPass * begun
        account.unsent = usableFrames * begun - min(offeredFrames, usableFrames * begun)
        return account
    }

    /// What the sender did, behind the trial.
    public var departures: ReplayDepartures { ReplayDepartures(tally, frames: offeredFrames) }

    // MARK: the reading thread

    private func read() {
        var pass: UInt64 = 0
        do {
            while true {
                try readPass(isFirst: pass == 0)
                pass += 1
                if cancel.loadAcquiring() != 0 { break }
                if pass == 1 { counts.isWhole = true }
                if !isStreaming { return keep() }
                counts.passes = pass
                guard pass < settings.passes ?? .max else { break }
                baseNanoseconds += clock.passNanoseconds
                reader = try CaptureFileReader(path: settings.path, takesOtherLinkTypes: true)
                restartClock()
                stepsOfThisPass = OwnedTable(settings.moves.map { $0.step(loops: pass) })
            }
        } catch let error as TraceError {
            guard usableFrames > 0 else { return fail(error) }
            // What came before the damage is replayed.
            counts.damage = "\(error)"
            if !isStreaming { return keep() }
        } catch {
            return fail(error)
        }
        publish()
        end.storeReleasing(chunk)
        state.change { $0.isReady = true }
    }

    private func restartClock() {
        if firstClock == nil { firstClock = clock }
        clock = ReplayClock(settings.timing)
    }

    private func readPass(isFirst: Bool) throws {
        while cancel.loadAcquiring() == 0 {
            guard let frame = try pending ?? reader.next() else { return }
            pending = nil
            counts.read += 1
            if isFirst {
                counts.frames += 1
                counts.bytes += UInt64(frame.bytes.count)
            }
            guard isUsable(frame) else { continue }
            usableFrames += isFirst ? 1 : 0
            try append(frame, isFirst: isFirst)
        }
    }

    /// What the kernel would cut, refuse or send as something else is not sent.
    private func isUsable(_ frame: CapturedFrame) -> Bool {
        let bytes = frame.bytes.count
        if reader.interfaces[frame.interface].linkType != .ethernet {
            counts.skipped.notEthernet += 1
        } else if frame.isCut {
            counts.skipped.truncated += 1
        } else if bytes < EthernetWire.headerBytes {
            counts.skipped.tooShort += 1
        } else if bytes > mtuBytes + EthernetWire.headerBytes + tagRoom(frame.bytes) {
            counts.skipped.oversized += 1
        } else {
            return true
        }
        return false
    }

    /// A first tag stands beyond the MTU (`packet_extra_vlan_len_allowed`).
    private func tagRoom(_ bytes: [UInt8]) -> Int {
        UInt16(bytes[12]) << 8 | UInt16(bytes[13]) == EtherType.customerTag ? EthernetWire.tagBytes : 0
    }

    private func append(_ frame: CapturedFrame, isFirst: Bool) throws {
        let slotBytes = 8 * settings.moves.count
        let recordBytes = ReplayRecord.byteCount(frameBytes: frame.bytes.count) + slotBytes
        if records > 0, writeOffset + recordBytes > Self.chunkBytes { publish() }
        guard let record = try room()?.dropFirst(writeOffset) else { return }
        let stamp = settings.stamps ? StampPoint(in: frame.bytes) : nil
        record.store(baseNanoseconds &+ clock.due(frame), at: ReplayRecord.due)
        record.store(UInt32(frame.bytes.count), at: ReplayRecord.byteCount)
        record.store(stamp?.signatureOffset ?? 0, at: ReplayRecord.signatureOffset)
        record.store(stamp?.checksumOffset ?? 0, at: ReplayRecord.checksumOffset)
        record.store(stamp?.checksumSeed ?? 0, at: ReplayRecord.checksumSeed)
        record.copy(frame.bytes, to: ReplayRecord.headerBytes + slotBytes)
        if !settings.moves.isEmpty { move(record, frame.bytes, isFirst: isFirst) }
        writeOffset += recordBytes
        records += 1
    }

    /// Notes where the frame's fields are, and moves them by as many loops as were.
    private func move(_ record: ByteWindow, _ bytes: [UInt8], isFirst: Bool) {
        let headers = bytes.read { FrameHeaders($0) }
        for (index, move) in settings.moves.enumerated() {
            let slot = bytes.read { move.slot(in: headers, $0) }
            if isFirst && slot == nil { counts.unmoved[index] += 1 }
            record.store(slot?.packed ?? 0, at: ReplayRecord.headerBytes + 8 * index)
        }
        if !isFirst { MovedRecords(steps: stepsOfThisPass.table).move(record, 0) }
    }

    /// The chunk that is being filled. Once all are full the sender may begin, and each has to come back from it first.
    ///
    /// - Returns: nil if nobody wants it any more.
    private func room() throws -> ByteWindow? {
        let index = Int(chunk % UInt64(chunkLimit))
        if records == 0, chunk >= UInt64(chunkLimit) {
            if !isStreaming {
                guard settings.passes == 1 || canBeReadAgain else {
                    throw ReplayError.tooManyToKeep(path: settings.path, bufferBytes: settings.bufferBytes)
                }
                isStreaming = true
                state.change { $0.isReady = true }
            }
            while chunk - freed.loadAcquiring() >= UInt64(chunkLimit) {
                if cancel.loadAcquiring() != 0 { return nil }
                Clock.sleep(nanoseconds: 100_000)
            }
        }
        if chunks[index].byteCount == 0 {
            let added = try ChunkMemory()
            memory.append(added)
            chunks[index] = added.mapped.window
        }
        return chunks[index]
    }

    private func publish() {
        guard records > 0 else { return }
        recordCounts[Int(chunk % UInt64(chunkLimit))] = records
        chunk += 1
        filled.storeReleasing(chunk)
        (records, writeOffset) = (0, 0)
    }

    /// The whole file lies in memory.
    private func keep() {
        publish()
        skipsOfAPass = counts.skipped
        guard usableFrames > 0 else {
            if counts.skipped.notEthernet == counts.skipped.total {
                return fail(TraceError.notEthernet(path: settings.path, linkType: reader.interfaces[0].linkType.name))
            }
            return fail(ReplayError.nothingUsable(path: settings.path, counts.skipped, mtuBytes: mtuBytes))
        }
        counts.isKept = true
        end.storeReleasing(
            settings.passes.map { $0.multipliedReportingOverflow(by: chunk) }.map { $0.overflow ? .max : $0.partialValue } ?? .max)
        state.change { $0.isReady = true }
    }

    private func fail(_ error: any Error) {
        end.storeReleasing(0)
        state.change {
            $0.failure = error
            $0.isReady = true
        }
    }
}
