import Ports

/// The kernel's bounds for live frames (net/bpf/test_run.c).
public enum LiveFrames {
    /// `TEST_XDP_FRAME_SIZE` without the frame's headroom, its `struct xdp_page_head` and the `skb_shared_info` behind it, which is
    /// what is left of a page of 4 KiB on a 64-bit machine.
    public static let maximumFrameBytes = FrameRoom.liveFrameBytes
    /// `NAPI_POLL_WEIGHT`, the kernel's own choice.
    public static let batchFrames = 64
    /// `TEST_XDP_MAX_BATCH`.
    public static let maximumBatchFrames = 256

    /// How many runs of a paced program go between two flushes, most of which make no frame: a frame waits for the flush, and a flush with a frame
    /// in it costs a turn of the peer's NAPI. What a rate leaves time for is sent alone.
    static func batchFrames(intervalNanoseconds: Double) -> Int {
        switch intervalNanoseconds {
        case 5_000...: 1
        case 2_500...: 8
        default: batchFrames
        }
    }

    /// Makes one frame that goes nowhere, to see whether this kernel and user can.
    ///
    /// - Throws: `ProgramError`: `.notPermitted`, or `.notSupported` on Linux before 5.18.
    public static func attempt() throws(ProgramError) {
        var assembler = ProgramAssembler()
        assembler.move(.r0, XDPAction.drop.operand)
        assembler.exit()
        let program = try BPFProgram(name: "vethmark_try", assembler)
        do {
            _ = try program.runLive(frame: [UInt8](repeating: 0, count: 60), repeats: 1)
        } catch {
            throw ProgramError(error)
        }
    }
}
