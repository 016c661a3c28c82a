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
        let name = receive.link.name
        let folder = "/sys/class/net/\(name)"
        switch placement {
        case .steering(let cpus):
            let mask = Self.mask(cpus)
            // The index that `get_rps_cpu` looks at is one off on veth, so every queue gets the mask.
            let queues = (0..<receive.link.receiveQueues).map { "\(folder)/queues/rx-\($0)/rps_cpus" }
            try write(queues.map { ($0, mask) })
        case .threads(let cpus):
            let before = Set(KernelThreads.named("napi/\(name)"))
            try write([("\(folder)/threaded", "1")])
            // Threads have the interface's name, which others in other namespaces may have too: ours are the new ones.
            let threads = KernelThreads.named("napi/\(name)").filter { !before.contains($0) }.sorted()
            for (position, thread) in threads.enumerated() {
                try Affinity.pin(thread: thread, toCPU: cpus[position % cpus.count])
            }
        }
    }

    /// Writes files of the receiving end's sysfs, and remembers what stood there. Queues that aren't active have none; that there is
    /// one at all is asked.
    private func write(_ files: [(path: String, text: String)]) throws {
        let namespace = receive.namespace
        let before = try namespace.performWithSysfs(isWritable: true) {
            var before: [(path: String, text: String)] = []
            for (position, file) in files.enumerated() {
                guard let old = TextFile.read(file.path) else {
                    if position == 0 { throw SystemError(call: "open \(file.path)", number: ErrorNumber.noEntry) }
                    continue
                }
                before.append((file.path, String(old.prefix { $0 != "\n" })))
                try TextFile.write(file.text, to: file.path)
            }
            return before
        }
        rememberPlacement {
            try namespace.performWithSysfs(isWritable: true) { for file in before { try TextFile.write(file.text, to: file.path) } }
        }
    }

    /// Moves the softirq work back to where it was. To be called while the program is still on the interface whose NAPI was threaded:
    /// without NAPI there is nothing to switch (`dev_set_threaded`).
    ///
    /// - Throws: `SystemError`.
    public func unplace() throws { for step in takePlacementSteps() { try step() } }

    /// Hexadecimal words of 32 CPUs, highest first (`bitmap_parse`).
    static func mask(_ cpus: [Int]) -> String {
        let words = (0...((cpus.max() ?? 0) / 32)).map { word in
            cpus.filter { $0 / 32 == word }.reduce(UInt32(0)) { $0 | 1 << UInt32($1 % 32) }
        }
        return words.reversed().map { String($0, radix: 16) }.joined(separator: ",")
    }
}
