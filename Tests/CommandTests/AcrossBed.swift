import Foundation
import Subprocess
import Synchronization

/// Two hosts in namespaces of their own, named by `a` and `b`: `data0` of both at a bridge in a third one, and a control network between them.
struct AcrossBed {
    let a: String
    let b: String
    let bridge: String
    let secret = "a secret of this test \(UInt64.random(in: 0 ... .max))"
    static let control = "10.78.0.1:7667"

    static func with<Output: Sendable>(_ body: @Sendable (AcrossBed) async throws -> Output) async throws -> Output {
        let name = TestNamespaces.freshName("vma")
        let bed = AcrossBed(a: name + "a", b: name + "b", bridge: name + "s")
        return try await TestNamespaces.with([bed.a, bed.b, bed.bridge], bed.script) { try await body(bed) }
    }

    private var script: String {
        """
        ip -n \(bridge) link add br0 type bridge mcast_snooping 0
        ip -n \(bridge) link set br0 up
        for host in \(a):p1 \(b):p2; do
            ip -n \(bridge) link add ${host#*:} type veth peer name data0 netns ${host%:*}
            ip -n \(bridge) link set ${host#*:} master br0 up
            ip -n ${host%:*} link set data0 up
        done
        ip -n \(a) link add ctl0 type veth peer name ctl0 netns \(b)
        ip -n \(a) addr add 10.78.0.1/24 dev ctl0
        ip -n \(b) addr add 10.78.0.2/24 dev ctl0
        for host in \(a) \(b); do ip -n $host link set lo up; ip -n $host link set ctl0 up; done
        """
    }

    /// What both ranks left behind.
    struct Ranks: CustomStringConvertible {
        var zero: Finished
        var one: Finished
        var description: String { "rank 0: \(zero.status) \(zero.errors)\nrank 1: \(one.status) \(one.errors)" }
    }

    /// Runs both ranks with the same words.
    ///
    /// - Parameters:
    ///   - secrets: nil for the bed's own.
    ///   - shells: what rank 0 and rank 1 are run by, `$@` being the program and its arguments; nil for nothing in between.
    ///   - body: runs beside them, with their process identifiers.
    func run(
        _ arguments: [String], secrets: (String, String)? = nil, shells: [String?] = [nil, nil],
        during body: @escaping @Sendable (ProcessIdentifier, ProcessIdentifier) async throws -> Void = { _, _ in }
    ) async throws -> Ranks {
        let started = Started()
        let (first, second) = (words(a, "0/2", arguments, shells[0]), words(b, "1/2", arguments, shells[1]))
        async let zero = Program.run("ip", first, environment: ["VETHMARK_SECRET": secrets?.0 ?? secret]) { own in
            started.processes.withLock { $0.0 = own }
            try await body(own, started.one())
        }
        async let one = Program.run("ip", second, environment: ["VETHMARK_SECRET": secrets?.1 ?? secret]) { own in
            started.processes.withLock { $0.1 = own }
        }
        return try await Ranks(zero: zero, one: one)
    }

    private func words(_ host: String, _ rank: String, _ arguments: [String], _ shell: String?) -> [String] {
        let across = [Program.vethmarkPath, "across", "--rank", rank, "--control", Self.control, "--tx", "data0", "--rx", "data0"]
        return ["netns", "exec", host] + (shell.map { ["bash", "-c", $0, "bash"] } ?? []) + across + arguments
    }

    private final class Started: Sendable {
        let processes = Mutex<(ProcessIdentifier?, ProcessIdentifier?)>((nil, nil))

        func one() async throws -> ProcessIdentifier {
            try await eventually("rank 1's process") { processes.withLock { $0.1 } }
        }
    }

    /// Waits until so many frames have left `data0` of rank 0's host.
    func waitForFrames(_ count: Int) async throws {
        try await TestNamespaces.waitForFrames(count, "data0", in: a)
    }

    /// `data0` of both hosts, without what counts on.
    ///
    /// - Parameter gone: whose was deleted.
    func links(but gone: Int? = nil) async throws -> [String] {
        var links: [String] = []
        for (rank, host) in [a, b].enumerated() where rank != gone {
            links.append(try await Program.tool("ip", "-n", host, "-d", "link", "show", "data0").output)
        }
        return links
    }
}
