import Foundation
import Frames
import TestSupport
import Testing

@testable import Traces

/// Files written in every form, read back, and broken ones.
@Suite struct CaptureFileTests {
    static let formats: [CaptureFormat] = CaptureFormat.Container.allCases.flatMap { container in
        CaptureFormat.Precision.allCases.flatMap { precision in
            [false, true].map { CaptureFormat(container, precision: precision, isBigEndian: $0) }
        }
    }

    private let path = NSTemporaryDirectory() + "vethmark-traces-\(UUID().uuidString)"

    private func frames(_ count: Int) -> [CapturedFrame] {
        var stacks = RandomStack()
        return (0..<count).map { position in
            let bytes = FrameStack.build(stacks.next())
            return CapturedFrame(
                timestampNanoseconds: 1_700_000_000_123_456_789 + UInt64(position) * 1_000_000_007, bytes: bytes,
                wireBytes: bytes.count + position % 3)
        }
    }

    private func all(_ path: String) throws -> [CapturedFrame] {
        let reader = try CaptureFileReader(path: path)
        var frames: [CapturedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    @Test(arguments: formats)
    func whatWasWrittenIsRead(_ format: CaptureFormat) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let frames = frames(300)
        let writer = try CaptureFileWriter(path: path, format: format, interface: "vm0")
        for frame in frames { try writer.write(frame) }
        try writer.flush()
        #expect(writer.frames == 300)
        let expected = frames.map { frame in
            var frame = frame
            if format.precision == .microseconds { frame.timestampNanoseconds -= frame.timestampNanoseconds % 1_000 }
            return frame
        }
        #expect(try all(path) == expected)
    }

    /// More than the buffer holds, frames of the largest size.
    @Test func largeFilesAreWrittenInPieces() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let frame = CapturedFrame(timestampNanoseconds: 5, bytes: [UInt8](repeating: 7, count: CaptureFilter.maximumBytes))
        let writer = try CaptureFileWriter(path: path, format: CaptureFormat(.pcapng))
        for _ in 0..<20 { try writer.write(frame) }
        try writer.flush()
        #expect(try all(path) == [CapturedFrame](repeating: frame, count: 20))
    }

    /// The tag that the kernel took out stands behind the addresses again.
    @Test func aTagIsPutBack() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bytes = FrameStack.build([
            EthernetLayer(destination: .broadcast, source: MACAddress(value: 2)), VLANLayer(identifier: 7, priority: 3),
            PayloadLayer([1, 2, 3])
        ])
        let untagged = Array(bytes[..<12] + bytes[16...])
        let writer = try CaptureFileWriter(path: path, format: CaptureFormat(.pcap))
        try untagged.withUnsafeBytes {
            try writer.write($0, wireBytes: untagged.count, timestampNanoseconds: 9, strippedTag: 0x8100_6007, isOutgoing: false)
        }
        try writer.flush()
        #expect(try all(path) == [CapturedFrame(timestampNanoseconds: 9, bytes: bytes)])
    }

    @Test func brokenFilesSayWhatIsWrong() throws {
        #expect(throws: TraceError.self) { try CaptureFileReader(path: "/nonexistent/file.pcap") }
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("no capture file".utf8).write(to: URL(fileURLWithPath: path))
        #expect { try CaptureFileReader(path: path) } throws: { "\($0)".contains("unknown file format") }
        let writer = try CaptureFileWriter(path: path, format: CaptureFormat(.pcap))
        for frame in frames(2) { try writer.write(frame) }
        try writer.flush()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.dropLast(3).write(to: URL(fileURLWithPath: path))
        #expect { try all(path) } throws: { "\($0)".contains("truncated") }
        #expect { try CaptureFileWriter(path: "/nonexistent/x.pcap") } throws: { "\($0)".contains("No such file") }
    }

    @Test func aFullDiskIsAnError() throws {
        let writer = try CaptureFileWriter(path: "/dev/full", format: CaptureFormat(.pcap))
        #expect { try writer.flush() } throws: { "\($0)".contains("No space left on device") }
    }

    /// Files of another link type are named, not misread.
    @Test func anotherLinkTypeIsNamed() throws {
        // A classic header of link type 101, raw IP.
        let header: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]
        #expect { try CaptureFileReader.read(header) { _ in } } throws: { "\($0)".contains("link type RAW") }
    }
}
