/// The program that sends each frame to the AF_XDP socket of its receive queue, the time of its arrival in front of it.
enum RedirectCode {
    /// - Parameter stampsFrames: whether 8 bytes of metadata with CLOCK_MONOTONIC go in front of the frame, which `__xsk_rcv` copies
    ///   along with it. A driver without room for them leaves them out.
    static func program(mapDescriptor: Int32, stampsFrames: Bool) -> ProgramAssembler {
        var program = ProgramAssembler()
        program.move(.r6, .r1)
        if stampsFrames { stamp(&program) }
        program.loadMap(.r1, descriptor: mapDescriptor)
        program.load(.word, .r2, from: .r6, ContextField.receiveQueueIndex)
        // A queue without a socket: on into the network stack.
        program.move(.r3, XDPAction.pass.operand)
        program.call(.redirectMap)
        program.exit()
        return program
    }

    private static func stamp(_ program: inout ProgramAssembler) {
        let unstamped = program.label("unstamped")
        program.call(.monotonicNanoseconds)
        program.move(.r7, .r0)
        program.move(.r1, .r6)
        program.move(.r2, .immediate(-Int32(XDPReceiveRing.stampBytes)))
        program.call(.adjustMeta)
        program.jump(.notEqual, .r0, 0, to: unstamped)
        program.load(.word, .r1, from: .r6, ContextField.dataMeta)
        program.load(.word, .r2, from: .r6, ContextField.data)
        program.move(.r3, .r1)
        program.alu64(.add, .r3, .immediate(Int32(XDPReceiveRing.stampBytes)))
        program.jump(.greater, .r3, .r2, to: unstamped)
        program.store(.doubleword, .r7, to: .r1)
        program.bind(unstamped)
    }
}
