import Foundation
import Testing

/// Where profiles are found by name, by a program that stands in a prefix as `make install` leaves it.
struct InstalledProfileTests {
    private let folder: TemporaryFolder
    private let program: String
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        program = folder.path + "/prefix/bin/vethmark"
        environment = ["XDG_CONFIG_HOME": folder.path + "/config"]
        for name in ["prefix/bin", "prefix/share/vethmark/profiles", "config/vethmark/profiles", "here/profiles", "empty"] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: program)
    }

    private func write(_ file: String, seed: Int) throws {
        _ = try folder.file(file, "description: number \(seed)\nrun: {seed: \(seed)}\n")
    }

    private func shown(_ profile: String, in place: String = "here") async throws -> String {
        let shown = try await Program.vethmark(
            ["profile", "show", profile], in: "\(folder.path)/\(place)", environment: environment, path: program)
        #expect(shown.exitCode == 0, "\(shown.errors)")
        return String(shown.output.prefix { $0 != "\n" })
    }

    @Test func eachPlaceStandsInForThoseBehindIt() async throws {
        try write("prefix/share/vethmark/profiles/lab.yaml", seed: 4)
        #expect(try await shown("lab") == "description: number 4")
        try write("config/vethmark/profiles/lab.yaml", seed: 3)
        #expect(try await shown("lab") == "description: number 3")
        try write("here/profiles/lab.yaml", seed: 2)
        #expect(try await shown("lab") == "description: number 2")
        #expect(try await shown("lab", in: "empty") == "description: number 3")
        try write("here/lab.yaml", seed: 1)
        #expect(try await shown("./lab.yaml") == "description: number 1")
        #expect(try await shown("lab") == "description: number 2")
    }

    @Test func aListHasEachNameOnceWithItsFile() async throws {
        try write("prefix/share/vethmark/profiles/a.yaml", seed: 1)
        try write("prefix/share/vethmark/profiles/b.yaml", seed: 2)
        try write("config/vethmark/profiles/b.yaml", seed: 3)
        let list = try await Program.vethmark(
            ["profile", "list", "--json"], in: folder.path + "/empty", environment: environment, path: program)
        let profiles = try #require(try list.json()["profiles"] as? [[String: String]])
        #expect(profiles.map { $0["name"] } == ["a", "b"])
        #expect(profiles.map { $0["description"] } == ["number 1", "number 3"])
        // The program knows its own place behind all links.
        let files = profiles.map { URL(fileURLWithPath: $0["file"] ?? "").resolvingSymlinksInPath().path }
        let root = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        #expect(files == [root + "/prefix/share/vethmark/profiles/a.yaml", root + "/config/vethmark/profiles/b.yaml"])
    }

    @Test func aLinkToTheProgramFindsWhatIsInstalledWithIt() async throws {
        try write("prefix/share/vethmark/profiles/lab.yaml", seed: 7)
        let link = folder.path + "/empty/vethmark"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: program)
        let shown = try await Program.vethmark(["profile", "show", "lab"], in: folder.path, environment: environment, path: link)
        #expect(shown.output.hasPrefix("description: number 7"), "\(shown.errors)")
    }

    @Test func anUnknownNameIsToldWithAllPlaces() async throws {
        let shown = try await Program.vethmark(
            ["profile", "show", "lab"], in: folder.path + "/empty", environment: environment, path: program)
        #expect(shown.exitCode == 64)
        for place in ["profiles", "\(folder.path)/config/vethmark/profiles", "/prefix/share/vethmark/profiles"] {
            #expect(shown.errors.contains(place), "\(shown.errors)")
        }
    }
}
