import Foundation
import Subprocess
import Testing

/// What these tests need. Where it's missing they say so in a line of their own, and in CI fail.
enum Requirement {
    static let root: Bool = met(geteuid() == 0, "network namespaces need root")

    private static func met(_ isMet: Bool, _ reason: String) -> Bool {
        if isMet { return true }
        print("SKIPPED: CommandTests: \(reason)")
        return ProcessInfo.processInfo.environment["CI"] != nil
    }
}

/// A veth pair in two named network namespaces, made with ip(8) and gone with the test.
struct TestBed {
    let near: String
    let far: String
    let txName = "vmtest0"
    let rxName = "vmtest1"

    var tx: String { "\(txName)@\(near)" }
    var rx: String { "\(rxName)@\(far)" }

    /// Makes the pair, runs `body`, takes everything down again.
    static func with<Output: Sendable>(_ body: @Sendable (TestBed) async throws -> Output) async throws -> Output {
        let name = TestNamespaces.freshName("vmt")
        let bed = TestBed(near: name + "a", far: name + "b")
        let script = """
            ip -n \(bed.near) link add \(bed.txName) type veth peer name \(bed.rxName) netns \(bed.far)
            ip -n \(bed.near) link set \(bed.txName) up
            ip -n \(bed.far) link set \(bed.rxName) up
            """
        return try await TestNamespaces.with([bed.near, bed.far], script) { try await body(bed) }
    }

    @discardableResult
    func inside(_ namespace: String, _ command: String...) async throws -> Finished {
        let finished = try await Program.run("ip", ["netns", "exec", namespace] + command)
        guard finished.exitCode == 0 else {
            throw ToolFailed(command: command.joined(separator: " "), finished: finished)
        }
        return finished
    }

    /// The words for ip(8) that start tcpdump at the far end: it writes `count` frames to `path` and ends.
    ///
    /// Its ring has a slot for each of them and hands it over as it comes. Without that it would hear of frames when a block of them is full, or a second old.
    func tcpdump(_ count: Int, to path: String, snapBytes: Int, _ filter: String...) -> [String] {
        let ring = count * (snapBytes + 512) / 1_024 + 1_024
        return [
            "netns", "exec", far, "timeout", "30", "tcpdump", "--immediate-mode", "-i", rxName, "-s", "\(snapBytes)", "-B", "\(ring)", "-w",
            path, "-c", "\(count)"
        ] + filter
    }

    /// Waits until somebody listens to every frame of `namespace` (/proc/net/packet has a socket with protocol 3, ETH_P_ALL).
    func waitForTap(_ namespace: String) async throws {
        try await eventually("a sniffer in \(namespace)", every: .milliseconds(20)) {
            let sockets = try await inside(namespace, "cat", "/proc/net/packet").output
            // sk, RefCnt, Type, Proto, Iface.
            return sockets.split(separator: "\n").dropFirst().contains { line in
                let words = line.split(separator: " ")
                return words.count > 4 && words[3] == "0003" && words[4] != "0"
            }
        }
    }

    /// `ip -d -j link show` of one end, as text.
    func description(_ namespace: String, _ name: String) async throws -> String {
        try await Program.tool("ip", "-n", namespace, "-d", "-j", "link", "show", name).output
    }
}
