import TestSupport
import Testing

@testable import Frames

@Suite struct ChecksumTests {
    /// The example of RFC 1071 section 3: 00 01 f2 03 f4 f5 f6 f7 sums up to ddf2.
    @Test func theExampleOfRFC1071() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        #expect(InternetChecksum.folded(InternetChecksum.sum(bytes)) == 0xDDF2)
        #expect(InternetChecksum.of(bytes) == ~0xDDF2)
    }

    /// The example of RFC 1624 section 4: checksum dd2f, a field going from 5555 to 3285, gives 0000.
    @Test func theExampleOfRFC1624() {
        #expect(InternetChecksum.updated(0xDD2F, from: 0x5555, to: 0x3285) == 0x0000)
    }

    @Test func anOddByteCountsAsTheHighHalf() {
        #expect(InternetChecksum.folded(InternetChecksum.sum([0xAB])) == 0xAB00)
    }

    /// Against 64-bit sums folded at the end.
    @Test func randomBytesAgreeWithTheDefinition() {
        var generator = SeededGenerator()
        for _ in 0..<500 {
            let bytes = (0..<Int(generator.next() % 3000)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            var sum: UInt64 = 0
            for position in stride(from: 0, to: bytes.count, by: 2) {
                sum += UInt64(bytes[position]) << 8 | (position + 1 < bytes.count ? UInt64(bytes[position + 1]) : 0)
            }
            while sum > 0xFFFF { sum = (sum & 0xFFFF) + sum >> 16 }
            #expect(InternetChecksum.of(bytes) == ~UInt16(sum))
        }
    }
}
