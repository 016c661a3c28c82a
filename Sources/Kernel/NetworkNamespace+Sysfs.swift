import CLinux
import Glibc

extension NetworkNamespace {
    // Unsafe: `mount(2)` reads strings that are lent for the call alone.

    /// Runs `body` on a thread of its own for which `/sys/class/net` shows this namespace.
    ///
    /// A mounted sysfs shows the network namespace of whoever mounted it, wherever its reader is. So the thread
    /// enters the namespace, takes a mount namespace of its own (`unshare(CLONE_NEWNS)`, nothing propagates back)
    /// and mounts a sysfs over `/sys`. Mount and thread end together; no other thread sees either.
    ///
    /// Where `/sys` is this namespace's already, as in the machine's own or under `ip netns exec`, the kernel answers EBUSY to a second mount
    /// of the same on the same place (`graft_tree`), and the one that is there serves.
    ///
    /// All mounts of one namespace's sysfs share a superblock, with the flags of the first (`kernfs_get_tree`), and it outlives its last mount by a
    /// moment. So a reader's mount is read-only by itself and leaves the superblock writable, or whoever writes next would meet EROFS.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN over the namespace, EINVAL in a chroot whose root is
    ///   no mount point; what `body` throws.
    public func performWithSysfs<Output: Sendable>(isWritable: Bool = false, _ body: @escaping @Sendable () throws -> Output) throws
        -> Output
    {
        try WorkerThread(name: "sysfs-\(name)") {
            try self.enter()
            try systemCall("unshare(CLONE_NEWNS)") { cl_unshare(CL_CLONE_NEWNS) }
            try systemCall("mount(MS_PRIVATE)") { unsafe mount("none", "/", nil, UInt(CL_MS_REC | CL_MS_PRIVATE), nil) }
            do throws(SystemError) {
                try Self.mountSysfs(isWritable: isWritable)
            } catch {
                guard error.number == EBUSY else { throw error }
                // It may be read-only, in a container; for this thread it needn't. What forbids that shows when something is written.
                if isWritable { unsafe mount("none", "/sys", nil, UInt(CL_MS_REMOUNT | CL_MS_BIND), nil) }
            }
            return try body()
        }.join().get()
    }

    private static func mountSysfs(isWritable: Bool) throws(SystemError) {
        do throws(SystemError) {
            try systemCall("mount(sysfs)") { unsafe mount("sysfs", "/sys", "sysfs", 0, nil) }
        } catch {
            // In a user namespace whose `/sys` is read-only for good, only another such mount is allowed (`mount_too_revealing`).
            guard error.number == EPERM, !isWritable else { throw error }
            try systemCall("mount(sysfs)") { unsafe mount("sysfs", "/sys", "sysfs", UInt(CL_MS_RDONLY), nil) }
            return
        }
        if !isWritable { unsafe mount("none", "/sys", nil, UInt(CL_MS_REMOUNT | CL_MS_BIND | CL_MS_RDONLY), nil) }
    }
}
