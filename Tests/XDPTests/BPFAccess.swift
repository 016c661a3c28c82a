import Foundation
import Kernel
import TestSupport

/// Whether tests that load programs can run here: they need network namespaces and BPF of the initial user namespace.
enum BPFAccess {
    static let isGranted: Bool = {
        guard KernelAccess.isGranted else { return false }
        if (try? KernelProbe.xdpProgram()) != nil { return true }
        print("SKIPPED: XDP tests: loading a program needs CAP_BPF and CAP_NET_ADMIN in the initial user namespace")
        return ProcessInfo.processInfo.environment["CI"] != nil
    }()
}
