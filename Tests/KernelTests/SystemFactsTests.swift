import Foundation
import Testing

@testable import Kernel

@Suite struct SystemFactsTests {
    /// A machine's /proc and /sys as files.
    private final class Tree {
        let root = NSTemporaryDirectory() + "system-facts-\(UUID().uuidString)"

        func write(_ path: String, _ text: String) throws {
            let url = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((text + "\n").utf8).write(to: url)
        }

        deinit { try? FileManager.default.removeItem(atPath: root) }
    }

    @Test func aMachineIsRead() throws {
        let tree = Tree()
        try tree.write("/proc/sys/net/core/netdev_max_backlog", "1000")
        try tree.write("/proc/sys/net/core/wmem_max", "212992")
        try tree.write("/proc/sys/net/core/secret", "1")
        try tree.write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=17 isolcpus=2,3 nohz_full=2,3 quiet mitigations=off password=x")
        try tree.write("/sys/devices/system/cpu/smt/control", "on")
        try tree.write("/sys/devices/system/cpu/vulnerabilities/mds", "Vulnerable: Clear CPU buffers attempted, no microcode")
        try tree.write("/sys/devices/system/cpu/vulnerabilities/l1tf", "Mitigation: PTE Inversion")
        try tree.write("/sys/devices/system/cpu/vulnerabilities/srbds", "Not affected")
        try tree.write("/sys/devices/system/cpu/intel_pstate/no_turbo", "1")
        try tree.write("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3500000")
        try tree.write("/sys/devices/system/cpu/cpuidle/current_driver", "intel_idle")
        try tree.write("/sys/devices/system/cpu/cpuidle/current_governor", "menu")
        try tree.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never")
        try tree.write("/proc/cpuinfo", "processor\t: 0\nmodel name\t: X\nmicrocode\t: 0x2b0004b1\n")
        try tree.write("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)")
        let root = tree.root
        #expect(SystemFacts.kernelBuild(root: root) == "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)")
        #expect(SystemFacts.sysctls(root: root) == ["net.core.netdev_max_backlog": "1000", "net.core.wmem_max": "212992"])
        #expect(SystemFacts.bootParameters(root: root) == ["isolcpus=2,3", "nohz_full=2,3", "mitigations=off"])
        #expect(SystemFacts.simultaneousMultithreading(root: root) == "on")
        #expect(SystemFacts.vulnerable(root: root) == ["mds"])
        #expect(SystemFacts.hasTurbo(root: root) == false && SystemFacts.maximumHertz(root: root) == 3_500_000_000)
        #expect(SystemFacts.idle(root: root) == "intel_idle menu" && SystemFacts.microcode(root: root) == "0x2b0004b1")
        #expect(SystemFacts.transparentHugePages(root: root) == "madvise")
    }

    @Test func whatIsNotThereIsNil() {
        let root = "/nowhere/at/all"
        #expect(SystemFacts.sysctls(root: root).isEmpty && SystemFacts.bootParameters(root: root).isEmpty)
        #expect(SystemFacts.hasTurbo(root: root) == nil && SystemFacts.idle(root: root) == nil && SystemFacts.microcode(root: root) == nil)
        #expect(SystemFacts.vulnerable(root: root).isEmpty && SystemFacts.maximumHertz(root: root) == nil)
    }

    @Test func stealIsAShareOfAllCPUs() throws {
        let stat = "cpu0 10 0 20 60 0 0 0 10 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0\n"
        let counters = KernelCounters(stat: stat, softirqs: "", softnet: "")
        #expect(SystemFacts.stealRatio(of: counters) == 0.05)
        #expect(SystemFacts.stealRatio(of: KernelCounters()) == nil)
        #expect(try #require(SystemFacts.stealRatio()) >= 0)
    }
}
