import Foundation
import Kernel
import Testing

/// Whether tests that need network namespaces can run here. Where they can't they say so in a line
/// of their own, and in CI that is a failure.
enum KernelAccess {
    static let isGranted: Bool = {
        if (try? NetworkNamespace.makePrivate(name: "access")) != nil { return true }
        print("SKIPPED: LinksTests: network namespaces need root")
        return ProcessInfo.processInfo.environment["CI"] != nil
    }()
}
