import Foundation
import Testing

/// `vethmark link show` beside `ip -d -j link show`: every key that ip prints, ours print too, with the same value.
@Suite(.enabled(if: Requirement.root), .serialized) struct LinkShowTests {
    /// What is vethmark's own; all other keys are ip's.
    private let own: Set<String> = ["peer", "channels", "features", "features_fixed", "statistics", "queues"]

    private func objects(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    /// Compares all links of a namespace, key by key, both ways; what ip said, by name.
    @discardableResult
    private func compare(_ namespace: String) async throws -> [String: [String: Any]] {
        let shown = try await Program.vethmark(["link", "show", "--netns", namespace, "--json"])
        let ours = try objects(shown.output)
        let theirs = try objects(try await Program.tool("ip", "-n", namespace, "-d", "-j", "link", "show").output)
        #expect(ours.compactMap { $0["ifname"] as? String } == theirs.compactMap { $0["ifname"] as? String })
        for (our, their) in zip(ours, theirs) { expectEqual(our, their, path: our["ifname"] as? String ?? "") }
        return Dictionary(uniqueKeysWithValues: theirs.map { ($0["ifname"] as? String ?? "", $0) })
    }

    private func expectEqual(_ our: [String: Any], _ their: [String: Any], path: String) {
        for (key, value) in their {
            guard let mine = our[key] else {
                Issue.record("\(path): ip prints \(key): \(value), and we don't")
                continue
            }
            if let mine = mine as? [String: Any], let value = value as? [String: Any] {
                expectEqual(mine, value, path: path + "." + key)
            } else {
                #expect((mine as? NSObject) == (value as? NSObject), "\(path): \(key)")
            }
        }
        for key in our.keys where !own.contains(key) { #expect(their[key] != nil, "\(path): ip has no \(key)") }
    }

    @Test func aPairInOneNamespaceAndALoopback() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.near, "link", "add", "one", "mtu", "2000", "type", "veth", "peer", "name", "two")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "one", "up", "promisc", "on", "alias", "first one")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "one", "txqueuelen", "0", "group", "7", "allmulticast", "on")
            try await Program.tool("ip", "-n", bed.near, "link", "property", "add", "dev", "two", "altname", "the-other-end-of-the-pair")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "two", "addrgenmode", "none")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "lo", "up")
            let links = try await compare(bed.near)
            for key in ["linkmode", "group", "allmulti", "inet6_addr_gen_mode", "tso_max_size", "gro_max_size", "ifalias", "link"] {
                #expect(links["one"]?[key] != nil, "this ip says nothing of \(key)")
            }
            #expect(links["lo"]?["link_type"] as? String == "loopback")
        }
    }

    @Test func aPairAcrossNamespaces() async throws {
        try await TestBed.with { bed in
            for (namespace, name) in [(bed.near, bed.txName), (bed.far, bed.rxName)] {
                let link = try #require(try await compare(namespace)[name])
                #expect(link["link_index"] != nil && link["link_netnsid"] != nil)
            }
        }
    }

    @Test func severalQueues() async throws {
        try await TestBed.with { bed in
            try await Program.tool(
                "ip", "-n", bed.near, "link", "add", "wide", "numtxqueues", "5", "numrxqueues", "3", "type", "veth", "peer", "name",
                "wider",
                "numtxqueues", "3", "numrxqueues", "7")
            #expect(try await compare(bed.near)["wider"]?["num_rx_queues"] as? Int == 7)
        }
    }

    /// Spanning tree on, a group forwarded, a port with its own settings.
    @Test func aBridgeAndItsPort() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.near, "link", "add", "br0", "type", "bridge")
            try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, "master", "br0")
            try await Program.tool(
                "ip", "-n", bed.near, "link", "set", "br0", "up", "type", "bridge", "stp_state", "1", "group_fwd_mask", "0x4000")
            try await Program.tool(
                "ip", "-n", bed.near, "link", "set", bed.txName, "type", "bridge_slave", "hairpin", "on", "group_fwd_mask", "0x4008")
            // Spanning tree's timers stand still only with its ports down.
            try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, "down")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "br0", "down")
            let links = try await compare(bed.near)
            let information = try #require(links[bed.txName]?["linkinfo"] as? [String: Any])
            #expect(information["info_slave_kind"] as? String == "bridge")
            #expect((information["info_slave_data"] as? [String: Any])?["hairpin"] as? Bool == true)
        }
    }

    @Test func anXDPProgramInTheDriverAndAGenericOne() async throws {
        guard let object = try await XDPObject.make() else { return }
        try await TestBed.with { bed in
            for (word, mode) in [("xdpdrv", 1), ("xdpgeneric", 2)] {
                try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, word, "obj", object.path, "sec", "xdp")
                let xdp = try #require(try await compare(bed.near)[bed.txName]?["xdp"] as? [String: Any])
                #expect(xdp["mode"] as? Int == mode)
                let details = try await Program.vethmark(["link", "show", bed.tx, "--details"]).output
                #expect(details.contains(mode == 1 ? "in the driver" : "generic") && details.contains("vm_pass tag "))
                try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, word, "off")
            }
        }
    }
}
