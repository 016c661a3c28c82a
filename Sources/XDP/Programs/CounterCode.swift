import Frames
import Metrics
import Traffic

/// The counter's instructions. Registers that live long:
///
///     r6 context   r7 the worker's book   r8 sequence   r9 timestamp   stack -8 the arrival's time
struct CounterCode {
    typealias Common = CounterLayout.Common
    typealias Book = CounterLayout.Book

    let settings: CounterSettings
    let mapDescriptor: Int32

    /// 0 where the clock wasn't read.
    static let arrival: Int16 = -8
    /// 4 for a frame with a tag more than it left with, −4 for one less.
    static let tagBytes: Int16 = -16
    static let frameBytes: Int16 = -24
    private static let head: Int16 = -32

    var isSampled: Bool { settings.measuresLatency && settings.sampling.isPartial }

    func program() -> ProgramAssembler {
        var program = ProgramAssembler()
        let foreign = program.label("foreign")
        let otherPhase = program.label("other phase")
        let drop = program.label("drop")
        program.move(.r6, .r1)
        if settings.measuresLatency, !isSampled { takeTime(&program) }
        readSignature(&program, foreign)
        judge(&program, foreign, otherPhase)
        findBook(&program)
        if isSampled { takeSampledTime(&program) }
        unwrapSequence(&program)
        noteQueue(&program)
        trackSequence(&program, drop)
        countBytes(&program)
        countTags(&program)
        if settings.measuresLatency { noteArrival(&program) }
        if let check = settings.check { findAlteration(&program, check, drop) }
        if isSampled { setUntimedAside(&program, drop) }
        if settings.measuresLatency { recordLatency(&program, drop) }
        program.bind(drop)
        program.move(.r0, XDPAction.drop.operand)
        program.exit()
        setAsideOtherPhase(&program, otherPhase, foreign)
        setAsideForeign(&program, foreign)
        return program
    }

    private func takeTime(_ program: inout ProgramAssembler) {
        program.call(.monotonicNanoseconds)
        keepTime(&program)
    }

    private func keepTime(_ program: inout ProgramAssembler) {
        addClockOffset(&program)
        program.store(.doubleword, .r0, to: .r10, Self.arrival)
    }

    /// Makes CLOCK_MONOTONIC in r0 the clock of the stamps; r1 is lost.
    func addClockOffset(_ program: inout ProgramAssembler) {
        program.loadMapValue(.r1, descriptor: mapDescriptor)
        program.load(.doubleword, .r1, from: .r1, Int16(Common.clockOffset))
        program.alu64(.add, .r0, .r1)
    }

    /// The clock costs more than all else here: it is read for frames that carry a time, for a worker's first, and for every 64th; of all others the
    /// tick is noted (`noteArrival`), so that at high rates the last arrival is known to 64 frames, and at low ones to two ticks. r3 is kept.
    private func takeSampledTime(_ program: inout ProgramAssembler) {
        let exact = program.label("exact time")
        let taken = program.label("time taken")
        program.jump(.notEqual, .r9, 0, to: exact)
        program.load(.doubleword, .r1, from: .r7, Int16(Book.firstNanoseconds))
        program.jump(.equal, .r1, 0, to: exact)
        program.move(.r1, .r8)
        program.alu64(.and, .r1, 63)
        program.jump(.equal, .r1, 0, to: exact)
        program.store(.doubleword, .immediate(0), to: .r10, Self.arrival)
        program.jump(to: taken)
        program.bind(exact)
        program.store(.doubleword, .r3, to: .r10, Self.head)
        program.call(.monotonicNanoseconds)
        keepTime(&program)
        program.load(.doubleword, .r3, from: .r10, Self.head)
        program.bind(taken)
    }

    /// A frame as it left that carries no time is through.
    private func setUntimedAside(_ program: inout ProgramAssembler, _ drop: Label) {
        let timed = program.label("carries a time")
        program.jump(.notEqual, .r9, 0, to: timed)
        increment(&program, Book.untimed)
        program.jump(to: drop)
        program.bind(timed)
    }

    /// Into r3 the first eight bytes as a number, into r8 the lower half of the sequence number, into r9 the timestamp. It is looked for
    /// where it left, and a VLAN tag to either side.
    private func readSignature(_ program: inout ProgramAssembler, _ foreign: Label) {
        let found = program.label("signature")
        program.load(.word, .r1, from: .r6, ContextField.data)
        program.load(.word, .r2, from: .r6, ContextField.dataEnd)
        for tagBytes in [0, -EthernetWire.tagBytes, EthernetWire.tagBytes] {
            let elsewhere = program.label("not at \(tagBytes)")
            let offset = Int16(settings.signatureOffset + tagBytes)
            program.move(.r3, .r1)
            program.alu64(.add, .r3, .immediate(Int32(offset) + Int32(Signature.byteCount)))
            program.jump(.greater, .r3, .r2, to: elsewhere)
            program.load(.doubleword, .r3, from: .r1, offset + Int16(Signature.Field.magic))
            program.swapBytes(.r3, to: .bigEndian, bits: 64)
            program.move(.r4, .r3)
            program.alu64(.shiftRight, .r4, 48)
            program.jump(.notEqual, .r4, .immediate(Int32(Signature.magic)), to: elsewhere)
            program.load(.halfword, .r8, from: .r1, offset + Int16(Signature.Field.sequence + 2))
            program.swapBytes(.r8, to: .bigEndian, bits: 16)
            program.load(.doubleword, .r9, from: .r1, offset + Int16(Signature.Field.timestamp))
            program.swapBytes(.r9, to: .bigEndian, bits: 64)
            program.store(.doubleword, .immediate(Int32(tagBytes)), to: .r10, Self.tagBytes)
            program.jump(to: found)
            program.bind(elsewhere)
        }
        program.jump(to: foreign)
        program.bind(found)
    }

    /// By the same rules as the receive loop of the `ring` receiver: key, epoch and worker have to fit. Leaves the worker in r7.
    private func judge(_ program: inout ProgramAssembler, _ foreign: Label, _ otherPhase: Label) {
        program.move(.r7, .r3)
        program.alu64(.shiftRight, .r7, 32)
        program.alu64(.and, .r7, .immediate(Int32(StreamIdentifier.maximumWorkers - 1)))
        program.move(.r4, .r3)
        program.alu64(.shiftRight, .r4, 16)
        program.alu32(.and, .r4, .immediate(Int32(bitPattern: StreamIdentifier(rawValue: .max).phaseBits)))
        program.loadMapValue(.r5, descriptor: mapDescriptor)
        program.load(.doubleword, .r2, from: .r5, Int16(Common.phaseBits))
        program.jump(.notEqual, .r2, .r4, to: otherPhase)
        program.jump(.greaterOrEqual, .r7, .immediate(Int32(settings.workers)), to: foreign)
    }

    /// Into r8 the whole sequence number, as `Signature.unwrapped`.
    private func unwrapSequence(_ program: inout ProgramAssembler) {
        let isAhead = program.label("before the first")
        program.alu64(.and, .r3, 0xFFFF)
        program.alu64(.shiftLeft, .r3, 16)
        program.alu64(.or, .r8, .r3)
        program.load(.doubleword, .r5, from: .r7, Int16(Book.expected))
        program.move(.r4, .r8)
        program.alu64(.subtract, .r4, .r5)
        program.alu64(.shiftLeft, .r4, 32)
        program.alu64(.arithmeticShiftRight, .r4, 32)
        program.alu64(.add, .r4, .r5)
        program.jump(.signedLess, .r4, 0, to: isAhead)
        program.move(.r8, .r4)
        program.bind(isAhead)
    }

    private func findBook(_ program: inout ProgramAssembler) {
        program.alu64(.multiply, .r7, .immediate(Int32(Book.byteCount)))
        program.loadMapValue(.r1, descriptor: mapDescriptor, offset: Int32(Common.byteCount))
        program.alu64(.add, .r7, .r1)
    }

    private func noteQueue(_ program: inout ProgramAssembler) {
        let known = program.label("known queue")
        program.load(.word, .r1, from: .r6, ContextField.receiveQueueIndex)
        program.alu64(.add, .r1, 1)
        program.load(.doubleword, .r2, from: .r7, Int16(Book.queue))
        program.jump(.equal, .r1, .r2, to: known)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.queue))
        program.jump(.equal, .r2, 0, to: known)
        increment(&program, Book.queueChanges)
        program.bind(known)
    }

    private func countBytes(_ program: inout ProgramAssembler) {
        let isInTable = program.label("in the table")
        measureFrame(&program)
        program.store(.doubleword, .r0, to: .r10, Self.frameBytes)
        program.load(.doubleword, .r1, from: .r7, Int16(Book.receivedBytes))
        program.alu64(.add, .r1, .r0)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.receivedBytes))
        program.jump(.lessOrEqual, .r0, .immediate(Int32(CounterLayout.SizeTable.count - 1)), to: isInTable)
        program.move(.r0, .immediate(Int32(CounterLayout.SizeTable.count - 1)))
        program.bind(isInTable)
        program.alu64(.shiftLeft, .r0, 3)
        program.alu64(.add, .r0, .immediate(Int32(Book.sizes)))
        program.alu64(.add, .r0, .r7)
        program.load(.doubleword, .r1, from: .r0)
        program.alu64(.add, .r1, 1)
        program.store(.doubleword, .r1, to: .r0)
    }

    /// Its length without FCS into r0; r1 is lost. A program that doesn't say BPF_F_XDP_HAS_FRAGS gets whole frames only, of which
    /// `bpf_xdp_get_buff_len` tells the same, by a call that costs a tenth of all here.
    private func measureFrame(_ program: inout ProgramAssembler) {
        program.load(.word, .r1, from: .r6, ContextField.data)
        program.load(.word, .r0, from: .r6, ContextField.dataEnd)
        program.alu64(.subtract, .r0, .r1)
    }

    private func countTags(_ program: inout ProgramAssembler) {
        let isAsItLeft = program.label("tags as they left")
        let isUntagged = program.label("a tag less")
        program.load(.doubleword, .r1, from: .r10, Self.tagBytes)
        program.jump(.equal, .r1, 0, to: isAsItLeft)
        program.jump(.signedLess, .r1, 0, to: isUntagged)
        increment(&program, Book.tagged)
        program.jump(to: isAsItLeft)
        program.bind(isUntagged)
        increment(&program, Book.untagged)
        program.bind(isAsItLeft)
    }

    /// How many words of eight bytes behind the signature are compared with the pattern.
    static let comparedWords = 4

    /// As `FrameCheck.isIntact`, but that of the payload only the first `comparedWords` are looked at: a frame that was altered counts as such, and
    /// has no latency.
    private func findAlteration(_ program: inout ProgramAssembler, _ check: FrameCheck, _ drop: Label) {
        let altered = program.label("altered")
        let intact = program.label("intact")
        let offset = Int16(settings.signatureOffset)
        program.load(.word, .r1, from: .r6, ContextField.data)
        program.load(.word, .r2, from: .r6, ContextField.dataEnd)
        program.load(.doubleword, .r5, from: .r10, Self.tagBytes)
        program.alu64(.add, .r1, .r5)
        program.move(.r3, .r1)
        program.alu64(.add, .r3, .immediate(Int32(check.lengthEnd)))
        program.jump(.greater, .r3, .r2, to: altered)
        program.load(.halfword, .r3, from: .r1, offset + Int16(check.lengthOffset))
        program.swapBytes(.r3, to: .bigEndian, bits: 16)
        program.alu64(.add, .r3, .immediate(Int32(check.lengthBase)))
        program.alu64(.add, .r3, .r5)
        program.load(.doubleword, .r4, from: .r10, Self.frameBytes)
        program.jump(.notEqual, .r3, .r4, to: altered)
        // The length of a frame without IP stands in the first word.
        for word in (check.patternStart == 0 ? 0 : 1)..<Self.comparedWords {
            let start = offset + Int16(Signature.byteCount + word * 8)
            program.move(.r3, .r1)
            program.alu64(.add, .r3, .immediate(Int32(start) + 8))
            program.jump(.greater, .r3, .r2, to: intact)
            program.load(.doubleword, .r3, from: .r1, start)
            program.loadNumber(.r4, PayloadPattern.word(at: word * 8).littleEndian)
            program.jump(.notEqual, .r3, .r4, to: altered)
        }
        program.jump(to: intact)
        program.bind(altered)
        increment(&program, Book.altered)
        program.jump(to: drop)
        program.bind(intact)
    }

    /// Late frames of ours from another phase are in nobody's book; those of another run are foreign. r4 holds the frame's phase, r2 ours.
    private func setAsideOtherPhase(_ program: inout ProgramAssembler, _ otherPhase: Label, _ foreign: Label) {
        let isOurs = program.label("ours")
        program.bind(otherPhase)
        program.alu64(.xor, .r4, .r2)
        program.alu64(.and, .r4, .immediate(Int32(StreamIdentifier.keyMask)))
        program.move(.r1, 1)
        program.jump(.equal, .r4, 0, to: isOurs)
        program.atomic(.add, .doubleword, .r1, to: .r5, Int16(Common.otherRunFrames))
        program.jump(to: foreign)
        program.bind(isOurs)
        program.atomic(.add, .doubleword, .r1, to: .r5, Int16(Common.staleFrames))
        program.move(.r0, XDPAction.drop.operand)
        program.exit()
    }

    private func setAsideForeign(_ program: inout ProgramAssembler, _ foreign: Label) {
        program.bind(foreign)
        measureFrame(&program)
        program.loadMapValue(.r2, descriptor: mapDescriptor)
        program.move(.r1, 1)
        program.atomic(.add, .doubleword, .r1, to: .r2, Int16(Common.foreignFrames))
        program.atomic(.add, .doubleword, .r0, to: .r2, Int16(Common.foreignBytes))
        program.move(.r0, settings.foreignAction.operand)
        program.exit()
    }

    /// Adds one to a word of the book; r2 is lost.
    func increment(_ program: inout ProgramAssembler, _ field: Int) {
        program.load(.doubleword, .r2, from: .r7, Int16(field))
        program.alu64(.add, .r2, 1)
        program.store(.doubleword, .r2, to: .r7, Int16(field))
    }
}
