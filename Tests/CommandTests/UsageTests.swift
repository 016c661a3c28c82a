import Foundation
import Testing

/// Wrong command lines: one line, `vethmark: what was found, what is allowed; what to do instead`, and exit code 64.
@Suite(.serialized) struct UsageTests {
    private static let rates = "max, 1.5mpps, 500kpps, 100pps, 5gbps, 100mbps (layer 2) or 23% of the line rate"
    private static let sizes = "one or more sizes from 64 to 65561, as in 64, [64, 512, 1518], 64:7,1518:1, 64-1518 or imix"

    @Test(
        arguments: [
            ("run -b -5kpps", "--rate is '-5kpps', which is negative, but must be \(rates); give a value without a sign"),
            (
                "run -b 1000",
                "--rate is '1000', which has no unit, but must be \(rates); write 1000pps for frames a second, or 1000bps for bits"
            ),
            ("run -s 6", "--size is '6' but must be \(sizes); leave it out for the default: 64, or the least that holds the headers"),
            ("run --mtu 9k", "--mtu is '9k' but must be 68 to 65535; write the number out: 9000"),
            ("run --mtu 67", "--mtu is 67 but must be 68 to 65535; leave it out to have vethmark choose"),
            (
                "run -n -1",
                "--count is '-1', which is negative, but must be a whole number, as in 1000, 1_000_000, 1e6, 500k or 1M; give a value without a sign"
            ),
            (
                "run --engine rign",
                "--engine is 'rign' but must be auto, ring, gso, mmsg, af-xdp, xdp or null; did you mean 'ring'?; leave it out for the default: auto"
            ),
            (
                "run --block-size 2MB",
                "--block-size is '2MB', which has the unknown unit 'mb', but must be bytes, as in 4096, 128KiB, 2MiB or 1GiB; write 2MiB for powers of two"
            ),
            ("run -P 0", "--threads is 0 but must be 1 to 256; leave it out for 1"),
            ("run --foo", "--foo is no option of `vethmark run`; see `vethmark run --help`"),
            ("run --sourceport 5", "--sourceport is no option of `vethmark run`; did you mean --source-port?"),
            ("run --size", "--size needs a value; see `vethmark run --help`"),
            ("run -q=3", "-q takes no value, and '3' is one; leave it out"),
            (
                "run -i eth0",
                "-i is no option of `vethmark run`; the time between lines of progress is -I, and interfaces are --tx and --rx"
            ),
            ("run imix extra", "there is no place for 'extra' behind `vethmark run`; see `vethmark run --help`"),
            ("run -o a -o b", "a run is saved in one folder, and -o names 2; leave out all but one"),
            ("run --no-save -o a", "--no-save and -o contradict each other; leave out one of them"),
            ("rn", "there is neither a command nor a profile 'rn'; did you mean `vethmark run`?"),
            ("lnik show", "there is no command 'lnik'; did you mean `vethmark link`?"),
            ("bakoff --rounds 2", "there is no command 'bakoff'; did you mean `vethmark bakeoff`?"),
            ("bakeoff --rounds 0", "--rounds is '0' but must be 1 to 100; see `vethmark bakeoff --help`"),
            (
                "bakeoff --engine ring",
                "--engine is no option of `vethmark bakeoff`; a bakeoff tries all engines; leave it out, or use `vethmark run`"
            ),
            (
                "bakeoff -s 64 --network ipv6",
                "--size is 64 but must be at least 84, to hold headers, signature and FCS; use larger frames or smaller headers"
            ),
            ("bakeoff -t 0", "--time is 0 but must be above it in a bakeoff, whose trials have to end; leave it out for 1 s"),
            ("sweep", "--vary is missing, and a sweep needs a setting to vary; write it as in --vary mtu=1500,9000"),
            ("sweep --vary mtu", "--vary is 'mtu' but must be SETTING=VALUE,VALUE,…; write it as in mtu=1500,9000"),
            ("sweep --vary mut=9000", "--vary names 'mut', which is no setting that trials of a sweep can differ in; did you mean 'mtu'?"),
            ("sweep --vary mtu=9k", "--mtu is '9k' but must be 68 to 65535; write the number out: 9000"),
            (
                "sweep --zip --vary mtu=68,1500 --vary size=64",
                "--zip needs as many values of each setting, and mtu has 2, size has 1; leave it out for all with all"
            ),
            (
                "sweep --vary mtu=100 -s 512",
                "--size is 512 but must be at most 118 with an MTU of 100; use smaller frames or --mtu 494"
            ),
            ("sweep --vary mtu=1500 -t 0", "--time is 0 but must be above it in a sweep, whose trials have to end; leave it out for 1 s"),
            ("sweep --vary mtu=1500 --precision 2x", "--precision is '2x' but must be a share, as in 2%; see `vethmark sweep --help`"),
            ("sweep --resume a -o b", "--resume saves in its own folder; leave out -o"),
            (
                "sweep --resume /nowhere",
                "there is no sweep in /nowhere: it has no sweep.json; name the folder that a sweep was saved in"
            ),
            ("tune --for speed", "--for is 'speed' but must be throughput, latency, loss; see `vethmark tune --help`"),
            (
                "tune --for latency",
                "--rate is missing, and latency at full speed is the length of a queue; use --for latency with a rate, as in -b 100kpps"
            ),
            ("probe x", "there is no place for 'x' behind `vethmark probe`; see `vethmark probe --help`")
        ])
    func oneLineSaysItAll(_ command: String, _ line: String) async throws {
        let run = try await Program.vethmark(command.split(separator: " ").map(String.init))
        #expect(run.exitCode == 64, "\(run.status)")
        #expect(run.errors == "vethmark: \(line)\n")
        #expect(run.output.isEmpty)
    }

    @Test func allThatIsWrongIsToldAtOnce() async throws {
        let run = try await Program.vethmark(["run", "-s", "6", "--mtu", "9k"])
        #expect(
            run.errors.split(separator: "\n").count == 2 && run.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("vethmark: --") })
    }

    /// As iperf3 and others write it.
    @Test(arguments: [
        ("-b 1G -s 1518", "load.rate", "1gbps"), ("-b 256k", "load.rate", "256kbps"),
        ("-t 1m30s", "load.durationNanoseconds", "90000000000"),
        ("-n 1M", "load.frameCount", "1000000"), ("--retire 8", "receive.retireMilliseconds", "8"),
        ("--retire 8ms", "receive.retireMilliseconds", "8"),
        ("--vlan 5 --vlan 6", "frame.vlans", "(\n    5,\n    6\n)"), ("--vlan 100", "frame.sizes", "68"),
        ("--network ipv6", "frame.sizes", "84")
    ])
    func otherWordsAreTaken(_ flags: String, _ path: String, _ value: String) async throws {
        let run = try await Program.vethmark(["run", "--dry-run", "--json"] + flags.split(separator: " ").map(String.init))
        #expect(run.exitCode == 0, "\(run.errors)")
        let keys = path.split(separator: ".").map(String.init)
        let plan = try run.json()["plan"] as? [String: Any]
        let found = (plan?[keys[0]] as? [String: Any])?[keys[1]]
        if let list = found as? [Int] { #expect(list == [5, 6]) } else { #expect(found.map { "\($0)" } == value) }
    }

    // MARK: help

    @Test(arguments: CommandNames.all) func everyCommandHasExamples(_ command: String) async throws {
        let help = try await Program.vethmark(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(help.exitCode == 0)
        let start = command.isEmpty ? "  vethmark" : "  vethmark \(command) "
        #expect(help.output.split(separator: "\n").contains { $0.hasPrefix(start) }, "\(help.output)")
    }

    @Test func aBakeoffsHelpHasNothingThatItRefuses() async throws {
        let help = try await Program.vethmark(["bakeoff", "--help"]).output
        let options = Set(help.matches(of: /(?m)^  (?:-\w, )?--([a-z-]+)/).map { String($0.1) })
        #expect(options.isSuperset(of: ["rate", "size", "mtu", "threads", "rounds", "json"]))
        #expect(options.isDisjoint(with: ["engine", "receiver", "tx", "rx", "force", "repeats", "interval", "dry-run"]))
        for option in ["--engine ring", "--receiver ring", "--tx a", "--rx b", "--repeats 2"] {
            #expect(try await Program.vethmark(["bakeoff"] + option.split(separator: " ").map(String.init)).exitCode == 64)
        }
    }

    /// What the help says of a default is what a plan has.
    @Test func theDefaultsInTheHelpAreTrue() async throws {
        let help = try await Program.vethmark(["run", "--help"]).output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        func told(_ option: String) -> String {
            let text = help.firstRange(of: " --\(option)").map { help[$0.upperBound...] } ?? ""
            return text.firstMatch(of: /\(default: ([^)]*)\)/).map { String($0.1) } ?? "nothing"
        }
        func plan(_ flags: String...) async throws -> [String: Any] {
            try await Program.vethmark(["run", "--dry-run", "--json"] + flags).json()["plan"] as? [String: Any] ?? [:]
        }
        let ring = try await plan("--engine", "ring"), gso = try await plan("--engine", "gso"), whole = try await plan("--superframes")
        func value(_ plan: [String: Any], _ section: String, _ key: String) -> String {
            ((plan[section] as? [String: Any])?[key]).map { "\($0)" } ?? "nil"
        }
        #expect(told("rate <rate>") == value(ring, "load", "rate"))
        #expect(told("seed") == value(ring, "run", "seed") && told("repeats") == value(ring, "run", "repeats"))
        #expect(told("size <size>").hasPrefix(value(ring, "frame", "sizes")))
        #expect(told("ttl") == value(ring, "frame", "timeToLive") && told("dscp") == value(ring, "frame", "dscp"))
        #expect(
            told("source-port") == value(ring, "frame", "sourcePort") && told("destination-port") == value(ring, "frame", "destinationPort")
        )
        #expect(told("source-ip") == "\(value(ring, "frame", "sourceIPv4")) or \(value(ring, "frame", "sourceIPv6"))")
        #expect(told("destination-ip") == "\(value(ring, "frame", "destinationIPv4")) or \(value(ring, "frame", "destinationIPv6"))")
        #expect(told("network") == value(ring, "frame", "network") && told("transport") == value(ring, "frame", "transport"))
        func three(_ key: String) -> String {
            "\(value(ring, "transmit", key)), with gso \(value(gso, "transmit", key)), with superframes \(value(whole, "transmit", key))"
        }
        #expect(told("batch") == three("batchFrames"))
        #expect(told("ring-slots").hasPrefix(three("ringSlots")))
        #expect(told("segments") == "\(value(gso, "transmit", "segments")), with superframes as many as fit")
        #expect(told("layout") == value(ring, "transmit", "layout"))
        // Of one CPU a reader has none for itself.
        #expect(told("blocks").hasPrefix("64; 64 MiB") && ["64", "512"].contains(value(ring, "receive", "blocks")))
        #expect(told("retire") == value(ring, "receive", "retireMilliseconds"))
        #expect(told("snap") == value(ring, "receive", "snapBytes") && told("placement") == value(ring, "link", "placement"))
        #expect(told("block-size") == "128KiB" && value(ring, "receive", "blockBytes") == "131072")
    }

    @Test func theVersionNamesTheCommitAndTheMachinesLibraries() async throws {
        let folder = try TemporaryFolder()
        // The user's folder is somebody else's repository.
        try FileManager.default.createDirectory(atPath: folder.path + "/.git", withIntermediateDirectories: true)
        _ = try folder.file(".git/HEAD", "0123456789abcdef0123456789abcdef01234567\n")
        let texts = try await [["--version"], ["-V"]].asyncMap { try await Program.vethmark($0, in: folder.path).output }
        #expect(texts[0] == texts[1])
        let lines = texts[0].split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines.last == "", "\(texts[0])")
        #expect(lines[0].wholeMatch(of: /[0-9.]+ \(commit ([0-9a-f]{40}(-dirty)?|unknown)\)/) != nil, "\(texts[0])")
        let versions = try #require(lines[1].wholeMatch(of: /libpcap ([0-9.]+), libbpf ([0-9.]+), zlib ([0-9.]+)/), "\(texts[0])")
        // The shared objects that the program is linked with bear their versions in their names.
        let linked = try await Program.tool("ldd", Program.vethmarkPath).output
        for (library, version) in [("libpcap", versions.1), ("libbpf", versions.2), ("libz", versions.3)] {
            let line = try #require(linked.split(separator: "\n").first { $0.contains("\(library).so") }, "\(linked)")
            let path = try #require(line.split(separator: " ").first { $0.hasPrefix("/") })
            let file = URL(fileURLWithPath: String(path)).resolvingSymlinksInPath().lastPathComponent
            #expect(file.contains(".so.\(version)"), "\(file): \(texts[0])")
        }
        let run = try await Program.vethmark(
            ["run", "--engine", "null", "-n", "1000", "--warmup", "0", "--json", "--no-save", "-q"], in: folder.path)
        let commit = (try run.json()["conditions"] as? [String: Any])?["gitCommit"] as? String
        #expect(commit?.hasPrefix("0123456789") != true && texts[0].contains(commit ?? "unknown"))
    }
}

extension Array {
    fileprivate func asyncMap<Output>(_ body: (Element) async throws -> Output) async rethrows -> [Output] {
        var outputs: [Output] = []
        for element in self { outputs.append(try await body(element)) }
        return outputs
    }
}

/// Without root: one true sentence, found by trying.
@Suite(.enabled(if: Requirement.root), .serialized) struct PrivilegeTests {
    private func asUser(_ capabilities: [String], _ program: PublicCopy, _ arguments: [String], inside namespace: String) async throws
        -> Finished
    {
        let list = capabilities.map { "+" + $0 }.joined(separator: ",")
        let grant = capabilities.isEmpty ? [] : ["--inh-caps", list, "--ambient-caps", list]
        let command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + grant + [program.path] + arguments
        return try await Program.run("ip", ["netns", "exec", namespace] + command)
    }

    private let quick = ["-t", "200ms", "--warmup", "0", "--no-save", "-q"]

    @Test func existingInterfacesNeedACapabilityAndTheAdviceNamesThisFile() async throws {
        try await TestBed.with { bed in
            let program = try PublicCopy()
            let run = try await asUser([], program, ["run", "--tx", bed.txName, "--rx", bed.rx] + quick, inside: bed.near)
            #expect(run.exitCode == 1)
            #expect(
                run.errors
                    == "vethmark: existing interfaces need CAP_NET_RAW, and this user does not have it; run it as root, or: sudo setcap cap_net_raw+ep \(program.path)\n"
            )
        }
    }

    /// CAP_BPF and its companions are enough for programs on interfaces of one's own; CAP_SYS_ADMIN isn't asked for by name.
    @Test func usersWithCAPBPFRunPrograms() async throws {
        try await TestBed.with { bed in
            let program = try PublicCopy()
            try await Program.tool("ip", "-n", bed.near, "link", "add", "own0", "type", "veth", "peer", "name", "own1")
            for name in ["own0", "own1"] { try await Program.tool("ip", "-n", bed.near, "link", "set", name, "up") }
            let capabilities = ["bpf", "net_admin", "net_raw", "perfmon"]
            let run = try await asUser(
                capabilities, program, ["run", "--engine", "xdp", "--tx", "own0", "--rx", "own1", "--json"] + quick, inside: bed.near)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect((try run.ledger()["received"] ?? 0) > 0)
            let pair = try await asUser(capabilities, program, ["run", "--engine", "xdp"] + quick, inside: bed.near)
            #expect(pair.exitCode == 1 && pair.errors.contains("needs CAP_SYS_ADMIN in the initial user namespace"), "\(pair.errors)")
            let none = try await asUser([], program, ["run", "--engine", "xdp"] + quick, inside: bed.near)
            #expect(none.exitCode == 1 && none.errors.contains("XDP programs need CAP_BPF and CAP_NET_ADMIN"), "\(none.errors)")
        }
    }

    @Test func whereNobodyCountsNoOtherEndIsNamed() async throws {
        try await TestBed.with { bed in
            let run = try await Program.vethmark(["run", "--tx", bed.tx, "--receiver", "none", "--json"] + quick)
            #expect(run.exitCode == 0, "\(run.errors)")
            let conditions = try run.json()["conditions"] as? [String: Any]
            #expect((conditions?["receiveLink"] as? [String: Any])?["name"] as? String == bed.rxName)
            let text = try await Program.vethmark(["run", "--tx", bed.tx, "--receiver", "none", "--engine", "ring"] + quick)
            #expect(text.output.contains("counted by nobody") && !text.output.contains("–"), "\(text.output)")
        }
    }
}
