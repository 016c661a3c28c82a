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

    /// - Throws: `LinkError` if an end is gone.
    init(_ pair: LinkPair?) throws {
        if let pair {
            transmit = try pair.transmit.current()
            receive = try pair.receive.current()
            transmitEthtool = pair.transmit.ethtool?.statistics(of: pair.transmit.link) ?? [:]
            receiveEthtool = pair.receive.ethtool?.statistics(of: pair.receive.link) ?? [:]
        }
        kernel = KernelCounters.read()
        monotonicNanoseconds = Clock.monotonicNanoseconds
        throttledNanoseconds = GroupThrottling.nanoseconds
    }
}
