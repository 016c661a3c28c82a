import Foundation
import Testing

/// Engines and receivers are known by what they can do: their names are told apart in their own folder only.
@Suite struct EngineNameTests {
    /// Where names may stand: the room of engines, the table of what each can do, and the table of settings, which says whose setting one is.
    private let rooms = ["Engines/", "Plans/Engines/", "Plans/Settings/"]

    private let names = [".ring", ".gso", ".mmsg", ".afXDP", ".xdp", ".none", ".null", ".auto"]

    /// A name by itself, or compared with what an engine or receiver is.
    private func isTest(_ line: String) -> Bool {
        // Most lines need no closer look, which takes long.
        guard names.contains(where: { line.contains($0) }) else { return false }
        let code = line.components(separatedBy: "//")[0]
        // The offload has its engine's name, and so has the key that sets it.
        guard !code.contains("offload(.gso") else { return false }
        // A member of something (`link.gso`) is another thing than a name by itself.
        return code.contains(/(^|[^A-Za-z0-9_)\]?.])\.(ring|gso|mmsg|afXDP|xdp)\b/)
            || code.contains(/(engine|receiver)\)?\)? *[!=]= *\./)
            || code.contains(/\b(Engine|Receiver)Name\.(ring|gso|mmsg|afXDP|xdp|none|null)\b/)
    }

    @Test func noRoomButTheirOwnTellsThemApart() throws {
        let base = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        let swift = files.filter { $0.hasSuffix(".swift") }
        #expect(swift.contains { $0.hasPrefix(rooms[0]) })
        for path in swift where !rooms.contains(where: { path.hasPrefix($0) }) {
            let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
            for line in text.components(separatedBy: "\n") where isTest(line) {
                Issue.record("\(path): \(line.trimmingCharacters(in: .whitespaces))")
            }
        }
    }

    /// The search finds what it is for, and nothing else.
    @Test(arguments: [
        ("if plan.transmit.engine == .xdp {", true), ("guard receiver != .none else", true), ("case .gso: 0", true),
        ("[.xdp, .afXDP].contains(plan.receive.receiver)", true), ("[EngineName.ring, other]", true), ("draft.link.gso = gso", false),
        ("self.ring = ring", false), ("guard let xdp = link.xdp else", false), ("// as .ring does", false),
        ("offload(.gso, \\.link.gso, \"\")", false)
    ])
    func theSearchKnowsANameFromAField(_ line: String, _ expected: Bool) {
        #expect(isTest(line) == expected)
    }
}
