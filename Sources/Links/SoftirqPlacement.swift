import Kernel

/// Who does the work of receiving on a link's end, between the sender's `send` and the reader's ring.
public enum SoftirqPlacement: Equatable, Sendable {
    /// RPS: packets are steered to the backlogs of these CPUs (`get_rps_cpu`).
    case steering(cpus: [Int])
    /// Threaded NAPI: kernel threads pinned to these CPUs poll the queues (`napi_threaded_poll`). Only where the end has NAPI: an XDP
    /// program, or GRO.
    case threads(cpus: [Int])
}

extension LinkPair {
    /// Moves the receiving end's softirq work, until `unplace`.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN and CAP_NET_ADMIN in the initial user namespace, ENOENT on kernels without
    ///   the setting (threaded NAPI: Linux 5.12).
    public func place(_ placement: SoftirqPlacement) throws {
        switch placement {
        case .steering(let cpus):
            // The index that `get_rps_cpu` looks at is one off on veth, so every queue gets the mask. Queues that aren't active have none.
            let queues = (0..<receive.link.receiveQueues).map { LinkSetting.steering(queue: $0) }
            try borrow(
                Dictionary(queues.map { ($0, Self.mask(cpus)) }) { first, _ in first }, required: .steering(queue: 0))
        case .threads(let cpus):
            let prefix = "napi/\(try receive.current().name)"
            let before = Set(KernelThreads.named(prefix))
            try borrow([.threaded: "1"], required: .threaded)
            // Threads have the interface's name, which others in other namespaces may have too: ours are the new ones.
            let threads = KernelThreads.named(prefix).filter { !before.contains($0) }.sorted()
            for (position, thread) in threads.enumerated() {
                try Affinity.pin(thread: thread, toCPU: cpus[position % cpus.count])
            }
        }
    }

    /// Moves the softirq work back to where it was. To be called while the program is still on the interface whose NAPI was threaded:
    /// without NAPI there is nothing to switch (`dev_set_threaded`).
    ///
    /// - Throws: `LinkError.notGivenBack`.
    public func unplace() throws {
        let problems = takeBack { $0.file != nil }
        if !problems.isEmpty { throw LinkError.notGivenBack(problems.joined(separator: "; ")) }
    }

    /// Words of 32 CPUs as text.
    static func mask(_ cpus: [Int]) -> String {
        LinkSetting.mask(
            (0...((cpus.max() ?? 0) / 32)).reversed().map { word in
                cpus.filter { $0 / 32 == word }.reduce(UInt32(0)) { $0 | 1 << UInt32($1 % 32) }
            })
    }
}
