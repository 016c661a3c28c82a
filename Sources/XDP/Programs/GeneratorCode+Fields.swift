import Traffic

/// Fields that are worked out frame by frame, as `FramePatcher` does it for engines that fill slots: the same values in the same order.
///
/// Rules are known when the program is written, so each field is a few instructions of its own: a counter is a multiplication, random
/// values are a hash (`Shuffle`), lists are looked up in a table behind the rows.
extension GeneratorCode {
    /// Rounds after which a hash that found no value in its range gives up: each finds one with a chance above one half.
    private static let maximumWalk: Int32 = 64

    private func countOffset(_ wheel: Int) -> Int16 { Int16(GeneratorState.counts + 8 * wheel) }

    /// Afterwards r5 and r6 hold the sums under the IPv4 header's and the transport's checksum, and the odometer stands at the next frame.
    func layFields(of rules: FrameProgram, _ program: inout ProgramAssembler, _ aborted: Label) {
        if hasRows {
            program.load(.word, .r5, from: .r9, Int16(TemplateTable.RowField.headerSum))
            program.load(.word, .r6, from: .r9, Int16(TemplateTable.RowField.checksumSeed))
        } else {
            program.loadNumber(.r5, rules.ipSums[0])
            program.loadNumber(.r6, UInt64(stampPoint.checksumSeed))
        }
        for patch in rules.patches {
            takeValue(patch, of: rules, &program, aborted)
            lay(patch, &program)
        }
        if rules.ipChecksumOffset != 0 { finishHeader(at: rules.ipChecksumOffset, &program) }
        advance(rules, &program)
    }

    /// r2 becomes the field's value: `FieldPatch.value`.
    private func takeValue(_ patch: FieldPatch, of rules: FrameProgram, _ program: inout ProgramAssembler, _ aborted: Label) {
        program.load(.doubleword, .r2, from: .r7, countOffset(patch.wheel))
        if patch.countShift > 0 { program.alu64(.shiftRight, .r2, .immediate(Int32(patch.countShift))) }
        mask(.r2, patch.countMask, &program)
        switch patch.source {
        case .counter:
            if patch.step != 1 { apply(.multiply, patch.step, &program) }
            if patch.start != 0 { apply(.add, patch.start, &program) }
            if patch.size & (patch.size &- 1) == 0 {
                mask(.r2, patch.size &- 1, &program)
            } else {
                apply(.modulo, patch.size, &program)
            }
            if patch.low != 0 { apply(.add, patch.low, &program) }
        case .shuffle:
            shuffle(patch.shuffle, &program, aborted)
            if patch.low != 0 { apply(.add, patch.low, &program) }
        case .table:
            program.alu64(.add, .r2, .immediate(Int32(patch.table)))
            // The verifier wants to see that the value is one of the table's.
            program.jump(.greaterOrEqual, .r2, .immediate(Int32(rules.tables.count)), to: aborted)
            program.alu64(.shiftLeft, .r2, 3)
            program.loadMapValue(.r3, descriptor: tableDescriptor, offset: Int32(table.rows.count))
            program.alu64(.add, .r3, .r2)
            program.load(.doubleword, .r2, from: .r3)
        }
    }

    /// r2 becomes `Shuffle`'s number for it. The verifier follows a loop of so many rounds only.
    private func shuffle(_ shuffle: Shuffle, _ program: inout ProgramAssembler, _ aborted: Label) {
        let walks = shuffle.size != 0 && shuffle.size &- 1 != shuffle.mask
        let again = program.label("again")
        let found = program.label("found")
        if walks {
            program.move(.r9, 0)
            program.bind(again)
        }
        apply(.add, shuffle.added, &program)
        mask(.r2, shuffle.mask, &program)
        for factor in [shuffle.first, shuffle.second] {
            stir(shuffle, &program)
            apply(.multiply, factor, &program)
            mask(.r2, shuffle.mask, &program)
        }
        stir(shuffle, &program)
        guard walks else { return }
        program.loadNumber(.r3, shuffle.size)
        program.jump(.less, .r2, .register(.r3), to: found)
        program.alu64(.add, .r9, 1)
        program.jump(.less, .r9, .immediate(Self.maximumWalk), to: again)
        program.jump(to: aborted)
        program.bind(found)
    }

    private func stir(_ shuffle: Shuffle, _ program: inout ProgramAssembler) {
        program.move(.r3, .r2)
        program.alu64(.shiftRight, .r3, .immediate(Int32(shuffle.half)))
        program.alu64(.xor, .r2, .r3)
    }

    /// r2 goes into the field's bits and into the sums: `PatchSums.lay`.
    private func lay(_ patch: FieldPatch, _ program: inout ProgramAssembler) {
        if patch.shift > 0 { program.alu64(.shiftLeft, .r2, .immediate(Int32(patch.shift))) }
        mask(.r2, patch.mask, &program)
        if patch.mask != .max {
            program.load(.doubleword, .r3, from: .r1, Int16(patch.offset))
            program.swapBytes(.r3, to: .bigEndian, bits: 64)
            mask(.r3, ~patch.mask, &program)
            program.alu64(.or, .r3, .r2)
        } else {
            program.move(.r3, .r2)
        }
        program.swapBytes(.r3, to: .bigEndian, bits: 64)
        program.store(.doubleword, .r3, to: .r1, Int16(patch.offset))
        if patch.ipMask != 0 { add(to: .r5, patch.ipMask, of: patch, &program) }
        if patch.transportMask != 0 { add(to: .r6, patch.transportMask, of: patch, &program) }
    }

    /// What of r2 a checksum covers, 32 bits at a time: see `writeChecksum`.
    private func add(to sum: Register, _ covered: UInt64, of patch: FieldPatch, _ program: inout ProgramAssembler) {
        program.move(.r3, .r2)
        if covered != patch.mask { mask(.r3, covered, &program) }
        if covered & 0xFFFF_FFFF != 0 {
            program.alu32(.move, .r4, .r3)
            program.alu64(.add, sum, .r4)
        }
        guard covered >> 32 != 0 else { return }
        program.alu64(.shiftRight, .r3, 32)
        program.alu64(.add, sum, .r3)
    }

    /// As `PatchSums.finishHeader`; the sum is never zero, for a header holds its version.
    private func finishHeader(at offset: Int, _ program: inout ProgramAssembler) {
        fold(&program, .r5, scratch: .r2)
        program.alu64(.xor, .r5, 0xFFFF)
        program.swapBytes(.r5, to: .bigEndian, bits: 16)
        program.store(.halfword, .r5, to: .r1, Int16(offset))
    }

    /// As `FramePatcher.advance`; rows follow the sizes' round by themselves.
    private func advance(_ rules: FrameProgram, _ program: inout ProgramAssembler) {
        turn(rules, &program)
        // Of one stretch the odometer itself comes round.
        guard rules.stretch != rules.cycleFrames else { return }
        let onward = program.label("no skip yet")
        let begin = program.label("from the beginning")
        program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.untilSkip))
        program.alu64(.subtract, .r2, 1)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.untilSkip))
        program.jump(.notEqual, .r2, 0, to: onward)
        program.loadNumber(.r2, rules.stretch)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.untilSkip))
        program.load(.doubleword, .r2, from: .r7, Int16(GeneratorState.skipsLeft))
        program.alu64(.subtract, .r2, 1)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.skipsLeft))
        program.jump(.equal, .r2, 0, to: begin)
        turn(rules, &program)
        program.jump(to: onward)
        program.bind(begin)
        program.loadNumber(.r2, rules.cycleFrames / rules.stretch)
        program.store(.doubleword, .r2, to: .r7, Int16(GeneratorState.skipsLeft))
        for wheel in rules.wheels.indices { program.store(.doubleword, 0, to: .r7, countOffset(wheel)) }
        program.bind(onward)
    }

    /// The odometer's next number.
    private func turn(_ rules: FrameProgram, _ program: inout ProgramAssembler) {
        let done = program.label("turned")
        for (wheel, count) in rules.wheels.enumerated() {
            let carry = program.label("carry")
            program.load(.doubleword, .r2, from: .r7, countOffset(wheel))
            program.alu64(.add, .r2, 1)
            program.loadNumber(.r3, count)
            program.jump(.greaterOrEqual, .r2, .register(.r3), to: carry)
            program.store(.doubleword, .r2, to: .r7, countOffset(wheel))
            program.jump(to: done)
            program.bind(carry)
            program.store(.doubleword, 0, to: .r7, countOffset(wheel))
        }
        program.bind(done)
    }

    /// `register &= bits`; r4 is lost.
    private func mask(_ register: Register, _ bits: UInt64, _ program: inout ProgramAssembler) {
        if bits == .max { return }
        program.loadNumber(.r4, bits)
        program.alu64(.and, register, .r4)
    }

    /// `r2 = r2 operation number`; r4 is lost.
    private func apply(_ operation: ArithmeticOperation, _ number: UInt64, _ program: inout ProgramAssembler) {
        program.loadNumber(.r4, number)
        program.alu64(operation, .r2, .r4)
    }
}
