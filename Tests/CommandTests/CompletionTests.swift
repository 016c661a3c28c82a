import Foundation
import Subprocess
import SystemPackage
import Testing

/// What Tab offers, asked of the program and typed into interactive shells.
@Suite(.serialized, .enabled(if: Requirement.root)) struct CompletionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let scripts = folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts")

    private let work: TemporaryFolder

    init() throws {
        work = try TemporaryFolder()
        for name in ["bin", "lab", "profiles"] {
            try FileManager.default.createDirectory(atPath: "\(work.path)/\(name)", withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(atPath: work.path + "/bin/vethmark", withDestinationPath: Program.vethmarkPath)
        for file in ["lab/night.yaml", "lab/notes.txt", "profiles/mine.yaml", "frames.pcap", "other.txt"] { _ = try work.file(file, "") }
    }

    /// As a shell asks: the words so far, and the last of them is begun.
    private func offered(_ command: [String], _ argument: String, _ words: String...) async throws -> [String] {
        let line = ["vethmark"] + command + words
        let asked = ["---completion"] + command + ["--", argument, "\(line.count - 1)", "\(words.last?.count ?? 0)"] + line
        let run = try await Program.vethmark(asked, in: work.path)
        #expect(run.exitCode == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }

    @Test func valuesAreFoundWhenTheyAreAskedFor() async throws {
        let profiles = try await offered(["run"], "positional@0", "")
        #expect(profiles.contains("mine") && profiles.contains("imix") && profiles.contains("lab/") && !profiles.contains("other.txt"))
        #expect(try await offered(["run"], "positional@0", "lab/") == ["lab/night.yaml"])
        #expect(try await offered(["run"], "positional@0", "./l") == ["./lab/"])
        #expect(try await offered(["replay"], "positional@0", "").contains("frames.pcap"))
        let fields = try await offered(["run"], "--modify", "--modify", "ip.")
        #expect(fields.contains("ip.src=") && fields.contains("ip.dsfield.dscp="))
        #expect(try await offered(["run"], "--modify", "--modify", "ip.src+ip").contains("ip.src+ip.dst="))
        let settings = try await offered(["sweep"], "--vary", "--vary", "m")
        #expect(settings.contains("mtu=") && settings.contains("queues="))
        #expect(try await offered(["sweep"], "--vary", "--vary", "engine=").contains("engine=gso"))
        #expect(try await offered(["sniff"], "--field", "--field", "").contains("frame.number"))
        #expect(try await offered(["deploy"], "positional@0", "--engine", "slurm", "") == ["sweep", "run"])
        #expect(try await offered(["deploy"], "positional@0", "sweep", "").contains("imix"))
        #expect(try await offered(["deploy"], "positional@0", "sweep", "--vary", "m").contains("mtu="))
        #expect(try await offered(["deploy"], "positional@0", "run", "--").contains("--size"))
        #expect(try await offered(["deploy"], "positional@0", "run", "--engine", "").contains("gso"))
        try await TestBed.with { bed in
            #expect(try await offered(["run"], "--tx", "--tx", "").contains(bed.tx))
            #expect(try await offered(["link", "show"], "positional@0", "").contains(bed.rx))
            let names = try await offered(["link", "show"], "--netns", "--netns", "")
            #expect(names.contains(bed.near) && names.contains(bed.far) && !names.contains("host"))
        }
    }

    /// What is typed, and what a tab makes of it: with a space behind words that are whole.
    private static let typed: [(line: String, end: String)] = [
        ("vethmark swe", "ep "), ("vethmark run imix-c", "sit "), ("vethmark run --engine gs", "o "),
        ("vethmark run --receiver af", "-xdp "),
        ("vethmark run lab/ni", "ght.yaml "), ("vethmark run la", "b/"), ("vethmark run --modify ip.dsfield.ds", "cp="),
        ("vethmark sweep --vary mt", "u="), ("vethmark run --openm", "etrics "), ("vethmark export --as openm", "etrics "),
        ("vethmark link show --netns vmt-comp", "letion "), ("vethmark link show vmtc", "omp0 "), ("vethmark replay fram", "es.pcap ")
    ]

    @Test func shellsComplete() async throws {
        _ = try work.file("lines.json", String(decoding: JSONSerialization.data(withJSONObject: Self.typed.map(\.line)), as: UTF8.self))
        try await atOnce(["bash", "zsh", "fish"]) { try await complete(in: $0) }
    }

    private func complete(in shell: String) async throws {
        let script = try work.file("vethmark.\(shell)", try await Program.tool(Self.script, Program.vethmarkPath, shell).output)
        // A namespace of its own for names under /run/netns, and a link with a name that nobody else has.
        let run = try await Program.run(
            "unshare",
            [
                "--mount", "--net", "bash", "-ec",
                """
                mkdir -p /run/netns
                mount -t tmpfs none /run/netns
                ip netns add vmt-completion
                ip link add vmtcomp0 type veth peer name other0
                PATH=\(work.path)/bin:$PATH /usr/bin/python3 \(Self.folder.path)/complete-in-shell.py \(shell) \(script) \(work.path) < lines.json
                """
            ], in: work.path)
        #expect(run.exitCode == 0, "\(shell): \(run.errors)")
        let shown = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String])
        #expect(shown == Self.typed.map { $0.line + $0.end + "#" }, "\(shell)")
    }

    private static let script = scripts.appendingPathComponent("make-completions").path
}
