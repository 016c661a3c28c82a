import Glibc

/// Named network namespaces of a test, made with ip(8) and gone with it.
enum TestNamespaces {
    /// Makes them, runs `body`, takes them down again with all that is in them.
    ///
    /// - Parameter script: lays what is to be between them.
    static func with<Output: Sendable>(
        _ names: [String], _ script: String, _ body: @Sendable () async throws -> Output
    ) async throws -> Output {
        do {
            // One shell: there are many tests. Without IPv6, else the kernel's own router solicitations would be among the foreign frames.
            try await Program.tool(
                "bash", "-ec",
                """
                for namespace in \(names.joined(separator: " ")); do
                    ip netns add $namespace
                    ip netns exec $namespace sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                done
                \(script)
                """)
            let output = try await body()
            await remove(names)
            return output
        } catch {
            await remove(names)
            throw error
        }
    }

    /// A name that no other test has.
    static func freshName(_ prefix: String) -> String { "\(prefix)\(getpid())-\(UInt16.random(in: 0 ... .max))" }

    /// Waits until an interface has sent so many frames.
    static func waitForFrames(_ count: Int, _ interface: String, in namespace: String) async throws {
        let path = "/sys/class/net/\(interface)/statistics/tx_packets"
        try await eventually("frame \(count) of \(interface) in \(namespace)") {
            let sent = try await Program.tool("ip", "netns", "exec", namespace, "cat", path).output
            return (Int(sent.filter(\.isNumber)) ?? 0) >= count
        }
    }

    private static func remove(_ names: [String]) async {
        for name in names { _ = try? await Program.tool("ip", "netns", "del", name) }
    }
}
