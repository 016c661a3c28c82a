import Frames
import Kernel
import Testing
import Traces
import Traffic

@testable import Methods
@testable import Plans

/// Files of our own making, whose every frame is known.
@Suite struct CaptureReadingTests {
    private static let bits = StreamIdentifier(epoch: 2, worker: 0, key: 5).phaseBits
    private static let start: UInt64 = 1_700_000_000_000_000_000
    private let plan: TrialPlan
    private let template: FrameTemplate

    init() throws {
        var draft = PlanDraft()
        draft.frame.sizes = FrameSizes(sizeBytes: 128)
        plan = try TrialPlan(draft)
        template = try #require(try plan.templates(transmitAddress: LinkAddresses.near, receiveAddress: LinkAddresses.far).first)
    }

    private enum LinkAddresses {
        static let near = MACAddress(value: 0x02_76_6D_00_00_0A)
        static let far = MACAddress(value: 0x02_76_6D_00_00_0B)
    }

    /// A frame, sent 10 µs behind the one before it, kept 3 µs later.
    private func frame(_ sequence: UInt64, worker: UInt8 = 0, epoch: UInt8 = 2, error: Int64 = 3_000) -> CapturedFrame {
        let time = Self.start + sequence * 10_000
        var bytes = template.bytes
        bytes.withUnsafeMutableBytes {
            Signature.stamp(
                $0.baseAddress!, template.stampPoint, stream: StreamIdentifier(epoch: epoch, worker: worker, key: 5), sequence: sequence,
                timestampNanoseconds: time)
        }
        return CapturedFrame(timestampNanoseconds: Int64(time) + error, bytes: bytes)
    }

    private func score(_ frames: [CapturedFrame], sent: [UInt64], name: String = "capture.pcap") throws -> CaptureScore {
        let folder = try SafeFile.makeTemporaryFolder("vethmark-test")
        defer { SafeFile.removeFolder(folder) }
        let path = folder + "/" + name
        let writer = try CaptureFileWriter(path: path, interfaces: [CaptureInterface(name: "x")], apartFrom: nil)
        for frame in frames { try writer.write(frame) }
        try writer.flush()
        let reading = CaptureReading(checks: plan.mix.checks, phaseBits: Self.bits, sent: sent, startNanoseconds: Self.start)
        try reading.read(path)
        #expect(reading.damage == nil)
        return reading.score(lostOnLink: 0, claimedLost: nil)
    }

    @Test(arguments: ["capture.pcap", "capture.pcapng"]) func allThatWasKeptIsFound(_ name: String) throws {
        let score = try score((0..<100).map { frame($0) } + (0..<50).map { frame($0, worker: 1) }, sent: [100, 50], name: name)
        #expect(score.kept == 150 && score.lost == 0 && score.cut == 0 && score.repeated == 0 && score.reordered == 0 && score.altered == 0)
        #expect(score.firstLossAt == nil && score.gaps == 0 && score.longestGap == 0)
        #expect(score.timestampError?.distribution.count == 150 && score.timestampError?.early == 0)
        let max = try #require(score.timestampError?.distribution.max)
        #expect(max == 3_000)
    }

    /// The first frame may be the one that is lost, or the last.
    @Test(arguments: [
        ([0], UInt64(0), UInt64(1), UInt64(1)), ([40, 41, 42, 70], 390_000, 2, 3), ([99], 980_000, 1, 1), ([0, 1, 98, 99], 0, 2, 2)
    ])
    func lossHasItsPlace(_ missing: [UInt64], _ at: UInt64, _ gaps: UInt64, _ longest: UInt64) throws {
        let score = try score((0..<100).filter { !missing.contains($0) }.map { frame($0) }, sent: [100])
        #expect(score.lost == UInt64(missing.count) && score.gaps == gaps && score.longestGap == longest)
        #expect(score.firstLossAt == at)
    }

    /// 5 comes late, 6 never: the hole is older than the loss.
    @Test func aHoleThatWasFilledInPart() throws {
        let order: [UInt64] = [0, 1, 2, 3, 4, 8, 5, 7, 9]
        let score = try score(order.map { frame($0) }, sent: [10])
        #expect(score.lost == 1 && score.reordered == 2 && score.firstLossAt == 40_000)
    }

    @Test func copiesCutsAndDamageAreTold() throws {
        var frames = (0..<20).map { frame($0) }
        frames.append(frame(3))
        frames.append(frame(3))
        frames[7] = CapturedFrame(
            timestampNanoseconds: frames[7].timestampNanoseconds, bytes: Array(frames[7].bytes.prefix(60)), wireBytes: 124)
        frames[8].bytes[100] ^= 1
        frames[9] = CapturedFrame(
            timestampNanoseconds: frames[9].timestampNanoseconds, bytes: Array(frames[9].bytes.prefix(59)), wireBytes: 124)
        frames.append(frame(0, epoch: 1))
        frames.append(CapturedFrame(timestampNanoseconds: Int64(Self.start), bytes: [UInt8](repeating: 1, count: 60)))
        let score = try score(frames, sent: [20])
        #expect(score.kept == 19 && score.repeated == 2 && score.cut == 1 && score.altered == 1)
        #expect(score.others == 2 && score.unreadable == 1)
    }

    /// A time before the frame was sent is early; one of another clock is no time at all.
    @Test func clocks() throws {
        let early = try score([frame(0, error: -2_000), frame(1)], sent: [2])
        #expect(early.timestampError?.early == 1 && early.timestampError?.distribution.count == 1)
        let other = try score([frame(0, error: -Int64(Self.start) + 5), frame(1)], sent: [2])
        #expect(other.timestampError == nil && other.kept == 2)
    }

    /// A tag that came to it, or went, makes it no stranger.
    @Test func tagsMove() throws {
        var tagged = frame(0)
        tagged.bytes.insert(contentsOf: [0x81, 0x00, 0, 5], at: 12)
        tagged.wireBytes += 4
        let score = try score([tagged, frame(1)], sent: [2])
        #expect(score.kept == 2 && score.altered == 0)
    }

    @Test func linesAreSplitAsTyped() throws {
        #expect(
            try CaptureTool(line: "tcpdump  -i {if} -w {file} 'udp port 9' \"\" a'b'c").words == [
                "tcpdump", "-i", "{if}", "-w", "{file}", "udp port 9", "", "abc"
            ])
        #expect(throws: CaptureError.openQuote("a 'b")) { try CaptureTool(line: "a 'b") }
        #expect(throws: CaptureError.noTool) { try CaptureTool(line: "  ") }
        let tool = try CaptureTool(words: ["/opt/x/toy", "-w{file}", "{if}:{dir}"])
        #expect(tool.name == "toy" && tool.writesFile)
        #expect(tool.arguments(interface: "eth0", file: "/t/c", folder: "/t") == ["/opt/x/toy", "-w/t/c", "eth0:/t"])
    }
}
