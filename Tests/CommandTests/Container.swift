import Foundation

/// A process in a network namespace of its own, which has no name: what a container is to its host.
enum Container {
    static func with(_ body: @Sendable (_ process: Int32) async throws -> Void) async throws {
        _ = try await Program.run("unshare", ["--net", "sleep", "60"]) { process in
            defer { kill(process.value, SIGKILL) }
            // The process runs at once; its namespace is a moment younger.
            while FileManager.default.contents(atPath: "/proc/\(process.value)/comm") != Data("sleep\n".utf8) {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await body(process.value)
        }
    }
}
