import CBPF
import Kernel

/// An XDP program on an interface, through a BPF link: it comes off when this value goes, or the process.
public struct XDPAttachment: ~Copyable, Sendable {
    // Unsafe: options are lent for the call alone.

    private let link: Descriptor

    /// How a driver runs the program.
    public enum Mode: Sendable {
        /// In the driver, before there is an skb.
        case native
        /// On skbs, behind the driver: any interface, much slower.
        case generic

        fileprivate var flags: UInt32 {
            switch self {
            case .native: UInt32(CL_XDP_FLAGS_DRV_MODE)
            case .generic: UInt32(CL_XDP_FLAGS_SKB_MODE)
            }
        }
    }

    /// On an interface of the calling thread's network namespace.
    ///
    /// - Throws: `ProgramError`, `.interfaceTaken` where there is a program already, `.tooFewQueues` or `.mtuTooLarge` by veth.
    public init(_ program: borrowing BPFProgram, interfaceIndex: Int, mode: Mode = .native) throws(ProgramError) {
        let raw = try Self.attach(program.descriptor.raw, interfaceIndex, mode)
        link = Descriptor(owning: raw)
    }

    /// On an interface of another network namespace: `bpf_xdp_link_attach` looks for the index in the caller's.
    ///
    /// - Throws: as above, or `SystemError` if the namespace can't be entered.
    public init(
        _ program: borrowing BPFProgram, interfaceIndex: Int, in namespace: NetworkNamespace, mode: Mode = .native
    ) throws {
        let number = program.descriptor.raw
        let raw = try namespace.perform { try Self.attach(number, interfaceIndex, mode) }
        link = Descriptor(owning: raw)
    }

    private static func attach(_ program: Int32, _ interfaceIndex: Int, _ mode: Mode) throws(ProgramError) -> Int32 {
        var options = unsafe bpf_link_create_opts()
        unsafe options.sz = unsafe MemoryLayout<bpf_link_create_opts>.size
        unsafe options.flags = mode.flags
        do {
            return try unsafe bpfCall("BPF_LINK_CREATE", bpf_link_create(program, Int32(interfaceIndex), BPF_XDP, &options))
        } catch {
            throw ProgramError(attaching: error)
        }
    }
}
