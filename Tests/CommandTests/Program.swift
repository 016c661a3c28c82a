import Foundation
import Subprocess
import SystemPackage

/// What a program left behind.
struct Finished {
    let status: TerminationStatus
    let output: String
    let errors: String

    var exitCode: Int32? { if case .exited(let code) = status { code } else { nil } }

    /// 0, or 3 of a run at full speed that something else on the machine got in the way of: its figures are not to be trusted, and it did all that it was to do.
    var ranToItsEnd: Bool { exitCode == 0 || exitCode == 3 }

    /// Standard output as one JSON object.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw CocoaError(.coderReadCorrupt)
        }
        return object
    }

    /// `.trials[0].ledger` of a result.
    func ledger() throws -> [String: Int] {
        let trials = try json()["trials"] as? [[String: Any]]
        let ledger = trials?.first?["ledger"] as? [String: Any] ?? [:]
        return ledger.compactMapValues { ($0 as? NSNumber).flatMap { Int(exactly: $0) } }
    }
}

/// Programs run to their end, with everything they print.
enum Program {
    /// The vethmark of VETHMARK_BINARY, as `make test` names the one that users get; else that which was built with these tests: it lies beside their
    /// bundle.
    static let vethmarkPath: String = {
        if let named = ProcessInfo.processInfo.environment["VETHMARK_BINARY"] { return named }
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("vethmark").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        fatalError("no vethmark beside \(CommandLine.arguments[0])")
    }()

    static func vethmark(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        asUser user: UInt32? = nil, path: String = vethmarkPath, during body: @Sendable (ProcessIdentifier) async throws -> Void = { _ in }
    ) async throws -> Finished {
        try await run(path, arguments, in: folder, environment: environment, asUser: user, during: body)
    }

    /// - Parameter body: runs beside the program, which it may send signals.
    static func run(
        _ path: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        asUser user: UInt32? = nil, during body: @Sendable (ProcessIdentifier) async throws -> Void = { _ in }
    ) async throws -> Finished {
        var options = PlatformOptions()
        if let user {
            options.userID = user
            options.groupID = user
            options.supplementaryGroups = []
        }
        let executable: Executable = path.contains("/") ? .path(FilePath(path)) : .name(path)
        let overrides = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key)!, Optional($0.value)) })
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .inherit.updating(overrides),
            workingDirectory: folder.map { FilePath($0) }, platformOptions: options, input: .none,
            output: .string(limit: 64 << 20), error: .string(limit: 64 << 20)
        ) { execution in
            try await body(execution.processIdentifier)
        }
        return Finished(
            status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
    }

    /// Waits until a vethmark takes Ctrl-C itself: before that it would just die of it, and a program that has to be read from disk takes its time.
    static func waitUntilItTakesSignals(_ process: ProcessIdentifier) async throws {
        try await eventually("process \(process.value)'s own way with SIGINT") {
            let status = (try? String(contentsOfFile: "/proc/\(process.value)/status", encoding: .utf8)) ?? ""
            // proc_pid_status(5): masks in hexadecimal, signal 1 in the lowest bit.
            let masks = status.split(separator: "\n").filter { $0.hasPrefix("SigCgt:") || $0.hasPrefix("SigBlk:") }
            let isTaken = masks.contains {
                UInt64($0.dropFirst(7).filter(\.isHexDigit), radix: 16).map { $0 >> (UInt64(SIGINT) - 1) & 1 == 1 } ?? false
            }
            return isTaken && status.hasPrefix("Name:\tvethmark\n")
        }
    }

    /// Runs a tool that has to succeed.
    @discardableResult
    static func tool(_ command: String...) async throws -> Finished {
        let finished = try await run(command[0], Array(command.dropFirst()))
        guard finished.exitCode == 0 else { throw ToolFailed(command: command.joined(separator: " "), finished: finished) }
        return finished
    }
}

struct ToolFailed: Error, CustomStringConvertible {
    let command: String
    let finished: Finished
    var description: String { "\(command): \(finished.status)\n\(finished.output)\(finished.errors)" }
}

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vethmark-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // Ordinary users' runs write here too.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        return path + "/" + name
    }
}
