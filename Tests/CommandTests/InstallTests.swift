import Foundation
import Testing

/// `scripts/install-vethmark` with the binary of these tests: what goes where, and that all of it goes away again.
@Suite(.serialized) struct InstallTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/install-vethmark").path

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func script(_ arguments: String...) async throws -> Finished {
        try await Program.run(Self.script, arguments, environment: ["DESTDIR": folder.path])
    }

    private var files: [String] {
        let prefix = folder.path + "/opt/vm"
        return (FileManager.default.enumerator(atPath: prefix)?.compactMap { $0 as? String } ?? []).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(prefix)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    @Test func allIsInstalledAndAllGoes() async throws {
        let prefix = folder.path + "/opt/vm"
        let installed = try await script("install", "/opt/vm", Program.vethmarkPath)
        #expect(installed.exitCode == 0, "\(installed.errors)")
        for file in [
            "bin/vethmark", "share/vethmark/profiles/imix.yaml", "share/man/man1/vethmark.1", "share/man/man1/vethmark-run.1",
            "share/bash-completion/completions/vethmark", "share/zsh/site-functions/_vethmark",
            "share/fish/vendor_completions.d/vethmark.fish", "share/doc/vethmark/README.md", "share/doc/vethmark/profiles.md",
            "share/doc/vethmark/LICENSE", "share/doc/vethmark/licenses/libyaml.copyright", "share/vethmark/files"
        ] {
            #expect(files.contains(file), "\(file)")
        }
        let shown = try await Program.vethmark(["profile", "show", "imix"], in: prefix, path: prefix + "/bin/vethmark")
        #expect(try shown.output == String(contentsOfFile: prefix + "/share/vethmark/profiles/imix.yaml", encoding: .utf8))
        try await Program.tool("bash", "-n", prefix + "/share/bash-completion/completions/vethmark")

        // A newer version without that page, and a profile that is the user's.
        let gone = prefix + "/share/man/man1/vethmark-gone.1"
        try Data().write(to: URL(fileURLWithPath: gone))
        let list = prefix + "/share/vethmark/files"
        try (String(contentsOfFile: list, encoding: .utf8) + "share/man/man1/vethmark-gone.1\n").write(
            toFile: list, atomically: true, encoding: .utf8)
        _ = try folder.file("opt/vm/share/vethmark/profiles/own.yaml", "")
        #expect(try await script("install", "/opt/vm", Program.vethmarkPath).exitCode == 0)
        #expect(!files.contains("share/man/man1/vethmark-gone.1") && files.contains("bin/vethmark"))
        #expect(try await script("uninstall", "/opt/vm").exitCode == 0)
        #expect(files == ["share/vethmark/profiles/own.yaml"])
        #expect(FileManager.default.fileExists(atPath: prefix + "/bin"))
        let again = try await script("uninstall", "/opt/vm")
        #expect(again.exitCode == 1 && again.errors.contains("there is no vethmark below \(prefix)"), "\(again.errors)")
    }

    @Test func aListThatLeadsOutsideIsRefused() async throws {
        for path in ["../../victim", "/etc/victim", "share/../../../victim"] {
            try FileManager.default.createDirectory(atPath: folder.path + "/opt/vm/share/vethmark", withIntermediateDirectories: true)
            let victim = try folder.file("victim", "")
            _ = try folder.file("opt/vm/share/vethmark/files", "bin/vethmark\n\(path)\n")
            let refused = try await script("uninstall", "/opt/vm")
            #expect(refused.exitCode == 1 && refused.errors.contains("is not below"), "\(refused.errors)")
            #expect(FileManager.default.fileExists(atPath: victim))
        }
    }

    @Test(arguments: [
        (["install", "usr"], 64, "absolute"), (["remove", "/usr"], 64, "neither install nor uninstall"), ([], 64, "say install"),
        (["install", "/usr", "/nowhere/vethmark"], 1, "make static")
    ])
    func wrongWords(_ arguments: [String], _ code: Int32, _ words: String) async throws {
        let finished = try await Program.run(Self.script, arguments, environment: ["DESTDIR": folder.path])
        #expect(finished.exitCode == code && finished.errors.contains(words), "\(finished.errors)")
    }
}
