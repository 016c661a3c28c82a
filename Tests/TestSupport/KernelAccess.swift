import Foundation
import Kernel

/// Whether tests that need something of the machine can run here. Where they can't they say so in a line
/// of their own, which CI looks for; and in CI they are run all the same, to fail.
public enum KernelAccess {
    public static let isGranted = met(
        (try? NetworkNamespace.makePrivate(name: "access")) != nil, "kernel tests: network namespaces need root")
    /// For tests of threads that work at the same time.
    public static let hasTwoCPUs = met(Topology.read().allowedCPUs.count > 1, "tests of several workers: they need two CPUs")
    /// For tests that ask on which node memory lies.
    public static let tellsNodes = met(Numa.isAvailable, "NUMA tests: the kernel has no NUMA calls")

    private static func met(_ isMet: Bool, _ reason: String) -> Bool {
        if isMet { return true }
        print("SKIPPED: \(reason)")
        return ProcessInfo.processInfo.environment["CI"] != nil
    }
}
