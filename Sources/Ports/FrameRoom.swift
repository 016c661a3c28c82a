/// The largest frames that ways with room of a fixed size take, without FCS.
public enum FrameRoom {
    /// Of a page of 4 KiB, what the kernel's headroom and `skb_shared_info` leave to a live frame (`xdp_test_run_setup`).
    public static let liveFrameBytes = 3408
    /// A chunk of an AF_XDP socket's memory (`XDP_UMEM_REG`, at most a page).
    public static let socketChunkBytes = 4096
}
