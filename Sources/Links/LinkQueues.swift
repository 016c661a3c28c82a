/// The active queues of a link.
public struct LinkQueues: Encodable, Equatable, Sendable {
    /// NAPI polls in a kernel thread instead of a softirq (`threaded` in sysfs); nil if it can't be read.
    public var isThreaded: Bool?
    public var receive: [LinkQueue] = []
    public var transmit: [LinkQueue] = []

    private enum CodingKeys: String, CodingKey {
        case isThreaded = "threaded"
        case receive = "rx"
        case transmit = "tx"
    }

    /// Takes those of a driver's statistics that belong to one queue: `rx_queue_0_xdp_packets` and the like.
    mutating func add(_ statistics: [String: UInt64]) {
        for (name, value) in statistics {
            guard let place = Self.place(of: name) else { continue }
            let list = place.isReceive ? \Self.receive : \Self.transmit
            while self[keyPath: list].count <= place.queue {
                self[keyPath: list].append(LinkQueue(number: self[keyPath: list].count))
            }
            self[keyPath: list][place.queue].counters[place.counter] = value
        }
    }

    /// Whether a driver's statistic counts for one queue.
    public static func isOfAQueue(_ statistic: String) -> Bool { place(of: statistic) != nil }

    /// Nil for a counter of the whole link.
    static func place(of statistic: String) -> (isReceive: Bool, queue: Int, counter: String)? {
        let words = statistic.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
        // Linux has no more queues than fit 16 bits.
        guard words.count == 4, ["rx", "tx"].contains(words[0]), words[1] == "queue", let queue = UInt16(words[2]) else { return nil }
        return (words[0] == "rx", Int(queue), String(words[3]))
    }
}
