import Foundation
import Frames
import Kernel
import Memory
import Metrics
import Ports
import TestSupport
import Testing
import Traces
import Traffic

@testable import Engines

/// The reading thread, its chunks and the sending loop, into a port that remembers.
@Suite struct ReplayLoopTests {
    /// Takes a random number of frames at a time.
    private struct RememberingPort: ~Copyable, ReplayPort {
        var frames: [[UInt8]] = []
        private var laid: [Int: [UInt8]] = [:]
        private var generator = SeededGenerator(seed: 7)
        var completedFrames: UInt64 { UInt64(frames.count) }
        var completedBytes: UInt64 { frames.reduce(0) { $0 + UInt64($1.count) } }
        var outstandingFrames: Int { 0 }
        var systemCalls: UInt64 = 0
        var nextTemplate: Int { 0 }

        mutating func reserve(_ limit: Int) -> Int { min(limit, Int.random(in: 0...5, using: &generator)) }
        mutating func lay(_ position: Int, _ frame: RawSpan) { laid[position] = frame.copied() }
        func stamp<Filler: FrameFiller & ~Copyable>(
            _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
        ) {
            preconditionFailure("nothing is stamped here")
        }
        func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
            preconditionFailure("nothing is stamped here")
        }
        mutating func submit(_ count: Int) {
            for position in 0..<count { frames.append(laid[position]!) }
            laid = [:]
        }
        mutating func kick() -> Int32 {
            systemCalls += 1
            return 0
        }
        mutating func withdraw() -> UInt64 { 0 }
    }

    private func file(_ frames: [[UInt8]]) throws -> String {
        let path = NSTemporaryDirectory() + "vethmark-replay-\(UUID().uuidString).pcap"
        let writer = try CaptureFileWriter(path: path)
        for (index, bytes) in frames.enumerated() {
            try writer.write(CapturedFrame(timestampNanoseconds: 1_000_000_000 + index * 1_000, bytes: bytes))
        }
        try writer.flush()
        return path
    }

    private func frames(_ count: Int, _ name: String = #function) -> [[UInt8]] {
        var generator = SeededGenerator(name)
        return (0..<count).map { _ in
            (0..<Int.random(in: 14...1_514, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
    }

    private func play(
        _ source: ReplaySource, quota: UInt64 = .max, _ body: (borrowing RememberingPort, ReplayFileAccount) throws -> Void
    ) throws {
        try source.start(mtuBytes: 1_500) {
            Clock.sleep(untilMonotonic: $0); return false
        }
        let cells = SharedCounters(count: 2)
        let order = TransmitInstructions(
            stream: StreamIdentifier(epoch: 1, worker: 0), quota: quota, batchFrames: 32, phase: 2, stop: cells.cell(0),
            sent: cells.cell(1),
            completedBefore: 0)
        let memory = try WorkerMemory(recorders: 1, streams: 0)
        var port = RememberingPort()
        var lag = memory.recorder(0)
        var tally = TransmitTally()
        var replay = ReplayTally()
        let isTimed = source.settings.timing.isTimed
        let start = Clock.monotonicNanoseconds
        if source.settings.moves.isEmpty {
            var cursor = ReplayCursor(source.feed)
            replayLoop(&port, order, &cursor, isTimed: isTimed, startNanoseconds: start, &lag, &tally, &replay)
        } else {
            var cursor = ReplayCursor(source.feed, source.mover)
            replayLoop(&port, order, &cursor, isTimed: isTimed, startNanoseconds: start, &lag, &tally, &replay)
        }
        source.finish(replay, offered: tally.filledFrames)
        source.stop()
        try body(port, source.account)
    }

    /// More than 1 MiB: chunks come back and are filled again.
    @Test(arguments: [1 << 20, 64 << 20]) func everyLoopIsTheFile(_ bufferBytes: Int) throws {
        let frames = frames(3_000)
        let path = try file(frames)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try play(ReplaySource(.init(path: path, passes: 3, bufferBytes: bufferBytes))) { port, account in
            #expect(port.frames == frames + frames + frames)
            #expect(account.isKept == (bufferBytes > 1 << 20) && account.isWhole && account.passes == 3)
            #expect(account.frames == 3_000 && account.read == 9_000 && account.unsent == 0 && account.skipped.total == 0)
            #expect(account.durationNanoseconds == 2_999_000)
        }
        try play(ReplaySource(.init(path: path, passes: nil, bufferBytes: bufferBytes)), quota: 3_500) { port, account in
            #expect(port.frames == frames + frames.prefix(500))
            #expect(account.read == account.unsent + 3_500 && account.unsent > 0)
        }
    }

    /// What loop `pass` sends of frame `index`, built anew from its layers: every fourth is ARP-like and has nothing that moves.
    private func moving(_ index: Int, pass: Int) -> [UInt8] {
        let ethernet = EthernetLayer(destination: MACAddress(value: 0x0276_6D00_00FE), source: MACAddress(value: 0x0276_6D00_000A))
        let payload = PayloadLayer((0..<(40 + index % 900)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) })
        guard index % 4 != 3 else { return FrameStack.build([ethernet, payload]) }
        let identifier = 1 + (index + pass) % 4_094
        let tag = VLANLayer(identifier: UInt16(identifier), priority: 3)
        var network: any FrameLayer = IPv4Layer(
            source: IPv4Address(value: UInt32(truncatingIfNeeded: 0xFFFF_FF00 + index + pass)), destination: IPv4Address(value: 0xC613_0001)
        )
        if index % 4 == 1 {
            network = IPv6Layer(source: IPv6Address(high: 0x2001_0002 << 32, low: 5), destination: IPv6Address(high: 1, low: 2))
        }
        let transport: any FrameLayer =
            index % 4 == 2
            ? TCPLayer(sourcePort: UInt16(truncatingIfNeeded: 5_000 + index), destinationPort: 80, flags: .ack)
            : UDPLayer(sourcePort: UInt16(truncatingIfNeeded: index &- 2 &* pass), destinationPort: 9)
        return FrameStack.build([ethernet, tag, network, transport, payload])
    }

    /// Out of memory, and read anew for each loop.
    @Test(arguments: [1 << 20, 64 << 20]) func fieldsMoveFromLoopToLoop(_ bufferBytes: Int) throws {
        let path = try file((0..<3_000).map { moving($0, pass: 0) })
        defer { try? FileManager.default.removeItem(atPath: path) }
        let moves = try ["vlan.id=+1", "ip.src=+1", "udp.srcport=-2"].map { try FieldMove($0) }
        try play(ReplaySource(.init(path: path, passes: 4, bufferBytes: bufferBytes, moves: moves))) { port, account in
            #expect(port.frames.count == 12_000 && account.isKept == (bufferBytes > 1 << 20))
            for (index, frame) in port.frames.enumerated() where frame != moving(index % 3_000, pass: index / 3_000) {
                Issue.record("frame \(index % 3_000) of loop \(index / 3_000): \(Hexadecimal.text(frame))")
                break
            }
            #expect(account.unmoved == [750, 1_500, 1_500])
        }
    }

    @Test func theReaderEndsWhenItIsToldTo() throws {
        let path = try file(frames(3_000))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = try ReplaySource(.init(path: path, passes: nil, bufferBytes: 1 << 20))
        try source.start(mtuBytes: 1_500) {
            Clock.sleep(untilMonotonic: $0); return false
        }
        let before = Clock.monotonicNanoseconds
        source.stop()
        #expect(Clock.monotonicNanoseconds - before < 190_000_000)
        #expect(source.account.read > 0 && source.account.unsent == source.account.read)
    }

    // MARK: when frames are due

    private func due(_ timing: ReplayTiming, _ times: [Int?], bytes: Int = 96) -> (due: [UInt64], clock: ReplayClock) {
        var clock = ReplayClock(timing)
        let due = times.map { time in
            var frame = CapturedFrame(timestampNanoseconds: time ?? 0, bytes: [UInt8](repeating: 0, count: bytes))
            frame.hasTime = time != nil
            return clock.due(frame)
        }
        return (due, clock)
    }

    @Test func originalTimesNeverGoBackwards() {
        let (times, clock) = due(.original(speed: 1), [-500, 0, -100, nil, 700])
        #expect(times == [0, 500, 500, 500, 1_200])
        #expect(clock.backwards == 1 && clock.withoutTime == 1)
        // One mean gap of 300 ns behind the last.
        #expect(clock.passNanoseconds == 1_500)
        #expect(due(.original(speed: 2), [0, 1_000, 3_000]).due == [0, 500, 1_500])
        #expect(due(.original(speed: 0.5), [0, 1_000]).due == [0, 2_000])
        #expect(due(.original(speed: 1), [nil, 5, 6]).due == [0, 0, 1])
    }

    @Test func ratesCountFramesAndBytes() throws {
        let frames: [Int?] = [0, 0, 0, 0]
        let packets = ReplayTiming.steady(.packets(PacketRate(packetsPerSecond: 1_000)), lineRate: nil)
        #expect(due(packets, frames).due == [0, 1_000_000, 2_000_000, 3_000_000])
        #expect(due(packets, frames).clock.passNanoseconds == 4_000_000)
        // 100 bytes with FCS are 800 bits, and 960 with preamble and gap.
        let bits = ReplayTiming.steady(.bits(BitRate(bitsPerSecond: 800_000)), lineRate: nil)
        #expect(due(bits, frames).due == [0, 1_000_000, 2_000_000, 3_000_000])
        let share = ReplayTiming.steady(.percent(10), lineRate: BitRate(bitsPerSecond: 9_600_000))
        #expect(due(share, frames).due == [0, 1_000_000, 2_000_000, 3_000_000])
        #expect(due(.asFastAsPossible, [0, 10, 20]).due == [0, 0, 0])
    }
}
