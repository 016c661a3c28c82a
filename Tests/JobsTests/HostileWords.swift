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

    /// Where `vethmark` is: it notes its words in a file of its own, each with a zero behind it, and ends with EXIT_CODE.
    var program: String { folder + "/vethmark" }

    init() throws {
        folder = NSTemporaryDirectory() + "vethmark-jobs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/heard", withIntermediateDirectories: false)
        // A file for each call: bash writes out at each end of a line, so that words of several hosts would mix in one.
        try write(
            "vethmark",
            "#!/bin/bash\nprintf '%s\\0' \"$@\" >\"$(/usr/bin/mktemp '\(folder)/heard/XXXXXXXXXX')\"\nexit \"${EXIT_CODE:-0}\"\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    /// The words of each call since the last time, in no order.
    func heard() throws -> [[String]] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/heard").map { name in
            let path = folder + "/heard/" + name
            let words = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            try FileManager.default.removeItem(atPath: path)
            return words.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }
}
