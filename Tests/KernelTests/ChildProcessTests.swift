import Testing

@testable import Kernel

/// Programs beside us: how they end, what they leave, and what the kernel tells of them.
@Suite struct ChildProcessTests {
    private func start(_ script: String, in namespace: NetworkNamespace? = nil) throws -> (child: ChildProcess, folder: String) {
        let folder = try SafeFile.makeTemporaryFolder("vethmark-test")
        let child = try ChildProcess(
            path: "/bin/sh", arguments: ["sh", "-c", script], in: namespace, output: folder + "/out", errors: folder + "/err")
        return (child, folder)
    }

    private func waitForEnd(_ child: ChildProcess) {
        for _ in 0..<2_000 where child.isRunning { Clock.sleep(nanoseconds: 5_000_000) }
    }

    @Test func whatItPrintsAndReturnsIsKept() throws {
        let (child, folder) = try start("echo word; echo other >&2; exit 7")
        defer { SafeFile.removeFolder(folder) }
        waitForEnd(child)
        #expect(!child.isRunning)
        let outcome = try child.reap()
        #expect(outcome.exitCode == 7 && outcome.signal == nil)
        #expect(TextFile.read(folder + "/out") == "word\n" && TextFile.read(folder + "/err") == "other\n")
    }

    /// Signals that are blocked here, as SignalInbox blocks them, reach it all the same; nothing stands on its standard input.
    @Test func itStartsWithCleanSignalsAndNoInput() throws {
        let (child, folder) = try start("read line || echo none; kill -TERM $$")
        defer { SafeFile.removeFolder(folder) }
        waitForEnd(child)
        let outcome = try child.reap()
        #expect(outcome.exitCode == nil && outcome.signal == 15)
        #expect(TextFile.read(folder + "/out") == "none\n")
    }

    @Test func aSignalReachesItsWholeGroup() throws {
        let (child, folder) = try start("sleep 100 & echo $!; wait")
        defer { SafeFile.removeFolder(folder) }
        var other: Int32?
        for _ in 0..<2_000 where other == nil {
            Clock.sleep(nanoseconds: 5_000_000)
            other = TextFile.read(folder + "/out").flatMap { Int32($0.split(separator: "\n").first ?? "") }
        }
        let sleeper = try #require(other)
        #expect(ProcessTable.all().first { $0.identifier == sleeper }?.group == child.identifier)
        child.send(.terminate)
        waitForEnd(child)
        #expect(try child.reap().signal == 15)
        // What nobody has reaped yet has no words left.
        #expect((TextFile.read("/proc/\(sleeper)/cmdline") ?? "").isEmpty)
    }

    @Test func whoeverStillRunsIsKilled() throws {
        let (child, folder) = try start("trap '' INT TERM; while :; do sleep 0.1; done")
        defer { SafeFile.removeFolder(folder) }
        Clock.sleep(nanoseconds: 100_000_000)
        child.send(.interrupt)
        Clock.sleep(nanoseconds: 100_000_000)
        #expect(child.isRunning)
        #expect(try child.reap().signal == 9)
    }

    @Test func whatCantBeStartedIsAnError() throws {
        #expect(throws: SystemError.self) {
            _ = try ChildProcess(path: "/no/such/program", arguments: ["x"], in: nil, output: "/dev/null", errors: "/dev/null")
        }
        #expect(throws: SystemError.self) {
            _ = try ChildProcess(path: "/bin/sh", arguments: ["sh"], in: nil, output: "/no/such/folder/out", errors: "/dev/null")
        }
    }

    /// A name may hold what looks like the fields behind it.
    @Test func processesAreReadBehindTheirNames() {
        let text = "42 (a) b) (c) S 7 9 9 0 -1 4194304 100 0 0 0 5 6 1 2 20 0 1 0 1000 1 1"
        let entry = ProcessTable.entry(text, 42)
        #expect(entry?.parent == 7 && entry?.group == 9)
        // 14 ticks, of which there are 100 a second on every Linux that is built today.
        #expect(entry?.cpuNanoseconds == 140_000_000)
        #expect(ProcessTable.entry("42 (a) S 7", 42) == nil)
    }

    @Test func packetSocketsAreReadFromTheirTable() {
        let text = """
            sk               RefCnt Type Proto  Iface R Rmem   User   Inode
            00000000ba31aa34 3      3    0003   2     1 0      0      422866
            000000006ad9e21b 2      3    0000   0     0 0      0      426859
            """
        #expect(
            PacketSocketTable.entries(text) == [
                .init(inode: 422_866, interfaceIndex: 2, isRunning: true), .init(inode: 426_859, interfaceIndex: 0, isRunning: false)
            ])
    }
}
