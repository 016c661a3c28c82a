import Foundation
import Frames
import Metrics
import Testing
import Traces
import Traffic

@testable import Plans

/// Gone with its files when nobody has it any more.
private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("recordings-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A capture file as a stream: what of it is sent, what isn't, and what can't be had.
@Suite struct RecordingTests {
    /// As another program would have made it.
    private static func frame(
        bytes: Int, _ change: (inout FrameRecipe) -> Void = { _ in }, payload: UInt8 = 0xA5
    ) throws -> [UInt8] {
        var recipe = FrameRecipe()
        recipe.udpChecksum = true
        recipe.sizeBytes = bytes + EthernetWire.fcsBytes
        change(&recipe)
        let template = try FrameBuilder.build(recipe)
        var frame = template.bytes
        for index in Int(template.stampPoint.signatureOffset)..<frame.count { frame[index] = payload }
        return frame
    }

    private static func write(_ frames: [CapturedFrame], to path: String) throws {
        let writer = try CaptureFileWriter(path: path)
        for frame in frames { try writer.write(frame) }
        try writer.flush()
    }

    private static func captured(_ bytes: [UInt8], wireBytes: Int? = nil) -> CapturedFrame {
        var frame = CapturedFrame(timestampNanoseconds: 1_000, bytes: bytes, direction: .unknown)
        if let wireBytes { frame.wireBytes = wireBytes }
        return frame
    }

    /// A file of three frames that can be sent, at two places of a signature, among seven that can't.
    private func mixed(_ folder: Folder) throws -> (path: String, sent: [[UInt8]]) {
        let udp = try Self.frame(bytes: 100)
        let six = try Self.frame(bytes: 200) {
            $0.network = .ipv6
            $0.transport = .tcp
        }
        let tagged = try Self.frame(bytes: 1_518) { $0.vlans = [7] }
        let arp = [UInt8](repeating: 0xFF, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
        var fragment = udp
        fragment[14 + 6] = 0x20
        let path = folder.path + "/mixed.pcap"
        try Self.write(
            [
                Self.captured(arp), Self.captured(udp), Self.captured(udp, wireBytes: 900), Self.captured(six),
                Self.captured(Array(udp.prefix(50)) + []), Self.captured(try Self.frame(bytes: 3_000)), Self.captured(fragment),
                Self.captured(tagged), Self.captured([1, 2, 3]), Self.captured(try Self.frame(bytes: 1_519) { $0.vlans = [7] })
            ], to: path)
        return (path, [udp, six, tagged])
    }

    @Test func whatHasRoomIsSentAndTheRestIsCounted() throws {
        let folder = try Folder()
        let (path, sent) = try mixed(folder)
        let recording = try Recording(path: path, mtuBytes: 1_500)
        #expect(recording.frames == 3 && recording.bytes == 1_818)
        #expect(recording.skipped == Recording.Skips(truncated: 1, oversized: 2, notEthernet: 1, withoutRoom: 3), "\(recording.skipped)")
        #expect(recording.skipped.words == "1 truncated, 2 larger than the MTU, 1 no Ethernet frames, 3 without room for a signature")
        #expect(recording.sizes?.description == "104,204,1522" && recording.largestPayloadBytes == 1_500)
        #expect(recording.signatureOffsets == [42, 46, 74])
        // But for signature and checksum they are the file's.
        for (template, bytes) in zip(recording.templates, sent) {
            let point = template.stampPoint
            var stamped = template.stamped(stream: StreamIdentifier(epoch: 1, worker: 0), sequence: 3, timestampNanoseconds: 5)
            #expect(FrameDecoder.decode(stamped).problems.isEmpty)
            let signature = Int(point.signatureOffset), checksum = Int(point.checksumOffset)
            stamped.replaceSubrange(signature..<(signature + 18), with: bytes[signature..<(signature + 18)])
            stamped.replaceSubrange(checksum..<(checksum + 2), with: bytes[checksum..<(checksum + 2)])
            #expect(stamped == bytes)
        }
        // A larger MTU lets larger ones through.
        #expect(try Recording(path: path, mtuBytes: 9_000).skipped.oversized == 0)
        let again = try JSONDecoder().decode(Recording.self, from: JSONEncoder().encode(recording))
        #expect(again == recording && again.templates.isEmpty)
    }

    @Test func aFileIsAStreamOfAPlan() throws {
        let folder = try Folder()
        let (path, _) = try mixed(folder)
        func plan(_ text: String) throws -> TrialPlan {
            var draft = PlanDraft()
            draft.frame.streams = try SettingTable.shared.frame.streams.kind.parse(SettingInput(flag: text))
            return try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
        }
        let turns = try plan("office replay=\(path) share=2; b share=1 size=64")
        let program = try turns.program(transmitAddress: MACAddress(value: 2), receiveAddress: MACAddress(value: 4))
        #expect(turns.mix.slotCycle == 9 && program.slotCycle == 9 && program.bases.count == 9)
        #expect(program.parts[0].program.flows == 2 && program.differentFrames == 4)
        #expect(turns.mix.checks.map(\.stream) == [0, 1, 0, 0] && turns.mix.checks.map(\.isChecked) == [false, true, false, false])
        #expect(turns.mix.signatureEndBytes == 74 + 18)
        #expect(abs(turns.mix.meanSizeBytes - (2 * (1_818.0 / 3 + 4) + 64) / 3) < 1e-9)
        #expect(turns.link.mtuBytes == 1_500 && turns.transmit.engine == .ring)
        #expect(try TrialPlan(PlanDraft(naming: turns), limits: PlanLimits(cpuCount: 2)).streams == turns.streams)
        // Alone it is a load as well, which no engine takes that makes headers or slots of its own.
        let alone = try plan("office replay=\(path)")
        #expect(alone.transmit.engine == .ring && alone.mix.slotCycle == 3)
        let paced = try plan("office replay=\(path) rate=5kpps shape=bursts:3; b rate=1kpps")
        #expect(paced.mix.slotCycle == 1 && paced.load.packetRate?.packetsPerSecond == 6_000)
    }

    /// At the file's own times, over and over, whatever goes with it.
    @Test func theFilesTimesAreKept() throws {
        let folder = try Folder()
        let path = folder.path + "/timed.pcapng"
        let bytes = try Self.frame(bytes: 100)
        // The third lies before the second.
        let frames = [5_000, 2_005_000, 1_005_000, 9_005_000].map { time in
            var frame = Self.captured(bytes)
            frame.timestampNanoseconds = Int128(time)
            return frame
        }
        try Self.write(frames, to: path)
        func draft(_ text: String) throws -> PlanDraft {
            var draft = PlanDraft()
            draft.frame.streams = try SettingTable.shared.frame.streams.kind.parse(SettingInput(flag: text))
            return draft
        }
        let plan = try TrialPlan(draft("a replay=\(path) shape=recorded; b rate=1kpps"), limits: PlanLimits(cpuCount: 2))
        #expect(plan.streams?[0].replay?.durationNanoseconds == 9_000_000)
        let expected = ArrivalProcess.recorded(offsetsNanoseconds: [0, 2_000_000, 2_000_000, 9_000_000], periodNanoseconds: 12_000_000)
        guard case .streams(let paces) = plan.process else {
            Issue.record("\(plan.process)")
            return
        }
        #expect(paces[0].process == expected && abs(paces[0].rate.packetsPerSecond - 4 / 0.012) < 1e-6)
        #expect(try TrialPlan(PlanDraft(naming: plan), limits: PlanLimits(cpuCount: 2)).streams == plan.streams)
        // Frames without times that differ, streams and loads without a file, and a rate beside.
        let still = folder.path + "/still.pcapng"
        try Self.write([frames[0], frames[0]], to: still)
        var whole = PlanDraft()
        whole.load.shape = .recorded
        let wrong = [
            try draft("a replay=\(still) shape=recorded"), try draft("a shape=recorded; b rate=1kpps"),
            try draft("a replay=\(path) rate=1kpps shape=recorded"), whole
        ]
        for (draft, field) in zip(wrong, [PlanField.streams, .streams, .streams, .shape]) {
            #expect(TrialPlan.errors(in: draft, limits: PlanLimits(cpuCount: 2)).map(\.field) == [field])
        }
    }

    @Test func whatCanNotBeHadIsRefused() throws {
        let folder = try Folder()
        let (path, _) = try mixed(folder)
        func errors(_ text: String, _ change: (inout PlanDraft) -> Void = { _ in }) throws -> [PlanError] {
            var draft = PlanDraft()
            draft.frame.streams = try SettingTable.shared.frame.streams.kind.parse(SettingInput(flag: text))
            change(&draft)
            return TrialPlan.errors(in: draft, limits: PlanLimits(cpuCount: 2))
        }
        #expect(try errors("a replay=\(path)") == [])
        for engine in [EngineName.gso, .xdp] {
            #expect(try errors("a replay=\(path)") { $0.transmit.engine = engine }.map(\.field).contains(.engine), "\(engine)")
        }
        #expect(try errors("a replay=\(path)") { $0.receive.receiver = .xdp }.map(\.field) == [.receiver])
        let gone = try errors("a replay=/nowhere.pcap; b")
        #expect(gone.count == 1 && gone[0].field == .streams && gone[0].found?.contains("in stream a") == true, "\(gone)")
        let empty = folder.path + "/empty.pcap"
        try Self.write([Self.captured([UInt8](repeating: 0, count: 60))], to: empty)
        let nothing = try errors("a replay=\(empty)")
        #expect(nothing.count == 1 && nothing[0].found?.contains("1 without room for a signature") == true, "\(nothing)")
        let big = folder.path + "/big.pcap"
        let small = Self.captured(try Self.frame(bytes: 60))
        try Self.write(Array(repeating: small, count: Recording.mostFrames + 1), to: big)
        let many = try errors("a replay=\(big)")
        #expect(many.count == 1 && many[0].advice.contains("vethmark replay"), "\(many)")
        // Settings of frames beside it.
        #expect(throws: SettingProblem.self) {
            try SettingTable.shared.frame.streams.kind.parse(SettingInput(flag: "a replay=\(path) size=64"))
        }
        // A file whose length has nothing in common with the other stream's sizes.
        let odd = try errors("a replay=\(path) share=1000; b share=1 size=64-5000")
        #expect(odd.map(\.field).contains(.streams), "\(odd)")
    }
}
