import Foundation
import Testing

/// `vethmark link` beside ip(8) and ethtool(8): each sees what the other made.
@Suite(.enabled(if: Requirement.root), .serialized) struct LinkTests {
    private func link(_ arguments: String...) async throws -> Finished { try await Program.vethmark(["link"] + arguments) }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func peerAgreesWithEthtoolAcrossNamespaces() async throws {
        try await TestBed.with { bed in
            for (namespace, name, other, otherNamespace) in [
                (bed.near, bed.txName, bed.rxName, bed.far), (bed.far, bed.rxName, bed.txName, bed.near)
            ] {
                let peer = try await link("peer", "\(name)@\(namespace)", "--json").json()
                #expect(peer["ifname"] as? String == other)
                #expect(peer["netns"] as? String == otherNamespace)
                let statistics = try await bed.inside(namespace, "ethtool", "-S", name).output
                #expect(statistics.contains("peer_ifindex: \(peer["ifindex"] as? Int ?? -1)\n"))
            }
        }
    }

    @Test func whatWeMakeIpSeesAndWhatWeDeleteIsGone() async throws {
        try await TestBed.with { bed in
            let made = try await link(
                "add", "left@\(bed.near)", "--peer", "right@\(bed.far)", "--mtu", "3000", "--queues", "2", "--address",
                "02:00:00:00:00:11", "--peer-address", "02:00:00:00:00:12", "--up")
            #expect(made.exitCode == 0, "\(made.errors)")
            let seen = try #require(try objects(try await bed.description(bed.far, "right")).first)
            #expect(seen["mtu"] as? Int == 3000)
            #expect(seen["address"] as? String == "02:00:00:00:00:12")
            #expect(seen["operstate"] as? String == "UP")
            #expect(seen["num_rx_queues"] as? Int == 2)
            let set = try await link("set", "left@\(bed.near)", "--mtu", "1400", "--no-tso", "--gro")
            #expect(set.exitCode == 0, "\(set.errors)")
            let features = try await bed.inside(bed.near, "ethtool", "-k", "left").output
            #expect(features.contains("tcp-segmentation-offload: off"))
            #expect(features.contains("generic-receive-offload: on"))
            #expect(try await bed.description(bed.near, "left").contains("\"mtu\":1400"))
            #expect(try await link("del", "left@\(bed.near)").exitCode == 0)
            #expect(try await Program.run("ip", ["-n", bed.far, "link", "show", "right"]).exitCode != 0)
        }
    }

    @Test func mistakesAreToldWithARemedy() async throws {
        try await TestBed.with { bed in
            let taken = try await link("add", bed.tx)
            #expect(taken.exitCode == 1 && taken.errors.contains("choose another name"), "\(taken.errors)")
            let missing = try await link("show", "nobody@\(bed.near)")
            #expect(missing.exitCode == 1 && missing.errors.contains("there is no interface nobody"))
            let nowhere = try await link("show", "--netns", "nowhere")
            #expect(nowhere.exitCode == 1 && nowhere.errors.contains("ip netns list"))
            let loopback = try await link("peer", "lo@\(bed.near)")
            #expect(loopback.exitCode == 1 && loopback.errors.contains("not a veth"))
            let large = try await link("set", bed.tx, "--mtu", "70000")
            #expect(large.exitCode == 1 && large.errors.contains("mtu greater than device maximum"), "\(large.errors)")
            for wrong in [["add", "a-name-that-is-too-long"], ["add", "x", "--address", "zz"], ["add", "x", "--queues", "0"]] {
                #expect(try await Program.vethmark(["link"] + wrong).exitCode == 64, "\(wrong)")
            }
        }
    }
}
