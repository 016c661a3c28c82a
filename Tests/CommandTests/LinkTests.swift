import Foundation
import Testing

/// `vethmark link` beside ip(8) and ethtool(8): each sees what the other made.
@Suite(.enabled(if: Requirement.root), .serialized) struct LinkTests {
    private func link(_ arguments: String...) async throws -> Finished { try await Program.vethmark(["link"] + arguments) }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    /// What `link peer` says, without the index.
    private func place(_ arguments: String...) async throws -> String {
        let found = try await Program.vethmark(["link", "peer"] + arguments)
        #expect(found.exitCode == 0, "\(found.errors)")
        return String(found.output.prefix { $0 != "," })
    }

    /// Both ways, each end named in every way there is.
    @Test func aPeerIsFoundByNameByPathAndByProcess() async throws {
        try await TestBed.with { bed in
            #expect(try await place(bed.txName, "--netns", bed.near) == bed.rx)
            #expect(try await place(bed.rxName, "--netns", "/run/netns/\(bed.far)") == bed.tx)
            #expect(try await place("\(bed.rxName)@/run/netns/\(bed.far)") == bed.tx)
            // A container: a namespace without a name, known by its process only.
            try await Container.with { process in
                try await Program.tool(
                    "ip", "-n", bed.near, "link", "add", "outside", "type", "veth", "peer", "name", "inside", "netns", "\(process)")
                #expect(try await place("inside", "--netns", "\(process)") == "outside@\(bed.near)")
                #expect(try await place("outside@\(bed.near)") == "inside@\(process)")
                // From the container's prompt the host's end has no other name than that of its namespace.
                let asked = try await Program.run(
                    "nsenter", ["--net", "--target", "\(process)", Program.vethmarkPath, "link", "peer", "inside"])
                #expect(asked.output.hasPrefix("outside@\(bed.near),"), "\(asked.output)\(asked.errors)")
                let host = try await bed.inside(bed.near, Program.vethmarkPath, "link", "peer", "outside")
                #expect(host.output.hasPrefix("inside@\(process),"), "\(host.output)")
            }
        }
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

    @Test func whatIpLinkSetKnowsWeKnowToo() async throws {
        try await TestBed.with { bed in
            let set = try await link(
                "set", bed.tx, "--down", "--name", "renamed", "--address", "02:00:00:00:00:21", "--mtu", "9000", "--txqlen", "77")
            #expect(set.exitCode == 0, "\(set.errors)")
            let seen = try #require(try objects(try await bed.description(bed.near, "renamed")).first)
            #expect(seen["address"] as? String == "02:00:00:00:00:21")
            #expect(seen["mtu"] as? Int == 9000 && seen["txqlen"] as? Int == 77)
            #expect((seen["flags"] as? [String])?.contains("UP") == false)
            let moved = try await link("set", "renamed@\(bed.near)", "--netns", bed.far, "--name", "moved", "--mtu", "1400", "--up")
            #expect(moved.exitCode == 0, "\(moved.errors)")
            let there = try #require(try objects(try await bed.description(bed.far, "moved")).first)
            #expect(there["mtu"] as? Int == 1400 && there["link"] as? String == bed.rxName)
            #expect(there["operstate"] as? String == "UP")
        }
    }

    @Test func queuesAndFeaturesAreThoseThatEthtoolSees() async throws {
        try await TestBed.with { bed in
            let made = try await link("add", "wide", "--netns", bed.near, "--peer", "other", "--peer-netns", bed.far, "--queues", "4")
            #expect(made.exitCode == 0, "\(made.errors)")
            let set = try await link(
                "set", "wide@\(bed.near)", "--rx-queues", "2", "--tx-queues", "3", "--feature", "tx-checksum-sctp=off", "--feature",
                "sg=off",
                "--feature", "gro=on", "--no-gso")
            #expect(set.exitCode == 0, "\(set.errors)")
            let channels = try await bed.inside(bed.near, "ethtool", "-l", "wide").output.split(separator: "Current")[1]
            #expect(channels.contains("RX:\t\t2\n") && channels.contains("TX:\t\t3\n"), "\(channels)")
            let features = try await bed.inside(bed.near, "ethtool", "-k", "wide").output
            for line in [
                "tx-checksum-sctp: off", "scatter-gather: off", "generic-receive-offload: on", "generic-segmentation-offload: off"
            ] {
                #expect(features.contains(line), "\(line)")
            }
            #expect(try await link("set", "wide@\(bed.near)", "--queues", "1").exitCode == 0)
            #expect(try await bed.inside(bed.near, "ethtool", "-l", "wide").output.split(separator: "Current")[1].contains("RX:\t\t1\n"))
            #expect(try await link("del", "wide", "--netns", bed.near).exitCode == 0)
        }
    }
}
