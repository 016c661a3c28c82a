import CLinux

/// What the kernel counts for an AF_XDP socket since it was made: XDP_STATISTICS (`struct xdp_statistics`). Reading clears nothing.
public struct XDPSocketStatistics: Equatable, Sendable {
    /// Frames that came to the socket and found no chunk, or were too long for one (`xsk_rcv_check`, `__xsk_rcv`).
    public var receiveDropped: UInt64 = 0
    /// Frames that found a chunk, but no place in the RX ring (`__xsk_rcv_zc`).
    public var receiveRingFull: UInt64 = 0
    /// Looks at an empty fill ring. In copy mode each of them is one of `receiveDropped`, so the two must not be added.
    public var fillRingEmpty: UInt64 = 0
    /// Addresses in the fill ring that lie outside of the memory.
    public var receiveInvalidDescriptors: UInt64 = 0
    /// TX descriptors that were skipped, their frames not sent (`xskq_cons_is_valid_desc`).
    public var transmitInvalidDescriptors: UInt64 = 0

    public init() {}

    init(_ raw: xdp_statistics) {
        receiveDropped = raw.rx_dropped
        receiveRingFull = raw.rx_ring_full
        fillRingEmpty = raw.rx_fill_ring_empty_descs
        receiveInvalidDescriptors = raw.rx_invalid_descs
        transmitInvalidDescriptors = raw.tx_invalid_descs
    }

    /// Frames that came and were lost, each once.
    public var lostFrames: UInt64 { receiveDropped + receiveRingFull }
}
