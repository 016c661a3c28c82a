import Frames
import Metrics

/// The counter's instructions. Registers that live long:
///
///     r6 context   r7 the worker's book   r8 sequence   r9 timestamp   stack -8 the arrival's time
struct CounterCode {
    typealias Common = CounterLayout.Common
    typealias Book = CounterLayout.Book

    let settings: CounterSettings
    let mapDescriptor: Int32

    /// How far a stamp may lie ahead of the arrival without being another's: CPUs of one machine agree far better.
    static let clockSlackNanoseconds: Int32 = 1_000_000
    /// How old a frame of another epoch may be and still be ours.
    static let staleHorizonNanoseconds: UInt64 = 600_000_000_000
    static let arrival: Int16 = -8

    func program() -> ProgramAssembler {
        var program = ProgramAssembler()
        let foreign = program.label("foreign")
        let otherEpoch = program.label("other epoch")
        let drop = program.label("drop")
        program.move(.r6, .r1)
        if settings.measuresLatency { takeTime(&program) }
        readSignature(&program, foreign)
        judge(&program, foreign, otherEpoch)
        findBook(&program)
        noteQueue(&program)
        trackSequence(&program, drop)
        countBytes(&program)
        if settings.measuresLatency { recordLatency(&program, drop) }
        program.bind(drop)
        program.move(.r0, XDPAction.drop.operand)
        program.exit()
        setAsideStale(&program, otherEpoch, foreign)
        setAsideForeign(&program, foreign)
        return program
    }

    private func takeTime(_ program: inout ProgramAssembler) {
        program.call(.monotonicNanoseconds)
        if settings.clockOffsetNanoseconds != 0 {
            program.loadNumber(.r1, UInt64(bitPattern: settings.clockOffsetNanoseconds))
            program.alu64(.add, .r0, .r1)
        }
        program.store(.doubleword, .r0, to: .r10, Self.arrival)
    }

    /// Into r3 the first eight bytes as a number, into r8 the sequence number, into r9 the timestamp.
    private func readSignature(_ program: inout ProgramAssembler, _ foreign: Label) {
        let offset = Int16(settings.signatureOffset)
        program.load(.word, .r1, from: .r6, ContextField.data)
        program.load(.word, .r2, from: .r6, ContextField.dataEnd)
        program.move(.r3, .r1)
        program.alu64(.add, .r3, .immediate(Int32(offset) + Int32(Signature.byteCount)))
        program.jump(.greater, .r3, .r2, to: foreign)
        program.load(.doubleword, .r3, from: .r1, offset + Int16(Signature.Field.magic))
        program.swapBytes(.r3, to: .bigEndian, bits: 64)
        program.load(.halfword, .r8, from: .r1, offset + Int16(Signature.Field.sequence + 4))
        program.swapBytes(.r8, to: .bigEndian, bits: 16)
        program.load(.doubleword, .r9, from: .r1, offset + Int16(Signature.Field.timestamp))
        program.swapBytes(.r9, to: .bigEndian, bits: 64)
        program.alu32(.move, .r2, .r3)
        program.alu64(.shiftLeft, .r2, 16)
        program.alu64(.or, .r8, .r2)
    }

    /// By the same rules as the receive loop of the `ring` receiver: magic, worker, epoch and time have to fit. Leaves the
    /// worker in r7.
    private func judge(_ program: inout ProgramAssembler, _ foreign: Label, _ otherEpoch: Label) {
        program.move(.r2, .r3)
        program.alu64(.shiftRight, .r2, 48)
        program.jump(.notEqual, .r2, .immediate(Int32(Signature.magic)), to: foreign)
        program.move(.r7, .r3)
        program.alu64(.shiftRight, .r7, 32)
        program.alu64(.and, .r7, 0xFF)
        program.jump(.greaterOrEqual, .r7, .immediate(Int32(settings.workers)), to: foreign)
        program.alu64(.shiftRight, .r3, 40)
        program.alu64(.and, .r3, 0xFF)
        program.loadMapValue(.r5, descriptor: mapDescriptor)
        program.load(.doubleword, .r2, from: .r5, Int16(Common.earliestNanoseconds))
        program.load(.doubleword, .r4, from: .r5, Int16(Common.epoch))
        program.jump(.notEqual, .r3, .r4, to: otherEpoch)
        program.jump(.less, .r9, .r2, to: foreign)
        guard settings.measuresLatency else { return }
        program.load(.doubleword, .r4, from: .r10, Self.arrival)
        program.alu64(.add, .r4, .immediate(Self.clockSlackNanoseconds))
        program.jump(.greater, .r9, .r4, to: foreign)
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
        program.move(.r1, .r6)
        program.call(.bufferLength)
        program.load(.doubleword, .r1, from: .r7, Int16(Book.receivedBytes))
        program.alu64(.add, .r1, .r0)
        program.store(.doubleword, .r1, to: .r7, Int16(Book.receivedBytes))
    }

    /// Late frames of ours from another phase are in nobody's book. r2 holds the earliest time of this one.
    private func setAsideStale(_ program: inout ProgramAssembler, _ otherEpoch: Label, _ foreign: Label) {
        program.bind(otherEpoch)
        program.jump(.greaterOrEqual, .r9, .r2, to: foreign)
        program.alu64(.subtract, .r2, .r9)
        program.loadNumber(.r3, Self.staleHorizonNanoseconds)
        program.jump(.greaterOrEqual, .r2, .r3, to: foreign)
        program.move(.r1, 1)
        program.atomic(.add, .doubleword, .r1, to: .r5, Int16(Common.staleFrames))
        program.move(.r0, XDPAction.drop.operand)
        program.exit()
    }

    private func setAsideForeign(_ program: inout ProgramAssembler, _ foreign: Label) {
        program.bind(foreign)
        program.move(.r1, .r6)
        program.call(.bufferLength)
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
