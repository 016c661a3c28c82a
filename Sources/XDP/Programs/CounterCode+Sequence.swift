extension CounterCode {
    /// What `SequenceTracker.record` does, over words that say themselves which frames they stand for. Goes on behind itself for
    /// first copies only; all others end at `done`.
    func trackSequence(_ program: inout ProgramAssembler, _ done: Label) {
        let beyond = program.label("beyond the window")
        let duplicate = program.label("duplicate")
        let ahead = program.label("ahead")
        let first = program.label("first copy")
        loadWord(&program)
        program.load(.doubleword, .r5, from: .r7, Int16(Book.expected))
        program.jump(.greaterOrEqual, .r8, .r5, to: ahead)

        program.alu64(.subtract, .r5, .r8)
        program.jump(.greater, .r5, .immediate(Int32(CounterLayout.SequenceWindow.frames)), to: beyond)
        program.move(.r4, .r3)
        program.alu64(.and, .r4, .r0)
        program.jump(.notEqual, .r4, 0, to: duplicate)
        increment(&program, Book.reordered)
        program.alu64(.subtract, .r5, 1)
        program.load(.doubleword, .r2, from: .r7, Int16(Book.maximumSequenceLag))
        program.jump(.lessOrEqual, .r5, .r2, to: first)
        program.store(.doubleword, .r5, to: .r7, Int16(Book.maximumSequenceLag))
        program.jump(to: first)

        program.bind(beyond)
        increment(&program, Book.beyondWindow)
        program.jump(to: done)
        program.bind(duplicate)
        increment(&program, Book.duplicates)
        program.jump(to: done)

        program.bind(ahead)
        program.move(.r5, .r8)
        program.alu64(.add, .r5, 1)
        program.store(.doubleword, .r5, to: .r7, Int16(Book.expected))

        program.bind(first)
        program.alu64(.or, .r3, .r0)
        program.store(.doubleword, .r3, to: .r1, Int16(Book.window))
        increment(&program, Book.received)
    }

    /// Into r1 the word's address but for the window's offset, into r3 the word as it stands for this frame's 32 neighbours,
    /// into r0 the frame's bit.
    private func loadWord(_ program: inout ProgramAssembler) {
        let known = program.label("known word")
        program.move(.r1, .r8)
        program.alu64(.shiftRight, .r1, 5)
        program.alu64(.and, .r1, .immediate(Int32(CounterLayout.SequenceWindow.words - 1)))
        program.alu64(.shiftLeft, .r1, 3)
        program.alu64(.add, .r1, .r7)
        program.move(.r2, .r8)
        program.alu64(.shiftRight, .r2, .immediate(CounterLayout.SequenceWindow.framesShift))
        program.alu64(.add, .r2, 1)
        program.move(.r5, .r8)
        program.alu64(.and, .r5, 31)
        program.move(.r0, 1)
        program.alu64(.shiftLeft, .r0, .r5)
        program.load(.doubleword, .r3, from: .r1, Int16(Book.window))
        program.move(.r4, .r3)
        program.alu64(.shiftRight, .r4, 32)
        program.jump(.equal, .r4, .r2, to: known)
        program.move(.r3, .r2)
        program.alu64(.shiftLeft, .r3, 32)
        program.bind(known)
    }
}
