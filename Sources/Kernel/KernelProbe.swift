import CLinux

/// Things that are best found out by trying, each without a trace in this process.
public enum KernelProbe {
    /// A user and a network namespace in a child process.
    public static func userNamespace() throws(SystemError) { try judge("unshare(CLONE_NEWUSER)", cl_try_user_namespace()) }

    /// Loading the smallest XDP program.
    public static func xdpProgram() throws(SystemError) { try judge("bpf(BPF_PROG_LOAD)", cl_try_xdp_program()) }

    private static func judge(_ call: String, _ number: Int32) throws(SystemError) {
        if number != 0 { throw SystemError(call: call, number: number) }
    }
}
