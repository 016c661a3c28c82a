import Foundation
import Testing

/// What users of `vethmark link` get wrong: one sentence, a remedy, the right exit code.
@Suite(.serialized) struct LinkErrorTests {
    @Test(
        arguments: [
            (["add", "a-name-of-19-bytes-"], "has 19 bytes, and Linux allows 15"), (["add", "exactly-15-byte"], "name it with --peer"),
            (["add", "a/b"], "holds '/'"), (["add", "a:b"], "holds ':'"), (["add", "a b"], "holds ' '"),
            (["add", ".."], "take another one"),
            (["add", ""], "is empty"), (["add", "a%d"], "pattern"), (["add", "@blue"], "is empty"), (["add", "a@"], "names no namespace"),
            (["add", "a", "--peer", "a"], "both ends"), (["add", "a@x", "--netns", "y"], "two namespaces"),
            (["add", "a", "--queues", "0"], "1 to 4096"), (["add", "a", "--queues", "4097"], "1 to 4096"),
            (["add", "a", "--mtu", "67"], "68"),
            (["add", "a", "--address", "zz"], "02:00:00:00:00:01"), (["set", "a", "--address", "02:00:00:00:00"], "six bytes"),
            (["set", "a", "--address", "01:00:5e:00:00:01"], "even first byte"), (["set", "a", "--address", "00:00:00:00:00:00"], "zero"),
            (["set", "a"], "nothing to change"), (["set", "a", "--up", "--down"], "exclude each other"),
            (["set", "a", "--name", "a-name-of-19-bytes-"], "19 bytes"), (["set", "a", "--name", "b@blue"], "holds '@'"),
            (["set", "a", "--feature", "gro"], "NAME=on or NAME=off"), (["set", "a", "--queues", "1", "--rx-queues", "1"], "--queues"),
            (["set", "a", "--txqlen", "-1"], "txqlen"), (["show", "a", "--tree"], "--tree"), (["peer"], "name")
        ] as [([String], String)])
    func wrongUsageIsExit64(_ arguments: [String], _ hint: String) async throws {
        let run = try await Program.vethmark(["link"] + arguments)
        #expect(run.exitCode == 64, "\(arguments): \(run.status) \(run.errors)")
        #expect(run.errors.contains(hint), "\(arguments): \(run.errors)")
        #expect(run.output.isEmpty)
    }

    /// Exit code 1 and exactly one line with `hints`.
    private func expectFailure(_ run: Finished, _ hints: String...) {
        #expect(run.exitCode == 1, "\(run.status) \(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        for hint in hints { #expect(run.errors.contains(hint), "\(run.errors)") }
    }

    private func link(_ arguments: String...) async throws -> Finished { try await Program.vethmark(["link"] + arguments) }

    @Test(.enabled(if: Requirement.root)) func aNameThatIsTaken() async throws {
        try await TestBed.with { bed in
            let taken = "the name \(bed.txName) is taken in namespace \(bed.near); choose another name"
            expectFailure(try await link("add", bed.tx), taken, "link show --netns \(bed.near)")
            expectFailure(try await link("add", "x@\(bed.far)", "--peer", bed.tx), taken)
            try await Program.tool("ip", "-n", bed.near, "link", "add", "left", "type", "veth", "peer", "name", "right")
            expectFailure(try await link("set", "left@\(bed.near)", "--name", bed.txName), taken)
            // A move that can't end well doesn't begin.
            expectFailure(
                try await link("set", "left@\(bed.near)", "--netns", bed.far, "--name", bed.rxName), "the name \(bed.rxName) is taken")
            #expect(try await bed.description(bed.near, "left").contains("\"ifname\":\"left\""))
        }
    }

    @Test(.enabled(if: Requirement.root)) func whatIsNotThere() async throws {
        try await TestBed.with { bed in
            for command in [["show", "nobody"], ["peer", "nobody"], ["del", "nobody"]] {
                let run = try await Program.vethmark(["link"] + command + ["--netns", bed.near])
                expectFailure(run, "there is no interface nobody in namespace \(bed.near)", "lists the interfaces")
            }
            expectFailure(try await link("set", "nobody@\(bed.near)", "--up"), "there is no interface nobody")
            for namespace in ["nowhere", "99999999", "/run/netns/nowhere", "/etc/passwd"] {
                expectFailure(
                    try await link("show", "--netns", namespace), "network namespace \(namespace) can't be opened", "ip netns list")
            }
            expectFailure(try await link("add", "x@\(bed.near)", "--peer", "y@nowhere"), "network namespace nowhere")
            expectFailure(try await link("set", bed.tx, "--netns", "nowhere"), "network namespace nowhere")
        }
    }

    @Test(.enabled(if: Requirement.root)) func whatIsNoVeth() async throws {
        try await TestBed.with { bed in
            expectFailure(try await link("peer", "lo", "--netns", bed.near), "lo has no peer: it is not a veth but a loopback", "link show")
            try await Program.tool("ip", "-n", bed.near, "link", "add", "br0", "type", "bridge")
            expectFailure(try await link("peer", "br0@\(bed.near)"), "of kind bridge")
        }
    }

    @Test(.enabled(if: Requirement.root)) func whatTheLinkDoesNotAllow() async throws {
        try await TestBed.with { bed in
            expectFailure(try await link("set", bed.tx, "--mtu", "70000"), "mtu greater than device maximum", "link show --details")
            expectFailure(try await link("set", bed.tx, "--queues", "4096"), "queues, and can't have more", "link add --queues")
            expectFailure(try await link("set", bed.tx, "--feature", "rx-all=on"), "feature rx-all of vmtest0 is fixed: it stays off")
            expectFailure(try await link("set", bed.tx, "--feature", "warp=on"), "vmtest0 has no feature warp", "ethtool -k")
            expectFailure(try await link("set", "lo@\(bed.near)", "--netns", bed.far, "--name", "other"), "refused to change lo")
        }
    }

    /// `vethmark link` inside a namespace, by a user without a single capability.
    private func asNobody(_ program: PublicCopy, _ namespace: String, _ arguments: [String]) async throws -> Finished {
        let user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        return try await Program.run("ip", ["netns", "exec", namespace] + user + [program.path, "link"] + arguments)
    }

    /// An ordinary user, inside the namespace: everything may be looked at, nothing changed.
    @Test(.enabled(if: Requirement.root)) func withoutTheRightItSaysWhichOneIsMissing() async throws {
        let program = try PublicCopy()
        try await TestBed.with { bed in
            for arguments in [
                ["add", "x"], ["set", bed.txName, "--mtu", "1400"], ["set", bed.txName, "--gro"], ["del", bed.txName],
                ["set", bed.txName, "--netns", bed.far], ["add", "x", "--peer", "y@\(bed.far)"]
            ] {
                let run = try await asNobody(program, bed.near, arguments)
                expectFailure(run, "this user may not", "it takes CAP_NET_ADMIN there", "run it as root", "setcap cap_net_admin+ep")
            }
            expectFailure(
                try await asNobody(program, bed.near, ["show", "--netns", bed.far]), "may not enter network namespace \(bed.far)",
                "CAP_SYS_ADMIN", "root")
            expectFailure(
                try await asNobody(program, bed.near, ["peer", bed.txName]),
                "lives in namespace \(bed.far), which this user can't enter without CAP_SYS_ADMIN")
            let shown = try await asNobody(program, bed.near, ["show"])
            #expect(shown.exitCode == 0 && shown.output.contains("in \(bed.far), which can't be entered"), "\(shown.output)\(shown.errors)")
            let tree = try await asNobody(program, bed.near, ["show", "--tree"])
            #expect(tree.exitCode == 0 && tree.output.contains("\(bed.far)\n└── can't be entered"), "\(tree.output)")
            // Its own sysfs mount is refused, but the one that is there shows the same links.
            let objects = try JSONSerialization.jsonObject(
                with: Data(try await asNobody(program, bed.near, ["show", bed.txName, "-J"]).output.utf8))
            let description = try #require((objects as? [[String: Any]])?.first)
            #expect((description["peer"] as? [String: Any])?["netns"] as? String == bed.far)
            #expect((description["peer"] as? [String: Any])?["ifname"] == nil)
            #expect((description["queues"] as? [String: Any])?["threaded"] as? Bool == false)
        }
    }

    /// A peer in a namespace that nothing names: no name, no mount, no process that may be looked at.
    @Test(.enabled(if: Requirement.root)) func aPeerOutOfSight() async throws {
        let program = try PublicCopy()
        try await TestBed.with { bed in
            try await Container.with { process in
                try await Program.tool(
                    "ip", "-n", bed.near, "link", "add", "seen", "type", "veth", "peer", "name", "unseen", "netns", "\(process)")
                expectFailure(
                    try await asNobody(program, bed.near, ["peer", "seen"]), "lives in a namespace that can't be seen from here",
                    "run it as root")
                let shown = try await asNobody(program, bed.near, ["show"])
                #expect(shown.exitCode == 0 && shown.output.contains("in a namespace out of sight"), "\(shown.output)\(shown.errors)")
            }
        }
    }
}
