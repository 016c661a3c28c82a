import CLinux
import Foundation
import Subprocess
import TestSupport
import Testing

/// Faults of the machine, and the end of a run by force: exit code, verdict and book are right, and afterwards all is as it was before.
@Suite(.enabled(if: Requirement.root), .serialized) struct FaultTests {
    /// One run on a bed of its own, with what happens in its midst; then the same surroundings as before.
    ///
    /// - Parameters:
    ///   - command: what the program is run by; `$@` is the program and its arguments.
    ///   - repair: undoes what the test itself did to the bed.
    @discardableResult
    private func run(
        _ pair: EnginePair, _ arguments: [String], output: [String] = ["--no-save", "--json"], command: String? = nil,
        isLinkKept: Bool = true, during body: @Sendable (TestBed, ProcessIdentifier) async throws -> Void = { _, _ in },
        repair: @Sendable (TestBed) async throws -> Void = { _ in }, prepare: @Sendable (TestBed) async throws -> Void = { _ in }
    ) async throws -> Finished {
        try await TestBed.with { bed in
            var before = try await FaultSurroundings(bed)
            try await prepare(bed)
            let words =
                ["run", "--tx", bed.tx, "--rx", bed.rx, "--engine", pair.engine, "--receiver", pair.receiver, "-q"] + output + arguments
            let finished =
                if let command {
                    try await Program.run("bash", ["-c", command, "bash", Program.vethmarkPath] + words) { try await body(bed, $0) }
                } else {
                    try await Program.vethmark(words) { try await body(bed, $0) }
                }
            try await repair(bed)
            var after = try await FaultSurroundings(bed)
            if !isLinkKept { (before.links, after.links) = ("", "") }
            #expect(before.links == after.links)
            before.links = after.links
            #expect(before == after, "\(pair)")
            return finished
        }
    }

    private func outcome(
        _ pair: EnginePair, _ arguments: [String], command: String? = nil, isLinkKept: Bool = true,
        during body: @Sendable (TestBed, ProcessIdentifier) async throws -> Void = { _, _ in },
        repair: @Sendable (TestBed) async throws -> Void = { _ in }, prepare: @Sendable (TestBed) async throws -> Void = { _ in }
    ) async throws -> FaultOutcome {
        try FaultOutcome(
            try await run(pair, arguments, command: command, isLinkKept: isLinkKept, during: body, repair: repair, prepare: prepare))
    }

    private let paced = ["-b", "5kpps", "--warmup", "0"]

    // MARK: the link

    @Test(arguments: MachineFault.peerDown.pairs) func thePeerGoesDown(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "5"]) { bed, _ in
            try await bed.waitForFrames(200)
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "down")
        } repair: { bed in
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "up")
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("link-lost!"), "\(end)")
        #expect(end.endedBecause == "linkLost" && end.row("received") >= 200, "\(end)")
        #expect(end.row("offered") == end.row("notOffered") + end.row("refused") + end.row("sent"), "\(end)")
    }

    @Test(arguments: MachineFault.peerDeleted.pairs) func thePeerIsDeleted(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "5"], isLinkKept: false) { bed, _ in
            try await bed.waitForFrames(200)
            try await Program.tool("ip", "-n", bed.far, "link", "del", bed.rxName)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("link-lost!"), "\(end)")
        #expect(end.endedBecause == "linkLost" && end.row("received") >= 200, "\(end)")
        #expect(end.row("offered") == end.row("notOffered") + end.row("refused") + end.row("sent"), "\(end)")
    }

    /// There is no window then, and the book says so.
    @Test(arguments: MachineFault.peerDeleted.pairs) func thePeerIsDeletedInTheWarmUp(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, ["-b", "5kpps", "--warmup", "10", "-t", "1"], isLinkKept: false) { bed, _ in
            try await bed.waitForFrames(200)
            try await Program.tool("ip", "-n", bed.far, "link", "del", bed.rxName)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.isSuperset(of: ["link-lost!", "nothing-measured!"]), "\(end)")
        #expect(end.endedBecause == "linkLost" && end.row("sent") == 0 && end.residual == 0, "\(end)")
    }

    /// Frames that have become too large come back into the slots of a socket, which then waits with them; drivers drop them.
    @Test(arguments: MachineFault.smallerMTU.pairs) func thePeersMTUShrinks(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-s", "512", "-t", "700ms"]) { bed, _ in
            try await bed.waitForFrames(200)
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "mtu", "200")
        } repair: { bed in
            try await Program.tool("ip", "-n", bed.far, "link", "set", bed.rxName, "mtu", "1500")
        }
        #expect(end.residual == 0 && end.row("received") >= 200, "\(end)")
        if EnginePair.fromDrivers.contains(pair) {
            #expect(end.exitCode == 0 && end.trusted && end.codes.contains("link-drops"), "\(end)")
            #expect(end.row("linkDropped") > 0 && end.row("linkDropped") == end.row("sent") - end.row("received"), "\(end)")
        } else {
            #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("sending-paused!"), "\(end)")
            // Of a slot that holds several by then the first ones may be gone before the kernel refuses the rest.
            #expect(end.row("refused") > 0 && end.row("sent") == end.row("received") + end.row("linkDropped"), "\(end)")
        }
    }

    // MARK: the CPU

    @Test(arguments: MachineFault.stopped.pairs) func theProcessIsStopped(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "1600ms"]) { bed, process in
            try await bed.waitForFrames(200)
            kill(process.value, SIGSTOP)
            try await Task.sleep(for: .seconds(1))
            kill(process.value, SIGCONT)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("stopped!"), "\(end)")
        #expect(end.residual == 0, "\(end)")
    }

    @Test(arguments: MachineFault.hog.pairs) func aHogSitsOnTheSendersCPU(_ pair: EnginePair) async throws {
        // The hog ends with the shell that started it, and by itself.
        let command = """
            timeout 10 taskset -c 0 sh -c 'while :; do :; done' & hog=$!
            "$@"; code=$?; kill $hog; wait $hog 2>/dev/null; exit $code
            """
        let end = try await outcome(pair, ["-t", "700ms", "--warmup", "0", "--cpus", "tx=0"], command: command)
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("cpu-shared!"), "\(end)")
        #expect(end.residual == 0, "\(end)")
    }

    @Test(arguments: MachineFault.quota.pairs) func aQuotaTakesTheCPUAway(_ pair: EnginePair) async throws {
        guard let group = QuotaGroup() else { return print("SKIPPED: CPU quota: no control group of the cpu controller can be made here") }
        let command = "echo $$ >\(group.folder)/cgroup.procs && exec \"$@\""
        let end = try await outcome(pair, ["-t", "500ms", "--warmup", "0"], command: command)
        withExtendedLifetime(group) {}
        #expect(end.exitCode == 3 && !end.trusted, "\(end)")
        #expect(!end.codes.isDisjoint(with: ["cpu-throttled!", "cpu-withheld!", "stopped!"]), "\(end)")
        #expect(end.residual == 0, "\(end)")
    }

    @Test(arguments: MachineFault.moved.pairs) func aWorkerIsMoved(_ pair: EnginePair) async throws {
        guard ProcessInfo.processInfo.activeProcessorCount > 1 else { return print("SKIPPED: a moved worker: there is one CPU only") }
        let end = try await outcome(pair, paced + ["-t", "700ms", "--cpus", "tx=0"]) { bed, process in
            try await bed.waitForFrames(200)
            let tasks = "/proc/\(process.value)/task"
            for thread in try FileManager.default.contentsOfDirectory(atPath: tasks) {
                guard try String(contentsOfFile: "\(tasks)/\(thread)/comm", encoding: .utf8) == "vm-tx0\n" else { continue }
                try await Program.tool("taskset", "-cp", "1", thread)
            }
        }
        #expect(end.exitCode == 0 && end.trusted && end.codes.contains("worker-moved"), "\(end)")
        #expect(end.residual == 0, "\(end)")
    }

    // MARK: the clock

    /// By a nanosecond, which disturbs nobody else.
    @Test(arguments: MachineFault.clockSet.pairs) func theClockIsSet(_ pair: EnginePair) async throws {
        guard Clocks.set(aheadNanoseconds: 1) else { return print("SKIPPED: the clock can't be set here") }
        _ = Clocks.set(aheadNanoseconds: -1)
        let end = try await outcome(pair, paced + ["-t", "400ms"]) { bed, _ in
            try await bed.waitForFrames(200)
            _ = Clocks.set(aheadNanoseconds: 1)
        } repair: { _ in
            _ = Clocks.set(aheadNanoseconds: -1)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("clock-step!"), "\(end)")
        #expect(end.residual == 0, "\(end)")
    }

    /// CLOCK_MONOTONIC of the process is 100 s behind the kernel's, by which programs stamp.
    @Test(arguments: MachineFault.timeNamespace.pairs) func timeIsAnotherOne(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "400ms"], command: "exec unshare -T --monotonic -100 -- \"$@\"")
        #expect(end.exitCode == 0 && end.trusted, "\(end)")
        // On a busy machine the last ones may not leave in time.
        #expect(
            end.row("offered") == 2_000 && end.row("received") == end.row("sent") && end.row("sent") > 1_500 && end.residual == 0, "\(end)")
        // 2,000 frames in 400 ms.
        #expect(abs(end.rate("txPps") / (Double(end.row("sent")) / 0.4) - 1) < 0.05, "\(end.rate("txPps"))")
        let path = end.latency("path") as? [String: Any]
        #expect((path?["count"] as? NSNumber)?.intValue == end.row("received") && end.latency("negative") as? Int == 0)
        #expect((path?["p50"] as? NSNumber).map { (1..<50_000_000).contains($0.intValue) } == true, "\(path ?? [:])")
    }

    @Test(arguments: MachineFault.stampsBefore.pairs) func somebodyAskedForTimestampsBefore(_ pair: EnginePair) async throws {
        let stamps = try StampSocket()
        let end = try await outcome(pair, paced + ["-t", "300ms"])
        withExtendedLifetime(stamps) {}
        #expect(end.exitCode == 0 && end.trusted && end.residual == 0, "\(end)")
        #expect(end.codes.contains("timestamps-early") == (pair.receiver == "ring"), "\(end)")
        #expect(end.latency("clock") as? String == (pair.receiver == "ring" ? "netif_rx" : "xdp"))
    }

    @Test(arguments: MachineFault.stampsInMidRun.pairs) func somebodyAsksForTimestampsInMidRun(_ pair: EnginePair) async throws {
        let keeper = StampKeeper()
        let end = try await outcome(pair, paced + ["-t", "500ms"]) { bed, _ in
            try await bed.waitForFrames(200)
            try await keeper.open()
        }
        await keeper.close()
        #expect(end.residual == 0, "\(end)")
        guard pair.receiver == "ring" else {
            #expect(end.exitCode == 0 && end.trusted && end.latency("clock") as? String == "xdp", "\(end)")
            return
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("timestamps-mixed!"), "\(end)")
    }

    // MARK: the end by force

    @Test(arguments: MachineFault.interruptedWarmUp.pairs) func interruptedInTheWarmUp(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, ["-b", "5kpps", "--warmup", "10", "-t", "1"]) { bed, process in
            try await bed.waitForFrames(200)
            kill(process.value, SIGINT)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("nothing-measured!"), "\(end)")
        #expect(!end.codes.contains { $0.hasPrefix("worker-idle") }, "\(end)")
        #expect(end.row("sent") == 0 && end.row("received") == 0 && end.residual == 0, "\(end)")
    }

    @Test(arguments: MachineFault.interruptedWindow.pairs) func interruptedInTheWindow(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "10"]) { bed, process in
            try await bed.waitForFrames(200)
            kill(process.value, SIGINT)
        }
        #expect(end.exitCode == 0 && end.trusted && end.codes.contains("interrupted"), "\(end)")
        #expect(end.endedBecause == "interrupted" && end.row("received") >= 200 && end.residual == 0, "\(end)")
        #expect(end.row("received") == end.row("sent"), "\(end)")
    }

    /// What is cut short is no sample.
    @Test(arguments: MachineFault.interruptedTrial.pairs) func interruptedInTheFourthTrial(_ pair: EnginePair) async throws {
        let end = try await outcome(pair, paced + ["-t", "300ms", "--repeats", "5"]) { bed, process in
            try await bed.waitForFrames(4_600)
            kill(process.value, SIGINT)
        }
        #expect(end.exitCode == 0 && end.trusted && end.codes.contains("interrupted"), "\(end)")
        #expect(end.trials.map { $0["endedBecause"] as? String } == ["duration", "duration", "duration", "interrupted"], "\(end)")
        let rate = end.summary["rxPps"] as? [String: Any]
        let least = (rate?["min"] as? NSNumber)?.doubleValue ?? 0
        #expect(rate?["count"] as? Int == 3 && least > 4_000, "\(rate ?? [:])")
    }

    @Test(arguments: MachineFault.terminated.pairs, [SIGTERM, SIGHUP]) func aSignalEndsItInOrder(_ pair: EnginePair, _ signal: Int32)
        async throws
    {
        let end = try await outcome(pair, paced + ["-t", "10", "--mtu", "3000"]) { bed, process in
            try await bed.waitForFrames(200)
            kill(process.value, signal)
        }
        #expect(end.exitCode == 0 && end.trusted && end.codes.contains("interrupted") && end.residual == 0, "\(end)")
    }

    /// Nobody can give anything back then; the next vethmark does.
    @Test(arguments: MachineFault.killed.pairs) func itIsKilled(_ pair: EnginePair) async throws {
        let run = try await run(pair, paced + ["-t", "10", "--mtu", "3000"]) { bed, process in
            try await bed.waitForFrames(200)
            kill(process.value, SIGKILL)
        } repair: { bed in
            let restore = try await Program.vethmark(["restore"])
            // Others' loans on this machine are theirs.
            let failures = restore.output.split(separator: "\n").filter {
                $0.hasPrefix("not given back") && $0.contains(bed.near.dropLast())
            }
            #expect(failures.isEmpty, "\(restore.output) \(restore.errors)")
        }
        #expect(run.exitCode == nil && run.output.isEmpty)
    }

    /// The result is saved before it is printed, so a full or closed output costs one line.
    @Test(arguments: MachineFault.closedOutput.pairs, [("closed", ">&-"), ("full", ">/dev/full")])
    func standardOutputTakesNothing(_ pair: EnginePair, _ output: (name: String, redirection: String)) async throws {
        for style in [["--json"], []] {
            let folder = try TemporaryFolder()
            let saved = folder.path + "/saved"
            let run = try await run(
                pair, paced + ["-t", "100ms"], output: ["-o", saved] + style, command: "\"$@\" \(output.redirection)")
            #expect(run.exitCode == 1 && run.output.isEmpty, "\(output.name): \(run.status) \(run.output)")
            #expect(run.errors.contains("vethmark: standard output"), "\(run.errors)")
            let data = try Data(contentsOf: URL(fileURLWithPath: saved + "/result.json"))
            let result = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(result["trusted"] as? Bool == true)
        }
    }

    // MARK: strangers

    /// Another vethmark at full speed on the same link and the same CPUs: whatever comes of it, it comes soon, and is true.
    @Test(arguments: MachineFault.flood.pairs) func anotherVethmarkFloodsTheLink(_ pair: EnginePair) async throws {
        // `$4` is the sending end.
        let command = """
            "$1" run --tx "$4" --receiver none --engine gso -t 20 --warmup 0 --no-save -q >/dev/null 2>&1 & other=$!
            for look in $(seq 200); do grep -qs vm-tx0 /proc/$other/task/*/comm && break; sleep 0.02; done
            "$@"; code=$?; kill -INT $other; wait $other; exit $code
            """
        let end = try await outcome(pair, paced + ["-t", "400ms"], command: command)
        #expect(end.exitCode == 0 && end.trusted || end.exitCode == 3 && !end.trusted, "\(end)")
        #expect(end.codes.contains("another-vethmark") && end.row("foreign") > 0, "\(end)")
        #expect(end.row("offered") == end.row("notOffered") + end.row("refused") + end.row("sent"), "\(end)")
        let lost = end.row("sent") - end.row("received") - end.row("altered") - end.row("inFlightAtEnd")
        #expect(lost >= 0 && end.row("altered") == 0, "\(end)")
        // Closed is closed by the frames that are missing, and by no drop of the flood's.
        if end.residual == 0 { #expect(end.row("linkDropped") + end.row("receiverDropped") == lost, "\(end)") }
        #expect(end.residual == 0 || end.codes.contains("residual!"), "\(end)")
    }

    /// One frame of ours, or the slot that it is in, goes astray where no counter of the link sees it (`tc`), and a stranger's frames move the
    /// counters that would explain it.
    @Test(arguments: MachineFault.stolen.pairs, [0, 40]) func oneOfOursIsStolen(_ pair: EnginePair, _ strangers: Int) async throws {
        let end = try await outcome(
            pair, paced + ["-t", "400ms", "-s", "128"] + (pair.engine == "gso" ? [] : ["--no-qdisc-bypass"])
        ) { bed, _ in
            try await bed.waitForFrames(100)
            guard strangers > 0 else { return }
            try await bed.inside(
                bed.near, "/usr/bin/python3", "-c",
                """
                import socket
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                s.bind(("\(bed.txName)", 0))
                for _ in range(\(strangers)):
                    try: s.send(b"\\x5a" * 1450)
                    except OSError: pass
                """)
        } repair: { bed in
            try await Program.tool(
                "bash", "-ec",
                "tc -n \(bed.near) qdisc del dev \(bed.txName) clsact; ip -n \(bed.far) link set \(bed.rxName) mtu 1500")
        } prepare: { bed in
            // The sequence number stands 34 bytes behind the IP header's start.
            try await Program.tool(
                "bash", "-ec",
                """
                ip -n \(bed.near) link set lo up
                ip -n \(bed.far) link set \(bed.rxName) mtu 1400
                tc -n \(bed.near) qdisc add dev \(bed.txName) clsact
                tc -n \(bed.near) filter add dev \(bed.txName) egress protocol ip u32 match u16 0 0xffff at 34 \
                    match u16 500 0xffff at 36 action mirred egress redirect dev lo
                """)
        }
        #expect(end.exitCode == 3 && !end.trusted && end.codes.contains("residual!"), "\(end)")
        let lost = end.row("sent") - end.row("received")
        #expect(pair.engine == "gso" ? lost >= 1 : lost == 1, "\(end)")
        #expect(end.residual == lost - strangers, "\(end)")
        #expect(end.row("linkDropped") == strangers, "\(end)")
    }
}

extension TestBed {
    /// Frames that have come to the receiving end since it was made, whatever reads there.
    func frames() async throws -> Int {
        let text = try await Program.tool("ip", "-n", far, "-s", "-j", "link", "show", rxName).output
        let links = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        return ((links?.first?["stats64"] as? [String: Any])?["rx"] as? [String: Any])?["packets"] as? Int ?? 0
    }

    /// Waits until there are so many of them.
    func waitForFrames(_ frames: Int) async throws {
        try await eventually("frame \(frames) at \(rxName)", every: .milliseconds(5)) { try await self.frames() >= frames }
    }
}

private enum Clocks {
    /// False where the kernel refuses.
    static func set(aheadNanoseconds: Int) -> Bool {
        var change = timex()
        change.modes = UInt32(ADJ_SETOFFSET | ADJ_NANO)
        // The nanoseconds count up from the seconds.
        change.time.tv_sec = aheadNanoseconds < 0 ? -1 : 0
        change.time.tv_usec = aheadNanoseconds < 0 ? 1_000_000_000 + aheadNanoseconds : aheadNanoseconds
        return adjtimex(&change) >= 0
    }
}

/// As a running `ping` does it: the kernel then stamps every frame of the machine as it comes in.
private final class StampSocket: Sendable {
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var one: Int32 = 1
        try #require(setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &one, socklen_t(MemoryLayout<Int32>.size)) == 0)
        // The kernel switches it on from a work queue (`net_enable_timestamp`).
        usleep(100_000)
    }

    deinit { close(descriptor) }
}

private actor StampKeeper {
    private var socket: StampSocket?
    func open() throws { socket = try StampSocket() }
    func close() { socket = nil }
}

/// A control group with 40 % of a CPU, of either version; empty and gone with the object.
private final class QuotaGroup: Sendable {
    let folder: String

    init?() {
        let name = "vethmark-test-\(getpid())-\(UInt16.random(in: 0 ... .max))"
        let ways = [
            ("/sys/fs/cgroup/cpu", [("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "40000")]),
            ("/sys/fs/cgroup", [("cpu.max", "40000 100000")])
        ]
        for (root, limits) in ways {
            let folder = root + "/" + name
            guard mkdir(folder, 0o755) == 0 else { continue }
            let isLimited = limits.allSatisfy { file, text in
                (try? text.write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)) != nil
            }
            if isLimited {
                self.folder = folder
                return
            }
            rmdir(folder)
        }
        return nil
    }

    deinit {
        for _ in 0..<100 where rmdir(folder) != 0 { usleep(10_000) }
    }
}
