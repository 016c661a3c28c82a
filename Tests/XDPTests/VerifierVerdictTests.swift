import Kernel
import Testing

@testable import XDP

@Suite struct VerifierVerdictTests {
    private let instructions: [Instruction] = {
        var assembler = ProgramAssembler()
        assembler.loadNumber(.r5, 1)
        assembler.move(.r0, 1)
        assembler.exit()
        return (try? assembler.assemble()) ?? []
    }()

    @Test func theLastInstructionLookedAtIsTheOneThatFailed() {
        let log = """
            0: R1=ctx() R10=fp0
            0: (18) r5 = 0x1                      ; R5_w=1
            from 0 to 2: R0=1 R10=fp0
            2: (b7) r0 = 1
            R0 !read_ok
            second line
            processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0
            """
        let verdict = VerifierVerdict(log: log, instructions: instructions)
        #expect(verdict.place == 2 && verdict.instruction == "r0 = 1")
        #expect(verdict.words == "R0 !read_ok; second line")
        #expect(!verdict.needsPerfmon)
        #expect("\(verdict)" == "at instruction 2, `r0 = 1` (R0 !read_ok; second line)")
    }

    @Test func findingsBeforeTheFirstInstructionHaveNoPlace() {
        let verdict = VerifierVerdict(
            log: "fd 77 is not pointing to valid bpf_map\nprocessed 0 insns (limit 1000000)\n", instructions: instructions)
        #expect(verdict.place == nil && verdict.words == "fd 77 is not pointing to valid bpf_map")
    }

    @Test func aLogWithoutAReasonSaysSo() {
        #expect(VerifierVerdict(log: "2: (b7) r0 = 1\n", instructions: instructions).words == "no reason given")
    }

    @Test func whatOnlyCapabilitiesLackIsTold() {
        let log = "0: (18) r5 = 0x1\nR1 tried to add from different maps, pointer arithmetic with it prohibited for !root\n"
        let verdict = VerifierVerdict(log: log, instructions: instructions)
        #expect(verdict.needsPerfmon)
        #expect(ProgramError.rejected(program: "p", verdict).description.contains("CAP_PERFMON"))
    }

    /// One sentence, one remedy, whatever it was.
    @Test(arguments: [
        (ErrorNumber.notPermitted, "run as root"), (ErrorNumber.notSupported, "use Linux 5.18"), (ErrorNumber.busy, "take it off"),
        (ErrorNumber.noMemory, "use the engine")
    ])
    func refusalsCarryTheirRemedy(_ number: Int32, _ remedy: String) {
        let text = ProgramError(SystemError(call: "bpf(X)", number: number)).description
        #expect(text.contains(remedy) && text.hasPrefix("bpf(X): "))
    }
}
