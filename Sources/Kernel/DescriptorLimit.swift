import Glibc

/// How many descriptors this process may have open (RLIMIT_NOFILE of getrlimit(2)).
public enum DescriptorLimit {
    // Unsafe: the structs are this function's own, and the kernel keeps no pointer to them.

    /// What may be had now, and what a process may raise that to by itself.
    public static var current: (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return (1_024, 1_024) }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    /// Raises what may be had to all that may be, if it is less than what is needed.
    ///
    /// - Returns: whether so many can be had now.
    public static func raise(toHold count: UInt64) -> Bool {
        let (soft, hard) = current
        guard soft < count else { return true }
        guard hard >= count else { return false }
        var limit = rlimit(rlim_cur: rlim_t(hard), rlim_max: rlim_t(hard))
        return unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    }
}
