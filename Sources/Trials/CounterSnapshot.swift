import Kernel
import Links

/// All the kernel's counters that bear on a trial, read at one moment of quiet.
struct CounterSnapshot {
    var transmit: Link?
    var receive: Link?
    var transmitEthtool: [String: UInt64] = [:]
    var receiveEthtool: [String: UInt64] = [:]
    var kernel: KernelCounters
    var monotonicNanoseconds: UInt64
    /// By the CPU quota of a control group, since it exists.
    var throttledNanoseconds: UInt64

    /// - Parameters:
    ///   - hasSender: whether the transmitting end is here; of two hosts each has one end.
    ///   - hasReceiver: likewise.
    ///   - isCut: whether it is known already that an end was lost: then one that is gone has no counters.
    /// - Throws: `LinkError` if an end is gone.
    init(_ pair: LinkPair?, hasSender: Bool = true, hasReceiver: Bool = true, isCut: Bool = false) throws {
        func current(_ end: LinkEnd) throws -> Link? { isCut ? try? end.current() : try end.current() }
        if let pair, hasSender {
            transmit = try current(pair.transmit)
            transmitEthtool = pair.transmit.ethtool?.statistics(of: pair.transmit.link) ?? [:]
        }
        if let pair, hasReceiver {
            receive = try current(pair.receive)
            receiveEthtool = pair.receive.ethtool?.statistics(of: pair.receive.link) ?? [:]
        }
        kernel = KernelCounters.read()
        monotonicNanoseconds = Clock.monotonicNanoseconds
        throttledNanoseconds = GroupThrottling.nanoseconds
    }

    /// Counters that changed; `peer_ifindex` is no counter and never does.
    static func moved(_ prefix: String, _ before: [String: UInt64], _ after: [String: UInt64]) -> [String: UInt64] {
        var moved: [String: UInt64] = [:]
        for (name, value) in after {
            let difference = value &- (before[name] ?? 0)
            if difference != 0 { moved[prefix + name] = difference }
        }
        return moved
    }
}
