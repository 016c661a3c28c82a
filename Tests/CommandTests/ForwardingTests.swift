import Foundation
import Testing

/// Test frames end at our reader, also where the receiving side is a router or a bridge.
@Suite(.enabled(if: Requirement.root), .serialized) struct ForwardingTests {
    private let quick = ["--engine", "ring", "-b", "20kpps", "-t", "300ms", "--warmup", "100ms", "-q", "--no-save", "--json"]

    /// A namespace behind the receiving one, by whose interface its default route leaves.
    private func withRouter(_ bed: TestBed, _ body: () async throws -> Void) async throws {
        let outside = bed.far + "o"
        try await Program.tool("ip", "netns", "add", outside)
        do {
            try await Program.tool("ip", "-n", bed.far, "link", "add", "out", "type", "veth", "peer", "name", "in", "netns", outside)
            try await bed.inside(bed.far, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.default.disable_ipv6=0")
            for name in ["out", bed.rxName] {
                try await bed.inside(bed.far, "sysctl", "-qw", "net.ipv6.conf.\(name).disable_ipv6=0", "net.ipv6.conf.\(name).accept_dad=0")
            }
            try await Program.tool("ip", "-n", bed.far, "link", "set", "out", "up")
            try await Program.tool("ip", "-n", outside, "link", "set", "in", "up")
            try await Program.tool("ip", "-n", bed.far, "addr", "add", "10.9.9.1/24", "dev", "out")
            try await Program.tool("ip", "-n", bed.far, "route", "add", "default", "via", "10.9.9.2")
            try await Program.tool("ip", "-n", bed.far, "neigh", "add", "10.9.9.2", "lladdr", "02:00:00:00:00:02", "dev", "out")
            try await Program.tool("ip", "-n", bed.far, "-6", "addr", "add", "fd00::1/64", "dev", "out", "nodad")
            try await Program.tool("ip", "-n", bed.far, "-6", "route", "add", "default", "via", "fd00::2")
            try await Program.tool("ip", "-n", bed.far, "neigh", "add", "fd00::2", "lladdr", "02:00:00:00:00:02", "dev", "out")
            try await bed.inside(
                bed.far, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.\(bed.rxName).rp_filter=0")
            try await body()
            _ = try? await Program.tool("ip", "netns", "del", outside)
        } catch {
            _ = try? await Program.tool("ip", "netns", "del", outside)
            throw error
        }
    }

    private func sent(_ bed: TestBed, _ name: String) async throws -> Int {
        Int(try await bed.inside(bed.far, "cat", "/sys/class/net/\(name)/statistics/tx_packets").output.filter(\.isNumber)) ?? -1
    }

    private func destination(_ run: Finished) throws -> String? {
        ((try run.json()["plan"] as? [String: Any])?["frame"] as? [String: Any])?["destinationAddress"] as? String
    }

    @Test(arguments: [["--network", "ipv4"], ["--network", "ipv6", "-s", "128"], ["--engine", "gso"], ["--vlan", "7", "-s", "128"]])
    func framesOfADirectPairAreForNobody(_ flags: [String]) async throws {
        try await TestBed.with { bed in
            try await withRouter(bed) {
                let before = try await sent(bed, "out")
                let run = try await Program.vethmark(["run", "--tx", bed.tx, "--rx", bed.rx] + quick + flags)
                #expect(run.exitCode == 0, "\(run.errors)")
                #expect(try run.ledger()["received"] == 6000 && destination(run) == "02:76:6d:00:00:fe")
                // Neighbour discovery of the kernel's own.
                #expect(try await sent(bed, "out") - before < 20)
            }
        }
    }

    @Test(arguments: [("ipv4", "198.19.0.1"), ("ipv6", "2001:2:0:1::1")])
    func whatWouldBeForwardedIsRefused(_ network: String, _ address: String) async throws {
        try await TestBed.with { bed in
            try await withRouter(bed) {
                let station = try await bed.inside(bed.far, "cat", "/sys/class/net/\(bed.rxName)/address").output.filter {
                    !$0.isWhitespace
                }
                let arguments =
                    ["run", "--tx", bed.tx, "--rx", bed.rx, "--network", network, "-s", "128", "--destination-mac", station] + quick
                let before = try await sent(bed, "out")
                let refused = try await Program.vethmark(arguments)
                #expect(refused.exitCode == 1 && refused.output.isEmpty)
                #expect(refused.errors.contains("frames to \(address) would not end at \(bed.rx)"), "\(refused.errors)")
                #expect(refused.errors.contains("out of out") && refused.errors.contains("--force"), "\(refused.errors)")
                // The counting program takes them off the interface.
                let counted = try await Program.vethmark(arguments + ["--receiver", "xdp"])
                #expect(try counted.ledger()["received"] == 6000, "\(counted.errors)")
                #expect(try await sent(bed, "out") - before < 20)
                let forced = try await Program.vethmark(arguments + ["--force"])
                #expect((try forced.ledger()["received"] ?? 0) > 5000, "\(forced.errors)")
                #expect(try await sent(bed, "out") - before > 1000)
                // An address of its own ends there, and without forwarding all do.
                try await bed.inside(bed.far, "sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0")
                let quiet = try await Program.vethmark(arguments)
                #expect(quiet.exitCode == 0, "\(quiet.errors)")
            }
        }
    }

    /// As in any container host: the receiving end is a port of a bridge, and a bridge floods what it doesn't know.
    @Test func aBridgeKeepsTheFrames() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.far, "link", "add", "br0", "type", "bridge")
            try await Program.tool("ip", "-n", bed.far, "link", "set", "br0", "up")
            try await Program.tool("ip", "-n", bed.far, "link", "add", "third", "type", "veth", "peer", "name", "fourth")
            for name in ["third", "fourth"] { try await Program.tool("ip", "-n", bed.far, "link", "set", name, "up") }
            for name in ["third", bed.rxName] { try await Program.tool("ip", "-n", bed.far, "link", "set", name, "master", "br0") }
            let before = try await sent(bed, "third")
            let run = try await Program.vethmark(["run", "--tx", bed.tx, "--rx", bed.rx] + quick)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try run.ledger()["received"] == 6000 && destination(run) == "01:80:c2:00:00:01")
            #expect(try await sent(bed, "third") - before < 20)
        }
    }

    /// A path over a bridge goes on to the receiving end's own address.
    @Test func otherPathsKeepTheReceivingEndsAddress() async throws {
        try await TestBed.with { bed in
            let table = [("left", "mleft"), ("right", "mright")]
            try await Program.tool("ip", "-n", bed.far, "link", "add", "br0", "up", "type", "bridge")
            for (name, middle) in table {
                try await Program.tool("ip", "-n", bed.near, "link", "add", name, "type", "veth", "peer", "name", middle, "netns", bed.far)
                try await Program.tool("ip", "-n", bed.near, "link", "set", name, "up")
                try await Program.tool("ip", "-n", bed.far, "link", "set", middle, "up", "master", "br0")
            }
            let station = try await bed.inside(bed.near, "cat", "/sys/class/net/right/address").output.filter { !$0.isWhitespace }
            let run = try await Program.vethmark(["run", "--tx", "left@\(bed.near)", "--rx", "right@\(bed.near)"] + quick)
            #expect(try destination(run) == station, "\(run.errors)")
        }
    }

    @Test func aNamespacesDefaultRouteIsNotTheMachines() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.near, "addr", "add", "198.18.0.1/24", "dev", bed.txName)
            try await Program.tool("ip", "-n", bed.near, "route", "add", "default", "via", "198.18.0.2")
            let run = try await Program.vethmark(["run", "--tx", bed.tx, "--rx", bed.rx] + quick)
            #expect(run.exitCode == 1 && run.errors.contains("the default route of network namespace \(bed.near)"), "\(run.errors)")
            #expect(!run.errors.contains("machine") && run.errors.contains("--force"))
            let inside = try await Program.run(
                "ip", ["netns", "exec", bed.near, Program.vethmarkPath, "send", "--tx", bed.txName, "--udp", "1,2", "x"])
            #expect(inside.exitCode == 1 && inside.errors.contains("default route"), "\(inside.errors)")
            #expect(!inside.errors.contains("machine"), "\(inside.errors)")
        }
    }
}
