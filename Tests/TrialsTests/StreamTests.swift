import Foundation
import Frames
import Kernel
import Links
import Metrics
import Results
import Synchronization
import TestSupport
import Testing
import Traffic

@testable import Plans

/// Several streams in one trial: each has its own line, and the lines add up to the book.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct StreamTests {
    /// Three layouts: their signatures stand at three different places.
    private static let streams: [StreamRequest] = {
        var voice = StreamRequest(name: "voice", share: 1)
        voice.settings.frame.sizes = FrameSizes(sizeBytes: 200)
        voice.settings.frame.dscp = 46
        var bulk = StreamRequest(name: "bulk", share: 5)
        bulk.settings.frame.sizes = FrameSizes("64:1,1000:1")
        bulk.settings.frame.flows = 11
        var six = StreamRequest(name: "six", share: 2)
        six.settings.frame.network = .ipv6
        six.settings.frame.transport = .tcp
        six.settings.frame.sizes = FrameSizes(sizeBytes: 300)
        return [voice, bulk, six]
    }()

    private static let engines: [EngineName] = [.ring, .mmsg, .afXDP]
    private static let receivers: [ReceiverName] = [.ring, .afXDP]

    private func pair(queues: Int = 1) throws -> LinkPair {
        var settings = LinkSettings()
        settings.channels = LinkChannels(transmit: queues, receive: queues)
        return try LinkPair.makePrivate(settings)
    }

    @Test(arguments: engines, receivers) func everyStreamsFramesAreCounted(_ engine: EngineName, _ receiver: ReceiverName) throws {
        let (result, _) = try runTrial(over: try pair(queues: 2)) {
            $0.frame.streams = Self.streams
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
            $0.transmit.workers = 2
            $0.receive.workers = 2
            // No round, and another number for each worker.
            $0.load.frameCount = 16_003
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 40_000))
            // In the window streams go on where the warm-up left them.
            $0.load.warmupNanoseconds = 53_000_000
        }
        let streams = try #require(result.streams)
        #expect(result.ledger.residual == 0 && result.ledger.received == 16_003 && result.ledger.foreign == 0, "\(result.ledger)")
        #expect(streams.map(\.name) == ["voice", "bulk", "six"])
        #expect(streams.reduce(0) { $0 + $1.ledger.sent } == 16_003)
        for stream in streams {
            #expect(stream.ledger.lost == 0 && stream.ledger.received == stream.ledger.sent, "\(stream)")
            #expect(stream.ledger.duplicates == 0 && stream.ledger.reordered == 0, "\(stream)")
            #expect(stream.latency?.path.count == stream.ledger.received)
        }
        // Shares of one round may be open at the end, of each worker.
        for (stream, share) in zip(streams, [1, 5, 2]) {
            #expect(abs(Int(stream.ledger.sent) - 16_003 * share / 8) <= 4 * share, "\(stream)")
        }
        let bytes = zip(result.sizes ?? [], [64, 200, 300, 1000]).allSatisfy { $0.sizeBytes == $1 && $0.sent == $0.received }
        #expect(bytes, "\(result.sizes ?? [])")
        #expect(result.latency.response.count == 16_003)
    }

    /// Each at its own pace, of several workers: all that was due is in the book, stream by stream, and spaced as its shape says.
    @Test(arguments: [(EngineName.ring, 1), (.ring, 2), (.mmsg, 1), (.afXDP, 2)], receivers)
    func pacesOfTheirOwnAreKept(_ engine: (EngineName, Int), _ receiver: ReceiverName) throws {
        let (result, _) = try runTrial(over: try pair(queues: 2)) {
            var streams = Self.streams
            for index in streams.indices { streams[index].share = nil }
            streams[0].rate = PacketRate(packetsPerSecond: 2_000)
            streams[1].rate = PacketRate(packetsPerSecond: 3_000)
            streams[1].shape = .bursts(frames: 30)
            streams[2].shape = .steps([.none, .some(.packets(PacketRate(packetsPerSecond: 4_000)))], eachNanoseconds: 100_000_000)
            $0.frame.streams = streams
            $0.transmit.engine = engine.0
            $0.receive.receiver = receiver
            $0.transmit.workers = engine.1
            $0.receive.workers = 2
            $0.load.durationNanoseconds = 400_000_000
            $0.load.warmupNanoseconds = 53_000_000
        }
        let streams = try #require(result.streams)
        #expect(result.ledger.residual == 0 && result.ledger.foreign == 0, "\(result.ledger)")
        #expect(result.ledger.received == result.ledger.sent && result.ledger.altered == 0, "\(result.ledger)")
        // What is due in 0.4 s: rates times time, whole bursts, and a step that lasts half of it.
        #expect(streams.map { $0.ledger.sent } == [800, 1_200, 800])
        for stream in streams {
            #expect(stream.ledger.lost == 0 && stream.ledger.received == stream.ledger.sent && stream.ledger.reordered == 0, "\(stream)")
            let pacing = try #require(stream.pacing)
            let gaps = stream.ledger.sent - UInt64(engine.1)
            #expect(pacing.interDeparture?.count == gaps && pacing.interArrival?.count == gaps, "\(stream.name)")
            #expect(pacing.sendLag?.count == stream.ledger.sent && (pacing.interDepartureHistogram?.isEmpty == false))
        }
        #expect(result.latency.response.count == 2_800)
        #expect(streams.reduce(0) { $0 + ($1.latency?.path.count ?? 0) } == 2_800)
        let sizes =
            (result.sizes ?? []).allSatisfy { $0.sent == $0.received } && (result.sizes ?? []).map(\.sizeBytes) == [64, 200, 300, 1000]
        #expect(sizes, "\(result.sizes ?? [])")
        // Bursts are 30 frames at once, whoever sends them, but for what a machine that was away ran together or tore apart.
        let burst = try #require(streams[1].pacing?.bursts.departing?.p50)
        #expect(burst == 30 / UInt64(engine.1), "\(burst)")
    }

    /// Frames of a file, whose signatures stand at five places, beside others: in turns, and each at its own pace.
    @Test(arguments: [(EngineName.ring, true), (.ring, false), (.mmsg, true), (.mmsg, false), (.afXDP, true), (.afXDP, false)], receivers)
    func framesOfAFileAreCounted(_ engine: (EngineName, Bool), _ receiver: ReceiverName) throws {
        var office = StreamRequest(name: "office")
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("office-\(UUID().uuidString).pcap").path
        try OfficeCapture.write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        office.replay = path
        var plain = StreamRequest(name: "plain")
        plain.settings.frame.sizes = FrameSizes("64,1000")
        let (result, warnings) = try runTrial(over: try pair(queues: 2)) {
            if engine.1 {
                (office.share, plain.share) = (3, 1)
                $0.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
            } else {
                (office.rate, plain.rate) = (PacketRate(packetsPerSecond: 15_000), PacketRate(packetsPerSecond: 5_000))
                office.shape = .bursts(frames: 5)
            }
            $0.frame.streams = [office, plain]
            $0.transmit.engine = engine.0
            $0.receive.receiver = receiver
            $0.transmit.workers = 2
            $0.receive.workers = 2
            $0.load.frameCount = 4_000
            $0.load.warmupNanoseconds = 53_000_000
        }
        #expect(result.ledger.residual == 0 && result.ledger.received == 4_000 && result.ledger.altered == 0, "\(result.ledger)")
        #expect(result.ledger.foreign == 0 && result.ledger.duplicates == 0 && result.ledger.reordered == 0, "\(result.ledger)")
        let streams = try #require(result.streams)
        #expect(streams.map { $0.ledger.sent }.reduce(0, +) == 4_000 && abs(Int(streams[0].ledger.sent) - 3_000) <= 8, "\(streams)")
        for stream in streams {
            #expect(stream.ledger.lost == 0 && stream.ledger.received == stream.ledger.sent && stream.ledger.reordered == 0, "\(stream)")
            #expect(stream.latency?.path.count == stream.ledger.received)
        }
        #expect(
            (result.sizes ?? []).count == OfficeCapture.sizes + 2 && (result.sizes ?? []).allSatisfy { $0.sent == $0.received },
            "\(result.sizes ?? [])")
        #expect(warnings.contains { $0.code == "records-skipped" && $0.message.contains("\(OfficeCapture.skipped) records") })
        // A tagged frame's signature stands where an untagged one's would with a tag more.
        #expect(!warnings.contains { $0.code == "tag-changed" }, "\(warnings.map(\.code))")
    }

    @Test func streamsGoOutOfNowhereToo() throws {
        var draft = PlanDraft()
        draft.frame.streams = Self.streams
        draft.transmit.engine = .null
        let plan = try TrialPlan(draft)
        #expect(plan.receive.receiver == .null && plan.mix.slotCycle == 16)
    }

    /// Which stream a frame is of; nil if it is none of ours.
    private static func stream(of frame: [UInt8]) -> Int? {
        for (number, offset) in [14 + 20 + 8, 14 + 20 + 8, 14 + 40 + 20].enumerated() {
            if let signature = Signature.read(frame, at: offset), Int(signature.stream.stream) == number { return number }
        }
        return nil
    }

    private func steady(_ draft: inout PlanDraft) {
        draft.frame.streams = Self.streams
        draft.load.frameCount = 16_000
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
    }

    /// What one stream loses is its own loss, to the frame.
    @Test func aStreamsLossIsItsOwn() throws {
        let seen = Monitor(0)
        let relay = try Relay { _, frame in
            guard Self.stream(of: frame) == 2 else { return [frame] }
            var number = 0
            seen.change {
                number = $0
                $0 += 1
            }
            return number % 8 == 3 ? [] : [frame]
        }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        #expect(result.streams?.map(\.ledger.sent) == [2000, 10_000, 4000])
        #expect(result.streams?.map(\.ledger.lost) == [0, 0, 500])
        #expect(result.streams?.map(\.ledger.received) == [2000, 10_000, 3500])
        #expect(result.streams?[2].ledger.lossRatio == 0.125)
        #expect(result.ledger.linkDropped == 500 && result.ledger.residual == 0)
    }

    /// A frame of one stream that is overtaken by another stream's is late in the book of all, and not in its stream's.
    @Test func streamsMayOvertakeEachOther() throws {
        let held = Monitor<[UInt8]>([])
        let relay = try Relay { position, frame in
            let stream = Self.stream(of: frame)
            let before = held.read { $0 }
            if !before.isEmpty {
                held.change { $0 = [] }
                return stream == 0 ? [before, frame] : [frame, before]
            }
            guard stream == 0 else { return [frame] }
            held.change { $0 = frame }
            return []
        }
        let (result, _) = try runTrial(over: relay.path) {
            steady(&$0)
            $0.load.frameCount = 15_999
        }
        _ = try relay.finish()
        let streams = try #require(result.streams)
        #expect(result.ledger.reordered > 1900 && result.ledger.lost <= 1, "\(result.ledger)")
        #expect(streams.map(\.ledger.reordered) == [0, 0, 0])
    }

    @Test func copiesAndChangesBelongToTheirStream() throws {
        let seen = Monitor([0, 0, 0])
        let relay = try Relay { _, frame in
            guard let stream = Self.stream(of: frame) else { return [frame] }
            var number = 0
            seen.change {
                number = $0[stream]
                $0[stream] += 1
            }
            switch (stream, number % 100) {
            case (0, 7): return [frame, frame]
            case (1, 9):
                // The last byte is the pattern's, or the sequence's check fails: in frames of 1,000 bytes only.
                guard frame.count > 900 else { return [frame] }
                var changed = frame
                changed[100] ^= 0x40
                return [changed]
            default: return [frame]
            }
        }
        let (result, _) = try runTrial(over: relay.path, steady)
        _ = try relay.finish()
        let streams = try #require(result.streams)
        #expect(streams.map(\.ledger.duplicates) == [20, 0, 0])
        #expect(streams[1].ledger.altered == result.ledger.altered && result.ledger.altered > 0 && streams[0].ledger.altered == 0)
        #expect(streams.reduce(0) { $0 + ($1.ledger.received ?? 0) } == result.ledger.received)
    }
}
