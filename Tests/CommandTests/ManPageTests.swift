import Foundation
import Testing

/// Man pages as `scripts/make-man-pages` makes them out of this very program, under mandoc's eyes.
struct ManPageTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/make-man-pages").path

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make() async throws -> [String] {
        try await Program.tool(Self.script, Program.vethmarkPath, folder.path)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".1") }.sorted()
    }

    /// All displayed commands and options, as the parser tells other tools.
    private func described() async throws -> [(name: String, options: [String])] {
        let root = try #require(try await Program.vethmark(["--experimental-dump-help"]).json()["command"] as? [String: Any])
        func shown(_ entry: [String: Any]) -> Bool { entry["shouldDisplay"] as? Bool ?? true }
        func options(_ command: [String: Any]) -> [String] {
            let own = (command["arguments"] as? [[String: Any]] ?? []).filter(shown).flatMap { $0["names"] as? [[String: String]] ?? [] }
            let names = own.map { ($0["kind"] == "long" ? "--" : "-") + ($0["name"] ?? "") }
            return names + (command["subcommands"] as? [[String: Any]] ?? []).flatMap(options)
        }
        let children = (root["subcommands"] as? [[String: Any]] ?? []).filter { shown($0) && $0["commandName"] as? String != "help" }
        return children.map { ("vethmark-\($0["commandName"] ?? "")", options($0)) }
    }

    @Test func mandocHasNothingAgainstThem() async throws {
        let pages = try await make()
        #expect(pages.count > 15)
        let lint = try await Program.run("mandoc", ["-T", "lint", "-W", "warning"] + pages.map { "\(folder.path)/\($0)" })
        #expect(lint.exitCode == 0 && lint.output.isEmpty && lint.errors.isEmpty, "\(lint.output)\(lint.errors)")
        // mandoc would tell.
        let text = try String(contentsOfFile: folder.path + "/vethmark-run.1", encoding: .utf8)
        let broken = try folder.file("broken.1", text.replacingOccurrences(of: ".El\n", with: ""))
        #expect(try await Program.run("mandoc", ["-T", "lint", "-W", "warning", broken]).exitCode != 0)
    }

    @Test func eachCommandHasAPageWithAllItsOptions() async throws {
        let pages = try await make(), commands = try await described()
        #expect(pages == (["vethmark"] + commands.map(\.name)).map { $0 + ".1" }.sorted())
        for command in commands {
            // Wide and without overstriking, so that words stand as they are typed.
            let page = try await Program.tool("mandoc", "-T", "ascii", "-O", "width=1000", "\(folder.path)/\(command.name).1").output
                .replacing(/.\u{8}/, with: "")
            let words = Set(page.split { " ,\n[]".contains($0) }.map(String.init))
            #expect(command.options.count > 1 && command.options.allSatisfy(words.contains), "\(command.name): \(page)")
        }
        let main = try await Program.tool("mandoc", "-T", "ascii", folder.path + "/vethmark.1").output.replacing(/.\u{8}/, with: "")
        for command in commands { #expect(main.contains("\(command.name)(1)"), "\(main)") }
    }

    /// What the shell is to be given stands on the page byte by byte.
    @Test func examplesStandAsTheyAreTyped() async throws {
        _ = try await make()
        for command in ["run", "search", "send", "render"] {
            let help = try await Program.vethmark([command, "--help"]).output
            let examples = help.split(separator: "\n").filter { $0.hasPrefix("  vethmark \(command)") }.map { $0.drop { $0 == " " } }
            let page = try await Program.tool("mandoc", "-T", "utf8", "\(folder.path)/vethmark-\(command).1").output
                .replacing(/.\u{8}/, with: "")
            #expect(examples.count > 2)
            for example in examples { #expect(page.contains(example), "\(example): \(page)") }
        }
    }

    @Test func whatIsWrongIsSaid() async throws {
        let none = try await Program.run(Self.script, ["/nowhere/vethmark", folder.path])
        #expect(none.exitCode == 1 && none.errors.hasPrefix("make-man-pages: ") && none.errors.split(separator: "\n").count == 1)
        let file = try folder.file("file", "")
        #expect(try await Program.run(Self.script, [Program.vethmarkPath, file]).exitCode == 1)
        #expect(try await Program.run(Self.script, []).exitCode == 64)
    }
}
