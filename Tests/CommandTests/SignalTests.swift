import Foundation
import Subprocess
import Testing

/// However a run is ended, what it borrowed is as it was.
@Suite(.enabled(if: Requirement.root), .serialized) struct SignalTests {
    /// A run with much to give back; it lasts until it is ended.
    private func arguments(_ bed: TestBed) -> [String] {
        [
            "run", "--tx", bed.tx, "--rx", bed.rx, "--mtu", "3000", "--engine", "gso", "--rx-address", "02:00:00:00:00:99", "-b", "1kpps",
            "-t",
            "0", "--warmup", "0", "-q", "--no-save", "--json"
        ]
    }

    /// Every setting of both ends that a run may change.
    private func state(_ bed: TestBed) async throws -> String {
        var text = ""
        for (namespace, name) in [(bed.near, bed.txName), (bed.far, bed.rxName)] {
            text += try await bed.description(namespace, name).replacing(/"promiscuity":\d+/, with: "")
            text += try await bed.inside(namespace, "ethtool", "-k", name).output
            text += try await bed.inside(
                namespace, "sh", "-c", "cat /sys/class/net/\(name)/queues/rx-*/rps_cpus /sys/class/net/\(name)/threaded"
            ).output
        }
        return text
    }

    /// Until frames arrive: everything is borrowed by then. Those of a run before it don't count.
    private func waitUntilRunning(_ bed: TestBed) async throws {
        try await bed.waitForFrames(bed.frames() + 20)
    }

    @Test(
        arguments: [
            SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
            SIGPOLL,
            SIGPWR, 34, 64
        ] as [Int32])
    func anEndingSignalEndsInOrder(_ signal: Int32) async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            let run = try await Program.vethmark(arguments(bed)) { process in
                try await waitUntilRunning(bed)
                #expect(try await state(bed) != before)
                kill(process.value, signal)
            }
            #expect(run.exitCode == 0, "\(signal): \(run.status) \(run.errors)")
            let trials = try run.json()["trials"] as? [[String: Any]]
            #expect(trials?.first?["endedBecause"] as? String == "interrupted")
            #expect(try run.ledger()["residual"] == 0)
            #expect(try await state(bed) == before)
        }
    }

    /// A terminal that closes sends it twice, and a supervisor that gives up sends another one.
    @Test func aSecondHangUpChangesNothing() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            let run = try await Program.vethmark(arguments(bed)) { process in
                try await waitUntilRunning(bed)
                kill(process.value, SIGHUP)
                kill(process.value, SIGHUP)
                kill(process.value, SIGUSR1)
            }
            #expect(run.exitCode == 0, "\(run.status) \(run.errors)")
            #expect(try await state(bed) == before)
        }
    }

    @Test func nohupIsHonoured() async throws {
        let run = try await Program.run("nohup", [Program.vethmarkPath, "run", "-t", "1", "--warmup", "0", "-q", "--no-save", "--json"]) {
            process in
            try await Program.waitUntilItTakesSignals(process)
            try await Task.sleep(for: .milliseconds(600))
            kill(process.value, SIGHUP)
        }
        #expect(run.ranToItsEnd, "\(run.status) \(run.errors)")
        let trials = try run.json()["trials"] as? [[String: Any]]
        #expect(trials?.first?["endedBecause"] as? String == "duration")
    }

    private func kill9(_ bed: TestBed, _ arguments: [String], settled: Duration = .zero) async throws {
        let run = try await Program.vethmark(arguments) { process in
            try await waitUntilRunning(bed)
            kill(process.value, SIGKILL)
        }
        #expect(run.exitCode == nil)
    }

    @Test func whatSIGKILLLeftIsGivenBackOnce() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            try await kill9(bed, arguments(bed))
            #expect(try await state(bed) != before)
            let restore = try await Program.vethmark(["restore"])
            #expect(restore.exitCode == 0 && restore.errors.isEmpty, "\(restore.errors)")
            #expect(restore.output.contains("given back: \(bed.tx): MTU 3000 → 1500\n"), "\(restore.output)")
            #expect(restore.output.contains("given back: \(bed.tx): tx-udp-segmentation off → on\n"), "\(restore.output)")
            #expect(try await state(bed) == before)
            let again = try await Program.vethmark(["restore", "--json"])
            #expect(again.exitCode == 0)
            let object = try again.json()
            #expect(object["schema"] as? String == "vethmark.restore/1")
            for key in ["restored", "left", "failed"] {
                let items = object[key] as? [[String: Any]]
                #expect(items?.contains { ($0["interface"] as? String)?.contains(bed.near) == true } == false, "\(again.output)")
            }
        }
    }

    /// One line, whatever else the run says.
    @Test func theNextRunGivesItBack() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            for placement in ["split-softirq", "napi-thread"] {
                try await kill9(bed, arguments(bed) + ["--placement", placement])
                #expect(try await state(bed) != before)
                let next = try await Program.vethmark(["run", "-t", "100ms", "--warmup", "0", "-q", "--no-save"])
                #expect(next.ranToItsEnd, "\(next.errors)")
                let lines = next.errors.split(separator: "\n")
                #expect(lines.count == 1 && lines[0].hasPrefix("vethmark: gave back what a killed run left changed: "), "\(next.errors)")
                #expect(lines.first?.contains("\(bed.tx): MTU 3000 → 1500") == true, "\(next.errors)")
                #expect(try await state(bed) == before)
            }
        }
    }

    /// NAPI went with the program of the run that was killed, and with it what `threaded` could be set on.
    @Test func threadsOfAProgramThatIsGoneAreSwitchedOff() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            let run = try await Program.vethmark([
                "run", "--tx", bed.tx, "--rx", bed.rx, "--engine", "xdp", "--receiver", "xdp", "--placement", "napi-thread", "-b", "1kpps",
                "-t", "0",
                "--warmup", "0", "-q", "--no-save"
            ]) { process in
                try await Task.sleep(for: .milliseconds(1500))
                kill(process.value, SIGKILL)
            }
            #expect(run.exitCode == nil)
            #expect(try await state(bed) != before)
            let restore = try await Program.vethmark(["restore"])
            #expect(restore.exitCode == 0 && restore.output.contains("threaded NAPI 1 → 0"), "\(restore.output)\(restore.errors)")
            #expect(try await state(bed) == before)
        }
    }

    /// Renamed, it is found; a stranger with its name is not taken for it.
    @Test func theJournalKnowsInterfacesByMoreThanTheirNames() async throws {
        try await TestBed.with { bed in
            try await kill9(bed, arguments(bed))
            try await Program.tool("ip", "-n", bed.near, "link", "set", bed.txName, "name", "renamed")
            try await Program.tool(
                "ip", "-n", bed.near, "link", "add", bed.txName, "mtu", "3000", "type", "veth", "peer", "name", "other", "mtu", "3000")
            #expect(try await Program.vethmark(["restore"]).exitCode == 0)
            #expect(try await bed.description(bed.near, "renamed").contains("\"mtu\":1500"))
            #expect(try await bed.description(bed.near, bed.txName).contains("\"mtu\":3000"))
        }
    }

    /// Name, index, MTU and all: but not the address.
    @Test func anotherInterfaceWithTheSameIndexIsLeftAlone() async throws {
        try await TestBed.with { bed in
            let index = try await bed.inside(bed.near, "cat", "/sys/class/net/\(bed.txName)/ifindex").output.filter(\.isNumber)
            try await kill9(bed, arguments(bed))
            try await Program.tool("ip", "-n", bed.near, "link", "del", bed.txName)
            try await Program.tool(
                "ip", "-n", bed.near, "link", "add", bed.txName, "index", index, "mtu", "3000", "type", "veth", "peer", "name", "other")
            let restore = try await Program.vethmark(["restore"])
            #expect(restore.exitCode == 0 && !restore.output.contains(bed.near), "\(restore.output)")
            #expect(try await bed.description(bed.near, bed.txName).contains("\"mtu\":3000"))
        }
    }

    @Test func aRunThatLivesIsNotRestored() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            let run = try await Program.vethmark(arguments(bed)) { process in
                try await waitUntilRunning(bed)
                let during = try await state(bed)
                let restore = try await Program.vethmark(["restore"])
                #expect(restore.exitCode == 0 && !restore.output.contains(bed.near), "\(restore.output)")
                #expect(try await state(bed) == during)
                kill(process.value, SIGINT)
            }
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try await state(bed) == before)
        }
    }

    /// `ip netns exec` gives a command a sysfs of the namespace.
    @Test func softirqsAreMovedInsideIpNetnsExec() async throws {
        try await TestBed.with { bed in
            let before = try await state(bed)
            for placement in ["split-softirq", "napi-thread"] {
                let run = try await bed.inside(
                    bed.far, Program.vethmarkPath, "run", "--tx", bed.tx, "--rx", bed.rxName, "--engine", "ring", "--placement", placement,
                    "-b",
                    "10kpps", "-t", "300ms", "--warmup", "0", "-q", "--no-save", "--json")
                #expect(try run.ledger()["residual"] == 0, "\(run.errors)")
                #expect(try await state(bed) == before)
            }
        }
    }
}
