import Foundation
import Subprocess
import Synchronization

/// Hosts in namespaces of their own: `data0` of each at one bridge, `ctl0` at another one, both bridges in a namespace between.
struct MeshBed {
    let hosts: [String]
    let bridge: String
    let secret = "a secret of this test \(UInt64.random(in: 0 ... .max))"

    static func with<Output: Sendable>(_ count: Int, _ body: @Sendable (MeshBed) async throws -> Output) async throws -> Output {
        let name = "vmm\(getpid())-\(UInt16.random(in: 0 ... .max))"
        let bed = MeshBed(hosts: (0..<count).map { "\(name)h\($0)" }, bridge: name + "s")
        do {
            try await bed.make()
            let output = try await body(bed)
            await bed.remove()
            return output
        } catch {
            await bed.remove()
            throw error
        }
    }

    private func make() async throws {
        try await Program.tool(
            "bash", "-ec",
            """
            for namespace in \(bridge) \(hosts.joined(separator: " ")); do
                ip netns add $namespace
                ip netns exec $namespace sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                ip -n $namespace link set lo up
            done
            for name in data ctl; do
                ip -n \(bridge) link add $name type bridge mcast_snooping 0
                ip -n \(bridge) link set $name up
            done
            number=0
            for host in \(hosts.joined(separator: " ")); do
                for name in data ctl; do
                    ip -n \(bridge) link add $name$number type veth peer name ${name}0 netns $host
                    ip -n \(bridge) link set $name$number master $name up
                    ip -n $host link set ${name}0 up
                done
                number=$((number + 1))
                ip -n $host addr add 10.78.0.$number/24 dev ctl0
            done
            """)
    }

    private func remove() async {
        for namespace in hosts + [bridge] { _ = try? await Program.tool("ip", "netns", "del", namespace) }
    }

    /// The processes of ranks as they start.
    final class Started: Sendable {
        private let processes = Mutex<[Int: ProcessIdentifier]>([:])

        fileprivate func add(_ rank: Int, _ process: ProcessIdentifier) { processes.withLock { $0[rank] = process } }

        func process(_ rank: Int) async throws -> ProcessIdentifier {
            try await eventually("the process of rank \(rank)") { processes.withLock { $0[rank] } }
        }
    }

    /// Starts all ranks with the same words.
    ///
    /// - Parameter body: runs beside rank 0.
    /// - Returns: what each left behind, by its rank.
    func run(
        _ pattern: String, _ arguments: [String],
        during body: @escaping @Sendable (Started) async throws -> Void = { _ in }
    ) async throws -> [Int: Finished] {
        let started = Started()
        return try await withThrowingTaskGroup(of: (Int, Finished).self) { group in
            for rank in hosts.indices {
                let words =
                    [
                        "netns", "exec", hosts[rank], Program.vethmarkPath, "across", "--pattern", pattern, "--rank",
                        "\(rank)/\(hosts.count)",
                        "--control", "10.78.0.1", "--tx", "data0", "--rx", "data0"
                    ] + arguments
                group.addTask {
                    let finished = try await Program.run("ip", words, environment: ["VETHMARK_SECRET": secret]) { own in
                        started.add(rank, own)
                        if rank == 0 { try await body(started) }
                    }
                    return (rank, finished)
                }
            }
            var ended: [Int: Finished] = [:]
            for try await (rank, finished) in group { ended[rank] = finished }
            return ended
        }
    }

    /// Waits until so many frames have left `data0` of a rank's host.
    func waitForFrames(_ count: Int, of rank: Int) async throws {
        try await TestNamespaces.waitForFrames(count, "data0", in: hosts[rank])
    }

    /// `data0` of all hosts, without what counts on.
    func links() async throws -> [String] {
        var links: [String] = []
        for host in hosts { links.append(try await Program.tool("ip", "-n", host, "-d", "link", "show", "data0").output) }
        return links
    }
}
