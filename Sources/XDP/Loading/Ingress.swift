import CBPF

/// Where a frame of a test run seems to come in by: an interface of the calling thread's network namespace whose queue is
/// registered for XDP (`xdp_convert_md_to_buff`), which a veth's is while it has native XDP or NAPI.
public struct Ingress: Equatable, Sendable {
    public var interfaceIndex: Int
    public var queue: Int

    public init(interfaceIndex: Int, queue: Int = 0) {
        self.interfaceIndex = interfaceIndex
        self.queue = queue
    }

    /// `data_end` has to be the frame's length, all else 0.
    func context(frameBytes: Int) -> xdp_md {
        var context = xdp_md()
        context.data_end = UInt32(frameBytes)
        context.ingress_ifindex = UInt32(interfaceIndex)
        context.rx_queue_index = UInt32(queue)
        return context
    }
}
