import Kernel

/// What only sysfs tells of a link's queues: RPS, XPS, threaded NAPI.
enum QueueSettings {
    /// By interface name; empty where sysfs can't show this namespace.
    ///
    /// With CAP_SYS_ADMIN a sysfs is mounted for the purpose, which shows the right namespace by construction
    /// (`performWithSysfs`). Without, the one at `/sys` is taken if it knows every link by the same index and
    /// address; a namespace with nothing but a loopback can't be told from another one, and is left out.
    static func read(_ links: [LinkDescription], in namespace: NetworkNamespace) -> [String: LinkQueues] {
        if let queues = try? namespace.performWithSysfs({ readAll(links) }) { return queues }
        guard links.contains(where: { $0.linkType == "ether" }), links.allSatisfy(isShown) else { return [:] }
        return readAll(links)
    }

    private static func isShown(_ link: LinkDescription) -> Bool {
        file(link.name, "ifindex") == "\(link.index)" && file(link.name, "address") == link.address
    }

    private static func readAll(_ links: [LinkDescription]) -> [String: LinkQueues] {
        Dictionary(links.map { ($0.name, read($0)) }) { first, _ in first }
    }

    private static func read(_ link: LinkDescription) -> LinkQueues {
        var queues = LinkQueues()
        queues.isThreaded = file(link.name, "threaded").map { $0 != "0" }
        // Only active queues have a folder.
        for number in 0..<(link.receiveQueues ?? 0) {
            guard let mask = file(link.name, "queues/rx-\(number)/rps_cpus") else { break }
            let flows = file(link.name, "queues/rx-\(number)/rps_flow_cnt").flatMap { Int($0) }
            queues.receive.append(LinkQueue(number: number, receiveSteering: mask, steeredFlows: flows))
        }
        for number in 0..<(link.transmitQueues ?? 0) {
            guard file(link.name, "queues/tx-\(number)/tx_timeout") != nil else { break }
            queues.transmit.append(LinkQueue(number: number, transmitSteering: file(link.name, "queues/tx-\(number)/xps_cpus")))
        }
        return queues
    }

    private static func file(_ link: String, _ path: String) -> String? {
        TextFile.read("/sys/class/net/\(link)/\(path)").map { String($0.prefix { $0 != "\n" }) }
    }
}
