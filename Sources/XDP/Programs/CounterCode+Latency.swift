import Kernel
import Metrics

extension CounterCode {
    /// What `LatencyRecorder.record` does, into counters of the same layout.
    func recordLatency(_ program: inout ProgramAssembler, _ done: Label) {
        let isPositive = program.label("latency is not negative")
        program.load(.doubleword, .r1, from: .r10, Self.arrival)
        program.alu64(.subtract, .r1, .r9)
        program.jump(.signedGreaterOrEqual, .r1, 0, to: isPositive)
        increment(&program, Book.latencyNegative)
        program.jump(to: done)
        program.bind(isPositive)
        addToSum(&program)
        keepExtremes(&program)
        cutToTrackable(&program)
        counterIndex(&program)
        // The verifier can't follow the shifts; no value gets here that isn't inside.
        program.jump(.greaterOrEqual, .r1, .immediate(Int32(LatencyRecorder.counterCount)), to: done)
        program.alu64(.shiftLeft, .r1, 3)
        program.alu64(.add, .r1, .immediate(Int32(Book.latencyCounters)))
        program.alu64(.add, .r1, .r7)
        program.load(.doubleword, .r2, from: .r1)
        program.alu64(.add, .r2, 1)
        program.store(.doubleword, .r2, to: .r1)
    }

    /// Of every distinct frame, altered ones too. Where not every frame's time is read, each leaves the number of its tick, and one whose time is read
    /// when tick 0 would have been: so `CounterProgram` knows about when the last one came without any clock for it.
    func noteArrival(_ program: inout ProgramAssembler) {
        let isDone = program.label("arrival noted")
        if isSampled {
            // A load, as the verifier puts it in place of the call (do_misc_fixups, kernel/bpf/verifier.c).
            program.call(.jiffies)
            program.store(.doubleword, .r0, to: .r7, Int16(Book.lastTick))
        }
        program.load(.doubleword, .r1, from: .r10, Self.arrival)
        if isSampled {
            program.jump(.equal, .r1, 0, to: isDone)
            keepTickOrigin(&program)
        }
        program.store(.doubleword, .r1, to: .r7, Int16(Book.lastNanoseconds))
        program.load(.doubleword, .r2, from: .r7, Int16(Book.firstNanoseconds))
        program.jump(.notEqual, .r2, 0, to: isDone)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.firstNanoseconds))
        program.bind(isDone)
    }

    /// Ticks are numbered late, never early: the earliest origin that a time in r1 and its tick in r0 give is the truest. r1 is kept.
    private func keepTickOrigin(_ program: inout ProgramAssembler) {
        let isEarliest = program.label("earliest origin")
        let isKept = program.label("origin kept")
        program.move(.r2, .r1)
        program.alu64(.multiply, .r0, .immediate(Int32(Clock.tickNanoseconds)))
        program.alu64(.subtract, .r2, .r0)
        program.load(.doubleword, .r3, from: .r7, Int16(Book.tickOrigin))
        program.jump(.equal, .r3, 0, to: isEarliest)
        program.jump(.signedLessOrEqual, .r3, .r2, to: isKept)
        program.bind(isEarliest)
        program.store(.doubleword, .r2, to: .r7, Int16(Book.tickOrigin))
        program.bind(isKept)
    }

    /// 128 bits: a sum smaller than what was added to it has gone over.
    private func addToSum(_ program: inout ProgramAssembler) {
        let fits = program.label("sum fits")
        program.load(.doubleword, .r2, from: .r7, Int16(Book.latencySum))
        program.alu64(.add, .r2, .r1)
        program.store(.doubleword, .r2, to: .r7, Int16(Book.latencySum))
        program.jump(.greaterOrEqual, .r2, .r1, to: fits)
        increment(&program, Book.latencySumHigh)
        program.bind(fits)
    }

    private func keepExtremes(_ program: inout ProgramAssembler) {
        let notLeast = program.label("not the least")
        let notGreatest = program.label("not the greatest")
        program.load(.doubleword, .r2, from: .r7, Int16(Book.latencyMinimum))
        program.jump(.greaterOrEqual, .r1, .r2, to: notLeast)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.latencyMinimum))
        program.bind(notLeast)
        program.load(.doubleword, .r2, from: .r7, Int16(Book.latencyMaximum))
        program.jump(.lessOrEqual, .r1, .r2, to: notGreatest)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.latencyMaximum))
        program.bind(notGreatest)
    }

    private func cutToTrackable(_ program: inout ProgramAssembler) {
        let isTrackable = program.label("trackable")
        program.loadNumber(.r3, LatencyRecorder.highestTrackable)
        program.jump(.lessOrEqual, .r1, .r3, to: isTrackable)
        increment(&program, Book.latencyOverflow)
        program.move(.r1, .r3)
        program.bind(isTrackable)
    }

    /// `LatencyRecorder.counterIndex` of r1, into r1. eBPF counts no leading zeros, so the doubling (how many bits the value
    /// has above the first 11) is found by halving the range; without branches, which the verifier would follow one by one.
    private func counterIndex(_ program: inout ProgramAssembler) {
        let magnitude = Int32(LatencyRecorder.halfMagnitude)
        program.move(.r2, .r1)
        program.alu64(.shiftRight, .r2, .immediate(magnitude + 1))
        program.move(.r3, 0)
        for exponent in (0...4).reversed() as [Int32] {
            let bits: Int32 = 1 << exponent
            // 1 if r2 needs more bits than these: then the difference is negative.
            program.move(.r4, .immediate((1 << bits) - 1))
            program.alu64(.subtract, .r4, .r2)
            program.alu64(.shiftRight, .r4, 63)
            program.alu64(.shiftLeft, .r4, .immediate(exponent))
            program.alu64(.shiftRight, .r2, .r4)
            program.alu64(.add, .r3, .r4)
        }
        program.alu64(.add, .r3, .r2)
        program.alu64(.shiftRight, .r1, .r3)
        program.alu64(.shiftLeft, .r3, .immediate(magnitude))
        program.alu64(.add, .r1, .r3)
    }
}
