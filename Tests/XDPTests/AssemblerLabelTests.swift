import Testing

@testable import XDP

@Suite struct AssemblerLabelTests {
    /// A 16-byte load counts twice, forward and backward.
    @Test func distancesCountEightBytePlaces() throws {
        var program = ProgramAssembler()
        let start = program.label("start")
        let end = program.label("end")
        program.bind(start)
        program.jump(to: end)
        program.loadNumber(.r1, 1)
        program.jump(.equal, .r1, 0, to: start)
        program.bind(end)
        program.exit()
        let instructions = try program.assemble()
        #expect(instructions[0].offset == 3)
        #expect(instructions[0].description == "goto pc+3")
        #expect(instructions[2].offset == -4)
        #expect(instructions[2].description == "if r1 == 0 goto pc-4")
    }

    @Test func aLabelBoundNowhereIsNamed() {
        var program = ProgramAssembler()
        program.jump(to: program.label("lost"))
        #expect(throws: AssemblyError.undefinedLabel("lost")) { try program.assemble() }
    }

    @Test func aLabelBoundTwiceIsNamed() {
        var program = ProgramAssembler()
        let place = program.label("place")
        program.bind(place)
        program.exit()
        program.bind(place)
        #expect(throws: AssemblyError.labelBoundTwice("place")) { try program.assemble() }
    }

    @Test func aJumpReaches32767InstructionsAndNoFurther() throws {
        func program(_ between: Int) -> ProgramAssembler {
            var program = ProgramAssembler()
            let far = program.label("far")
            program.jump(to: far)
            for _ in 0..<between { program.move(.r0, 0) }
            program.bind(far)
            program.exit()
            return program
        }
        #expect(try program(32_767).assemble()[0].offset == 32_767)
        #expect(throws: AssemblyError.jumpTooFar(label: "far", distance: 32_768)) { try program(32_768).assemble() }
    }

    @Test func whatNoInstructionCanDoIsRefused() {
        var swap = ProgramAssembler()
        swap.swapBytes(.r1, to: .bigEndian, bits: 8)
        #expect(throws: AssemblyError.badByteSwapWidth(8)) { try swap.assemble() }
        var atomic = ProgramAssembler()
        atomic.atomic(.add, .halfword, .r1, to: .r2)
        #expect(throws: AssemblyError.badAtomicSize(.halfword)) { try atomic.assemble() }
    }
}
