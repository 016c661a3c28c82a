import Foundation
import Testing

@testable import Kernel

@Suite struct FileTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "vethmark-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// The commit of a program is that of its own sources, and of nobody else's.
    @Test func onlyVethmarksOwnCheckoutTellsItsCommit() throws {
        try inFolder { folder in
            for (name, package) in [("ours", "let package = Package(\n    name: \"vethmark\",\n"), ("theirs", "name: \"other\",")] {
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)/.git", withIntermediateDirectories: true)
                try package.write(toFile: "\(folder)/\(name)/Package.swift", atomically: true, encoding: .utf8)
            }
            #expect(BuildFacts.checkout(above: folder + "/ours/.build/debug/vethmark") == folder + "/ours")
            #expect(BuildFacts.checkout(above: folder + "/theirs/bin/vethmark") == nil)
            #expect(BuildFacts.checkout(above: "/vethmark") == nil)
        }
    }

    @Test func aFileIsReplacedWholeOrNotAtAll() throws {
        try inFolder { folder in
            try SafeFile.write("one", to: folder + "/a")
            try SafeFile.write("two", to: folder + "/a")
            #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "two")
            try FileManager.default.createDirectory(atPath: folder + "/b/c", withIntermediateDirectories: true)
            #expect(throws: SystemError.self) { try SafeFile.write("x", to: folder + "/b") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "b"])
        }
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        try inFolder { folder in
            #expect(try SafeFile.makeFolder(folder + "/x/y/z"))
            #expect(try !SafeFile.makeFolder(folder + "/x/y/z"))
            try SafeFile.write("", to: folder + "/file")
            let error = #expect(throws: SystemError.self) { try SafeFile.makeFolder(folder + "/file/below") }
            #expect(error?.reason == "Not a directory")
        }
    }
}
