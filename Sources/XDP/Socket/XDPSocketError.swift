import Kernel

/// Why there is no AF_XDP socket, or no frames for it.
public enum XDPSocketError: Error, Equatable, Sendable {
    /// AF_XDP wants CAP_NET_RAW over the network namespace.
    case notPermitted(SystemError)
    /// A kernel without CONFIG_XDP_SOCKETS, or one too old.
    case notSupported(SystemError)
    /// `xdp_umem_account_pages`: without CAP_IPC_LOCK the frames' memory counts against RLIMIT_MEMLOCK.
    case lockedMemory(byteCount: Int, SystemError)
    case frameTooLarge(bytes: Int, maximumBytes: Int)
    /// Beyond the active queues `xsk_generic_xmit` sends nothing and says nothing.
    case noSuchQueue(queue: Int, activeQueues: Int)
    /// `xp_assign_dev`, or the map of sockets, takes one socket for each queue.
    case queueTaken(queue: Int, SystemError)
    case noSuchInterface(SystemError)
    case failed(SystemError)

    /// By the `errno` of a call other than `bind(2)`.
    init(_ error: SystemError, memoryBytes: Int = 0) {
        switch error.number {
        case ErrorNumber.notPermitted, ErrorNumber.accessDenied: self = .notPermitted(error)
        case ErrorNumber.noSuchFamily, ErrorNumber.noSuchOption, ErrorNumber.notSupported: self = .notSupported(error)
        case ErrorNumber.noBuffers where memoryBytes > 0: self = .lockedMemory(byteCount: memoryBytes, error)
        default: self = .failed(error)
        }
    }

    /// By the `errno` of `xsk_bind`.
    init(binding error: SystemError, queue: Int) {
        switch error.number {
        case ErrorNumber.busy: self = .queueTaken(queue: queue, error)
        case ErrorNumber.noSuchDevice: self = .noSuchInterface(error)
        default: self.init(error)
        }
    }
}

extension XDPSocketError: ExplainedError, CustomStringConvertible {
    public var description: String { explanation }

    public var sentence: String {
        switch self {
        case .notPermitted(let error): "\(error): AF_XDP isn't allowed here"
        case .notSupported(let error): "\(error): this kernel has no AF_XDP sockets of the kind needed"
        case .lockedMemory(let bytes, let error): "\(error): \(bytes) bytes of frames are more than may be locked"
        case .frameTooLarge(let bytes, let maximum):
            "a frame of \(bytes) bytes is too large for 'af-xdp', which holds \(maximum) bytes at most"
        case .noSuchQueue(let queue, let count):
            "queue \(queue) isn't active, the interface has \(count) (0 to \(count - 1)), and frames for it would vanish"
        case .queueTaken(let queue, let error): "\(error): queue \(queue) has an AF_XDP socket already"
        case .noSuchInterface(let error): "\(error): the interface isn't in this network namespace any more"
        case .failed(let error): "\(error): the kernel refused the AF_XDP socket"
        }
    }

    public var remedy: String? {
        switch self {
        case .notPermitted: "run as root, or with CAP_NET_RAW"
        case .notSupported: "use Linux 5.4 or later with CONFIG_XDP_SOCKETS, or 'ring'"
        case .lockedMemory: "raise `ulimit -l`, add CAP_IPC_LOCK, or use fewer slots"
        case .frameTooLarge: "use smaller frames, or 'ring'"
        case .noSuchQueue: "use fewer workers, or make more queues with `ethtool -L`"
        case .queueTaken: "use another queue, or end the process that has it"
        case .noSuchInterface: "see `ip link` there"
        case .failed: "see `dmesg`, or use 'ring'"
        }
    }
}
