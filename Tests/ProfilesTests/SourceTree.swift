import Foundation

/// The folders of the checkout these tests were built in.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let profiles = root.appendingPathComponent("profiles")
    static let profileReference = root.appendingPathComponent("docs/profiles.md")

    /// Names of the ready-made profiles.
    static let profileNames: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: profiles.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()
}
