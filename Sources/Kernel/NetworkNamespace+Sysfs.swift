import CLinux
import Glibc

extension NetworkNamespace {
    /// Runs `body` on a thread of its own for which `/sys/class/net` shows this namespace.
    ///
    /// A mounted sysfs shows the network namespace of whoever mounted it, wherever its reader is. So the thread
    /// enters the namespace, takes a mount namespace of its own (`unshare(CLONE_NEWNS)`, nothing propagates back)
    /// and mounts a sysfs over `/sys`. Mount and thread end together; no other thread sees either.
    ///
    /// Where `/sys` is this namespace's already, as in the machine's own or under `ip netns exec`, the kernel answers EBUSY to a second mount
    /// of the same on the same place (`graft_tree`), and the one that is there serves.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN over the namespace, EINVAL in a chroot whose root is
    ///   no mount point; what `body` throws.
    public func performWithSysfs<Output: Sendable>(isWritable: Bool = false, _ body: @escaping @Sendable () throws -> Output) throws
        -> Output
    {
        try WorkerThread(name: "sysfs-\(name)") {
            try self.enter()
            try systemCall("unshare(CLONE_NEWNS)") { cl_unshare(CL_CLONE_NEWNS) }
            try systemCall("mount(MS_PRIVATE)") { mount("none", "/", nil, UInt(CL_MS_REC | CL_MS_PRIVATE), nil) }
            do throws(SystemError) {
                // Never read-only: that would hold for the superblock, which all mounts of this namespace's sysfs share as long as one of
                // them lasts, and a mount lasts a moment longer than its thread.
                try systemCall("mount(sysfs)") { mount("sysfs", "/sys", "sysfs", 0, nil) }
            } catch {
                guard error.number == EBUSY else { throw error }
                // It may be read-only, in a container; for this thread it needn't. What forbids that shows when something is written.
                if isWritable { mount("none", "/sys", nil, UInt(CL_MS_REMOUNT | CL_MS_BIND), nil) }
            }
            return try body()
        }.join().get()
    }
}
