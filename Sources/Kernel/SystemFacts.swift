/// Settings of the machine that move figures, as /proc and /sys say them. What can't be read is left out.
public enum SystemFacts {
    /// Names of sysctl(8) whose values bear on how fast frames go through the stack.
    public static let sysctlNames = [
        "kernel.numa_balancing", "kernel.sched_rt_runtime_us", "kernel.timer_migration", "kernel.unprivileged_bpf_disabled",
        "net.core.bpf_jit_enable", "net.core.bpf_jit_harden", "net.core.busy_poll", "net.core.busy_read", "net.core.default_qdisc",
        "net.core.dev_weight", "net.core.dev_weight_rx_bias", "net.core.dev_weight_tx_bias", "net.core.gro_normal_batch",
        "net.core.high_order_alloc_disable", "net.core.max_skb_frags", "net.core.netdev_budget", "net.core.netdev_budget_usecs",
        "net.core.netdev_max_backlog", "net.core.netdev_tstamp_prequeue", "net.core.optmem_max", "net.core.rmem_default",
        "net.core.rmem_max", "net.core.rps_sock_flow_entries", "net.core.skb_defer_max", "net.core.warnings", "net.core.wmem_default",
        "net.core.wmem_max"
    ]

    /// By name. In a network namespace of its own a process sees fewer of them.
    ///
    /// - Parameter root: what stands in front of `/proc`.
    public static func sysctls(root: String = "") -> [String: String] {
        var values: [String: String] = [:]
        for name in sysctlNames {
            values[name] = TextFile.line(root + "/proc/sys/" + name.replacing(".", with: "/"))
        }
        return values
    }

    /// Parameters of the kernel's command line that change CPUs, timers and mitigations; others may tell what is nobody's business.
    public static func bootParameters(root: String = "") -> [String] {
        let names: Set = [
            "clocksource", "cpuidle.governor", "cpuidle.off", "cpuidle_haltpoll.force", "default_hugepagesz", "hugepages", "hugepagesz",
            "idle",
            "intel_idle.max_cstate", "intel_pstate", "amd_pstate", "irqaffinity", "isolcpus", "kpti", "kthread_cpus", "maxcpus",
            "mitigations",
            "nohz", "nohz_full", "noibrs", "nopti", "nosmt", "nospectre_v1", "nospectre_v2", "numa_balancing", "pti", "preempt",
            "processor.max_cstate", "rcu_nocbs", "retbleed", "skew_tick", "spectre_v2", "spec_rstack_overflow", "threadirqs",
            "transparent_hugepage", "tsc"
        ]
        let words = (TextFile.line(root + "/proc/cmdline") ?? "").split(separator: " ")
        return words.filter { names.contains(String($0.prefix { $0 != "=" })) }.map(String.init)
    }

    /// `on`, `off`, `forceoff`, `notsupported`, `notimplemented`.
    public static func simultaneousMultithreading(root: String = "") -> String? {
        TextFile.line(root + "/sys/devices/system/cpu/smt/control")
    }

    /// Names of `/sys/devices/system/cpu/vulnerabilities` that nothing is done against.
    public static func vulnerable(root: String = "") -> [String] {
        let folder = root + "/sys/devices/system/cpu/vulnerabilities"
        return Folder.entries(folder).filter { TextFile.line("\(folder)/\($0)")?.hasPrefix("Vulnerable") ?? false }.sorted()
    }

    /// Whether CPUs may go beyond their nominal frequency; nil where nobody says.
    public static func hasTurbo(root: String = "") -> Bool? {
        if let text = TextFile.line(root + "/sys/devices/system/cpu/intel_pstate/no_turbo") { return text == "0" }
        return TextFile.line(root + "/sys/devices/system/cpu/cpufreq/boost").map { $0 == "1" }
    }

    /// The highest frequency of CPU 0 by cpufreq, hertz.
    public static func maximumHertz(root: String = "") -> UInt64? {
        TextFile.line(root + "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").flatMap { UInt64($0) }.map { $0 * 1000 }
    }

    /// How CPUs sleep: driver and governor of cpuidle, as in `intel_idle menu`.
    public static func idle(root: String = "") -> String? {
        let folder = root + "/sys/devices/system/cpu/cpuidle/"
        guard let driver = TextFile.line(folder + "current_driver") else { return nil }
        return
            (["\(driver)"] + [TextFile.line(folder + "current_governor") ?? TextFile.line(folder + "current_governor_ro")].compactMap { $0 })
            .joined(separator: " ")
    }

    /// `microcode` of /proc/cpuinfo.
    public static func microcode(root: String = "") -> String? { TextFile.field("microcode", of: root + "/proc/cpuinfo") }

    /// The chosen word of `/sys/kernel/mm/transparent_hugepage/enabled`.
    public static func transparentHugePages(root: String = "") -> String? {
        TextFile.line(root + "/sys/kernel/mm/transparent_hugepage/enabled").flatMap { text in
            text.split(separator: " ").first { $0.hasPrefix("[") }.map { String($0.dropFirst().dropLast()) }
        }
    }

    /// How the kernel was built: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1`.
    public static func kernelBuild(root: String = "") -> String? { TextFile.line(root + "/proc/sys/kernel/version") }

    /// The share of time since boot in which a hypervisor kept a CPU from running that had something to run, over all CPUs; 0 on bare metal.
    public static func stealRatio(of counters: KernelCounters = .read()) -> Double? {
        let total = counters.times.values.reduce(0.0) { $0 + Double($1.total) }
        guard total > 0 else { return nil }
        return counters.times.values.reduce(0.0) { $0 + Double($1.steal) } / total
    }
}
