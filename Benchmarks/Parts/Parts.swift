import Engines
import Frames
import Kernel
import Memory
import Metrics
import Ports
import Traffic

/// What our own code costs, part by part and without the kernel: one JSON object a line, for
/// `Benchmarks/run-bench --parts`. Each part runs for a fifth of a second, five times; the median counts.
@main
struct Parts {
    static func main() throws {
        try measureTransmitLoop()
        measureStamping()
        measureTracker()
        measureRecorder()
        measureSchedule()
        try measureBlockWalk()
    }

    /// Calls `body`, which does `operations` operations, until a fifth of a second is over.
    private static func measure(_ name: String, operations: Int, _ body: () -> Void) {
        body()
        var samples: [Double] = []
        for _ in 0..<5 {
            let start = Clock.monotonicNanoseconds
            var rounds = 0
            var now = start
            while now - start < 200_000_000 {
                body()
                rounds += 1
                now = Clock.monotonicNanoseconds
            }
            samples.append(Double(now - start) / Double(rounds * operations))
        }
        let nanoseconds = SampleSummary(samples).median
        print(
            """
            {"name":"\(name)","nanosecondsPerOperation":\(nanoseconds),"operationsPerSecond":\(1e9 / nanoseconds)}
            """)
    }

    private static func template() throws -> FrameTemplate { try FrameBuilder.build(FrameRecipe()) }

    /// The whole transmit loop on the null port: the harness's own ceiling.
    private static func measureTransmitLoop() throws {
        var port = try NullTransmitPort(minimumSlots: 256, templates: [try template()])
        let cells = SharedCounters(count: 2)
        let frames = 1_000_000
        measure("transmit loop, null port", operations: frames) {
            var tally = TransmitTally()
            let order = TransmitInstructions(
                stream: StreamIdentifier(epoch: 1, worker: 0), quota: UInt64(frames), batchFrames: 32, phase: 1, stop: cells.cell(0),
                sent: cells.cell(1), completedBefore: port.completedFrames)
            var filler = SignatureFiller()
            transmitLoop(&port, &filler, order, &tally)
        }
    }

    private static func measureStamping() {
        let memory = OwnedTable<UInt8>(repeating: 0, count: 256 * 128)
        let slots = memory.bytes
        for (name, point) in [
            ("stamp", StampPoint(signatureOffset: 42)),
            ("stamp with checksum", StampPoint(signatureOffset: 42, checksumOffset: 40, checksumSeed: 0x1234))
        ] {
            measure(name, operations: 256_000) {
                for sequence in 0..<256_000 {
                    slots.write((sequence & 255) * 128, count: 128) {
                        Signature.stamp(
                            &$0, point, stream: StreamIdentifier(epoch: 1, worker: 0), sequence: UInt64(sequence),
                            timestampNanoseconds: UInt64(sequence))
                    }
                }
            }
        }
    }

    private static func measureTracker() {
        let bits = OwnedTable<UInt64>(repeating: 0, count: SequenceTracker.byteCount() / 8)
        var tracker = SequenceTracker(memory: bits.table)
        var next: UInt64 = 0
        measure("sequence tracker, in order", operations: 1_000_000) {
            for _ in 0..<1_000_000 {
                tracker.record(next)
                next += 1
            }
        }
        measure("sequence tracker, every second lost", operations: 1_000_000) {
            for _ in 0..<1_000_000 {
                tracker.record(next)
                next &+= 2
            }
        }
        measure("sequence tracker, pairs swapped", operations: 1_000_000) {
            for _ in 0..<500_000 {
                tracker.record(next + 1)
                tracker.record(next)
                next += 2
            }
        }
    }

    private static func measureRecorder() {
        let memory = OwnedTable<UInt64>(repeating: 0, count: LatencyRecorder.counterCount)
        var recorder = LatencyRecorder(memory: memory.table)
        measure("latency recorder", operations: 1_000_000) {
            for value in 0..<1_000_000 { recorder.record(Int64(1000 + value & 0x7FFF)) }
        }
    }

    private static func measureSchedule() {
        let schedule = PacedSchedule(totalRate: PacketRate(packetsPerSecond: 1_234_567), startNanoseconds: 1)
        var sum: UInt64 = 0
        measure("due time of a frame", operations: 1_000_000) {
            for frame in 0..<1_000_000 { sum &+= schedule.dueNanoseconds(UInt64(frame)) }
        }
        precondition(sum != 0)
    }

    /// A TPACKET_V3 block as the kernel lays it, walked and given back.
    private static func measureBlockWalk() throws {
        let blockBytes = 131_072
        let memory = UnsafeMutableRawPointer.allocate(byteCount: blockBytes, alignment: 4096)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: blockBytes)
        let frameStride = 144
        let frames = (blockBytes - 48) / frameStride
        for position in 0..<frames {
            let header = memory + 48 + position * frameStride
            header.storeBytes(of: UInt32(frameStride), toByteOffset: 0, as: UInt32.self)
            header.storeBytes(of: UInt32(60), toByteOffset: 12, as: UInt32.self)
            header.storeBytes(of: UInt32(60), toByteOffset: 16, as: UInt32.self)
            header.storeBytes(of: UInt16(82), toByteOffset: 24, as: UInt16.self)
        }
        memory.storeBytes(of: UInt32(frames), toByteOffset: 12, as: UInt32.self)
        memory.storeBytes(of: UInt32(48), toByteOffset: 16, as: UInt32.self)
        var ring = ReceiveRing(base: memory, blockBytes: blockBytes, blockCount: 1)
        var frame = ReceivedFrame()
        var bytes = 0
        measure("block walk", operations: frames) {
            // TP_STATUS_USER: the block is ours again.
            memory.storeBytes(of: UInt32(1), toByteOffset: 8, as: UInt32.self)
            precondition(ring.peek())
            while ring.read(&frame) { bytes &+= frame.wireBytes }
            ring.release()
        }
        precondition(bytes != 0)
    }
}
