import Frames
import Metrics
import Traffic

/// The generator's instructions.
///
/// Live frames come back with what the last run wrote, so every byte that varies is written each time: the row's chunks, the
/// fields that rules tell, the signature, checksums. Registers that live long:
///
///     r6 context   r7 state   r8 sequence   r9 row   r0 timestamp   r1 frame
///
/// Of patched frames (`GeneratorCode+Fields`) r6 holds the transport's sum once the frame is found, and r5 the header's.
struct GeneratorCode {
    let table: TemplateTable
    /// Nil where each frame has its row.
    let rules: FrameProgram?
    let stampPoint: StampPoint
    let settings: GeneratorSettings
    let stateDescriptor: Int32
    /// Not used for a table of one row without chunks: there everything but the signature stands in the frame.
    let tableDescriptor: Int32

    var hasRows: Bool { table.rowCount > 1 || !table.chunks.isEmpty }
    private var signatureOffset: Int16 { Int16(stampPoint.signatureOffset) }

    func program() -> ProgramAssembler {
        var program = ProgramAssembler()
        let aborted = program.label("aborted")
        let early = program.label("not due")
        takeSequence(&program, early)
        if hasRows { takeRow(&program) }
        if table.hasSeveralSizes { cutFrame(&program, aborted) }
        takeTimestamp(&program)
        findFrame(&program, aborted)
        if hasRows { copyChunks(&program) }
        if let rules { layFields(of: rules, &program, aborted) }
        writeSignature(&program)
        if stampPoint.checksumOffset != 0 { writeChecksum(&program) }
        leave(&program)
        program.bind(aborted)
        program.move(.r0, XDPAction.aborted.operand)
        program.exit()
        if settings.isPaced {
            program.bind(early)
            program.move(.r0, XDPAction.drop.operand)
            program.exit()
        }
        return program
    }

    private func takeSequence(_ program: inout ProgramAssembler, _ early: Label) {
        program.move(.r6, .r1)
        program.loadMapValue(.r7, descriptor: stateDescriptor)
        program.load(.doubleword, .r8, from: .r7, Int16(GeneratorState.sequence))
        if settings.isPaced { waitForDue(&program, early) }
        program.move(.r1, .r8)
        program.alu64(.add, .r1, 1)
        program.store(.doubleword, .r1, to: .r7, Int16(GeneratorState.sequence))
    }

    /// Leaves for `early` before the frame is due, or behind the last one; else the next frame is due an interval later, however late
    /// this one is.
    private func waitForDue(_ program: inout ProgramAssembler, _ early: Label) {
        program.load(.doubleword, .r1, from: .r7, Int16(GeneratorState.limit))
        program.jump(.greaterOrEqual, .r8, .register(.r1), to: early)
        program.call(.monotonicNanoseconds)
        program.load(.doubleword, .r1, from: .r7, Int16(GeneratorState.due))
        program.jump(.less, .r0, .register(.r1), to: early)
        program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.dueFraction))
        program.load(.doubleword, .r3, from: .r7, Int16(GeneratorState.intervalFraction))
        program.alu64(.add, .r2, .register(.r3))
        program.load(.doubleword, .r3, from: .r7, Int16(GeneratorState.interval))
        program.alu64(.add, .r1, .register(.r3))
        program.move(.r3, .r2)
        program.alu64(.shiftRight, .r3, 32)
        program.alu64(.add, .r1, .register(.r3))
        program.alu32(.move, .r2, .r2)
        program.store(.doubleword, .r1, to: .r7, Int16(GeneratorState.due))
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.dueFraction))
    }

    /// The row keeps step with the sequence number, which spares a division a frame.
    private func takeRow(_ program: inout ProgramAssembler) {
        let inside = program.label("inside")
        program.load(.doubleword, .r9, from: .r7, Int16(GeneratorState.row))
        program.jump(.less, .r9, .immediate(Int32(table.rowCount)), to: inside)
        program.move(.r9, 0)
        program.bind(inside)
        program.move(.r1, .r9)
        program.alu64(.add, .r1, 1)
        program.store(.doubleword, .r1, to: .r7, Int16(GeneratorState.row))
        program.alu64(.multiply, .r9, .immediate(Int32(table.rowBytes)))
        program.loadMapValue(.r1, descriptor: tableDescriptor)
        program.alu64(.add, .r9, .r1)
    }

    private func cutFrame(_ program: inout ProgramAssembler, _ aborted: Label) {
        let whole = program.label("whole")
        program.load(.word, .r2, from: .r9, Int16(TemplateTable.RowField.cutBytes))
        program.jump(.equal, .r2, 0, to: whole)
        program.alu64(.negate, .r2)
        program.move(.r1, .r6)
        program.call(.adjustTail)
        program.jump(.notEqual, .r0, 0, to: aborted)
        program.bind(whole)
    }

    private func takeTimestamp(_ program: inout ProgramAssembler) {
        switch settings.timestamp {
        case .fixed(let nanoseconds): program.loadNumber(.r0, nanoseconds)
        case .now where settings.sampling.isPartial: takeSampledTimestamp(&program)
        case .now:
            readClock(&program)
            keepTimestamp(&program)
        }
    }

    private func readClock(_ program: inout ProgramAssembler) {
        program.call(.monotonicNanoseconds)
        program.load(.doubleword, .r1, from: .r7, Int16(GeneratorState.clockOffset))
        program.alu64(.add, .r0, .r1)
    }

    /// The clock is read for frames that carry the time, at least for one in `clockPeriod`, and for the last frame asked for.
    private func takeSampledTimestamp(_ program: inout ProgramAssembler) {
        let between = program.label("between two readings")
        let untimed = program.label("carries no time")
        let done = program.label("time taken")
        if !settings.isPaced {
            program.load(.doubleword, .r1, from: .r7, Int16(GeneratorState.untilClock))
            program.jump(.notEqual, .r1, 0, to: between)
        }
        readClock(&program)
        keepTimestamp(&program)
        if settings.sampling == .off {
            if !settings.isPaced {
                program.store(.doubleword, .immediate(Int32(settings.clockPeriod - 1)), to: .r7, Int16(GeneratorState.untilClock))
            }
            program.jump(to: untimed)
        } else {
            takeSample(&program)
            // A paced program has read the clock by now, and the verifier wants no instruction that nobody comes to.
            guard !settings.isPaced else { return }
            program.jump(to: done)
        }
        if !settings.isPaced {
            program.bind(between)
            program.alu64(.subtract, .r1, 1)
            program.store(.doubleword, .r1, to: .r7, Int16(GeneratorState.untilClock))
            program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.limit))
            program.alu64(.subtract, .r2, 1)
            program.jump(.notEqual, .r8, .register(.r2), to: untimed)
            readClock(&program)
            program.store(.doubleword, .r0, to: .r7, Int16(GeneratorState.lastNanoseconds))
        }
        program.bind(untimed)
        program.move(.r0, 0)
        program.bind(done)
    }

    /// As `SampleCountdown.time`: keeps the time in r0 for a frame that carries it, and makes it 0 else. Then says how far it is to the next reading.
    private func takeSample(_ program: inout ProgramAssembler) {
        let stamped = program.label("carries the time")
        let known = program.label("distance known")
        let near = program.label("next reading is the frame's own")
        program.load(.doubleword, .r1, from: .r7, Int16(GeneratorState.untilStamp))
        program.jump(.equal, .r1, 0, to: stamped)
        program.move(.r0, 0)
        program.jump(to: known)
        program.bind(stamped)
        program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.random))
        program.alu64(.multiply, .r2, .immediate(Int32(SampleCountdown.multiplier)))
        program.alu64(.add, .r2, .immediate(Int32(SampleCountdown.increment)))
        program.alu32(.move, .r2, .r2)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.random))
        program.alu64(.multiply, .r2, .immediate(Int32(settings.sampling.period)))
        program.alu64(.shiftRight, .r2, 32)
        program.load(.doubleword, .r3, from: .r7, Int16(GeneratorState.place))
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.place))
        program.move(.r1, .immediate(Int32(settings.sampling.period)))
        program.alu64(.subtract, .r1, .r3)
        program.alu64(.add, .r1, .r2)
        program.bind(known)
        // r1 frames on stands the next one that carries it.
        program.move(.r2, .r1)
        program.jump(.lessOrEqual, .r2, .immediate(Int32(settings.clockPeriod)), to: near)
        program.move(.r2, .immediate(Int32(settings.clockPeriod)))
        program.bind(near)
        program.alu64(.subtract, .r1, .r2)
        program.store(.doubleword, .r1, to: .r7, Int16(GeneratorState.untilStamp))
        guard !settings.isPaced else { return }
        program.alu64(.subtract, .r2, 1)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.untilClock))
    }

    /// When frames really left: a call makes a page pool before the first one, and takes it down after the last.
    private func keepTimestamp(_ program: inout ProgramAssembler) {
        let isNotFirst = program.label("not the first")
        program.store(.doubleword, .r0, to: .r7, Int16(GeneratorState.lastNanoseconds))
        program.jump(.notEqual, .r8, 0, to: isNotFirst)
        program.store(.doubleword, .r0, to: .r7, Int16(GeneratorState.firstNanoseconds))
        program.bind(isNotFirst)
    }

    /// The verifier wants every store below a bound that was compared with `data_end`.
    private func findFrame(_ program: inout ProgramAssembler, _ aborted: Label) {
        program.load(.word, .r1, from: .r6, ContextField.data)
        program.load(.word, .r2, from: .r6, ContextField.dataEnd)
        program.move(.r3, .r1)
        let signatureEnd = Int(signatureOffset) + Signature.byteCount
        let chunkEnd = table.chunks.reduce(signatureEnd) { max($0, $1.frameOffset + $1.size.byteCount) }
        let written = (rules?.patches ?? []).reduce(chunkEnd) { max($0, $1.offset + 8) }
        program.alu64(.add, .r3, .immediate(Int32(written)))
        program.jump(.greater, .r3, .r2, to: aborted)
    }

    private func copyChunks(_ program: inout ProgramAssembler) {
        for chunk in table.chunks {
            program.load(chunk.size, .r2, from: .r9, Int16(chunk.rowOffset))
            program.store(chunk.size, .r2, to: .r1, Int16(chunk.frameOffset))
        }
    }

    /// As `Signature.stamp`. Afterwards r3 holds the first eight bytes as a number.
    private func writeSignature(_ program: inout ProgramAssembler) {
        program.move(.r3, .r8)
        program.alu64(.shiftRight, .r3, 16)
        program.alu64(.and, .r3, 0xFFFF)
        program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.signatureHead))
        program.alu64(.or, .r3, .r2)
        storeBigEndian(&program, .doubleword, .r3, at: Signature.Field.magic)
        storeBigEndian(&program, .halfword, .r8, at: Signature.Field.sequence + 2)
        storeBigEndian(&program, .doubleword, .r0, at: Signature.Field.timestamp)
    }

    private func storeBigEndian(_ program: inout ProgramAssembler, _ size: MemorySize, _ value: Register, at field: Int) {
        program.move(.r2, .register(value))
        program.swapBytes(.r2, to: .bigEndian, bits: size.byteCount * 8)
        program.store(size, .r2, to: .r1, signatureOffset + Int16(field))
    }

    /// As `StampPoint.checksum(adding:)`, but adding up 32 bits at a time: 2¹⁶ and 2³² leave the same remainder modulo 65 535
    /// (RFC 1071 section 2(C)), and of a sum above zero that remainder is all that folding keeps.
    private func writeChecksum(_ program: inout ProgramAssembler) {
        if rules != nil {
            program.move(.r4, .r6)
        } else if hasRows {
            program.load(.word, .r4, from: .r9, Int16(TemplateTable.RowField.checksumSeed))
        } else {
            program.loadNumber(.r4, UInt64(stampPoint.checksumSeed))
        }
        for part in [Register.r3, .r0] {
            program.alu32(.move, .r2, .register(part))
            program.alu64(.add, .r4, .r2)
            program.alu64(.shiftRight, part, 32)
            program.alu64(.add, .r4, .register(part))
        }
        program.move(.r2, .r8)
        program.alu64(.and, .r2, 0xFFFF)
        program.alu64(.add, .r4, .r2)
        // Five 32-bit words and one of 16, and two of 32 for each field of some dozens.
        fold(&program, .r4, scratch: .r2)
        let isNotZero = program.label("checksum is not zero")
        program.alu64(.xor, .r4, 0xFFFF)
        program.jump(.notEqual, .r4, 0, to: isNotZero)
        program.move(.r4, 0xFFFF)
        program.bind(isNotZero)
        program.swapBytes(.r4, to: .bigEndian, bits: 16)
        program.store(.halfword, .r4, to: .r1, Int16(stampPoint.checksumOffset))
    }

    /// Of a sum below 2⁴⁰ three folds leave 16 bits.
    func fold(_ program: inout ProgramAssembler, _ sum: Register, scratch: Register) {
        for _ in 0..<3 {
            program.move(scratch, .register(sum))
            program.alu64(.shiftRight, scratch, 16)
            program.alu64(.and, sum, 0xFFFF)
            program.alu64(.add, sum, .register(scratch))
        }
    }

    private func leave(_ program: inout ProgramAssembler) {
        switch settings.destination {
        case .action(let action): program.move(.r0, action.operand)
        case .interface(let index):
            program.move(.r1, .immediate(Int32(index)))
            program.move(.r2, 0)
            // Returns XDP_REDIRECT.
            program.call(.redirect)
        }
        program.exit()
    }
}
