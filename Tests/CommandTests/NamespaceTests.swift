import Foundation
import Testing

/// Names of namespaces and interfaces, whoever made them.
@Suite(.enabled(if: Requirement.root), .serialized) struct NamespaceTests {
    private func link(_ arguments: String...) async throws -> Finished { try await Program.vethmark(["link"] + arguments) }

    private func withNamespaces(_ names: [String], _ body: () async throws -> Void) async throws {
        for name in names { try await Program.tool("ip", "netns", "add", name) }
        do { try await body() } catch {
            for name in names { _ = try? await Program.tool("ip", "netns", "del", name) }
            throw error
        }
        for name in names { _ = try? await Program.tool("ip", "netns", "del", name) }
    }

    /// As ip(8) does it.
    @Test func aNameOfDigitsIsANameFirst() async throws {
        try await Container.with { process in
            try await withNamespaces(["\(process)"]) {
                #expect(try await link("add", "w0@\(process)").exitCode == 0)
                #expect(try await Program.tool("ip", "-n", "\(process)", "link", "show", "w0p").exitCode == 0)
                let tree = try await link("show", "--tree").output.components(separatedBy: "\n")
                #expect(tree.contains("\(process)") && tree.contains("/proc/\(process)/ns/net  namespace of a process"), "\(tree)")
                #expect(try await link("show", "lo@/proc/\(process)/ns/net").exitCode == 0)
            }
        }
    }

    @Test func aLeftoverFileIsCalledOne() async throws {
        let name = "vmtstale\(getpid())"
        try Data().write(to: URL(fileURLWithPath: "/run/netns/\(name)"))
        defer { unlink("/run/netns/\(name)") }
        let tree = try await link("show", "--tree")
        #expect(
            tree.output.contains("\(name)\n└── is no namespace but a leftover file; `ip netns del \(name)` removes it\n"), "\(tree.output)")
        let shown = try await link("show", "--netns", name)
        #expect(shown.exitCode == 1 && shown.errors.contains("left over") && !shown.errors.contains("root"), "\(shown.errors)")
    }

    @Test func manyNamespacesNeedFewDescriptors() async throws {
        let names = (0..<40).map { "vmt\(getpid())-\($0)" }
        try await withNamespaces(names) {
            try await Program.tool("ip", "link", "add", "vmtmany0", "type", "veth", "peer", "name", "vmtmany1", "netns", names[39])
            let limited = try await Program.run("sh", ["-c", "ulimit -n 24; exec \"$0\" link show --tree", Program.vethmarkPath])
            let peer = try await Program.run("sh", ["-c", "ulimit -n 24; exec \"$0\" link peer vmtmany0", Program.vethmarkPath])
            _ = try await Program.tool("ip", "link", "del", "vmtmany0")
            #expect(limited.exitCode == 0 && !limited.output.contains("can't be entered"), "\(limited.output)\(limited.errors)")
            #expect(names.allSatisfy { limited.output.contains("\n\($0)\n├── ") || limited.output.contains("\n\($0)\n└── lo") })
            #expect(peer.output.hasPrefix("vmtmany1@\(names[39]),"), "\(peer.output)\(peer.errors)")
        }
    }

    @Test func descriptorsThatRanOutAreNoMissingRight() async throws {
        try await TestBed.with { bed in
            let run = try await Program.run("sh", ["-c", "ulimit -n 4; exec \"$0\" link show --netns \(bed.near)", Program.vethmarkPath])
            #expect(run.exitCode == 1 && run.errors.contains("Too many open files"), "\(run.errors)")
            #expect(run.errors.contains("ulimit -n") && !run.errors.contains("CAP_SYS_ADMIN"), "\(run.errors)")
        }
    }

    @Test func namesOfOthersCannotDrawOnTheTerminal() async throws {
        try await TestBed.with { bed in
            let evil = "z\u{1B}[31mR"
            try await Program.tool("ip", "-n", bed.near, "link", "add", evil, "type", "veth", "peer", "name", "zp")
            try await Program.tool("ip", "-n", bed.near, "link", "property", "add", "dev", "zp", "altname", "alt\u{1B}]0;title\u{07}name")
            try await Program.tool("ip", "-n", bed.near, "link", "set", "zp", "alias", "\u{9B}31m")
            let commands = [
                ["show", "--netns", bed.near], ["show", "--netns", bed.near, "-d"], ["show", "--tree"], ["peer", "zp@\(bed.near)"],
                ["peer", "\(evil)@\(bed.near)"], ["show", "no\u{1B}[2Jone@\(bed.near)"], ["show", "x@no\u{1B}where"],
                ["set", "\(evil)@\(bed.near)", "--mtu", "70000"], ["set", "\(evil)@\(bed.near)", "--feature", "warp\u{1B}=on"]
            ]
            for command in commands {
                let run = try await Program.vethmark(["link"] + command)
                let text = run.output + run.errors
                #expect(
                    !text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 7 || (0x80..<0xA0).contains($0.value) },
                    "\(command): \(text)")
            }
            #expect(try await link("peer", "zp@\(bed.near)").output.hasPrefix("z\\x1b[31mR@\(bed.near), index"))
            // JSON has escapes of its own, and the name whole.
            let objects = try JSONSerialization.jsonObject(with: Data(try await link("show", "--netns", bed.near, "-J").output.utf8))
            #expect((objects as? [[String: Any]])?.contains { $0["ifname"] as? String == evil } == true)
            #expect(try await link("del", "\(evil)@\(bed.near)").exitCode == 0)
        }
    }

    @Test func anInterfaceIsFoundByAnyOfItsNames() async throws {
        try await TestBed.with { bed in
            let long = "enp131s0f1npf0vf22"
            let longest = String(repeating: "n", count: 127)
            for name in [long, longest] {
                try await Program.tool("ip", "-n", bed.near, "link", "property", "add", "dev", bed.txName, "altname", name)
                let shown = try await link("show", "\(name)@\(bed.near)")
                #expect(shown.exitCode == 0 && shown.output.contains(bed.txName), "\(shown.errors)")
                #expect(try await link("peer", name, "--netns", bed.near).output.hasPrefix("\(bed.rx),"))
                #expect(try await link("set", "\(name)@\(bed.near)", "--mtu", "1400").exitCode == 0)
            }
            #expect(try await bed.description(bed.near, bed.txName).contains("\"mtu\":1400"))
            let run = try await Program.vethmark([
                "run", "--tx", "\(longest)@\(bed.near)", "--rx", bed.rx, "-b", "5kpps", "-t", "100ms", "--warmup", "0", "-q", "--no-save",
                "--json"
            ])
            #expect(run.exitCode == 0, "\(run.errors)")
            let heard = try await Program.vethmark(["sniff", "\(long)@\(bed.near)", "-t", "100ms", "--filter", "udp", "-q"])
            #expect(heard.exitCode == 0, "\(heard.errors)")
            let tooLong = try await link("show", longest + "n")
            #expect(tooLong.exitCode == 64 && tooLong.errors.contains("has 128 bytes, and Linux allows 15"), "\(tooLong.errors)")
            // For a new interface the longer ones are too long.
            #expect(try await link("add", long).errors.contains("has 18 bytes, and Linux allows 15"))
            #expect(try await link("del", "\(long)@\(bed.near)").exitCode == 0)
        }
    }

    @Test func whatIpPrintsGetsAHint() async throws {
        try await TestBed.with { bed in
            for pasted in ["\(bed.txName)@if7", "\(bed.txName)@lo"] {
                let hint = "write \(bed.txName) alone"
                for command in [
                    ["link", "show", pasted], ["link", "del", pasted], ["sniff", pasted], ["run", "--tx", pasted, "--rx", bed.rx]
                ] {
                    let run = try await Program.run("ip", ["netns", "exec", bed.near, Program.vethmarkPath] + command)
                    #expect(run.exitCode == 1 && run.errors.contains(hint), "\(command): \(run.status) \(run.errors)")
                }
            }
            let both = try await link("show", "eth0@if7", "--netns", bed.near)
            #expect(both.exitCode == 64 && both.errors.contains("write eth0 alone"), "\(both.errors)")
        }
    }

    @Test func otherToolsWordsForShowAndDeleteWork() async throws {
        try await TestBed.with { bed in
            let shown = try await link("show", "--netns", bed.near).output
            for word in ["list", "ls"] { #expect(try await link(word, "--netns", bed.near).output == shown) }
            #expect(try await link("delete", bed.tx).exitCode == 0)
            #expect(try await Program.run("ip", ["-n", bed.near, "link", "show", bed.txName]).exitCode != 0)
        }
    }
}
