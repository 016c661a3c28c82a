import Testing

@testable import XDP

/// One instruction, the eight or sixteen bytes that instruction-set.rst gives it on a little-endian machine, and its text.
private struct Encoding: CustomTestStringConvertible {
    let text: String
    let bytes: String
    let write: @Sendable (inout ProgramAssembler) -> Void

    init(_ bytes: String, _ text: String, _ write: @escaping @Sendable (inout ProgramAssembler) -> Void) {
        self.bytes = bytes
        self.text = text
        self.write = write
    }

    var testDescription: String { text }
}

private let encodings: [Encoding] = [
    // Arithmetic: class 0x07 (64 bits) or 0x04 (32 bits), source bit 0x08, operation in the high nibble.
    Encoding("b7 00 00 00 02 00 00 00", "r0 = 2") { $0.move(.r0, 2) },
    Encoding("b7 09 00 00 ff ff ff ff", "r9 = -1") { $0.move(.r9, -1) },
    Encoding("bf 16 00 00 00 00 00 00", "r6 = r1") { $0.move(.r6, .r1) },
    Encoding("bf a2 00 00 00 00 00 00", "r2 = r10") { $0.move(.r2, .r10) },
    Encoding("07 02 00 00 f8 ff ff ff", "r2 += -8") { $0.alu64(.add, .r2, -8) },
    Encoding("0f 21 00 00 00 00 00 00", "r1 += r2") { $0.alu64(.add, .r1, .r2) },
    Encoding("17 03 00 00 01 00 00 00", "r3 -= 1") { $0.alu64(.subtract, .r3, 1) },
    Encoding("2f 43 00 00 00 00 00 00", "r3 *= r4") { $0.alu64(.multiply, .r3, .r4) },
    Encoding("37 03 00 00 0a 00 00 00", "r3 /= 10") { $0.alu64(.divide, .r3, 10) },
    Encoding("4f 43 00 00 00 00 00 00", "r3 |= r4") { $0.alu64(.or, .r3, .r4) },
    Encoding("57 03 00 00 ff 00 00 00", "r3 &= 255") { $0.alu64(.and, .r3, 255) },
    Encoding("67 03 00 00 20 00 00 00", "r3 <<= 32") { $0.alu64(.shiftLeft, .r3, 32) },
    Encoding("7f 43 00 00 00 00 00 00", "r3 >>= r4") { $0.alu64(.shiftRight, .r3, .r4) },
    Encoding("87 05 00 00 00 00 00 00", "r5 = -r5") { $0.alu64(.negate, .r5) },
    Encoding("97 08 00 00 07 00 00 00", "r8 %= 7") { $0.alu64(.modulo, .r8, 7) },
    Encoding("a7 03 00 00 ff ff 00 00", "r3 ^= 65535") { $0.alu64(.xor, .r3, 65535) },
    Encoding("c7 03 00 00 3f 00 00 00", "r3 s>>= 63") { $0.alu64(.arithmeticShiftRight, .r3, 63) },
    Encoding("b4 01 00 00 05 00 00 00", "w1 = 5") { $0.alu32(.move, .r1, 5) },
    Encoding("bc 33 00 00 00 00 00 00", "w3 = w3") { $0.alu32(.move, .r3, .r3) },
    Encoding("0c 21 00 00 00 00 00 00", "w1 += w2") { $0.alu32(.add, .r1, .r2) },
    Encoding("d4 03 00 00 10 00 00 00", "r3 = le16 r3") { $0.swapBytes(.r3, to: .littleEndian, bits: 16) },
    Encoding("dc 03 00 00 20 00 00 00", "r3 = be32 r3") { $0.swapBytes(.r3, to: .bigEndian, bits: 32) },
    Encoding("dc 04 00 00 40 00 00 00", "r4 = be64 r4") { $0.swapBytes(.r4, to: .bigEndian, bits: 64) },
    // Memory: mode 0x60, size 0x10 byte, 0x08 halfword, 0x00 word, 0x18 doubleword.
    Encoding("71 01 04 00 00 00 00 00", "r1 = *(u8 *)(r0 +4)") { $0.load(.byte, .r1, from: .r0, 4) },
    Encoding("69 12 0c 00 00 00 00 00", "r2 = *(u16 *)(r1 +12)") { $0.load(.halfword, .r2, from: .r1, 12) },
    Encoding("61 12 04 00 00 00 00 00", "r2 = *(u32 *)(r1 +4)") { $0.load(.word, .r2, from: .r1, 4) },
    Encoding("79 a3 f0 ff 00 00 00 00", "r3 = *(u64 *)(r10 -16)") { $0.load(.doubleword, .r3, from: .r10, -16) },
    Encoding("73 21 00 00 00 00 00 00", "*(u8 *)(r1 +0) = r2") { $0.store(.byte, .r2, to: .r1) },
    Encoding("6b 21 02 00 00 00 00 00", "*(u16 *)(r1 +2) = r2") { $0.store(.halfword, .r2, to: .r1, 2) },
    Encoding("63 21 04 00 00 00 00 00", "*(u32 *)(r1 +4) = r2") { $0.store(.word, .r2, to: .r1, 4) },
    Encoding("7b 0a f8 ff 00 00 00 00", "*(u64 *)(r10 -8) = r0") { $0.store(.doubleword, .r0, to: .r10, -8) },
    Encoding("7a 0a f8 ff 00 00 00 00", "*(u64 *)(r10 -8) = 0") { $0.store(.doubleword, 0, to: .r10, -8) },
    Encoding("72 01 01 00 07 00 00 00", "*(u8 *)(r1 +1) = 7") { $0.store(.byte, 7, to: .r1, 1) },
    // Atomic: class 0x03, mode 0xc0, the operation in the immediate.
    Encoding("db 12 08 00 00 00 00 00", "lock *(u64 *)(r2 +8) += r1") { $0.atomic(.add, .doubleword, .r1, to: .r2, 8) },
    Encoding("c3 12 00 00 00 00 00 00", "lock *(u32 *)(r2 +0) += r1") { $0.atomic(.add, .word, .r1, to: .r2) },
    Encoding("db 12 00 00 01 00 00 00", "r1 = atomic64_fetch_add((u64 *)(r2 +0), r1)") {
        $0.atomic(.fetchAdd, .doubleword, .r1, to: .r2)
    },
    Encoding("db 12 00 00 41 00 00 00", "r1 = atomic64_fetch_or((u64 *)(r2 +0), r1)") {
        $0.atomic(.fetchOr, .doubleword, .r1, to: .r2)
    },
    Encoding("c3 12 00 00 e1 00 00 00", "r1 = atomic_xchg((u32 *)(r2 +0), r1)") {
        $0.atomic(.exchange, .word, .r1, to: .r2)
    },
    Encoding("db 12 00 00 f1 00 00 00", "r0 = atomic64_cmpxchg((u64 *)(r2 +0), r0, r1)") {
        $0.atomic(.compareExchange, .doubleword, .r1, to: .r2)
    },
    // 16 bytes: a number, a map, an address in a map's value.
    Encoding("18 01 00 00 88 77 66 55 00 00 00 00 44 33 22 11", "r1 = 0x1122334455667788 ll") {
        $0.loadNumber(.r1, 0x1122_3344_5566_7788)
    },
    Encoding("18 11 00 00 05 00 00 00 00 00 00 00 00 00 00 00", "r1 = map[fd 5]") { $0.loadMap(.r1, descriptor: 5) },
    Encoding("18 27 00 00 05 00 00 00 00 00 00 00 40 00 00 00", "r7 = map_value[fd 5]+64") {
        $0.loadMapValue(.r7, descriptor: 5, offset: 64)
    },
    // Jumps: class 0x05 (64 bits) or 0x06 (32 bits).
    Encoding("85 00 00 00 05 00 00 00", "call bpf_ktime_get_ns#5") { $0.call(.monotonicNanoseconds) },
    Encoding("85 00 00 00 17 00 00 00", "call bpf_redirect#23") { $0.call(.redirect) },
    Encoding("95 00 00 00 00 00 00 00", "exit") { $0.exit() }
]

/// Condition, opcode with a number, opcode with a register, symbol.
private let conditions: [(JumpCondition, UInt8, UInt8, String)] = [
    (.equal, 0x15, 0x1D, "=="), (.greater, 0x25, 0x2D, ">"), (.greaterOrEqual, 0x35, 0x3D, ">="), (.anyBit, 0x45, 0x4D, "&"),
    (.notEqual, 0x55, 0x5D, "!="), (.signedGreater, 0x65, 0x6D, "s>"), (.signedGreaterOrEqual, 0x75, 0x7D, "s>="),
    (.less, 0xA5, 0xAD, "<"), (.lessOrEqual, 0xB5, 0xBD, "<="), (.signedLess, 0xC5, 0xCD, "s<"),
    (.signedLessOrEqual, 0xD5, 0xDD, "s<=")
]

@Suite struct InstructionEncodingTests {
    @Test(arguments: encodings) fileprivate func instructionsHaveTheirBytesAndText(_ encoding: Encoding) throws {
        var program = ProgramAssembler()
        encoding.write(&program)
        let instructions = try program.assemble()
        try #require(instructions.count == 1)
        #expect(hexadecimal(instructions[0].bytes) == encoding.bytes)
        #expect(instructions[0].description == encoding.text)
    }

    @Test(arguments: conditions)
    func jumpsHaveTheirOpcodes(_ condition: JumpCondition, _ number: UInt8, _ register: UInt8, _ symbol: String) throws {
        var program = ProgramAssembler()
        let end = program.label("end")
        program.jump(condition, .r1, 9, to: end)
        program.jump(condition, .r1, .r2, to: end)
        program.jump32(condition, .r1, 9, to: end)
        program.bind(end)
        let instructions = try program.assemble()
        // The 32-bit class is 0x06 in place of 0x05.
        #expect(instructions.map(\.opcode) == [number, register, number + 1])
        #expect(instructions.map(\.offset) == [2, 1, 0])
        #expect(instructions[0].description == "if r1 \(symbol) 9 goto pc+2")
        #expect(instructions[1].description == "if r1 \(symbol) r2 goto pc+1")
        #expect(instructions[2].description == "if w1 \(symbol) 9 goto pc+0")
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
