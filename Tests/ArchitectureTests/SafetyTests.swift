import Foundation
import Testing

/// Where code may be that the compiler can't check, and how it has to say so.
@Suite struct SafetyTests {
    /// From the bottom up; everything that isn't among them is safe.
    private static let unsafeRooms: Set<String> = ["Memory", "YAML", "Frames", "Kernel", "Ports", "XDP", "Traces"]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Source {
        let path: String
        let lines: [String]

        var room: String { String(path.split(separator: "/")[0]) }
    }

    private func sources() throws -> [Source] {
        let base = Self.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".swift") }.map { path in
            let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
            return Source(path: path, lines: text.components(separatedBy: "\n"))
        }
    }

    /// What of a line is no comment.
    private func code(_ line: String) -> Substring { line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...] }

    /// Unsafe types count as well. An import of a package with global variables has to be marked so, and makes no use of them unsafe.
    private func saysUnsafe(_ line: String) -> Bool {
        code(line).firstRange(of: /\b[Uu]nsafe(?!-inline)|withMemoryRebound/) != nil && !line.hasPrefix("@unsafe @preconcurrency import ")
    }

    @Test func onlyTheLowerRoomsSayUnsafe() throws {
        let all = try sources()
        #expect(all.count > 50)
        for source in all where !Self.unsafeRooms.contains(source.room) {
            for (number, line) in source.lines.enumerated() where saysUnsafe(line) {
                Issue.record("\(source.path):\(number + 1): \(line)")
            }
        }
        for room in Self.unsafeRooms { #expect(all.contains { $0.room == room }, "\(room)") }
    }

    /// A declaration that begins at the margin, its documentation included.
    private struct Declaration {
        var name = ""
        var lines: [String] = []
    }

    private func declarations(_ source: Source) -> [Declaration] {
        var all: [Declaration] = []
        var ahead: [String] = []
        for line in source.lines {
            if line.contains("import ") && !line.hasPrefix("/") { continue }
            if line.hasPrefix("//") || line.hasPrefix("@") {
                ahead.append(line)
            } else if let first = line.first, first.isLetter {
                all.append(Declaration(name: line, lines: ahead + [line]))
                ahead = []
            } else if !all.isEmpty {
                all[all.count - 1].lines.append(line)
            }
        }
        return all
    }

    /// In a comment of its own or in its documentation, which begins with "Unsafe:".
    @Test func whoeverSaysUnsafeSaysWhy() throws {
        var count = 0
        for source in try sources() {
            for declaration in declarations(source) {
                guard declaration.lines.contains(where: { code($0).firstRange(of: /\bunsafe\b[^)\-]/) != nil }) else { continue }
                count += 1
                #expect(declaration.lines.contains { $0.contains("// Unsafe: ") }, "\(source.path): \(declaration.name)")
            }
        }
        #expect(count > 40)
    }

    /// The compiler looks at every room: `safe` is `.strictMemorySafety()`, and every Swift target of `Sources` has it.
    @Test func everyRoomIsUnderStrictMemorySafety() throws {
        let manifest = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        #expect(manifest.contains("let safe: [SwiftSetting] = pure + [.strictMemorySafety()]"))
        let rooms = Set(try sources().map(\.room))
        #expect(rooms.count > 10)
        // A target's text goes to where the next one begins.
        let targets = manifest.split(separator: /\.(?:target|executableTarget|testTarget|systemLibrary)\(/)
        for room in rooms {
            let own = targets.filter { $0.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("name: \"\(room)\"") }
            #expect(own.count == 1 && own[0].contains("swiftSettings: safe"), "\(room)")
        }
    }
}
