import Foundation
import Testing

/// The rooms, from the bottom up, and what each may import. Arrows point down only.
private let rooms: [(name: String, imports: Set<String>)] = [
    ("CLinux", []), ("CBuild", []), ("CNuma", []), ("CPcap", []), ("CBPF", []), ("CZlib", []), ("CZstd", []), ("CLibYAML", []),
    ("Memory", []),
    ("YAML", ["CLibYAML"]),
    ("Frames", ["Memory"]),
    ("Metrics", ["Memory", "Histogram"]),
    ("Kernel", ["CBuild", "CLinux", "CNuma", "Memory", "Glibc", "Synchronization"]),
    ("Scrape", ["Kernel", "NIOCore", "NIOPosix", "NIOHTTP1"]),
    ("Control", ["Kernel", "NIOCore", "NIOPosix", "Crypto", "FoundationEssentials"]),
    ("Traffic", ["Memory", "Frames"]),
    ("Ports", ["CLinux", "Memory", "Kernel", "Traffic", "Frames", "Synchronization"]),
    ("XDP", ["CBPF", "CLinux", "Memory", "Kernel", "Traffic", "Frames", "Metrics", "Ports", "Synchronization"]),
    ("Links", ["CLinux", "Kernel", "Frames", "Metrics", "Glibc", "Synchronization"]),
    ("Traces", ["CPcap", "CZlib", "CZstd", "Memory", "Kernel", "Frames", "Ports"]),
    ("Plans", ["Traces", "Kernel", "Ports", "Traffic", "Frames", "Metrics"]),
    ("Results", ["Plans", "Metrics"]),
    ("Engines", ["Control", "Plans", "Results", "Links", "XDP", "Traces", "Ports", "Traffic", "Frames", "Metrics", "Kernel", "Memory"]),
    ("Trials", ["Engines", "Control", "Plans", "Results", "Links", "XDP", "Ports", "Traffic", "Frames", "Metrics", "Kernel", "Logging"]),
    (
        "Methods",
        [
            "Trials", "Engines", "Control", "Results", "Plans", "Links", "Traces", "Traffic", "Frames", "Metrics", "Kernel", "Glibc",
            "FoundationEssentials"
        ]
    ),
    ("Profiles", ["Plans", "Traffic", "Metrics", "Kernel", "YAML", "FoundationEssentials"]),
    ("Jobs", ["YAML"]),
    (
        "Reports",
        [
            "Methods", "Trials", "Engines", "Results", "Plans", "Links", "Traces", "Traffic", "Frames", "Metrics", "Kernel",
            "FoundationEssentials", "Glibc"
        ]
    ),
    (
        "vethmark",
        [
            "Methods", "Profiles", "Jobs", "Reports", "Scrape", "Trials", "Engines", "Control", "Results", "Plans", "Links", "Traces",
            "Traffic",
            "Frames",
            "Metrics",
            "Kernel", "ArgumentParser", "FoundationEssentials", "Glibc", "Logging", "Synchronization"
        ]
    )
]

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private struct Source {
    let path: String
    let room: String
    let lines: [String]
}

/// Every Swift file below a folder.
private func sources(_ folder: String) throws -> [Source] {
    let base = root.appendingPathComponent(folder)
    let files = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return try files.filter { $0.hasSuffix(".swift") }.map { path in
        let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
        return Source(
            path: path, room: String(path.split(separator: "/")[0]), lines: text.components(separatedBy: "\n"))
    }
}

@Suite struct ImportTests {
    @Test func importsPointDownOnly() throws {
        let allowed = Dictionary(uniqueKeysWithValues: rooms.map { ($0.name, $0.imports) })
        let all = try sources("Sources")
        #expect(all.count > 50)
        for source in all {
            let permitted = try #require(allowed[source.room], "\(source.path) is in no known room")
            for line in source.lines {
                guard let module = importedModule(line) else { continue }
                #expect(permitted.contains(module), "\(source.path): \(line)")
            }
        }
    }

    /// The table itself has no arrow that points up.
    @Test func theTableIsInOrder() {
        let names = rooms.map(\.name)
        for (position, room) in rooms.enumerated() {
            for module in room.imports where names.contains(module) {
                #expect(names.firstIndex(of: module)! < position, "\(room.name) → \(module)")
            }
        }
    }

    private func importedModule(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let position = words.firstIndex(of: "import"), words[..<position].allSatisfy({ $0.hasPrefix("@") || $0 == "public" }),
            words.count > position + 1
        else { return nil }
        return words[position + 1]
    }

    /// What is written past `Terminal` is written unchecked: a full disk, or a reader that went away, ends the program then.
    @Test func onlyTheTerminalWritesOnStandardStreams() throws {
        for source in try sources("Sources") where ["vethmark", "Reports", "Methods", "Profiles"].contains(source.room) {
            guard !source.path.hasSuffix("vethmark/Terminal.swift") else { continue }
            for line in source.lines {
                let isPast = ["FileHandle.standard", "fputs(", "fflush(", "StreamLogHandler"].contains { line.contains($0) }
                let isPrint = line.firstRange(of: /(^|[^.A-Za-z])(debugPrint|print|dump)\(/) != nil
                #expect(!isPast && !isPrint, "\(source.path): \(line)")
            }
        }
    }

    @Test func noFileIsLongerThanAScreenfulOfScreens() throws {
        for source in try sources("Sources") {
            #expect(source.lines.count <= 500, "\(source.path) has \(source.lines.count) lines")
        }
    }

    @Test func everyRoomHasTests() throws {
        let tests = try sources("Tests")
        for room in rooms.map(\.name) where !room.hasPrefix("C") && room != "vethmark" {
            let own = tests.filter { $0.room == room + "Tests" }
            #expect(own.contains { $0.lines.contains { $0.contains("@Test") } }, "\(room) has no test")
        }
    }
}
