import Kernel
import Links
import TestSupport
import Testing

@testable import XDP

@Suite(.enabled(if: BPFAccess.isGranted)) struct XDPAttachmentTests {
    /// The second program is refused while the first one's attachment lives, and taken after it.
    @Test func anAttachmentGoesWithItsOwner() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let program = try passProgram()
        #expect(attachError(program, pair) == nil)
        let first = try XDPAttachment(program, interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        guard case .interfaceTaken = attachError(program, pair) else {
            Issue.record("two programs on one interface")
            return
        }
        release(first)
        #expect(attachError(program, pair) == nil)
    }

    /// What veth refuses is told as what it is, and its remedy named.
    @Test func vethsReasonsAreTold() throws {
        let program = try passProgram()
        var queues = LinkSettings()
        queues.channels = LinkChannels(transmit: 2, receive: 1)
        let call = "bpf(BPF_LINK_CREATE)"
        #expect(
            attachError(program, try LinkPair.makePrivate(queues))
                == .tooFewQueues(SystemError(call: call, number: ErrorNumber.noSpace)))
        var jumbo = LinkSettings()
        jumbo.mtuBytes = 9000
        #expect(
            attachError(program, try LinkPair.makePrivate(jumbo))
                == .mtuTooLarge(SystemError(call: call, number: ErrorNumber.outOfRange)))
        #expect(
            attachError(program, try LinkPair.makePrivate(LinkSettings()), indexOffset: 100)
                == .noSuchInterface(SystemError(call: call, number: ErrorNumber.invalid)))
    }

    /// 3,400 bytes, which the remedy names, are few enough.
    @Test func theMTUOfTheRemedyFits() throws {
        let program = try passProgram()
        var settings = LinkSettings()
        settings.mtuBytes = 3400
        #expect(attachError(program, try LinkPair.makePrivate(settings)) == nil)
    }
}

private func release(_ attachment: consuming XDPAttachment) {}

/// Attaches and lets go again.
private func attachError(_ program: borrowing BPFProgram, _ pair: LinkPair, indexOffset: Int = 0) -> ProgramError? {
    do {
        let index = pair.receive.link.index + indexOffset
        release(try XDPAttachment(program, interfaceIndex: index, in: pair.receive.namespace))
        return nil
    } catch {
        return error as? ProgramError
    }
}

/// Sends every frame on into the network stack.
func passProgram() throws(ProgramError) -> BPFProgram {
    var assembler = ProgramAssembler()
    assembler.move(.r0, XDPAction.pass.operand)
    assembler.exit()
    return try BPFProgram(name: "pass", assembler)
}
