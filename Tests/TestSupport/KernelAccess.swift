import Foundation
import Kernel

/// Whether tests that need network namespaces can run here. Where they can't they say so in a line
/// of their own, which CI looks for; and in CI they are run all the same, to fail.
public enum KernelAccess {
    public static let isGranted: Bool = {
        if (try? NetworkNamespace.makePrivate(name: "access")) != nil { return true }
        print("SKIPPED: kernel tests: network namespaces need root")
        return ProcessInfo.processInfo.environment["CI"] != nil
    }()
}
