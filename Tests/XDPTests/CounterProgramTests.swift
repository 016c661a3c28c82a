import Frames
import Kernel
import Links
import Memory
import Metrics
import TestSupport
import Testing
import Traffic

@testable import XDP

/// A frame of the smallest kind with this signature.
func frame(worker: UInt8 = 0, epoch: UInt8 = 0, sequence: UInt64, timestampNanoseconds: UInt64 = 0, sizeBytes: Int = 64) throws -> [UInt8] {
    var recipe = FrameRecipe()
    recipe.sizeBytes = sizeBytes
    return expectedFrame(
        [try FrameBuilder.build(recipe)], stream: StreamIdentifier(epoch: epoch, worker: worker), sequence: sequence,
        timestampNanoseconds: timestampNanoseconds)
}

/// The same frame under many numbers, made quickly.
struct FrameMaker {
    private let template: FrameTemplate
    private let stream: StreamIdentifier

    init(worker: UInt8 = 0, epoch: UInt8 = 0) throws {
        template = try FrameBuilder.build(FrameRecipe())
        stream = StreamIdentifier(epoch: epoch, worker: worker)
    }

    func frame(_ sequence: UInt64, timestampNanoseconds: UInt64 = 0) -> [UInt8] {
        expectedFrame([template], stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }
}

private let signatureOffset = 42

@Suite(.enabled(if: BPFAccess.isGranted)) struct CounterProgramTests {
    @Test func ownFramesEndHereAndForeignOnesAsAsked() throws {
        for action in [XDPAction.pass, .drop] {
            let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 2, foreignAction: action))
            #expect(try counter.program.run(frame: frame(worker: 1, sequence: 0, sizeBytes: 100)).action == .drop)
            #expect(try counter.program.run(frame: [UInt8](repeating: 7, count: 77)).action == action)
            let report = counter.report()
            #expect(report.workers.map(\.sequence.received) == [0, 1])
            #expect(report.workers.map(\.receivedBytes) == [0, 96])
            #expect(report.foreignFrames == 1 && report.foreignBytes == 77 && report.staleFrames == 0)
            #expect(counter.receivedFrames(worker: 1) == 1)
        }
    }

    /// What isn't ours in one way only: each is foreign, and in nobody's book.
    @Test func magicKeyWorkerEpochAndLengthHaveToFit() throws {
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 3))
        counter.restart(epoch: 5, key: 0x2BC)
        func send(_ bytes: [UInt8]) throws { _ = try counter.program.run(frame: bytes) }
        func frame(worker: UInt8 = 2, epoch: UInt8 = 5, key: UInt16 = 0x2BC) throws -> [UInt8] {
            expectedFrame(
                [try FrameBuilder.build(FrameRecipe())], stream: StreamIdentifier(epoch: epoch, worker: worker, key: key), sequence: 0,
                timestampNanoseconds: 1)
        }
        let good = try frame()
        for byte in 0..<2 {
            var bytes = good
            bytes[signatureOffset + byte] ^= 1
            try send(bytes)
        }
        try send(frame(worker: 3))
        try send(Array(good.prefix(signatureOffset + Signature.byteCount - 1)))
        var report = counter.report()
        #expect(report.foreignFrames == 4 && report.otherRunFrames == 0 && report.sequence == SequenceTally())
        // Another vethmark's, of whatever epoch.
        try send(frame(key: 0x2BD))
        try send(frame(epoch: 4, key: 0))
        report = counter.report()
        #expect(report.foreignFrames == 6 && report.otherRunFrames == 2 && report.staleFrames == 0)
        try send(frame(epoch: 4))
        try send(good)
        report = counter.report()
        #expect(report.foreignFrames == 6 && report.staleFrames == 1 && report.sequence.received == 1)
    }

    /// A tag pushed or popped on the way: the frame is known and counted, and the change is told.
    @Test func aTagMoreOrLessIsSeen() throws {
        var recipe = FrameRecipe()
        recipe.sizeBytes = 128
        recipe.vlans = [7]
        let template = try FrameBuilder.build(recipe)
        let check = FrameCheck(recipe, largestBytes: 124)
        let counter = try CounterProgram(CounterSettings(signatureOffset: recipe.headerBytes, workers: 1, check: check))
        counter.restart(epoch: 5)
        for (sequence, change) in [0, 4, -4, 4].enumerated() {
            var bytes = expectedFrame(
                [template], stream: StreamIdentifier(epoch: 5, worker: 0), sequence: UInt64(sequence), timestampNanoseconds: 1)
            if change > 0 { bytes.insert(contentsOf: [0x88, 0xA8, 0, 9], at: 12) }
            if change < 0 { bytes.removeSubrange(12..<16) }
            _ = try counter.program.run(frame: bytes)
        }
        let worker = counter.report().workers[0]
        #expect(worker.sequence.received == 4 && worker.alteredFrames == 0)
        #expect(worker.taggedFrames == 2 && worker.untaggedFrames == 1)
        #expect(worker.sizes == [124: 1, 128: 2, 120: 1])
        #expect(worker.latency.count == 4)
    }

    /// Cut, stretched or damaged: a row of its own, without a latency, in every kind of frame.
    @Test func alteredFramesAreCounted() throws {
        for network in NetworkProtocol.allCases {
            for transport in TransportProtocol.allCases {
                var recipe = FrameRecipe()
                recipe.network = network
                recipe.transport = transport
                recipe.sizeBytes = 300
                let template = try FrameBuilder.build(recipe)
                let check = FrameCheck(recipe, largestBytes: 296)
                let counter = try CounterProgram(CounterSettings(signatureOffset: recipe.headerBytes, workers: 1, check: check))
                counter.restart(epoch: 5)
                let behind = recipe.headerBytes + Signature.byteCount
                let changes: [(inout [UInt8]) -> Void] = [
                    { _ in }, { $0.removeLast() }, { $0.append(0) }, { $0[behind + 8] ^= 1 }, { $0[behind + 31] ^= 0x80 },
                    { $0.removeLast($0.count - behind - 2) }, { $0[3] ^= 1 }
                ]
                for (sequence, change) in changes.enumerated() {
                    var bytes = expectedFrame(
                        [template], stream: StreamIdentifier(epoch: 5, worker: 0), sequence: UInt64(sequence), timestampNanoseconds: 1)
                    change(&bytes)
                    _ = try counter.program.run(frame: bytes)
                }
                let worker = counter.report().workers[0]
                #expect(worker.sequence.received == 7 && worker.alteredFrames == 5, "\(network) \(transport)")
                #expect(worker.latency.count == 2)
            }
        }
    }

    /// Sequence numbers are whole again behind each turn of their 32 bits.
    @Test func sequenceNumbersGoOnBehind32Bits() throws {
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 1))
        let frames = try FrameMaker()
        for sequence in [0, 0x7FFF_0000, 0xFFFE_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0001, 0x1_0000_0000] as [UInt64] {
            _ = try counter.program.run(frame: frames.frame(sequence))
        }
        let tally = counter.report().workers[0].sequence
        #expect(tally.expected == 0x1_0000_0002 && tally.received == 6 && tally.duplicates == 1 && tally.reordered == 0)
    }

    /// Every 16th lost, every 10th of the others twice, some pairs swapped: the book says exactly that.
    @Test func faultsOfKnownSizeComeOutExactly() throws {
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 1))
        let frames = try FrameMaker()
        let sent: UInt64 = 3200
        var distinct = (0..<sent).filter { $0 % 16 != 3 }
        // Neighbours 5 and 6 of each 32 change places, so one of them is late by one.
        let pairs = distinct.indices.filter { distinct[$0] % 32 == 5 }
        for position in pairs { distinct.swapAt(position, position + 1) }
        let copies = distinct.filter { $0 % 10 == 0 }.count
        let arrivals = distinct.flatMap { $0 % 10 == 0 ? [$0, $0] : [$0] }
        for sequence in arrivals { _ = try counter.program.run(frame: frames.frame(sequence)) }
        let tally = counter.report().workers[0].sequence
        #expect(pairs.count == 100 && copies > 250)
        #expect(tally.expected == sent)
        #expect(tally.missing == sent / 16)
        #expect(tally.received == sent - sent / 16)
        #expect(tally.duplicates == UInt64(copies))
        #expect(tally.reordered == UInt64(pairs.count))
        #expect(tally.maximumSequenceLag == 1 && tally.beyondWindow == 0)
    }

    /// Numbers near each other, at the window's edge and far beyond it: the same as `SequenceTracker`.
    @Test func anyOrderIsJudgedAsUserSpaceJudgesIt() throws {
        var random = SeededGenerator()
        let frames = try FrameMaker()
        let window = UInt64(CounterReport.windowFrames)
        let bits = OwnedTable<UInt64>(repeating: 0, count: CounterReport.windowFrames / 64)
        for round in 0..<30 {
            let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 1, measuresLatency: false))
            var model = SequenceTracker(memory: bits.table, windowFrames: CounterReport.windowFrames)
            var sequence: UInt64 = 0
            for _ in 0..<400 {
                let highest = model.highest ?? 0
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2: sequence = highest + 1
                case 3: sequence = highest &+ random.nextOfAnyLength(bits: 7)
                case 4: sequence = highest &- min(highest, random.nextOfAnyLength(bits: 7))
                case 5: sequence = highest &+ window - 40 + random.nextOfAnyLength(bits: 6)
                case 6: sequence = highest &- min(highest, window - 40 + random.nextOfAnyLength(bits: 6))
                default: sequence = highest &- min(highest, random.nextOfAnyLength(bits: 18))
                }
                if round % 3 == 0, Int.random(in: 0..<50, using: &random) == 0 { sequence = random.nextOfAnyLength(bits: 47) }
                model.record(Signature.unwrapped(UInt32(truncatingIfNeeded: sequence), near: model.expected))
                _ = try counter.program.run(frame: frames.frame(sequence))
            }
            let expected = model.tally
            #expect(counter.report().workers[0].sequence == expected, "round \(round)")
        }
    }

    /// Latencies of all lengths: counters, extremes and sum are the recorder's. A run's exact latency is known from the arrival
    /// that the program noted.
    @Test func latenciesAreTheRecorders() throws {
        var random = SeededGenerator()
        let frames = try FrameMaker()
        // A clock far from zero, so that a frame may be older than this machine.
        let offset: Int64 = 1 << 50
        let counter = try CounterProgram(
            CounterSettings(signatureOffset: signatureOffset, workers: 1, clockOffsetNanoseconds: offset))
        let memory = OwnedTable<UInt64>(repeating: 0, count: LatencyRecorder.counterCount)
        var recorder = LatencyRecorder(memory: memory.table)
        for sequence in 0..<5000 as Range<UInt64> {
            let now = Clock.monotonicNanoseconds + UInt64(offset)
            // Some lie in the future: those are negative.
            let stamp = sequence % 50 == 7 ? now + 900_000 : now - random.nextOfAnyLength(bits: 40)
            _ = try counter.program.run(frame: frames.frame(sequence, timestampNanoseconds: stamp))
            recorder.record(Int64(bitPattern: counter.lastNanoseconds &- stamp))
        }
        let expected = LatencyDistribution(recorder)
        let actual = counter.report().latency
        #expect(actual.count == expected.count && actual.count > 4800)
        #expect(actual.negative == expected.negative && actual.negative > 0)
        #expect(actual.overflow == expected.overflow && actual.overflow > 0)
        #expect(actual.mean == expected.mean)
        #expect(actual.summary == expected.summary)
        #expect(actual.bars == expected.bars)
        for percentile in 0...1000 {
            #expect(actual.value(atPercentile: Double(percentile) / 10) == expected.value(atPercentile: Double(percentile) / 10))
        }
    }

    /// How far behind the clock the kernel may be with numbering its ticks while this machine's CPUs are somebody else's.
    private var stallNanoseconds: UInt64 { 20_000_000 }

    /// Whenever in a tick the last frame comes that has a time, and whenever the one behind it that has none: it isn't said to have come later than it did.
    @Test func aFrameWithoutATimeIsNotSaidToHaveComeLater() throws {
        var random = SeededGenerator()
        let frames = try FrameMaker()
        let tick = Clock.tickNanoseconds
        for offset in [0, 1 << 60] as [Int64] {
            let counter = try CounterProgram(
                CounterSettings(
                    signatureOffset: signatureOffset, workers: 1, clockOffsetNanoseconds: offset,
                    sampling: try #require(LatencySampling("1/2"))))
            counter.restart(epoch: 0, clockOffsetNanoseconds: offset)
            var sequence: UInt64 = 1
            func now() -> UInt64 { Clock.monotonicNanoseconds + UInt64(offset) }
            for _ in 0..<40 {
                Clock.sleep(nanoseconds: random.next() % (2 * tick))
                _ = try counter.program.run(frame: frames.frame(sequence, timestampNanoseconds: now()))
                Clock.sleep(nanoseconds: random.next() % (20 * tick))
                let before = now()
                // Of 64 numbers one has its time read whatever it carries.
                _ = try counter.program.run(frame: frames.frame(sequence + (sequence % 64 == 63 ? 2 : 1), timestampNanoseconds: 0))
                let after = now()
                let last = counter.lastNanoseconds
                #expect(last <= after && last + 2 * tick + stallNanoseconds >= before, "\(Int64(last) - Int64(after)) ns behind the frame")
                sequence += 3
            }
        }
    }

    /// Frames without a time are counted as ever; of times the first is exact, and the latest to 64 frames or two ticks.
    @Test func framesWithoutATimeAreCountedToo() throws {
        var recipe = FrameRecipe()
        recipe.sizeBytes = 200
        let template = try FrameBuilder.build(recipe)
        let check = FrameCheck(recipe, largestBytes: 196)
        let counter = try CounterProgram(
            CounterSettings(signatureOffset: recipe.headerBytes, workers: 1, check: check, sampling: try #require(LatencySampling("1/10"))))
        counter.restart(epoch: 5, clockOffsetNanoseconds: 0)
        var first: (before: UInt64, after: UInt64)?
        for sequence in 0..<1_000 as Range<UInt64> where sequence % 37 != 0 {
            // Ticks behind the last reading comes a frame whose time isn't read.
            if sequence % 250 == 101 { Clock.sleep(nanoseconds: 25_000_000) }
            let before = Clock.monotonicNanoseconds
            var bytes = expectedFrame(
                [template], stream: StreamIdentifier(epoch: 5, worker: 0), sequence: sequence,
                timestampNanoseconds: sequence % 10 == 0 ? before : 0)
            if sequence % 101 == 50 { bytes[recipe.headerBytes + Signature.byteCount + 8] ^= 1 }
            _ = try counter.program.run(frame: bytes)
            let after = Clock.monotonicNanoseconds
            if first == nil { first = (before, after) }
            let last = counter.lastNanoseconds
            #expect(last <= after && last + 2 * Clock.tickNanoseconds + stallNanoseconds >= before)
            if sequence % 64 == 0 || sequence % 10 == 0 { #expect(last >= before) }
        }
        let worker = counter.report().workers[0]
        let came = (0..<1_000).filter { $0 % 37 != 0 }
        let altered = came.filter { $0 % 101 == 50 }
        let timed = came.filter { $0 % 10 == 0 && $0 % 101 != 50 }
        #expect(worker.sequence.received == UInt64(came.count) && worker.alteredFrames == UInt64(altered.count))
        #expect(worker.latency.count == UInt64(timed.count))
        #expect(worker.untimedFrames == UInt64(came.count - altered.count - timed.count))
        let known = try #require(first)
        #expect((known.before...known.after).contains(worker.firstNanoseconds))
    }

    @Test func sumsBeyond64BitsAreKept() throws {
        let counter = try CounterProgram(
            CounterSettings(signatureOffset: signatureOffset, workers: 1, clockOffsetNanoseconds: 1 << 62))
        let frames = try FrameMaker()
        for sequence in 0..<12 as Range<UInt64> { _ = try counter.program.run(frame: frames.frame(sequence)) }
        let latency = counter.report().latency
        // Twelve times 2⁶² and a little.
        #expect(latency.count == 12 && latency.overflow == 12)
        #expect(try #require(latency.mean) >= 4.6e18)
    }

    @Test func aRestartForgetsEverything() throws {
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 2))
        for sequence in [0, 5, 5, 2] as [UInt64] { _ = try counter.program.run(frame: frame(worker: 1, sequence: sequence)) }
        counter.restart(epoch: 9)
        let blank = counter.report()
        #expect(blank.sequence == SequenceTally() && blank.latency.count == 0 && blank.foreignFrames == 0)
        for sequence in [0, 5, 5, 2] as [UInt64] { _ = try counter.program.run(frame: frame(worker: 1, epoch: 9, sequence: sequence)) }
        let tally = counter.report().workers[1].sequence
        #expect(tally.received == 3 && tally.duplicates == 1 && tally.reordered == 1 && tally.missing == 3)
    }

    /// The first queue is no change, and each other one is.
    @Test func aWorkerThatChangesItsQueueIsSeen() throws {
        var settings = LinkSettings()
        settings.channels = LinkChannels(transmit: 2, receive: 2)
        let pair = try LinkPair.makePrivate(settings)
        let index = pair.receive.link.index
        let changes = try pair.receive.namespace.perform {
            let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 2))
            let attachment = try XDPAttachment(counter.program, interfaceIndex: index)
            for (sequence, queue) in [1, 1, 0, 1, 1].enumerated() {
                _ = try counter.program.run(
                    frame: frame(sequence: UInt64(sequence)), ingress: Ingress(interfaceIndex: index, queue: queue))
            }
            _ = try counter.program.run(
                frame: frame(worker: 1, sequence: 0), ingress: Ingress(interfaceIndex: index, queue: 1))
            withExtendedLifetime(attachment) {}
            return counter.report().workers.map(\.queueChanges)
        }
        #expect(changes == [2, 0])
    }

    /// All plans' frames, from the generating program: each is known, whatever its headers.
    @Test func framesOfTheGeneratorAreAllCounted() throws {
        var random = SeededGenerator()
        for number in 0..<40 {
            let plan = RandomPlan(using: &random)
            let stream = StreamIdentifier(epoch: 3, worker: 3)
            let generator = try GeneratorProgram(
                templates: plan.templates(), stream: stream, settings: GeneratorSettings(destination: .action(.transmit)))
            let counter = try CounterProgram(
                CounterSettings(
                    signatureOffset: plan.recipe.headerBytes, workers: 4, check: FrameCheck(plan.recipe, largestBytes: 65_535)))
            counter.restart(epoch: 3)
            var bytes: UInt64 = 0
            for _ in 0..<20 {
                let made = try generator.program.run(frame: generator.frame).frame
                bytes += UInt64(made.count)
                _ = try counter.program.run(frame: made)
            }
            let report = counter.report()
            let worker = report.workers[3]
            #expect(worker.sequence.received == 20 && worker.sequence.expected == 20, "plan \(number)")
            #expect(worker.receivedBytes == bytes && worker.queueChanges == 0 && report.foreignFrames == 0)
            #expect(worker.latency.count == 20 && worker.alteredFrames == 0)
        }
    }
}
