import Foundation
import Testing

/// `vethmark link show` for people.
@Suite(.enabled(if: Requirement.root), .serialized) struct LinkTextTests {
    private func show(_ arguments: String...) async throws -> [String] {
        let shown = try await Program.vethmark(["link", "show"] + arguments)
        #expect(shown.exitCode == 0, "\(shown.errors)")
        #expect(!shown.output.contains("\u{1B}"), "no colour into a pipe")
        return shown.output.components(separatedBy: "\n")
    }

    @Test func theTableSaysWhoIsPairedWithWhom() async throws {
        try await TestBed.with { bed in
            let lines = try await show("--netns", bed.near)
            let line = try #require(lines.first { $0.contains(bed.txName) })
            #expect(line.contains("veth") && line.hasSuffix(bed.rx))
            #expect(lines[0].hasSuffix("peer"))
        }
    }

    @Test func theTreeHasEveryNamespaceWithItsLinksAndTheirPeers() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.near, "link", "add", "br0", "type", "bridge")
            try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, "master", "br0")
            let lines = try await show("--tree")
            let start = try #require(lines.firstIndex(of: bed.near))
            #expect(
                Array(lines[(start + 1)...(start + 4)]) == [
                    "├── lo  loopback, down, MTU 65536", "├── \(bed.txName)  veth, up, MTU 1500, port of br0", "│   └── peer \(bed.rx)",
                    "└── br0  bridge, down, MTU 1500"
                ])
            let other = try #require(lines.firstIndex(of: bed.far))
            #expect(Array(lines[(other + 2)...(other + 3)]) == ["└── \(bed.rxName)  veth, up, MTU 1500", "    └── peer \(bed.tx)"])
            try await Container.with { process in
                let tree = try await show("--tree")
                #expect(tree.contains("\(process)  namespace of a process"))
            }
        }
    }

    @Test func detailsComeInSections() async throws {
        try await TestBed.with { bed in
            let lines = try await show(bed.tx, "-d")
            #expect(lines[0] == "\(bed.txName)  veth, up")
            for title in ["Link", "Limits", "Channels", "Queues", "Features", "Statistics"] {
                #expect(lines.contains("  " + title), "\(title)")
            }
            func value(_ name: String) -> String? {
                lines.first { $0.hasPrefix("    \(name)  ") }.map { $0.dropFirst(4 + name.count).trimmingCharacters(in: .whitespaces) }
            }
            #expect(value("peer") == bed.rx)
            #expect(value("MTU") == "1500, allowed 68 to 65535")
            #expect(value("GSO") == "65536 bytes, 65535 segments")
            #expect(lines.contains { $0.contains("rx 0") && $0.contains("RPS 0") })
            #expect(lines.allSatisfy { $0.count < 115 })
            let all = try await show("--netns", bed.near, "--details")
            #expect(all.contains("lo  loopback, down") && all.contains(lines[0]))
        }
    }
}
