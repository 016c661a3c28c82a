import Kernel

/// Why a program isn't in the kernel, or not on an interface.
public enum ProgramError: Error, Equatable, Sendable {
    /// The program can't be written down.
    case assembly(AssemblyError)
    /// The verifier doesn't believe that the program is safe.
    case rejected(program: String, VerifierVerdict)
    /// The caller may not use BPF.
    case notPermitted(SystemError)
    /// This kernel lacks what the program or the call needs.
    case notSupported(SystemError)
    /// Another XDP program sits on the interface.
    case interfaceTaken(SystemError)
    /// Not in this network namespace (`bpf_xdp_link_attach` says EINVAL).
    case noSuchInterface(SystemError)
    /// A veth with fewer receive queues than its peer has transmit queues takes no native XDP.
    case tooFewQueues(SystemError)
    /// Native XDP on a veth keeps a frame in one page.
    case mtuTooLarge(SystemError)
    /// Live frames lie in one page each.
    case frameTooLarge(bytes: Int, maximumBytes: Int)
    case failed(SystemError)

    /// By the `errno` of a `bpf(2)` call.
    init(_ error: SystemError) {
        switch error.number {
        case ErrorNumber.notPermitted, ErrorNumber.accessDenied: self = .notPermitted(error)
        case ErrorNumber.notSupported, ErrorNumber.invalid: self = .notSupported(error)
        case ErrorNumber.busy, ErrorNumber.exists: self = .interfaceTaken(error)
        default: self = .failed(error)
        }
    }

    /// By the `errno` of attaching; a driver's refusal has meanings of its own (`veth_xdp_set`).
    init(attaching error: SystemError) {
        switch error.number {
        case ErrorNumber.invalid, ErrorNumber.noSuchDevice: self = .noSuchInterface(error)
        case ErrorNumber.noSpace: self = .tooFewQueues(error)
        case ErrorNumber.outOfRange: self = .mtuTooLarge(error)
        default: self.init(error)
        }
    }
}

extension ProgramError: ExplainedError, CustomStringConvertible {
    public var description: String { explanation }

    public var sentence: String {
        switch self {
        case .assembly(let error): error.description
        case .rejected(let program, let verdict): "the kernel's verifier rejects the program '\(program)' \(verdict)"
        case .notPermitted(let error): "\(error): BPF isn't allowed here"
        case .notSupported(let error): "\(error): this kernel or driver can't do it"
        case .interfaceTaken(let error): "\(error): the interface has an XDP program already"
        case .noSuchInterface(let error): "\(error): the interface isn't in this network namespace any more"
        case .tooFewQueues(let error): "\(error): the interface has fewer receive queues than its peer has transmit queues"
        case .mtuTooLarge(let error): "\(error): the MTU is too large for native XDP, which wants a frame in one page"
        case .frameTooLarge(let bytes, let maximum):
            "a frame of \(bytes) bytes is too large for the engine 'xdp', which makes \(maximum) bytes at most"
        case .failed(let error): "\(error): the kernel refused BPF"
        }
    }

    public var remedy: String? {
        switch self {
        case .assembly: nil
        case .rejected(_, let verdict) where verdict.needsPerfmon:
            "run as root, or add CAP_PERFMON, without which it guards pointers against Spectre in a way that the program can't do with"
        case .rejected: "report it with this message and `uname -r`, and use the engine and receiver 'ring' meanwhile"
        case .notPermitted: "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON in the initial user namespace"
        case .notSupported: "use Linux 5.18 or later and a driver with native XDP, such as veth"
        case .interfaceTaken: "take it off with `ip link set dev … xdp off`"
        case .noSuchInterface: "see `ip link` there"
        case .tooFewQueues: "make them as many with `ethtool -L`"
        case .mtuTooLarge: "use an MTU of 3,400 bytes or less on both ends"
        case .frameTooLarge: "use smaller frames, or the engine 'ring'"
        case .failed: "see `dmesg`, or use the engine and receiver 'ring'"
        }
    }
}
