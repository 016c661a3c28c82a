import Foundation

/// Debian's Prometheus, as `scripts/install-dependencies test` unpacks it.
enum Prometheus {
    private static let programs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build-prometheus/usr/bin").path

    static let server = programs + "/prometheus"

    /// What `promtool check metrics` has against a file; empty if nothing.
    static func objections(to file: String) async throws -> String {
        let check = try await Program.run("bash", ["-c", "\(programs)/promtool check metrics < \(file)"])
        return check.exitCode == 0 ? check.output + check.errors : "\(check.status): \(check.output)\(check.errors)"
    }
}
