/// One queue of a link: its own counters, and how the kernel spreads its frames over CPUs.
public struct LinkQueue: Encodable, Equatable, Sendable {
    public var number: Int
    /// Those of the driver's statistics that name this queue, without `rx_queue_0_` or `tx_queue_0_`.
    public var counters: [String: UInt64] = [:]
    /// Receive packet steering: CPUs as a hexadecimal mask (`queues/rx-N/rps_cpus` in sysfs); nil if it can't be read.
    public var receiveSteering: String?
    /// Flows that receive flow steering remembers (`queues/rx-N/rps_flow_cnt`).
    public var steeredFlows: Int?
    /// Transmit packet steering: CPUs that use this queue (`queues/tx-N/xps_cpus`); nil with one queue only.
    public var transmitSteering: String?

    private enum CodingKeys: String, CodingKey {
        case number = "queue"
        case counters
        case receiveSteering = "rps_cpus"
        case steeredFlows = "rps_flow_cnt"
        case transmitSteering = "xps_cpus"
    }
}
