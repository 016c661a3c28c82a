import CLinux

/// A loaded BPF program as the kernel describes it (`struct bpf_prog_info` of `linux/bpf.h`).
public struct ProgramFacts: Equatable, Sendable {
    public let name: String
    /// SHA-1 of its instructions, the first eight bytes, hexadecimal.
    public let tag: String
    /// Nanoseconds after boot (CLOCK_BOOTTIME).
    public let loadNanoseconds: UInt64
    public let creatorUser: UInt32
    /// 0 for a program without type information.
    public let typeInformation: UInt32
    public let isCompiled: Bool

    /// - Returns: nil if there is no such program, or without CAP_SYS_ADMIN or CAP_BPF.
    public init?(identifier: UInt32) {
        var program = cl_bpf_program()
        // Unsafe: the struct is lent for the call alone, and filled as a whole.
        guard unsafe cl_bpf_program_by_id(identifier, &program) == 0 else { return nil }
        name = String(decoding: kernelBytes(of: program.name).prefix { $0 != 0 }, as: UTF8.self)
        tag = kernelBytes(of: program.tag).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        loadNanoseconds = program.load_time
        creatorUser = program.created_by_uid
        typeInformation = program.btf_id
        isCompiled = program.is_jited
    }
}
