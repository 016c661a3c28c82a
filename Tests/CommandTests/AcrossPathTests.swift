import Foundation
import Subprocess
import Synchronization
import Testing

/// `vethmark across` whose data path is cut, while the ranks go on hearing each other.
@Suite(.enabled(if: Requirement.root), .serialized) struct AcrossPathTests {
    enum Cut: String, CaseIterable, Sendable {
        /// Something between the hosts goes down: both interfaces keep their carrier, and nothing comes any more.
        case between
        /// What a host's interface is plugged into goes down, and its carrier with it.
        case carrier
        /// A host's interface is deleted.
        case deleted
    }

    struct Case: Sendable, CustomStringConvertible {
        let cut: Cut
        /// Whose interface it is.
        let rank: Int
        let phase: AcrossPhase
        var description: String { "\(cut) of rank \(rank), \(phase)" }

        static func all(_ phase: AcrossPhase) -> [Case] {
            [Case(cut: .between, rank: 0, phase: phase)]
                + [Cut.carrier, .deleted].flatMap { cut in [0, 1].map { Case(cut: cut, rank: $0, phase: phase) } }
        }
    }

    private final class Moment: Sendable { let time = Mutex<ContinuousClock.Instant?>(nil) }

    private func cut(_ one: Case, _ bed: AcrossBed) async throws {
        let host = one.rank == 0 ? bed.a : bed.b
        switch one.cut {
        case .between: try await Program.tool("ip", "-n", bed.bridge, "link", "set", "br0", "down")
        case .carrier: try await Program.tool("ip", "-n", bed.bridge, "link", "set", one.rank == 0 ? "p1" : "p2", "down")
        case .deleted: try await Program.tool("ip", "-n", host, "link", "del", "data0")
        }
    }

    private func words(_ one: Case) -> [String] {
        switch (one.cut, one.phase) {
        // Nobody is told of a cut in between, so that a phase goes on to its end.
        case (.between, .warmUp): ["--warmup", "2", "-t", "300ms"]
        case (.between, .window): ["--warmup", "0", "-t", "2"]
        default: one.phase.words
        }
    }

    /// Every cut × each side, in each phase: both end soon, with what was known, and what is still there is as it was before.
    @Test(arguments: AcrossPhase.allCases) func bothEndSoon(_ phase: AcrossPhase) async throws {
        // Each mostly waits.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in Case.all(phase) { group.addTask { try await look(at: one) } }
            try await group.waitForAll()
        }
    }

    private func look(at one: Case) async throws {
        try await AcrossBed.with { bed in
            // Most of the frames are on the way when the window ends.
            if one.phase == .drain { try await bed.slowDown() }
            let gone = one.cut == .deleted ? one.rank : nil
            let before = try await bed.links(but: gone)
            let moment = Moment()
            if one.phase == .before { try await cut(one, bed) }
            let ranks = try await bed.run(["-b", "2kpps", "--mtu", "1400", "-q", "--no-save", "--json"] + words(one)) { _, _ in
                moment.time.withLock { $0 = .now }
                guard one.phase != .before else { return }
                try await bed.wait(for: one.phase)
                moment.time.withLock { $0 = .now }
                try await cut(one, bed)
            }
            let start = try #require(moment.time.withLock { $0 })
            #expect(start.duration(to: .now) < .seconds(20), "\(one): \(start.duration(to: .now))")
            if one.phase == .before, one.cut != .between { try expectRefusal(one, ranks) } else { try expectBook(one, ranks) }
            if one.cut == .carrier { try await Program.tool("ip", "-n", bed.bridge, "link", "set", one.rank == 0 ? "p1" : "p2", "up") }
            #expect(try await bed.links(but: gone) == before, "\(one)")
        }
    }

    /// Whose interface it is says why, with 1; the other says it too, with 3.
    private func expectRefusal(_ one: Case, _ ranks: AcrossBed.Ranks) throws {
        let sentence = one.cut == .carrier ? "interface data0 has no carrier" : "there is no interface data0"
        let (own, other) = one.rank == 0 ? (ranks.zero, ranks.one) : (ranks.one, ranks.zero)
        #expect(own.exitCode == 1 && own.errors.hasPrefix("vethmark: " + sentence), "\(one)\n\(ranks)")
        #expect(other.exitCode == 3 && other.errors.contains("rank \(one.rank) on ") && other.errors.contains(sentence), "\(one)\n\(ranks)")
        #expect(ranks.zero.output.isEmpty && ranks.one.output.isEmpty, "\(one)")
    }

    private func expectBook(_ one: Case, _ ranks: AcrossBed.Ranks) throws {
        let result = try #require(try? ranks.zero.json(), "\(one)\n\(ranks)")
        let trial = try #require((result["trials"] as? [[String: Any]])?.first)
        let ledger = try ranks.zero.ledger()
        let (sent, received) = (ledger["sent"] ?? -1, ledger["received"] ?? -2)
        let voids = Set(
            (result["warnings"] as? [[String: Any]] ?? []).compactMap { $0["voidsResult"] as? Bool == true ? $0["code"] as? String : nil })
        #expect(ranks.one.exitCode == 0 && received <= sent && ledger["residual"] == 0, "\(one) \(ledger)\n\(ranks)")
        guard one.cut != .between else {
            // A path that loses frames is what is measured; one that takes none was none.
            let isTrusted = one.phase == .window || one.phase == .drain
            #expect(ranks.zero.exitCode == (isTrusted ? 0 : 3) && voids == (isTrusted ? [] : ["nothing-received"]), "\(one) \(voids)")
            #expect(one.phase != .window || received >= 300 && ledger["linkDropped"] == sent - received, "\(one) \(ledger)")
            return
        }
        #expect(ranks.zero.exitCode == 3 && voids.contains("link-lost"), "\(one) \(voids)\n\(ranks)")
        #expect(trial["endedBecause"] as? String == "linkLost", "\(one)")
        #expect(one.phase == .warmUp ? sent == 0 : received >= 300, "\(one) \(ledger)")
    }
}
