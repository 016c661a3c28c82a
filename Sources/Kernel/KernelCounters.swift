/// `/proc/stat`, `/proc/softirqs` and `/proc/net/softnet_stat` at one moment, by CPU.
public struct KernelCounters: Equatable, Sendable {
    /// Time of one CPU in each mode since boot, USER_HZ.
    public struct Times: Equatable, Sendable {
        public var user: UInt64 = 0
        public var system: UInt64 = 0
        public var idle: UInt64 = 0
        public var softirq: UInt64 = 0
        public var steal: UInt64 = 0
        public var other: UInt64 = 0
        public init() {}
        public var total: UInt64 { user + system + idle + softirq + steal + other }
    }

    /// `softnet_data`: frames the backlog worked on, dropped, and times it ran out of budget. 32 bits each.
    public struct Backlog: Equatable, Sendable {
        public var processed: UInt32 = 0
        public var dropped: UInt32 = 0
        public var timeSqueezed: UInt32 = 0
        public init() {}
    }

    /// USER_HZ is 100 on every architecture that is left.
    public static let tickNanoseconds: UInt64 = 10_000_000

    public var times: [Int: Times] = [:]
    public var netRx: [Int: UInt64] = [:]
    public var netTx: [Int: UInt64] = [:]
    public var backlog: [Int: Backlog] = [:]

    public init() {}

    public static func read() -> KernelCounters {
        KernelCounters(
            stat: TextFile.read("/proc/stat") ?? "", softirqs: TextFile.read("/proc/softirqs") ?? "",
            softnet: TextFile.read("/proc/net/softnet_stat") ?? "")
    }

    /// The times alone, for whoever looks often.
    public static func readTimes() -> [Int: Times] { times(TextFile.read("/proc/stat") ?? "") }

    /// From the files' texts; lines of another form are passed over.
    public init(stat: String, softirqs: String, softnet: String) {
        times = Self.times(stat)
        let rows = Self.softirqs(softirqs)
        netRx = rows["NET_RX:"] ?? [:]
        netTx = rows["NET_TX:"] ?? [:]
        backlog = Self.backlog(softnet)
    }

    /// `cpuN user nice system idle iowait irq softirq steal …` (proc(5)).
    private static func times(_ text: String) -> [Int: Times] {
        var times: [Int: Times] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            guard words.count >= 9, let cpu = Int(words[0].dropFirst(3)) else { continue }
            let numbers = words[1...8].map { UInt64($0) ?? 0 }
            var one = Times()
            one.user = numbers[0] + numbers[1]
            one.system = numbers[2]
            one.idle = numbers[3] + numbers[4]
            one.other = numbers[5]
            one.softirq = numbers[6]
            one.steal = numbers[7]
            times[cpu] = one
        }
        return times
    }

    /// A heading of `CPU0 CPU1 …`, then a row for each softirq.
    private static func softirqs(_ text: String) -> [String: [Int: UInt64]] {
        let lines = text.split(separator: "\n")
        guard let heading = lines.first else { return [:] }
        let cpus = heading.split(separator: " ").compactMap { Int($0.dropFirst(3)) }
        var rows: [String: [Int: UInt64]] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            let values = words.dropFirst().compactMap { UInt64($0) }
            rows[String(name)] = Dictionary(zip(cpus, values)) { first, _ in first }
        }
        return rows
    }

    /// Hexadecimal columns; the thirteenth is the CPU since Linux 5.10, before it the line's number is.
    private static func backlog(_ text: String) -> [Int: Backlog] {
        var backlog: [Int: Backlog] = [:]
        for (position, line) in text.split(separator: "\n").enumerated() {
            let columns = line.split(separator: " ").map { UInt32($0, radix: 16) }
            guard columns.count >= 3, let processed = columns[0], let dropped = columns[1], let squeezed = columns[2] else {
                continue
            }
            var one = Backlog()
            one.processed = processed
            one.dropped = dropped
            one.timeSqueezed = squeezed
            backlog[columns.count >= 13 ? columns[12].map { Int($0) } ?? position : position] = one
        }
        return backlog
    }
}
