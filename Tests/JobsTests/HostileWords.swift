import Foundation
import Subprocess
import SystemPackage
import TestSupport

/// Words with everything in them that shells, templates and YAML take for something else.
enum HostileWords {
    /// A byte order mark stands behind a letter: written in front as well, but Yams loses it there when it reads.
    private static let parts = [
        " ", "  ", "\n", "\n\n", "\t", "'", "''", "\"", "\\", "\\n", "$", "$$", "$HOME", "${PATH}", "$(id)", "$(NODE_NAME)",
        "$$(NODE_NAME)", "`id`", "*", "?",
        "[a]", "~", "!", "#", " #", ";", "&", "|", "<", ">", "(", ")", "{}", "{.}", "{/}", "{#}", "{%}", "{1}", "{= $_=7 =}", "{{", "}}",
        "{{ x }}",
        "{% raw %}", "{# x #}", "%s", "%%", ":", ": ", "- ", "-", "--", "&a", "*a", "!unsafe x", "@", "|", ">-", "yes", "null", "0x10",
        "1e3", "ü", "→", "😀",
        "a", "mtu=1500,9000", "=", ",", "\u{2028}", "a\u{FEFF}"
    ]

    /// Six words or less, of six parts or less.
    static func some(_ generator: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in parts.randomElement(using: &generator)! }.joined()
        }
    }
}

/// Programs run to their end.
enum Tool {
    struct Finished {
        var exitCode: Int32?
        var output: String
        var errors: String
    }

    static func run(_ path: String, _ arguments: [String], _ environment: [String: String] = [:], in folder: String? = nil) async throws
        -> Finished
    {
        let overrides = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key)!, Optional($0.value)) })
        let result = try await Subprocess.run(
            path.contains("/") ? .path(FilePath(path)) : .name(path), arguments: Arguments(arguments),
            environment: .inherit.updating(overrides), workingDirectory: folder.map { FilePath($0) }, input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let code: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
        return Finished(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }
}

/// A folder with programs that stand in for others, gone with the test.
final class Bench: Sendable {
    let folder: String

    /// Where `vethmark` is: it notes its words, each with a zero behind it and a line's end behind the last, and ends with EXIT_CODE.
    var program: String { folder + "/vethmark" }

    init() throws {
        folder = NSTemporaryDirectory() + "vethmark-jobs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Printed by one write, so that those of several hosts don't mix.
        try write("vethmark", "#!/bin/bash\n{ printf '%s\\0' \"$@\"; printf '\\001'; } >>'\(folder)/heard'\nexit \"${EXIT_CODE:-0}\"\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    /// The words of each call since the last time.
    func heard() throws -> [[String]] {
        let path = folder + "/heard"
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        try FileManager.default.removeItem(atPath: path)
        return String(decoding: data, as: UTF8.self).split(separator: "\u{1}").map { call in
            call.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }
}
