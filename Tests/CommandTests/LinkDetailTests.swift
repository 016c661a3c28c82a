import Foundation
import Testing

/// vethmark's own part of `link show --json` beside ethtool(8) and sysfs.
@Suite(.enabled(if: Requirement.root), .serialized) struct LinkDetailTests {
    private func show(_ interface: String) async throws -> [String: Any] {
        let shown = try await Program.vethmark(["link", "show", interface, "--json"])
        let objects = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]]
        return try #require(objects?.first, "\(shown.errors)")
    }

    /// `name: value` lines.
    private func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return parts.count == 2 && !parts[1].isEmpty ? (parts[0], parts[1]) : nil
        }
    }

    @Test func featuresAreThoseOfEthtool() async throws {
        try await TestBed.with { bed in
            try await bed.inside(bed.near, "ethtool", "-K", bed.txName, "tso", "off", "gro", "on", "tx-checksum-sctp", "off")
            for name in [bed.txName, "lo"] {
                let shown = try await show("\(name)@\(bed.near)")
                let ours = try #require(shown["features"] as? [String: Bool])
                let fixed = Set(try #require(shown["features_fixed"] as? [String]))
                let theirs = pairs(try await bed.inside(bed.near, "ethtool", "-k", name).output)
                #expect(ours.count == theirs.count && theirs.count > 50)
                for (feature, state) in theirs {
                    #expect(ours[feature] == state.hasPrefix("on"), "\(name): \(feature): \(state)")
                    #expect(fixed.contains(feature) == state.hasSuffix("[fixed]"), "\(name): \(feature): \(state)")
                }
            }
        }
    }

    @Test func channelsAreThoseOfEthtool() async throws {
        try await TestBed.with { bed in
            try await Program.tool(
                "ip", "-n", bed.near, "link", "add", "wide", "numtxqueues", "4", "numrxqueues", "3", "type", "veth", "peer", "name", "other"
            )
            try await bed.inside(bed.near, "ethtool", "-L", "wide", "rx", "1", "tx", "2")
            let channels = try #require(try await show("wide@\(bed.near)")["channels"] as? [String: Any])
            #expect(channels["rx"] as? Int == 1 && channels["tx"] as? Int == 2)
            let maximum = try #require(channels["maximum"] as? [String: Int])
            #expect(maximum == ["rx": 3, "tx": 4])
            #expect(try await show("lo@\(bed.near)")["channels"] == nil, "a loopback has none")
        }
    }

    @Test func statisticsAreThoseOfEthtoolAndQueuesTheirShare() async throws {
        try await TestBed.with { bed in
            try await Program.tool(
                "ip", "-n", bed.near, "link", "add", "wide", "numtxqueues", "2", "numrxqueues", "2", "type", "veth", "peer", "name", "other"
            )
            let shown = try await show("wide@\(bed.near)")
            let ours = try #require(shown["statistics"] as? [String: Int])
            let theirs = pairs(try await bed.inside(bed.near, "ethtool", "-S", "wide").output)
            #expect(theirs.count > 10)
            for (name, value) in theirs { #expect(ours[name] == Int(value), "\(name)") }
            #expect(ours.count == theirs.count)
            let queues = try #require(shown["queues"] as? [String: Any])
            for direction in ["rx", "tx"] {
                let list = try #require(queues[direction] as? [[String: Any]])
                #expect(list.compactMap { $0["queue"] as? Int } == [0, 1])
                for (number, queue) in list.enumerated() {
                    let counters = try #require(queue["counters"] as? [String: Int])
                    #expect(!counters.isEmpty)
                    for (name, value) in counters { #expect(ours["\(direction)_queue_\(number)_\(name)"] == value, "\(name)") }
                }
            }
        }
    }

    /// sysfs shows the namespace of its mounter: each end's settings must come from its own.
    @Test func steeringAndThreadsComeFromTheRightNamespace() async throws {
        try await TestBed.with { bed in
            for (namespace, mask) in [(bed.near, "1"), (bed.far, "2")] {
                try await Program.tool(
                    "ip", "-n", namespace, "link", "add", "same", "numtxqueues", "2", "numrxqueues", "2", "type", "veth", "peer", "name",
                    "samep")
                try await bed.inside(
                    namespace, "sh", "-c",
                    "cd /sys/class/net/same && echo \(mask) > queues/rx-1/rps_cpus && echo \(mask) > queues/tx-0/xps_cpus && echo 64 > queues/rx-1/rps_flow_cnt"
                )
            }
            try await bed.inside(bed.near, "ethtool", "-K", "same", "gro", "on")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "same", "up")
            try await bed.inside(bed.near, "sh", "-c", "echo 1 > /sys/class/net/same/threaded")
            for (namespace, mask, threaded) in [(bed.near, "1", true), (bed.far, "2", false)] {
                let queues = try #require(try await show("same@\(namespace)")["queues"] as? [String: Any])
                #expect(queues["threaded"] as? Bool == threaded)
                let receive = try #require(queues["rx"] as? [[String: Any]])
                let transmit = try #require(queues["tx"] as? [[String: Any]])
                #expect(receive.compactMap { $0["rps_cpus"] as? String } == ["0", mask])
                #expect(receive.last?["rps_flow_cnt"] as? Int == 64)
                #expect(transmit.first?["xps_cpus"] as? String == mask)
            }
        }
    }
}
