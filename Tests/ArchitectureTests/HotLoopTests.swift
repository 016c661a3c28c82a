import Foundation
import Testing

/// What a hot loop may not hold is looked for in the binary, by scripts/gate-hot-path. Which loops it looks at stands in a list, and a list can
/// be forgotten: a loop or a port that isn't on it fails here.
@Suite struct HotLoopTests {
    private struct Entry: Equatable {
        var module: String
        var name: String
        var copies: Int
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `Engines12transmitLoop 5`: the module, the name behind its length, and how many specialised copies there must be.
    private func list() throws -> [Entry] {
        let text = try String(contentsOf: Self.root.appendingPathComponent("scripts/hot-loops.txt"), encoding: .utf8)
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let match = try #require(line.wholeMatch(of: /([A-Za-z]+?)(\d+)(\w+) (\d+)/), "\(line)")
            return Entry(module: String(match.1), name: String(match.3), copies: try #require(Int(match.4)))
        }
    }

    /// Module and text of every source file.
    private func sources() throws -> [(module: String, text: String)] {
        let base = Self.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".swift") }.map { path in
            (String(path.split(separator: "/")[0]), try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8))
        }
    }

    /// The types that are ports of one kind, or of one that is more than that.
    private func ports(_ kind: String) throws -> [Substring] {
        let finer = try Regex("protocol (\\w+Port): \(kind)\\b", as: (Substring, Substring).self)
        let kinds = try sources().flatMap { source in source.text.matches(of: finer).map { $0.output.1 } }.flatMap { try ports(String($0)) }
        let pattern = try Regex("struct (\\w+): ~Copyable, (?:\\w+, )*\(kind)\\b", as: (Substring, Substring).self)
        return try Array(Set(kinds + own(pattern)))
    }

    private func own(_ pattern: Regex<(Substring, Substring)>) throws -> [Substring] {
        try sources().flatMap { source in source.text.matches(of: pattern).map { $0.output.1 } }
    }

    /// The types of a protocol that a loop is generic over besides its port: `FrameFiller` and `RecordMover` decide what goes into a slot.
    private func types(of kind: String) throws -> [Substring] {
        let pattern = try Regex("struct (\\w+): \(kind)\\b", as: (Substring, Substring).self)
        // What a loop names outright has that loop to itself.
        return try own(pattern).filter { type in
            let alone = try Regex("func \\w+Loop<[^{]*inout \(type)\\b")
            return try !sources().contains { $0.text.contains(alone) }
        }
    }

    /// A loop is a function over a port that runs until it is told to stop; most are generic over it, and some over what fills its slots.
    @Test func everyLoopIsOnTheGatesListOnceForEachOfItsTypes() throws {
        var loops: [Entry] = []
        for source in try sources() {
            let loop = /func (\w+Loop)(?:<\w+: (\w+Port)\b(?: & ~Copyable, \w+: (FrameFiller|RecordMover)\b)?|\()/
            for match in source.text.matches(of: loop) {
                let others = try match.output.3.map { try types(of: String($0)).count } ?? 1
                let copies = try match.output.2.map { try ports(String($0)).count * others } ?? 1
                loops.append(Entry(module: source.module, name: String(match.output.1), copies: copies))
            }
        }
        #expect(loops.count >= 3)
        let listed = try list().filter { $0.name.hasSuffix("Loop") }
        #expect(listed.sorted { $0.name < $1.name } == loops.sorted { $0.name < $1.name })
    }

    /// The gate finds what it is to look at: names that are gone from the sources are none.
    @Test func whatTheListNamesIsThere() throws {
        let sources = try sources()
        for entry in try list() {
            // `SegmentRingV6submit`: a type, and its method behind V and a length.
            let parts = entry.name.split(separator: /V\d+/).map(String.init)
            let text = sources.filter { $0.module == entry.module }.map(\.text).joined()
            let name = try #require(parts.last)
            #expect(text.contains("func \(name)"), "\(entry)")
            #expect(parts.count == 1 || text.contains("struct \(parts[0])"), "\(entry)")
        }
    }
}
