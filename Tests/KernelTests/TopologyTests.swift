import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct CPUListTests {
    @Test(arguments: [
        ("0-3,8,10-11\n", [0, 1, 2, 3, 8, 10, 11]), ("0", [0]), ("", []), ("\n", []), ("3,1,2", [1, 2, 3])
    ])
    func listsAreRead(_ text: String, _ numbers: [Int]) {
        #expect(CPUList.parse(text) == numbers)
    }

    @Test(arguments: ["x", "1-", "-1", "3-1", "1,,2", "1-2-3", "99999999", "+1"])
    func whatIsNoListIsNil(_ text: String) {
        #expect(CPUList.parse(text) == nil)
    }

    @Test func listsAreWritten() {
        #expect(CPUList.format([0, 1, 2, 3, 8, 10, 11]) == "0-3,8,10-11")
        #expect(CPUList.format([]) == "")
    }
}

@Suite struct TopologyTests {
    /// A machine of two nodes with SMT, as its /sys says it, CPU 5 offline, in a cgroup that allows three.
    @Test func aRecordedTreeIsRead() throws {
        let root = NSTemporaryDirectory() + "topology-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        func write(_ path: String, _ text: String) throws {
            let url = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((text + "\n").utf8).write(to: url)
        }
        let system = "/sys/devices/system"
        try write(system + "/cpu/online", "0-4,6-7")
        try write(system + "/cpu/isolated", "3")
        try write(system + "/node/online", "0-1")
        try write(system + "/node/node0/cpulist", "0-1,4-5")
        try write(system + "/node/node1/cpulist", "2-3,6-7")
        for cpu in [0, 1, 2, 3, 4, 6, 7] {
            try write(system + "/cpu/cpu\(cpu)/topology/physical_package_id", "\(cpu % 4 / 2)")
            try write(system + "/cpu/cpu\(cpu)/topology/core_id", "\(cpu % 2)")
        }
        try write("/proc/self/cgroup", "0::/box")
        try write("/sys/fs/cgroup/box/cpuset.cpus.effective", "2-4")
        let topology = Topology.read(root: root, allowed: [2, 3, 4, 5])
        #expect(topology.onlineCPUs == [0, 1, 2, 3, 4, 6, 7])
        #expect(topology.nodes == [0, 1])
        #expect(topology.cpu(6) == Topology.CPU(number: 6, node: 1, package: 1, core: 0))
        #expect(topology.cpu(4)?.node == 0)
        #expect(topology.allowedCPUs == [2, 3, 4])
        #expect(topology.isolatedCPUs == [3])
        #expect(topology.cpusetCPUs == [2, 3, 4])
    }

    @Test func aMachineWithoutNodesHasOne() throws {
        let root = NSTemporaryDirectory() + "topology-\(UUID().uuidString)"
        let topology = Topology.read(root: root, allowed: [0])
        #expect(topology.nodes == [0])
        #expect(topology.cpus == [Topology.CPU(number: 0, node: 0, package: 0, core: 0)])
    }

    @Test func thisMachineMakesSense() {
        let topology = Topology.read()
        #expect(!topology.cpus.isEmpty)
        #expect(!topology.allowedCPUs.isEmpty)
        #expect(topology.cpus.allSatisfy { topology.nodes.contains($0.node) })
    }
}

@Suite struct KernelCountersTests {
    private let stat = """
        cpu  30 2 40 500 6 0 70 8 0 0
        cpu0 10 1 20 250 3 0 40 5 0 0
        cpu1 20 1 20 250 3 0 30 3 0 0
        intr 12345
        """
    private let softirqs = """
                            CPU0       CPU1
                  HI:          0          1
              NET_TX:         11         12
              NET_RX:       1000       2000
        """

    @Test func theFilesOfLinux6AreRead() {
        let softnet = """
            00000ab0 00000002 00000003 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
            00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000000 00000000
            """
        let counters = KernelCounters(stat: stat, softirqs: softirqs, softnet: softnet)
        #expect(counters.times[0]?.user == 11)
        #expect(counters.times[1]?.softirq == 30)
        #expect(counters.times[0]?.steal == 5)
        #expect(counters.netRx == [0: 1000, 1: 2000])
        #expect(counters.netTx == [0: 11, 1: 12])
        #expect(counters.backlog[0]?.processed == 0xAB0)
        #expect(counters.backlog[0]?.dropped == 2)
        #expect(counters.backlog[0]?.timeSqueezed == 3)
    }

    @Test func theCPUColumnTellsWhoseLineItIs() {
        let line = "00000005 00000001 00000000 0 0 0 0 0 0 0 0 0 00000007"
        let counters = KernelCounters(stat: "", softirqs: "", softnet: line)
        #expect(counters.backlog[7]?.processed == 5)
    }

    @Test func oldKernelsHaveNoCPUColumn() {
        let counters = KernelCounters(stat: "", softirqs: "", softnet: "1 0 0 0 0 0 0 0 0 0 0\n2 0 0 0 0 0 0 0 0 0 0")
        #expect(counters.backlog[1]?.processed == 2)
    }

    @Test func brokenLinesArePassedOver() {
        let counters = KernelCounters(stat: "cpux 1 2\ncpu0 1", softirqs: "", softnet: "zz\n")
        #expect(counters == KernelCounters())
    }
}

@Suite struct MachineFactsTests {
    @Test func thisMachineSaysWhatItIs() {
        #expect(!MachineFacts.kernelRelease.isEmpty)
        #expect(!MachineFacts.architecture.isEmpty)
        #expect(MachineFacts.memoryBytes > 1 << 26)
        #expect(MachineFacts.residentBytes > 0)
        #expect(MachineFacts.residentPeakBytes >= MachineFacts.residentBytes / 2)
        #expect(MachineFacts.clocksource != nil)
    }

    @Test func theCommitIsFoundLooseAndPacked() throws {
        let folder = NSTemporaryDirectory() + "facts-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/.git/refs/heads", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/below", withIntermediateDirectories: true)
        try Data("ref: refs/heads/main\n".utf8).write(to: URL(fileURLWithPath: folder + "/.git/HEAD"))
        try Data("# pack\nabc123 refs/heads/main\n".utf8).write(to: URL(fileURLWithPath: folder + "/.git/packed-refs"))
        #expect(MachineFacts.gitCommit(in: folder) == "abc123")
        try Data("def456\n".utf8).write(to: URL(fileURLWithPath: folder + "/.git/refs/heads/main"))
        #expect(MachineFacts.gitCommit(in: folder + "/below") == "def456")
    }
}

@Suite struct NumaTests {
    @Test(.enabled(if: KernelAccess.tellsNodes)) func freshMemoryIsOnANodeThatIsThere() throws {
        let memory = try MappedMemory(anonymousBytes: 1 << 20)
        let node = memory.node
        #expect(node.map { Topology.read().nodes.contains($0) } ?? false)
    }
}
