import Foundation
import Testing

/// Every wrong thing a user may do: one sentence, a remedy, the right exit code.
@Suite(.serialized) struct ErrorTests {
    @Test(
        arguments: [
            (["-b", "0pps"], "zero"), (["-b", "-5kpps"], "value"), (["-b", "fast"], "rate"), (["-b", "50%"], "line"),
            (["-s", "10"], "64"), (["-s", "x"], "size"), (["-s", "1600", "--mtu", "1500"], "MTU"),
            (["-s", "64", "--network", "ipv6"], "small"), (["-t", "soon"], "duration"), (["-n", "-1"], "value"),
            (["-n", "99999999999999999999999"], "count"), (["-P", "0"], "thread"), (["-P", "1000"], "thread"),
            (["-P", "1", "--cpus", "tx=4000,4001"], "cpus"), (["--cpus", "left=1"], "tx="), (["--tx", "a", "--rx", "a"], "other end"),
            (["--tx", "veth0"], "rx"), (["--vlan", "5000"], "vlan"),
            (["--ring-slots", "4"], "ring"), (["--block-size", "1000"], "block"), (["--nonsense"], "nonsense"),
            (["no-such-profile"], "no-such-profile"), (["--engine", "warp"], "warp"), (["--engine", "null", "--receiver", "ring"], "null")
        ] as [([String], String)])
    func wrongUsageIsExit64(_ arguments: [String], _ hint: String) async throws {
        let run = try await Program.vethmark(["run", "--no-save", "-q"] + arguments)
        #expect(run.exitCode == 64, "\(arguments): \(run.status) \(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.lowercased().contains(hint.lowercased()), "\(run.errors)")
        #expect(!run.errors.contains("Fatal error"))
    }

    @Test(.enabled(if: Requirement.root)) func linkTroubleIsExit1WithARemedy() async throws {
        try await TestBed.with { bed in
            let quick = ["-t", "0.3", "--warmup", "0", "--no-save", "-q"]
            func expect(_ arguments: [String], _ hints: String...) async throws {
                let run = try await Program.vethmark(["run"] + quick + arguments)
                #expect(run.exitCode == 1, "\(arguments): \(run.status) \(run.errors)")
                for hint in hints { #expect(run.errors.contains(hint), "\(arguments): \(run.errors)") }
            }
            try await expect(["--tx", "nobody@\(bed.near)", "--rx", bed.rx], "nobody", "link show --netns \(bed.near)")
            try await expect(["--tx", "\(bed.txName)@nowhere", "--rx", bed.rx], "nowhere", "ip netns list")
            // Two names of one namespace: only opening them tells that it is one interface.
            try await expect(["--tx", bed.tx, "--rx", "\(bed.txName)@/run/netns/\(bed.near)"], "both ends")
            try await expect(["--cpus", "tx=4000"], "4000", "--cpus")
            try await expect(["--tx", "lo@\(bed.near)", "--rx", bed.rx], "Ethernet")
            try await expect(["--tx", bed.tx, "--rx", bed.rx, "-s", "4000"], "MTU")
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "down")
            try await expect(["--tx", bed.tx, "--rx", bed.rx], "is down", "link set \(bed.rxName) up")
        }
    }

    @Test(.enabled(if: Requirement.root)) func anInterfaceWithTheDefaultRouteIsProtected() async throws {
        try await TestBed.with { bed in
            try await Program.tool("ip", "-n", bed.near, "addr", "add", "198.18.0.1/24", "dev", bed.txName)
            try await Program.tool("ip", "-n", bed.near, "route", "add", "default", "via", "198.18.0.2")
            let arguments = ["run", "--tx", bed.tx, "--rx", bed.rx, "-t", "0.3", "--warmup", "0", "--no-save", "-q", "--json"]
            let refused = try await Program.vethmark(arguments)
            #expect(refused.exitCode == 1)
            #expect(refused.errors.contains("default route"))
            #expect(refused.errors.contains("--force"))
            let forced = try await Program.vethmark(arguments + ["--force"])
            #expect(try forced.ledger()["residual"] == 0, "\(forced.errors)")
        }
    }

    @Test func profileErrorsNameFileLineAndField() async throws {
        let folder = try TemporaryFolder()
        for (text, hints) in [
            ("frame:\n  size: 64\n  sise: 3\n", ["bad.yaml:3", "sise", "size"]),
            ("load:\n  rate: warp\n", ["bad.yaml:2", "warp"]), ("", ["bad.yaml", "empty"]),
            ("load: [1, 2\n", ["bad.yaml"]), ("- 1\n- 2\n", ["bad.yaml"])
        ] as [(String, [String])] {
            let run = try await Program.vethmark(["run", try folder.file("bad.yaml", text), "--no-save"])
            #expect(run.exitCode == 64, "\(text)")
            for hint in hints { #expect(run.errors.contains(hint), "\(text): \(run.errors)") }
        }
    }

    @Test(.enabled(if: Requirement.root)) func withoutUserNamespacesItSaysWhatIsMissing() async throws {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/vethmark"
        try FileManager.default.copyItem(atPath: Program.vethmarkPath, toPath: copy)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
        // A user namespace in which no further one may be made, as some distributions have it.
        let run = try await Program.run(
            "unshare",
            [
                "--user", "--map-root-user", "sh", "-c",
                "echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all \"$0\" run --no-save -q -t 0.2",
                copy
            ])
        #expect(run.exitCode == 1, "\(run.errors)")
        #expect(run.errors.contains("CAP_NET_RAW"))
        #expect(run.errors.contains("max_user_namespaces"))
    }
}
