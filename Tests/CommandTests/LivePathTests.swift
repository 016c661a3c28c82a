import Foundation
import Testing

/// Frames without a socket over a path that isn't a direct pair: a bridge between two pairs.
@Suite(.enabled(if: Requirement.root), .serialized) struct LivePathTests {
    /// `vmp0` → `vmp1`, bridge, `vmp2` → `vmp3`; the bridge in a namespace of its own, the ends in the bed's two.
    private func withBridge(_ body: @Sendable (TestBed, String) async throws -> Void) async throws {
        try await TestBed.with { bed in
            let middle = bed.near + "m"
            try await Program.tool("ip", "netns", "add", middle)
            do {
                try await bed.inside(middle, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
                try await Program.tool("ip", "-n", middle, "link", "add", "br0", "type", "bridge")
                try await Program.tool("ip", "-n", middle, "link", "set", "br0", "up")
                for (outer, inner, namespace) in [("vmp0", "vmp1", bed.near), ("vmp3", "vmp2", bed.far)] {
                    try await Program.tool(
                        "ip", "-n", middle, "link", "add", inner, "type", "veth", "peer", "name", outer, "netns", namespace)
                    try await Program.tool("ip", "-n", middle, "link", "set", inner, "master", "br0", "up")
                    try await Program.tool("ip", "-n", namespace, "link", "set", outer, "up")
                }
                try await body(bed, middle)
            } catch {
                _ = try? await Program.tool("ip", "netns", "del", middle)
                throw error
            }
            try await Program.tool("ip", "netns", "del", middle)
        }
    }

    private func offloads(_ bed: TestBed, _ middle: String) async throws -> String {
        try await bed.inside(middle, "ethtool", "-k", "vmp1").output + bed.inside(bed.far, "ethtool", "-k", "vmp3").output
    }

    @Test(arguments: ["xdp", "ring", "af-xdp"]) func framesOfTheSendersProgramCrossABridge(_ receiver: String) async throws {
        try await withBridge { bed, middle in
            let before = try await offloads(bed, middle)
            let run = try await Program.vethmark([
                "run", "--tx", "vmp0@\(bed.near)", "--rx", "vmp3@\(bed.far)", "--engine", "xdp", "--receiver", receiver, "-s", "128", "-b",
                "2kpps", "-t", "300ms", "--warmup", "50ms", "--no-save", "-q", "--json"
            ])
            #expect(run.exitCode == 0, "\(run.errors)")
            let ledger = try run.ledger()
            #expect(ledger["sent"] == 600 && ledger["received"] == 600, "\(ledger)")
            #expect(try await offloads(bed, middle) == before)
        }
    }

    /// The peer's namespace has no name, and nobody lives in it.
    @Test func aPeerThatNobodyCanReachIsToldAsThat() async throws {
        try await withBridge { bed, _ in
            let hidden = bed.near + "h"
            let script = """
                ip netns add \(hidden) && exec 9</run/netns/\(hidden) &&
                ip -n \(bed.near) link add vmp4 type veth peer name vmp5 netns \(hidden) &&
                ip -n \(hidden) link set vmp5 up && ip -n \(bed.near) link set vmp4 up && ip netns del \(hidden) &&
                "$0" run --tx vmp4@\(bed.near) --rx vmp3@\(bed.far) --engine xdp -t 100ms --warmup 0s --no-save -q
                """
            let run = try await Program.run("bash", ["-c", script, Program.vethmarkPath])
            #expect(run.exitCode == 1, "\(run.output) \(run.errors)")
            #expect(run.errors.contains("that peer is in no network namespace that can be reached from here"), "\(run.errors)")
        }
    }
}
