import Foundation
import Frames
import Memory
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
                timestampNanoseconds: 1_700_000_000_123_456_789 + Int128(position) * 1_000_000_007, bytes: bytes,
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
        try untagged.read {
            try writer.write($0, wireBytes: untagged.count, timestampNanoseconds: 9, strippedTag: 0x8100_6007, isOutgoing: false)
        }
        try writer.flush()
        #expect(try all(path) == [CapturedFrame(timestampNanoseconds: 9, bytes: bytes)])
    }

    /// What others refuse to read isn't written, and no length brings the writer down: the true one stays with the frame.
    @Test(arguments: formats) func recordsBeyondTheLimitAreCut(_ format: CaptureFormat) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let large = CapturedFrame(timestampNanoseconds: 5_000, bytes: [UInt8](repeating: 7, count: CaptureFilter.maximumBytes + 1))
        let writer = try CaptureFileWriter(path: path, format: format)
        for _ in 0..<6 { try writer.write(large) }
        try large.bytes.read {
            try writer.write($0, wireBytes: large.bytes.count, timestampNanoseconds: 6_000, strippedTag: 0x8100_0007, isOutgoing: false)
        }
        try writer.flush()
        #expect(writer.shortened == 7)
        let read = try all(path)
        #expect(read.count == 7 && read.allSatisfy { $0.bytes.count == CaptureFilter.maximumBytes })
        #expect(read.dropLast().allSatisfy { $0.wireBytes == CaptureFilter.maximumBytes + 1 })
        #expect(read[6].wireBytes == CaptureFilter.maximumBytes + 5 && Array(read[6].bytes[12..<16]) == [0x81, 0, 0, 7])
    }

    /// A classic file's seconds have 32 bits and no sign, whatever the byte order: until 2106, and not a nanosecond longer.
    @Test(arguments: formats.filter { $0.container == .pcap }) func timesAfter2038AreRead(_ format: CaptureFormat) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let seconds: [Int128] = [0, 1 << 31, 2_208_988_800, 1 << 32 - 1]
        let frames = seconds.map { CapturedFrame(timestampNanoseconds: $0 * 1_000_000_000 + 999_999_000, bytes: [1, 2, 3]) }
        let writer = try CaptureFileWriter(path: path, format: format)
        for frame in frames { try writer.write(frame) }
        for late in [Int128(1) << 32 * 1_000_000_000, -1, Int128.max] {
            #expect { try writer.write(CapturedFrame(timestampNanoseconds: late, bytes: [1])) } throws: {
                "\($0)".contains("write a .pcapng")
            }
        }
        try writer.flush()
        #expect(try all(path) == frames)
    }

    /// Nothing is emptied before the writer is there, and never the file that is read.
    @Test func theFileThatIsReadIsNotEmptied() throws {
        let link = path + "-link"
        let hard = path + "-hard"
        defer { for name in [path, link, hard] { try? FileManager.default.removeItem(atPath: name) } }
        let writer = try CaptureFileWriter(path: path)
        try writer.write(CapturedFrame(timestampNanoseconds: 1, bytes: [1, 2, 3]))
        try writer.flush()
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try FileManager.default.linkItem(atPath: path, toPath: hard)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let reader = try CaptureFileReader(path: path)
        for name in [path, link, hard] {
            #expect { try CaptureFileWriter(path: name, apartFrom: reader.identity) } throws: { $0 as? TraceError == .sameFile(path: name) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
        _ = try CaptureFileWriter(path: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
    }

    /// Records whose lengths claim more than any frame has are errors before they are memory.
    @Test func anAbsurdLengthIsAnError() throws {
        let header: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
        for length: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 1]] {
            #expect {
                try CaptureFileReader.read(header + [0, 0, 0, 0, 0, 0, 0, 0] + length + length) { reader throws(TraceError) in
                    _ = try reader.next()
                }
            } throws: { "\($0)".contains("is beyond") }
        }
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
