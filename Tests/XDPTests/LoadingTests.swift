import Kernel
import TestSupport
import Testing

@testable import XDP

@Suite(.enabled(if: BPFAccess.isGranted)) struct LoadingTests {
    @Test func aProgramRunsOnAFrame() throws {
        var assembler = ProgramAssembler()
        let short = assembler.label("short")
        assembler.load(.word, .r2, from: .r1, 0)
        assembler.load(.word, .r3, from: .r1, 4)
        assembler.move(.r4, .r2)
        assembler.alu64(.add, .r4, 14)
        assembler.jump(.greater, .r4, .r3, to: short)
        assembler.store(.byte, 0xAB, to: .r2, 5)
        assembler.bind(short)
        assembler.move(.r0, XDPAction.transmit.operand)
        assembler.exit()
        let program = try BPFProgram(name: "writes", assembler)
        let outcome = try program.run(frame: [UInt8](repeating: 1, count: 60))
        #expect(outcome.action == .transmit)
        var expected = [UInt8](repeating: 1, count: 60)
        expected[5] = 0xAB
        #expect(outcome.frame == expected)
    }

    /// The instruction's place counts the 16-byte load twice.
    @Test func theVerifiersVerdictIsReadable() throws {
        var assembler = ProgramAssembler()
        assembler.loadNumber(.r5, 1 << 40)
        assembler.load(.word, .r2, from: .r1, 0)
        assembler.load(.byte, .r0, from: .r2, 20)
        assembler.exit()
        let error = loadError("unbounded", assembler)
        guard case .rejected(let program, let verdict) = error else {
            Issue.record("no verdict: \(String(describing: error))")
            return
        }
        #expect(program == "unbounded")
        #expect(verdict.place == 3)
        #expect(verdict.instruction == "r0 = *(u8 *)(r2 +20)")
        #expect(verdict.words.contains("invalid access to packet"), "\(verdict)")
    }

    @Test func aProgramWithoutAnEndIsRejectedInTheVerifiersWords() throws {
        var assembler = ProgramAssembler()
        assembler.move(.r0, 0)
        let error = loadError("endless", assembler)
        guard case .rejected(_, let verdict) = error else {
            Issue.record("no verdict: \(String(describing: error))")
            return
        }
        #expect(!verdict.words.isEmpty && verdict.words != "no reason given", "\(verdict)")
    }

    @Test func slipsOfTheAssemblerComeOutAsSuch() {
        var assembler = ProgramAssembler()
        assembler.jump(to: assembler.label("lost"))
        #expect(loadError("lost", assembler) == .assembly(.undefinedLabel("lost")))
    }

    @Test func anArrayKeepsItsValues() throws {
        let map = try BPFMap(.array, name: "numbers", valueBytes: 6, entries: 3)
        try map.setValues(of: 2, to: [[1, 2, 3, 4, 5, 6]])
        #expect(try map.values(of: 2) == [[1, 2, 3, 4, 5, 6]])
        #expect(try map.values(of: 0) == [[0, 0, 0, 0, 0, 0]])
        var refusal: SystemError?
        do { _ = try map.values(of: 3) } catch { refusal = error }
        #expect(refusal == SystemError(call: "bpf(BPF_MAP_LOOKUP_ELEM)", number: ErrorNumber.noEntry))
    }

    /// Values that are no multiple of 8 bytes: the kernel pads each CPU's.
    @Test func aPerCPUArrayHasAValueForEachPossibleCPU() throws {
        let map = try BPFMap(.perCPUArray, name: "each", valueBytes: 5, entries: 2)
        let values = (0..<BPFMap.possibleCPUs).map { cpu in (0..<5).map { UInt8(truncatingIfNeeded: cpu * 16 + $0) } }
        try map.setValues(of: 1, to: values)
        #expect(try map.values(of: 1) == values)
        #expect(try map.values(of: 0) == Array(repeating: [0, 0, 0, 0, 0], count: BPFMap.possibleCPUs))
    }

    /// A program counts on the CPU that it runs on, and nowhere else.
    @Test func programsCountIntoPerCPUMaps() throws {
        let map = try BPFMap(.perCPUArray, name: "count", valueBytes: 8)
        var assembler = ProgramAssembler()
        let missing = assembler.label("missing")
        assembler.store(.word, 0, to: .r10, -4)
        assembler.move(.r2, .r10)
        assembler.alu64(.add, .r2, -4)
        assembler.loadMap(.r1, descriptor: map.descriptor.raw)
        assembler.call(.mapLookupElement)
        assembler.jump(.equal, .r0, 0, to: missing)
        assembler.move(.r1, 1)
        assembler.atomic(.add, .doubleword, .r1, to: .r0)
        assembler.bind(missing)
        assembler.move(.r0, XDPAction.drop.operand)
        assembler.exit()
        let program = try BPFProgram(name: "count", assembler)
        for _ in 0..<10 { _ = try program.run(frame: [UInt8](repeating: 0, count: 60)) }
        let counts = try map.values(of: 0).map { bytes in bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
        #expect(counts.reduce(0, +) == 10)
    }

    @Test func aSharedArrayIsMemoryOnBothSides() throws {
        let map = try BPFMap(.sharedArray, name: "shared", valueBytes: 16)
        let memory = try map.memory()
        memory.base.storeBytes(of: 41, toByteOffset: 8, as: UInt64.self)
        var assembler = ProgramAssembler()
        assembler.loadMapValue(.r1, descriptor: map.descriptor.raw, offset: 8)
        assembler.move(.r2, 1)
        assembler.atomic(.fetchAdd, .doubleword, .r2, to: .r1)
        assembler.move(.r0, .r2)
        assembler.exit()
        let program = try BPFProgram(name: "shared", assembler)
        #expect(try program.run(frame: [UInt8](repeating: 0, count: 60)).returned == 41)
        let after = memory.base.load(fromByteOffset: 8, as: UInt64.self)
        #expect(after == 42)
    }
}

/// Why a program isn't taken; nil if it is.
private func loadError(_ name: String, _ assembler: ProgramAssembler) -> ProgramError? {
    do {
        let program = try BPFProgram(name: name, assembler)
        return program.descriptor.raw < 0 ? .failed(SystemError(call: name, number: 0)) : nil
    } catch {
        return error
    }
}
