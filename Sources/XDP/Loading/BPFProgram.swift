import CBPF
import Kernel

/// Owner of one XDP program in the kernel; it stays there as long as this value or an attachment of it.
public struct BPFProgram: ~Copyable, Sendable {
    // Unsafe: instructions, log and options are lent for the call alone, each with its length; eight bytes are an instruction.

    public let descriptor: Descriptor
    public let name: String

    /// Loads a program under the licence GPL.
    ///
    /// - Parameter name: 15 characters are kept; letters, digits, `_` and `.`.
    /// - Throws: `ProgramError`, `.rejected` with the verifier's verdict among them.
    public init(name: String, _ instructions: [Instruction]) throws(ProgramError) {
        let raw = try Self.load(name, instructions)
        descriptor = Descriptor(owning: raw)
        self.name = name
    }

    /// - Returns: the descriptor's number.
    private static func load(_ name: String, _ instructions: [Instruction]) throws(ProgramError) -> Int32 {
        let bytes = instructions.flatMap(\.bytes)
        // Filled only on failure: with a log buffer and level 0, libbpf loads without a log first.
        var log = [CChar](repeating: 0, count: logBytes)
        let result = unsafe log.withUnsafeMutableBufferPointer { log in
            unsafe bytes.withUnsafeBytes { bytes in
                var options = unsafe bpf_prog_load_opts()
                unsafe options.sz = unsafe MemoryLayout<bpf_prog_load_opts>.size
                unsafe options.expected_attach_type = BPF_XDP
                unsafe options.log_buf = log.baseAddress
                unsafe options.log_size = UInt32(log.count)
                let slots = unsafe bytes.bindMemory(to: bpf_insn.self)
                return unsafe bpf_prog_load(BPF_PROG_TYPE_XDP, String(name.prefix(15)), "GPL", slots.baseAddress, slots.count, &options)
            }
        }
        guard result < 0 else { return result }
        let text = String(decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.isEmpty else { throw .rejected(program: name, VerifierVerdict(log: text, instructions: instructions)) }
        throw ProgramError(SystemError(call: "bpf(BPF_PROG_LOAD)", number: -result))
    }

    /// Writes the program down and loads it.
    public init(name: String, _ program: ProgramAssembler) throws(ProgramError) {
        try self.init(name: name, Self.instructions(of: program))
    }

    private static func instructions(of program: ProgramAssembler) throws(ProgramError) -> [Instruction] {
        do {
            return try program.assemble()
        } catch {
            throw .assembly(error)
        }
    }

    /// Enough for the log of programs of some hundred instructions.
    private static let logBytes = 4 << 20
}
