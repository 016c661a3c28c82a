import CLinux
import Glibc

/// What the machine says of itself in /proc, /sys and uname(2). No host name: results are shown to others.
public enum MachineFacts {
    // Unsafe: `uname` writes a struct of character arrays, each with a zero at its end.

    public static var kernelRelease: String { uname.release }
    public static var architecture: String { uname.machine }

    private static var uname: (release: String, machine: String) {
        var names = utsname()
        unsafe Glibc.uname(&names)
        return (text(names.release), text(names.machine))
    }

    private static func text<Tuple>(_ field: Tuple) -> String {
        unsafe withUnsafeBytes(of: field) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// `model name` of x86; elsewhere the device tree's model.
    public static var cpuModel: String {
        TextFile.field("model name", of: "/proc/cpuinfo") ?? TextFile.line("/proc/device-tree/model") ?? "unknown"
    }

    public static var memoryBytes: UInt64 { kibibytes("MemTotal", of: "/proc/meminfo") }

    /// Largest resident set so far.
    public static var residentPeakBytes: UInt64 { kibibytes("VmHWM", of: "/proc/self/status") }

    /// Resident set now.
    public static var residentBytes: UInt64 { kibibytes("VmRSS", of: "/proc/self/status") }

    /// cpufreq's governor of CPU 0; nil without cpufreq.
    public static var governor: String? { TextFile.line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") }

    public static var clocksource: String? {
        TextFile.line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    }

    /// Vulnerabilities that the kernel works against, which costs every system call.
    public static var mitigations: [String: String] {
        var found: [String: String] = [:]
        for name in [
            "itlb_multihit", "l1tf", "mds", "meltdown", "mmio_stale_data", "reg_file_data_sampling", "retbleed",
            "spec_rstack_overflow", "spec_store_bypass", "spectre_v1", "spectre_v2", "srbds", "tsa", "tsx_async_abort", "vmscape"
        ] {
            guard let text = TextFile.line("/sys/devices/system/cpu/vulnerabilities/\(name)"), text.hasPrefix("Mitigation") else {
                continue
            }
            found[name] = text
        }
        return found
    }

    /// The hypervisor, as far as its traces show; nil on bare metal.
    public static var virtualization: String? {
        if let type = TextFile.line("/sys/hypervisor/type") { return type }
        if let vendor = TextFile.line("/sys/class/dmi/id/sys_vendor"),
            ["QEMU", "Amazon EC2", "VMware, Inc.", "Google", "Xen"].contains(vendor)
        {
            return vendor
        }
        let flags = TextFile.field("flags", of: "/proc/cpuinfo") ?? ""
        return flags.split(separator: " ").contains("hypervisor") ? "hypervisor" : nil
    }

    private static func kibibytes(_ name: String, of path: String) -> UInt64 {
        let value = TextFile.field(name, of: path)?.prefix { $0.isNumber } ?? ""
        return (UInt64(value) ?? 0) * 1024
    }

    /// The commit that a directory's git repository stands at, without running git: HEAD, then the
    /// reference it names, loose or packed. Nil outside of a repository.
    static func gitCommit(in directory: String) -> String? {
        var folder = directory
        for _ in 0..<32 {
            if let commit = commit(gitFolder: folder + "/.git") { return commit }
            folder += "/.."
        }
        return nil
    }

    private static func commit(gitFolder: String) -> String? {
        var folder = gitFolder
        // A work tree's .git is a file that names the folder.
        if let pointer = TextFile.line(gitFolder), pointer.hasPrefix("gitdir: ") { folder = String(pointer.dropFirst(8)) }
        guard let head = TextFile.line(folder + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return head }
        let reference = String(head.dropFirst(5))
        let common = TextFile.line(folder + "/commondir").map { folder + "/" + $0 } ?? folder
        if let commit = TextFile.line(common + "/" + reference) { return commit }
        for packed in (TextFile.read(common + "/packed-refs") ?? "").split(separator: "\n") where packed.hasSuffix(" " + reference) {
            return String(packed.prefix { $0 != " " })
        }
        return nil
    }
}
