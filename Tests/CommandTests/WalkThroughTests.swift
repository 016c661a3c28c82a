import Foundation
import Testing

/// Runs the commands of docs/walk-through.md and compares what they print with what stands there.
@Suite(.enabled(if: Requirement.root), .serialized) struct WalkThroughTests {
    /// A command of a `console` block, and the lines that stand below it.
    private struct Step {
        var command: String
        var expected: [String]
    }

    private static let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/walk-through.md")

    private func steps() throws -> [Step] {
        var steps: [Step] = []
        var isInBlock = false
        var heredocEnd: String?
        for line in try String(contentsOf: Self.document, encoding: .utf8).components(separatedBy: "\n") {
            if let end = heredocEnd {
                steps[steps.count - 1].command += "\n" + line
                if line == end { heredocEnd = nil }
            } else if line == "```console" {
                isInBlock = true
            } else if line == "```" {
                isInBlock = false
            } else if isInBlock, line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2)), expected: []))
                if line.hasSuffix("<<'END'") { heredocEnd = "END" }
            } else if isInBlock {
                steps[steps.count - 1].expected.append(line)
            }
        }
        return steps
    }

    /// `…` stands for anything, blanks count once.
    private func fits(_ actual: String, _ expected: String) -> Bool {
        func words(_ text: String) -> String { text.split(separator: " ").joined(separator: " ") }
        let pattern = words(expected).components(separatedBy: "…").map { NSRegularExpression.escapedPattern(for: $0) }
            .joined(separator: ".*").replacing("\\ .*\\ ", with: "\\ .*")
        return words(actual).range(of: "^" + pattern + "$", options: .regularExpression) != nil
    }

    @Test func everyCommandDoesWhatThePageSays() async throws {
        let steps = try steps()
        #expect(steps.count > 30)
        let folder = try TemporaryFolder()
        let mark = "=== walk-through step"
        var script = "exec 2>&1\nexport NO_COLOR=1 PATH=\(folder.path)/bin:$PATH\n"
        for (position, step) in steps.enumerated() { script += "echo '\(mark) \(position)'\n\(step.command)\n" }
        let file = try folder.file("walk.sh", script)
        // The commands find vethmark by its name, and Debian's python, which has scapy.
        try FileManager.default.createDirectory(atPath: folder.path + "/bin", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/bin/vethmark", withDestinationPath: Program.vethmarkPath)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/bin/python3", withDestinationPath: "/usr/bin/python3")
        let namespace = "walk\(getpid())"
        try await Program.tool("ip", "netns", "add", namespace)
        let finished = try await Program.run("ip", ["netns", "exec", namespace, "timeout", "120", "bash", file], in: folder.path)
        _ = try await Program.run("ip", ["netns", "del", namespace])
        _ = try await Program.run("rm", ["-f", "/run/netns/blue"])
        let outputs = finished.output.components(separatedBy: mark).dropFirst()
        #expect(outputs.count == steps.count, "\(finished.output)")
        for (step, output) in zip(steps, outputs) {
            let actual = output.components(separatedBy: "\n").dropFirst().dropLast()
            let fit = actual.count == step.expected.count && zip(actual, step.expected).allSatisfy(fits)
            #expect(
                fit,
                "$ \(step.command)\nprints\n\(actual.joined(separator: "\n"))\nand the page says\n\(step.expected.joined(separator: "\n"))")
        }
    }
}
