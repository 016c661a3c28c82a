import Foundation
import Frames
import Kernel
import Metrics
import TestSupport
import Testing
import Traces

@testable import Engines
@testable import Results

/// What happens to a replayed file's frames on their way, at places that are exactly known.
@Suite(.serialized) struct ReplayFaultTests {
    /// UDP frames of 128 bytes, or as many and one in three ARP-like ones without room for a signature.
    private func file(mixed: Bool) throws -> String {
        let path = NSTemporaryDirectory() + "vethmark-replay-\(UUID().uuidString).pcap"
        let writer = try CaptureFileWriter(path: path)
        let ethernet = EthernetLayer(destination: MACAddress(value: 0x02_76_6D_00_00_FE), source: MACAddress(value: 0x02_76_6D_00_00_0A))
        let whole = FrameStack.build([
            ethernet, IPv4Layer(source: IPv4Address(value: 0xC612_0001), destination: IPv4Address(value: 0xC612_0002)),
            UDPLayer(sourcePort: 50_100, destinationPort: 50_101), PayloadLayer([UInt8](repeating: 9, count: 86))
        ])
        for index in 0..<Int(PathFault.frames) {
            let bytes = mixed && index % 3 == 0 ? Array(whole.prefix(12)) + [0x88, 0xB5] + [UInt8](repeating: 1, count: 46) : whole
            try writer.write(CapturedFrame(timestampNanoseconds: index, bytes: bytes))
        }
        try writer.flush()
        return path
    }

    private func replay(_ fault: PathFault, stamps: Bool, mixed: Bool = false) throws -> (result: TrialResult, warnings: [Warning]) {
        let path = try file(mixed: mixed)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let relay = try Relay(fault.harm)
        let rate = ReplayTiming.steady(.packets(PacketRate(packetsPerSecond: 10_000)), lineRate: nil)
        let source = try ReplaySource(.init(path: path, timing: rate, stamps: stamps, bufferBytes: 16 << 20))
        let outcome = try runTrial(over: relay.path, replay: source) { $0.load.durationNanoseconds = 0 }
        _ = try relay.finish()
        return outcome
    }

    @Test(
        .enabled(if: KernelAccess.isGranted),
        arguments: [PathFault.none, .dropped, .repeated, .swapped, .cut, .anotherRun, .stranger, .tagPushed])
    func signaturesTellWhatHappened(_ fault: PathFault) throws {
        let outcome = try replay(fault, stamps: true)
        #expect(outcome.result.ledger == fault.ledger, "\(outcome.warnings)")
        #expect(outcome.result.trusted == (fault != .cut), "\(outcome.warnings)")
        #expect(outcome.result.latency.path.count == outcome.result.ledger.received)
        #expect(outcome.result.latency.pathOverTime?.intervals.reduce(0) { $0 + $1.count } == outcome.result.ledger.received)
    }

    /// Numbers tell how many are missing, not which; what is one too many leaves the book open.
    @Test(.enabled(if: KernelAccess.isGranted), arguments: [PathFault.none, .dropped, .repeated, .stranger], [false, true])
    func numbersTellHowManyCame(_ fault: PathFault, stamps: Bool) throws {
        let outcome = try replay(fault, stamps: stamps, mixed: true)
        let ledger = outcome.result.ledger
        #expect(ledger.offered == PathFault.frames && ledger.sent == PathFault.frames)
        switch fault {
        case .none: #expect(ledger.received == PathFault.frames && outcome.result.trusted, "\(outcome.warnings)")
        case .dropped: #expect(ledger.received == 844 && ledger.linkDropped == 56 && outcome.result.trusted, "\(outcome.warnings)")
        // The frame at 777 is one of those without room.
        case .repeated: #expect(ledger.residual == -1 && !outcome.result.trusted)
        default: #expect(ledger.residual == -45 && !outcome.result.trusted)
        }
    }
}
