import Frames
import Kernel
import Memory
import TestSupport
import Testing
import Traffic

@testable import Engines

/// Random frames, fields and steps: what a move leaves is what the checksums' own arithmetic says.
@Suite struct RecordMoverTests {
    private func moved(_ frame: [UInt8], _ move: FieldMove, loops: Int) throws -> [UInt8] {
        let mapped = try MappedMemory(anonymousBytes: 4_096)
        let chunk = mapped.window
        let slot = frame.read { move.slot(in: FrameHeaders($0), $0) }
        chunk.store(slot?.packed ?? 0, at: ReplayRecord.headerBytes)
        chunk.copy(frame, to: ReplayRecord.headerBytes + 8)
        let steps = OwnedTable([move.step(loops: 1)])
        for _ in 0..<loops { MovedRecords(steps: steps.table).move(chunk, 0) }
        return chunk.copied(from: ReplayRecord.headerBytes + 8, count: frame.count)
    }

    private func checksumProblems(_ frame: [UInt8]) -> [String] { FrameDecoder.decode(frame).problems }

    @Test func rightChecksumsStayRightAndWrongOnesWrong() throws {
        var stacks = RandomStack(#function)
        var generator = SeededGenerator(#function)
        var moves = 0
        for _ in 0..<1_500 {
            let frame = FrameStack.build(stacks.next())
            guard frame.count <= 2_048, checksumProblems(frame).isEmpty else { continue }
            for name in ["ip.src", "ip.dst", "ip.ttl", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "tcp.srcport", "vlan.id"] {
                let step = Int.random(in: 1...200, using: &generator) * (Bool.random(using: &generator) ? 1 : -1)
                let move = try FieldMove("\(name)=\(step)")
                let loops = Int.random(in: 1...5, using: &generator)
                guard let slot = frame.read({ move.slot(in: FrameHeaders($0), $0) }) else {
                    #expect(try moved(frame, move, loops: loops) == frame)
                    continue
                }
                moves += 1
                let after = try moved(frame, move, loops: loops)
                // Ports can name another protocol, whose own words would follow.
                if !name.hasSuffix("port") { #expect(checksumProblems(after).isEmpty, "\(move) \(Hexadecimal.text(frame))") }
                guard slot.networkChecksum != 0 else { continue }
                var wrong = frame
                wrong[Int(slot.networkChecksum)] ^= 0x55
                #expect(!checksumProblems(try moved(wrong, move, loops: loops)).isEmpty)
            }
        }
        #expect(moves > 500)
    }

    /// As many loops at once are as many loops one by one; VLAN identifiers are 1 to 4094.
    @Test func stepsComeInAgainAtTheOtherEnd() throws {
        let tagged: [UInt8] = [UInt8](repeating: 2, count: 12) + [0x81, 0, 0x2F, 0xFE, 0x88, 0xB5] + [UInt8](repeating: 7, count: 46)
        #expect(try moved(tagged, FieldMove("vlan.id=+1"), loops: 1)[14...15] == [0x20, 1])
        #expect(try moved(tagged, FieldMove("vlan.id=-4093"), loops: 1)[14...15] == [0x20, 1])
        var priority = tagged
        priority[14...15] = [0x20, 0]
        #expect(try moved(priority, FieldMove("vlan.id=+1"), loops: 3) == priority)
        let window: UInt64 = 0x0202_0202_0202_0202
        let move = try FieldMove("eth.dst=+7")
        #expect(move.step(loops: 3).moved(window) == (0..<3).reduce(window) { value, _ in move.step(loops: 1).moved(value) })
    }

    @Test func whatIsNoMoveIsSaid() {
        #expect(throws: FieldMove.Fault.shape) { try FieldMove("ip.src") }
        #expect(throws: FieldMove.Fault.unknownField("ip.sauce")) { try FieldMove("ip.sauce=1") }
        #expect(throws: FieldMove.Fault.badStep("4094", field: "vlan.id", limit: 4_093)) { try FieldMove("vlan.id=4094") }
        #expect(throws: FieldMove.Fault.badStep("0", field: "ip.src", limit: 0xFFFF_FFFF)) { try FieldMove("ip.src=0") }
    }
}
