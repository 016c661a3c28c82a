import Foundation
import Testing

@testable import Profiles

/// Files that are no profiles, and profiles found by name; each test in a folder of its own.
@Suite final class ProfileFileTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("vethmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ name: String, _ bytes: Data) throws -> String {
        let file = folder.appendingPathComponent(name)
        try bytes.write(to: file)
        return file.path
    }

    private func message(_ path: String) -> String? {
        let error = #expect(throws: ProfileError.self) { try ProfileLoader.load(path: path) }
        return error.map { $0.description.replacingOccurrences(of: folder.path, with: "DIR") }
    }

    @Test func missing() {
        #expect(message(folder.path + "/none.yaml") == "DIR/none.yaml: there is no such file")
    }

    @Test func aDirectory() {
        #expect(message(folder.path) == "DIR: this is a directory; name a profile in it")
    }

    @Test func aFileAsAFolder() throws {
        let path = try write("a.yaml", Data("run: {seed: 1}".utf8))
        #expect(message(path + "/b.yaml") == "DIR/a.yaml/b.yaml: the file can't be read: not a directory")
    }

    /// Root reads everything but what the kernel refuses to root as well.
    @Test func unreadable() throws {
        guard geteuid() != 0 else {
            #expect(message("/proc/self/mem") == "/proc/self/mem: the file can't be read: input/output error")
            return
        }
        let path = try write("a.yaml", Data("run: {seed: 1}".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        #expect(message(path) == "DIR/a.yaml: the file can't be read: permission denied")
    }

    @Test func tooLarge() throws {
        let path = try write("a.yaml", Data(repeating: UInt8(ascii: "#"), count: 1_048_577))
        #expect(message(path) == "DIR/a.yaml: the file is larger than 1 MiB, which no profile is")
        #expect(message("/dev/zero") == "/dev/zero: the file is larger than 1 MiB, which no profile is")
    }

    @Test func asLargeAsAllowed() throws {
        let head = Data("run: {seed: 9}\n#".utf8)
        let path = try write("a.yaml", head + Data(repeating: UInt8(ascii: "#"), count: 1_048_576 - head.count))
        #expect(try ProfileLoader.load(path: path).draft.run.seed == 9)
    }

    @Test func notText() throws {
        let path = try write("a.yaml", Data("run:\n  se".utf8) + Data([0xFF, 0xFE]))
        #expect(message(path) == "DIR/a.yaml:2:5: this is not UTF-8 text")
    }

    @Test func aByteOrderMarkIsNoMatter() throws {
        let path = try write("a.yaml", Data([0xEF, 0xBB, 0xBF]) + Data("run: {seed: 9}\n".utf8))
        #expect(try ProfileLoader.load(path: path).draft.run.seed == 9)
    }

    @Test func aNameIsLookedUpInTheFoldersInOrder() throws {
        let first = folder.appendingPathComponent("one").path, second = folder.appendingPathComponent("two").path
        for path in [first, second] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        _ = try write("one/lab.yaml", Data("run: {seed: 1}".utf8))
        _ = try write("two/lab.yaml", Data("run: {seed: 2}".utf8))
        _ = try write("two/other.yaml", Data("run: {seed: 3}".utf8))
        let library = ProfileLibrary(folders: [first, second])
        #expect(library.names == ["lab", "other"])
        #expect(try library.load("lab").draft.run.seed == 1)
        #expect(try library.load("other").draft.run.seed == 3)
        #expect(try library.load(second + "/lab.yaml").draft.run.seed == 2)
    }

    @Test func anUnknownNameIsAnsweredWithThoseThereAre() throws {
        _ = try write("default.yaml", Data("run: {seed: 1}".utf8))
        _ = try write("imix.yaml", Data("run: {seed: 1}".utf8))
        _ = try write("notes.txt", Data())
        let library = ProfileLibrary(folders: [folder.path])
        let nearly = #expect(throws: ProfileError.self) { try library.resolve("defualt") }
        #expect(
            nearly?.description == "there is no profile 'defualt' in \(folder.path); did you mean 'default'? "
                + "There are: default, imix")
        let far = #expect(throws: ProfileError.self) { try library.resolve("elephants") }
        #expect(far?.description == "there is no profile 'elephants' in \(folder.path); There are: default, imix")
    }

    @Test func noProfilesAtAll() {
        let library = ProfileLibrary(folders: [folder.path + "/none"])
        let error = #expect(throws: ProfileError.self) { try library.resolve("default") }
        #expect(
            error?.description == "there is no profile 'default', and none at all in \(folder.path)/none; "
                + "name the file by its path")
    }

    @Test func theSourceTreeIsFoundAboveTheExecutable() {
        let executable = SourceTree.root.appendingPathComponent(".build/release/vethmark").path
        #expect(ProfileLibrary.sourceTreeFolder(above: executable) == SourceTree.profiles.path)
        #expect(ProfileLibrary.sourceTreeFolder(above: "/usr/bin/vethmark") == nil)
    }

    @Test func theFoldersComeInTheDocumentedOrder() throws {
        let prefix = folder.appendingPathComponent("prefix").path, executable = prefix + "/bin/vethmark"
        let share = prefix + "/share/vethmark/profiles"
        let home = ["HOME": "/home/somebody"]
        #expect(
            ProfileLibrary.standardFolders(executable: executable, environment: home) == [
                "profiles", "/home/somebody/.config/vethmark/profiles"
            ])
        try FileManager.default.createDirectory(atPath: share, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: prefix + "/profiles", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: prefix + "/Package.swift"))
        #expect(
            ProfileLibrary.standardFolders(executable: executable, environment: home.merging(["XDG_CONFIG_HOME": "/etc/xdg"]) { $1 })
                == ["profiles", "/etc/xdg/vethmark/profiles", share, prefix + "/profiles"])
        // A relative path is none, and without a home there is no folder of the user's.
        #expect(ProfileLibrary.userFolder(["XDG_CONFIG_HOME": "here", "HOME": "/h"]) == "/h/.config/vethmark/profiles")
        #expect(ProfileLibrary.standardFolders(executable: nil, environment: [:]) == ["profiles"])
    }

    @Test func placesAreNamedAsASentenceDoes() {
        #expect(ProfileLibrary(folders: ["a"]).places == "a")
        #expect(ProfileLibrary(folders: ["a", "b"]).places == "a and b")
        #expect(ProfileLibrary(folders: ["a", "b", "c"]).places == "a, b and c")
    }
}
