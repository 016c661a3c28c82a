import CBPF
import Kernel

extension BPFProgram {
    // Unsafe: buffers, context and options are lent for the call alone, each with its length.

    /// Runs the program on a copy of `frame` that goes nowhere (`bpf_prog_test_run_xdp`); a redirect is only decided.
    ///
    /// - Parameters:
    ///   - frame: 14 bytes or more.
    ///   - repeats: how often, the frame staying as the run before left it.
    ///   - ingress: nil is the loopback device.
    /// - Throws: `SystemError` of `bpf(2)`: EINVAL for a frame too short or too long.
    public borrowing func run(
        frame: [UInt8], repeats: Int = 1, ingress: Ingress? = nil
    ) throws(SystemError) -> TestRunOutcome {
        var output = [UInt8](repeating: 0, count: max(frame.count, 64))
        var options = unsafe bpf_test_run_opts()
        unsafe options.sz = unsafe MemoryLayout<bpf_test_run_opts>.size
        unsafe options.repeat = Int32(clamping: repeats)
        let result = unsafe output.withUnsafeMutableBytes { output in
            unsafe options.data_out = output.baseAddress
            unsafe options.data_size_out = UInt32(output.count)
            return unsafe call(&options, frame, ingress)
        }
        _ = try bpfCall("BPF_PROG_TEST_RUN", result)
        return unsafe TestRunOutcome(
            returned: options.retval, frame: Array(output.prefix(Int(options.data_size_out))),
            durationNanoseconds: Int(options.duration))
    }

    /// Runs the program on fresh frames that really leave: where the program redirects to, or into the network stack
    /// (`bpf_test_run_xdp_live`, Linux 5.18). Redirects look for the interface in the calling thread's network namespace.
    ///
    /// Pages come back with what the program wrote into them; only a frame's bounds are set anew (`reset_ctx`).
    ///
    /// - Parameters:
    ///   - frame: what each frame holds at first; at most `LiveFrames.maximumFrameBytes`.
    ///   - repeats: frames in all, a multiple of the batch or not. Each call updates the BPF dispatcher and waits for
    ///     it, so make it millions.
    ///   - batchFrames: 1 to 256 frames between two flushes (`TEST_XDP_MAX_BATCH`).
    ///   - ingress: nil is the loopback device.
    /// - Returns: nanoseconds a frame.
    /// - Throws: `SystemError` EINTR after a signal, which ends the run between two batches; ENOTSUPP and EINVAL
    ///   on kernels without live frames.
    public borrowing func runLive(
        frame: [UInt8], repeats: Int, batchFrames: Int = LiveFrames.batchFrames, ingress: Ingress? = nil
    ) throws(SystemError) -> Int {
        var options = unsafe bpf_test_run_opts()
        unsafe options.sz = unsafe MemoryLayout<bpf_test_run_opts>.size
        unsafe options.repeat = Int32(clamping: repeats)
        unsafe options.flags = UInt32(CL_BPF_F_TEST_XDP_LIVE_FRAMES)
        unsafe options.batch_size = UInt32(batchFrames)
        _ = try unsafe bpfCall("BPF_PROG_TEST_RUN live", call(&options, frame, ingress))
        return unsafe Int(options.duration)
    }

    private borrowing func call(_ options: inout bpf_test_run_opts, _ frame: [UInt8], _ ingress: Ingress?) -> Int32 {
        let raw = descriptor.raw
        var context = ingress?.context(frameBytes: frame.count) ?? xdp_md()
        return unsafe withUnsafeMutableBytes(of: &context) { context in
            unsafe frame.withUnsafeBytes { input in
                unsafe options.data_in = input.baseAddress
                unsafe options.data_size_in = UInt32(input.count)
                if ingress != nil {
                    unsafe options.ctx_in = UnsafeRawPointer(context.baseAddress)
                    unsafe options.ctx_size_in = UInt32(context.count)
                }
                return unsafe bpf_prog_test_run_opts(raw, &options)
            }
        }
    }
}
