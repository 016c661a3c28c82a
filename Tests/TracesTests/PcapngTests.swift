import Foundation
import Frames
import Testing

@testable import Traces

/// Captures made of blocks, byte by byte, in both byte orders.
@Suite struct PcapngTests {
    /// Writes blocks in one byte order.
    private struct Blocks {
        var bytes: [UInt8] = []
        var isBigEndian = false

        func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
        }

        private func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4) }

        func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] { number(code) + number(UInt16(value.count)) + padded(value) }

        mutating func block(_ type: UInt32, _ body: [UInt8]) {
            let length = number(UInt32(12 + padded(body).count))
            bytes += number(type) + length + padded(body) + length
        }

        mutating func section(isBigEndian: Bool = false) {
            self.isBigEndian = isBigEndian
            block(0x0A0D_0D0A, number(0x1A2B_3C4D as UInt32) + number(1 as UInt16) + number(0 as UInt16) + number(-1 as Int64))
        }

        mutating func interface(_ type: UInt16 = 1, snap: UInt32 = 0, _ options: [UInt8] = []) {
            block(1, number(type) + number(0 as UInt16) + number(snap) + options)
        }

        mutating func frame(
            _ interface: UInt32 = 0, units: UInt64 = 0, _ frame: [UInt8] = [1, 2, 3], wire: Int? = nil, _ options: [UInt8] = []
        ) {
            block(
                6,
                number(interface) + number(UInt32(units >> 32)) + number(UInt32(truncatingIfNeeded: units)) + number(UInt32(frame.count))
                    + number(UInt32(wire ?? frame.count)) + padded(frame) + options)
        }
    }

    private struct Content {
        var frames: [CapturedFrame] = []
        var interfaces: [CaptureInterface] = []
    }

    private func read(_ bytes: [UInt8]) throws -> Content {
        var content = Content()
        try CaptureFileReader.read(bytes, takesOtherLinkTypes: true) { reader throws(TraceError) in
            while let frame = try reader.next() { content.frames.append(frame) }
            content.interfaces = reader.interfaces
        }
        return content
    }

    /// Two sections of opposite byte orders, three interfaces, every kind of packet block.
    private var manifold: [UInt8] {
        var blocks = Blocks()
        for isBigEndian in [false, true] {
            blocks.section(isBigEndian: isBigEndian)
            blocks.interface(
                1, snap: 2, blocks.option(2, Array("near".utf8)) + blocks.option(3, Array("first".utf8)) + blocks.option(9, [9]))
            blocks.interface(
                101, blocks.option(2, Array("tun".utf8)) + blocks.option(9, [0x8A]) + blocks.option(14, blocks.number(-7 as Int64)))
            blocks.interface(1)
            // A name resolution block and one of nobody's: passed over.
            blocks.block(4, [0, 0, 0, 0])
            blocks.block(0x8000_1234, [1, 2, 3, 4])
            blocks.frame(0, units: 5, [9, 8], wire: 700, blocks.option(1, Array("so".utf8)) + blocks.option(2, blocks.number(2 as UInt32)))
            blocks.frame(1, units: 9 << 10 | 512, [0x45])
            blocks.frame(2, units: 20_000_000_000_000_003)
            // Simple and obsolete.
            blocks.block(3, blocks.number(40 as UInt32) + [5, 6])
            blocks.block(
                2,
                blocks.number(2 as UInt16) + blocks.number(.max as UInt16) + blocks.number(0 as UInt32) + blocks.number(4 as UInt32)
                    + blocks.number(1 as UInt32) + blocks.number(1 as UInt32) + [0xAA, 0, 0, 0]
                    + blocks.option(2, blocks.number(1 as UInt32)))
        }
        return blocks.bytes
    }

    @Test func everyBlockIsRead() throws {
        let content = try read(manifold)
        #expect(content.interfaces.map(\.name) == ["near", "tun", nil, "near", "tun", nil])
        #expect(content.interfaces.map(\.linkType.rawValue) == [1, 101, 1, 1, 101, 1])
        #expect(content.interfaces.map(\.description) == ["first", nil, nil, "first", nil, nil])
        for section in 0...1 {
            let frames = Array(content.frames[(section * 5)..<(section * 5 + 5)])
            #expect(frames.map(\.interface) == [0, 1, 2, 0, 2].map { $0 + section * 3 })
            #expect(frames.map(\.bytes) == [[9, 8], [0x45], [1, 2, 3], [5, 6], [0xAA]])
            #expect(frames.map(\.wireBytes) == [700, 1, 3, 40, 1])
            #expect(frames.map(\.timestampNanoseconds) == [5, 2_500_000_000, 20_000_000_000_000_003_000, 0, 4_000])
            #expect(frames.map(\.direction) == [.outgoing, .unknown, .unknown, .unknown, .incoming])
            #expect(frames.map(\.hasTime) == [true, true, true, false, true])
            #expect(frames.map(\.comments) == [["so"], [], [], [], []])
        }
    }

    /// All of that is there again in what is written, in either byte order.
    @Test(arguments: [false, true]) func whatWasReadIsWrittenAsItWas(_ isBigEndian: Bool) throws {
        let path = NSTemporaryDirectory() + "vethmark-pcapng-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let content = try read(manifold)
        let writer = try CaptureFileWriter(
            path: path, format: CaptureFormat(.pcapng, isBigEndian: isBigEndian), interfaces: Array(content.interfaces.prefix(3)))
        for frame in content.frames.prefix(5) { try writer.write(frame) }
        // Interfaces that the file speaks of later.
        writer.add(content.interfaces.dropFirst(3))
        for frame in content.frames.dropFirst(5) { try writer.write(frame) }
        try writer.flush()
        let again = try read(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(again.interfaces == content.interfaces)
        // A simple block belongs to its section's first interface, and here all is one section.
        var expected = content.frames
        expected[8].hasTime = true
        #expect(again.frames == expected)
    }

    /// Units of all sizes: what was read is written with the same number.
    @Test(arguments: [0, 3, 6, 9, 12, 19, 0x80, 0x8A, 0x9E, 0xA0, 0xBF] as [UInt8])
    func timesComeBackToTheSameUnit(_ code: UInt8) throws {
        let resolution = try #require(TimeResolution(code: code))
        for units: UInt64 in [0, 1, 2, 999, 1_000_000_007, 1 << 40 + 12_345, 1 << 62 + 1, .max - 1, .max] {
            for offset: Int64 in [0, 7, -7, .max, .min] {
                let time = resolution.nanoseconds(units: units, offsetSeconds: offset)
                let back = try #require(resolution.units(nanoseconds: time, offsetSeconds: offset))
                // Below a nanosecond there is nothing to come back to.
                let perNanosecond = max(1, resolution.unitsPerSecond / 1_000_000_000)
                #expect(units - back <= perNanosecond, "\(code) \(units): \(back)")
                #expect(resolution.nanoseconds(units: back, offsetSeconds: offset) <= time)
            }
        }
        #expect(resolution.units(nanoseconds: -1, offsetSeconds: 0) == nil)
        #expect(resolution.units(nanoseconds: .max / 2, offsetSeconds: 0) == nil)
    }

    @Test func unitsWithoutAPlaceAreRefused() {
        #expect(TimeResolution(code: 20) == nil && TimeResolution(code: 127) == nil && TimeResolution(code: 0xC0) == nil)
    }

    /// Cut at every byte, and with each byte wrong: an error or fewer frames, never a crash.
    @Test func brokenBlocksAreErrors() throws {
        let bytes = manifold
        for count in 0..<bytes.count { _ = try? read(Array(bytes[..<count])) }
        for position in bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                var wrong = bytes
                wrong[position] = value
                _ = try? read(wrong)
            }
        }
        var blocks = Blocks()
        blocks.section()
        let words: [(String, (inout Blocks) -> Void)] = [
            ("says nothing", { $0.frame(0) }),
            (
                "can't hold a frame",
                {
                    $0.interface(); $0.block(6, [UInt8](repeating: 0xFF, count: 24))
                }
            ),
            (
                "two lengths differ",
                {
                    $0.block(5, [1, 2, 3, 4]); $0.bytes[$0.bytes.count - 1] ^= 1
                }
            ),
            ("too small", { $0.interface(1, $0.option(9, [40])) }),
            (
                "truncated",
                {
                    $0.block(5, [1, 2, 3, 4]); $0.bytes.removeLast(2)
                }
            ),
            ("malformed", { $0.bytes += $0.number(5 as UInt32) + $0.number(13 as UInt32) + [0, 0, 0, 0] }),
            ("is beyond", { $0.bytes += $0.number(6 as UInt32) + $0.number(0xFFFF_FFF0 as UInt32) + [0, 0, 0, 0] })
        ]
        for (word, spoil) in words {
            var spoiled = blocks
            spoil(&spoiled)
            #expect { try read(spoiled.bytes) } throws: { "\($0)".contains(word) }
        }
    }

    /// Packed twice over, a description is a few bits: they have an end.
    @Test func descriptionsHaveAnEnd() {
        var one = Blocks()
        one.interface()
        var blocks = Blocks()
        blocks.section()
        for _ in 0...65_536 { blocks.bytes += one.bytes }
        #expect { try read(blocks.bytes) } throws: { "\($0)".contains("more than 65536 interfaces") }
    }

    /// Frames that aren't Ethernet's are an error where nobody asked for them.
    @Test func otherLinkTypesAreNamed() {
        let bytes = manifold
        #expect {
            try CaptureFileReader.read(bytes) { reader throws(TraceError) in while try reader.next() != nil {} }
        } throws: { "\($0)".contains("link type RAW") }
    }
}
