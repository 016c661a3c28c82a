import Foundation
import Synchronization
import Testing

/// Runs every command that README.md, the pages of docs/ and the help show; docs/walk-through.md has a test of its own.
///
/// Interfaces, files and the process id that they name are made for them. A command that would go on for long is ended early by flags behind its own.
@Suite(.enabled(if: Requirement.root), .serialized) struct DocumentTests {
    /// What is shown and can't be run here, with the reason.
    private static let exceptions: [String: String] = [:]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Commands that stand together: one may need what the one before it made.
    struct Block: Sendable, CustomStringConvertible {
        var place: String
        var commands: [String]
        var description: String { "\(place): \(commands[0])" }
    }

    /// The commands of indented and fenced blocks, without remarks behind them.
    static func blocks(_ text: String, place: String) -> [Block] {
        var blocks: [Block] = []
        var isFenced = false
        var isTogether = false
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            guard isFenced || line.hasPrefix("    ") || place.hasSuffix("help") && line.hasPrefix("  "),
                let match = line.firstMatch(of: /^ *(?:\$ )?(vethmark(?: .*)?)$/)
            else {
                if line.allSatisfy(\.isWhitespace) || !line.hasPrefix(" ") { isTogether = false }
                continue
            }
            let command = String(match.1.replacing(/\s+#\s.*$/, with: "").replacing(/\s{2,}.*$/, with: ""))
            if isTogether {
                blocks[blocks.count - 1].commands.append(command)
            } else {
                blocks.append(Block(place: "\(place):\(number + 1)", commands: [command]))
            }
            isTogether = true
        }
        return blocks
    }

    static let documents: [Block] = {
        let pages = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/docs")) ?? []
        let names = ["README.md"] + pages.filter { $0.hasSuffix(".md") && $0 != "walk-through.md" }.sorted().map { "docs/" + $0 }
        return names.flatMap { name in
            blocks((try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)) ?? "", place: name)
        }.flatMap(pieces)
    }()

    /// Where very many stand together, they go in parts, each with what it needs made for it: so long a row would keep all others waiting.
    static func pieces(_ block: Block) -> [Block] {
        stride(from: 0, to: block.commands.count, by: 12).map { start in
            Block(place: block.place, commands: Array(block.commands[start..<min(start + 12, block.commands.count)]))
        }
    }

    /// Ends early, and shows no progress.
    static func bounded(_ command: String) -> String {
        let words = command.split(separator: " ").map(String.init)
        // A screen and silence contradict each other; here is no terminal anyway.
        let quiet = words.contains("--live") ? "" : " -q"
        switch words.count > 1 ? words[1] : "run" {
        case "run" where !words.contains("--dry-run"): return command + " -t 200ms --warmup 0" + quiet
        // Of two ranks one alone has nobody to meet.
        case "across" where !words.contains("--dry-run"): return command + " --dry-run"
        case "rerun" where !words.contains("--dry-run"): return command + " --engine null -n 1000 --warmup 0 -q --no-save"
        case "sweep" where words.contains("-o"): return command + " -t 30ms --warmup 0 -b 20kpps --rounds 1" + quiet
        case "sweep" where !words.contains("--dry-run"): return command + " -t 30ms --warmup 0 -b 20kpps --rounds 1 --no-save" + quiet
        case "tune": return command + " -b 20kpps --no-save -q " + ShortTune.words.joined(separator: " ")
        case "bakeoff": return command + " -t 30ms --warmup 0 --rounds 1 -q --no-save"
        // At full speed a figure is void where somebody else needs the CPU.
        case "replay":
            return command + (words.contains { ["--original", "--speed", "-b"].contains($0) } ? " -q" : " --original -q")
        case "compare": return command + (command.contains("--ab") ? " --rounds 1 --no-save -q" : "") + " --allow-untrusted"
        case "search": return command + " --max-rate 20kpps --width 20% -t 50ms --warmup 0 -q"
        // Behind `--` the words are the tool's.
        case "capture" where words.contains("--search"):
            return command.replacing("vethmark capture", with: "vethmark capture -t 100ms -q --no-save")
        // Of a profile's tools each would have three turns.
        case "capture" where !words.contains("--") && !words.contains("--compare"):
            return command + " --rounds 1 -b 10kpps -n 2000 -q --no-save"
        case "capture": return command.replacing("vethmark capture", with: "vethmark capture -n 2000 -q --no-save")
        case "rfc2544", "rfc9004":
            return command + " --max-rate 20kpps --width 20% -t 20ms --sizes 64 --rounds 1 --warmup 0 -q"
        case "sniff" where !words.contains("-r") && !words.contains("help"): return command + " -t 300ms"
        case "send" where words.contains("--interval"): return command + " --interval 1ms"
        default: return command
        }
    }

    /// Namespaces blue and green with what the documents call by name, in a mount and a network namespace of their own.
    private func script(_ block: Block) -> String {
        let makesPair = block.commands.contains { $0.contains("link add a@blue") }
        let makesZero = block.commands.contains { $0.contains("link add veth0") }
        var lines = [
            "set -e", "mkdir -p /run/netns", "mount -t tmpfs none /run/netns", "ip link set lo up",
            "ip netns add blue", "ip netns add green",
            makesZero ? ":" : "ip link add veth0 type veth peer name veth1 netns blue; ip link set veth0 up; ip -n blue link set veth1 up",
            "ip link add veth1 type veth peer name veth1q; ip link set veth1 up; ip link set veth1q up",
            "ip link add vethX type veth peer name vethY; ip link set vethX up; ip link set vethY up",
            "ip link add veth7 type veth peer name eth0 netns green",
            makesPair
                ? ":"
                : "ip -n blue link add name a type veth peer name b netns green; ip -n blue link set dev a up; ip -n green link set dev b up",
            "vethmark send --dry-run -q --udp 1,2 hello --write frames.pcapng", "cp frames.pcapng run.pcapng",
            "vethmark send --dry-run -q --udp 1,2 hello --write frames.pcap", "mkdir -p lab",
            block.commands.contains { $0.contains("office.pcap") } ? "vethmark render streams -n 60 -w office.pcap > out 2>&1" : ":",
            block.commands.contains { command in
                ["compare before", "rerun before", "show before", "export before", "report "].contains { command.contains($0) }
            }
                ? "vethmark run --engine null -n 1000 --warmup 0 --repeats 6 -q -o before > out 2>&1; cp -r before after" : ":",
            // A sweep of two hosts, and what was merged of it, where no command makes them.
            block.commands.contains { $0.contains("merge fleet") || $0.contains("compare merged") }
                && !block.commands.contains { $0.contains("-o fleet") }
                ? """
                for host in n1 n2; do
                    vethmark sweep --vary mtu=1500,9000 --vary 'size=64,1518' -t 30ms --warmup 0 -b 5kpps --rounds 1 -q --per-host --host $host -o fleet || true
                done > out 2>&1
                vethmark results merge fleet -o merged > out 2>&1 || true
                """ : ":",
            // The same of two kernels: the second host is asked by a process that is told another name of its own.
            block.commands.contains { $0.contains("merge kernels") }
                ? """
                for host in n1 n2; do
                    kernel= && [ $host = n1 ] || kernel='setarch --uname-2.6'
                    $kernel vethmark sweep --vary mtu=1500,9000 --vary 'size=64,1518' -t 30ms --warmup 0 -b 5kpps --rounds 1 -q --per-host --host $host -o kernels || true
                done > out 2>&1
                """ : ":",
            "printf 'frame:\\n  size: 128\\n' > lab/night.yaml",
            """
            cat > own.yaml <<'END'
            %YAML 1.1
            ---
            outputs:
              - eve-log: {enabled: yes, filename: eve.json, types: [stats: {totals: yes}]}
              - pcap-log: {enabled: yes, dir: /./, filename: capture.pcap, mode: normal, limit: 1gb}
            END
            """,
            "ip netns exec green sleep 100 & process=$!",
            "until [ \"$(readlink /proc/$process/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ]; do sleep 0.01; done",
            "set +e"
        ]
        for (position, command) in block.commands.enumerated() where Self.exceptions[command] == nil {
            lines += [
                "timeout 60 \(Self.bounded(command).replacing("4711", with: "$process")) > out 2>&1 || { code=$?; \(Self.isMachinesFault) || { echo \"\(position) $code\"; tail -5 out; }; }"
            ]
        }
        return (lines + ["kill $process"]).joined(separator: "\n")
    }

    /// A run at full speed beside whatever else the machine does may be told not to be trusted, and for that reason alone: what is tested here is the documents.
    /// Of `--brief` the reasons stand in what was saved.
    private static let isMachinesFault =
        "{ [ $code = 3 ] && grep -qE 'cpu-shared|cpu-withheld|steal|stopped|sending-paused|window-overran|trial-untrusted' out $(ls -t results/*/report.txt 2>/dev/null | head -1); }"

    /// Each command's trouble; empty if all did what they should.
    private func trouble(_ block: Block) async throws -> String {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/bin", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/bin/vethmark", withDestinationPath: Program.vethmarkPath)
        let file = try folder.file("block.sh", "export PATH=\(folder.path)/bin:\(Self.root.path)/.build-suricata:$PATH\n" + script(block))
        let run = try await Program.run("unshare", ["--mount", "--net", "bash", file], in: folder.path)
        return run.output + run.errors
    }

    /// Each in a namespace of its own, and several at once: what they print isn't looked at. What fails then is run once more, alone, for beside others, or on a
    /// starved machine, a trial may miss its time.
    private func expectNoTrouble(_ blocks: [Block]) async throws {
        let failed = Mutex<[Block]>([])
        try await atOnce(blocks) { block in
            if try await !trouble(block).isEmpty { failed.withLock { $0.append(block) } }
        }
        for block in failed.withLock({ $0 }) {
            let trouble = try await trouble(block)
            #expect(trouble.isEmpty, "\(block.place): \(block.commands)\n\(trouble)")
        }
    }

    @Test func everyCommandOfTheDocumentsRuns() async throws { try await expectNoTrouble(Self.documents) }

    @Test func everyExampleOfTheHelpRuns() async throws {
        // What the documents show as well has its run there.
        let inDocuments = Set(Self.documents.flatMap(\.commands))
        var examples: [Block] = []
        for command in CommandNames.all {
            // So wide that no example is broken.
            let words = command.split(separator: " ").map(String.init) + ["--help"]
            let help = try await Program.vethmark(words, environment: ["COLUMNS": "300"]).output
            for example in Self.blocks(help, place: "help").flatMap(\.commands)
            where !examples.contains(where: { $0.commands == [example] }) && !inDocuments.contains(example) {
                examples.append(Block(place: "help of \(command)", commands: [example]))
            }
        }
        #expect(examples.count > 20)
        try await expectNoTrouble(examples)
    }

    @Test func theDocumentsAreFound() {
        #expect(Self.documents.flatMap(\.commands).count > 40)
        #expect(
            Self.blocks("    vethmark run -t 2   # two\n    vethmark run x  words\n\n    vethmark link\n", place: "p").map(\.commands) == [
                ["vethmark run -t 2", "vethmark run x"], ["vethmark link"]
            ])
    }
}
