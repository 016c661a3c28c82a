import Frames
import Testing
import Traffic

@testable import Ports

@Suite struct SlotLengthsTests {
    private func template(_ bytes: Int) -> FrameTemplate {
        FrameTemplate(bytes: [UInt8](repeating: 0, count: bytes), stampPoint: StampPoint(signatureOffset: 42))
    }

    @Test func anyRunOfSlotsHasItsLength() {
        let sizes = [60, 1514, 600]
        let table = UnsafeMutableRawPointer.allocate(byteCount: SlotLengths.tableBytes(slots: 6), alignment: 8)
        defer { table.deallocate() }
        let lengths = SlotLengths(sizes.map(template), slots: 6, in: table)
        for first in 0..<6 {
            for count in 0...6 {
                let expected = (0..<count).reduce(0) { $0 + sizes[(first + $1) % 3] }
                #expect(lengths.bytes(from: first, count: count) == UInt64(expected), "\(first) \(count)")
            }
        }
    }

    /// A port's book in bytes and frames, and its place in the plan.
    @Test func theNullPortCountsBytes() throws {
        let sizes = [60, 1514, 600]
        var port = try NullTransmitPort(minimumSlots: 16, templates: sizes.map(template))
        var sent = 0
        for batch in [1, 5, 2, 0, 16, 3] {
            check(port.nextTemplate == sent % 3)
            let count = port.reserve(batch)
            port.submit(count)
            check(port.kick() == 0)
            sent += count
        }
        check(port.withdraw() == 0 && port.systemCalls == 0)
        check(port.completedFrames == UInt64(sent))
        check(port.completedBytes == (0..<sent).reduce(0) { $0 + UInt64(sizes[$1 % 3]) })
    }
}
