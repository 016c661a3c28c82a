import Foundation
import Subprocess
import Synchronization
import Testing

/// `vethmark across`: two processes in two network namespaces, as an engine starts them on two hosts.
@Suite(.enabled(if: Requirement.root), .serialized) struct AcrossCommandTests {
    private let quick = ["-b", "5kpps", "-t", "400ms", "--warmup", "100ms", "-q", "--no-save", "--json"]

    private func codes(_ result: [String: Any]) -> Set<String> {
        Set(
            (result["warnings"] as? [[String: Any]] ?? []).compactMap { one in
                (one["code"] as? String).map { $0 + (one["voidsResult"] as? Bool == true ? "!" : "") }
            })
    }

    @Test(arguments: ["ring", "gso"]) func twoTrialsAreWhole(_ engine: String) async throws {
        try await AcrossBed.with { bed in
            let before = try await bed.links()
            let ranks = try await bed.run(quick + ["--engine", engine, "--repeats", "2", "--mtu", "1400"])
            #expect(ranks.zero.exitCode == 0 && ranks.one.exitCode == 0, "\(ranks)")
            #expect(ranks.one.output.isEmpty)
            let result = try ranks.zero.json()
            let trials = try #require(result["trials"] as? [[String: Any]])
            #expect(trials.count == 2 && codes(result).contains("path-not-direct"))
            for trial in trials {
                let ledger = try #require(trial["ledger"] as? [String: Any])
                // On a busy machine a few may not be offered in time.
                #expect(ledger["residual"] as? Int == 0 && ledger["received"] as? Int == ledger["sent"] as? Int, "\(ledger)")
                #expect((ledger["received"] as? Int ?? 0) > 1_000)
                let latency = try #require(trial["latency"] as? [String: Any])
                let clock = try #require(latency["clockOffset"] as? [String: Any])
                #expect(clock["method"] as? String == "same-kernel" && clock["errorNanoseconds"] as? Int == 0)
                #expect((latency["path"] as? [String: Any])?["count"] as? Int == ledger["received"] as? Int)
            }
            let frame = (result["plan"] as? [String: Any])?["frame"] as? [String: Any]
            let address = try await Program.tool("ip", "netns", "exec", bed.b, "cat", "/sys/class/net/data0/address").output
            #expect(frame?["destinationAddress"] as? String == address.trimmingCharacters(in: .whitespacesAndNewlines))
            #expect(((result["conditions"] as? [String: Any])?["receiveHost"] as? [String: Any])?["name"] as? String != nil)
            #expect(try await bed.links() == before)
        }
    }

    @Test func strangersAndOtherPlansAreTurnedAway() async throws {
        try await AcrossBed.with { bed in
            let strangers = try await bed.run(quick, secrets: (bed.secret, "another secret of somebody")) { zero, _ in
                try await Program.waitUntilItTakesSignals(zero)
                try await Task.sleep(for: .seconds(2))
                kill(zero.value, SIGINT)
            }
            #expect(strangers.zero.exitCode == 130 && strangers.one.exitCode == 64, "\(strangers)")
            #expect(strangers.one.errors.contains("another secret"))
            let none = try await bed.run(quick, secrets: ("", ""))
            #expect(none.zero.exitCode == 64 && none.one.exitCode == 64 && none.zero.errors.contains("VETHMARK_SECRET"), "\(none)")
        }
    }

    /// The same guards as on one machine, each on the host whose interface it is.
    @Test func noFrameGoesWhereItIsNotMeant() async throws {
        try await AcrossBed.with { bed in
            try await Program.tool("ip", "-n", bed.a, "addr", "add", "192.0.2.1/24", "dev", "data0")
            try await Program.tool("ip", "-n", bed.a, "route", "add", "default", "via", "192.0.2.2")
            let uplink = try await bed.run(quick)
            #expect(uplink.zero.exitCode == 1 && uplink.zero.errors.contains("default route"), "\(uplink)")
            #expect(uplink.one.exitCode == 3 && uplink.one.errors.contains("default route"), "\(uplink)")
            try await Program.tool("ip", "-n", bed.a, "route", "del", "default")
            try await Program.tool("ip", "-n", bed.a, "addr", "flush", "dev", "data0")

            // Rank 1's host would send the frames on.
            try await Program.tool(
                "ip", "netns", "exec", bed.b, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.data0.rp_filter=0")
            try await Program.tool("ip", "-n", bed.b, "route", "add", "default", "via", "10.78.0.1")
            let router = try await bed.run(quick)
            #expect(router.one.exitCode == 1 && router.one.errors.contains("would forward"), "\(router)")
            #expect(router.zero.exitCode == 3 && router.zero.errors.contains("would forward"), "\(router)")
            #expect(router.one.errors.contains("; use --network raw, or ") && !router.one.errors.contains("--receiver xdp"), "\(router)")
            let sent = try await Program.tool("ip", "netns", "exec", bed.a, "cat", "/sys/class/net/data0/statistics/tx_packets").output
            #expect((Int(sent.filter(\.isNumber)) ?? -1) < 20, "\(sent)")
        }
    }

    /// Whichever rank hears the signal, both end in order.
    @Test(arguments: [0, 1]) func aSignalEndsBoth(_ rank: Int) async throws {
        try await AcrossBed.with { bed in
            let ranks = try await bed.run(["-b", "5kpps", "-t", "30", "--warmup", "0", "-q", "--no-save", "--json"]) { zero, one in
                try await bed.waitForFrames(500)
                kill(rank == 0 ? zero.value : one.value, SIGTERM)
            }
            #expect(ranks.zero.exitCode == 0 && ranks.one.exitCode == 0, "\(ranks)")
            let result = try ranks.zero.json()
            #expect(codes(result).contains("interrupted"))
            #expect(try ranks.zero.ledger()["received"] == ranks.zero.ledger()["sent"])
        }
    }

    enum Fault: String, CaseIterable, Sendable { case kill, stop, cut }

    struct Case: Sendable, CustomStringConvertible {
        let phase: AcrossPhase
        let fault: Fault
        /// Whose end it is; of a cut, whose interface goes down.
        let rank: Int
        var description: String { "\(fault) of rank \(rank), \(phase)" }
    }

    private final class Moment: Sendable { let time = Mutex<ContinuousClock.Instant?>(nil) }

    /// Kill, stop and cut × each side, in each phase: whoever is left ends within 5 s with exit code 3, with its book, and its settings given back.
    @Test(arguments: AcrossPhase.allCases.filter { $0 != .before }) func whoeverIsLeftEndsSoon(_ phase: AcrossPhase) async throws {
        let cases = Fault.allCases.flatMap { fault in [0, 1].map { Case(phase: phase, fault: fault, rank: $0) } }
        // Each mostly waits.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in cases { group.addTask { try await look(at: one) } }
            try await group.waitForAll()
        }
    }

    /// Whether a process is gone, or waits for its parent to hear of it.
    private static func hasEnded(_ process: ProcessIdentifier) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process.value)/stat", encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.hasPrefix(" Z") ?? true
    }

    private func look(at one: Case) async throws {
        try await AcrossBed.with { bed in
            if one.phase == .drain { try await bed.isolate() }
            let before = try await bed.links()
            let fault = Moment()
            let words = ["-b", "2kpps", "--mtu", "1400", "-q", "--no-save", "--json"] + one.phase.words
            let ranks = try await bed.run(words) { zero, rank1 in
                try await bed.wait(for: one.phase)
                fault.time.withLock { $0 = .now }
                let victim = one.rank == 0 ? zero : rank1
                switch one.fault {
                case .kill: kill(victim.value, SIGKILL)
                case .cut: try await Program.tool("ip", "-n", one.rank == 0 ? bed.a : bed.b, "link", "set", "ctl0", "down")
                case .stop:
                    kill(victim.value, SIGSTOP)
                    try await Task.sleep(for: .seconds(5))
                    #expect(Self.hasEnded(one.rank == 0 ? rank1 : zero), "\(one)")
                    kill(victim.value, SIGCONT)
                }
            }
            let start = try #require(fault.time.withLock { $0 })
            // Whoever was stopped has a silence of its own to hear first.
            let most = one.fault == .stop ? 10.0 : 5.0
            #expect(start.duration(to: .now) < .seconds(most), "\(one): \(start.duration(to: .now))")
            let (zeroIsLeft, oneIsLeft) = (one.fault != .kill || one.rank == 1, one.fault != .kill || one.rank == 0)
            if zeroIsLeft {
                #expect(ranks.zero.exitCode == 3, "\(one)\n\(ranks)")
                let result = try #require(try? ranks.zero.json(), "\(one) \(ranks)")
                #expect(codes(result).contains("peer-lost!"), "\(one) \(codes(result))")
                let ledger = try ranks.zero.ledger()
                #expect((ledger["received"] ?? -1) <= (ledger["sent"] ?? -2) && (ledger["linkDropped"] ?? -1) == 0, "\(one) \(ledger)")
            }
            if oneIsLeft {
                #expect(ranks.one.exitCode == 3 && ranks.one.errors.contains("frames had come"), "\(one)\n\(ranks)")
            }
            if one.fault == .kill { _ = try await Program.vethmark(["restore"]) }
            #expect(try await bed.links() == before, "\(one)")
        }
    }
}
