import CLinux
import TestSupport
import Testing

@testable import Kernel

@Suite struct ThreadTests {
    @Test func aWorkerHandsItsOutcomeOver() throws {
        let thread = try WorkerThread(name: "t") { 42 }
        #expect(try thread.join().get() == 42)
    }

    @Test func aWorkersErrorComesBackToTheJoiner() throws {
        let thread = try WorkerThread<Int>(name: "t") { throw SystemError(call: "x", number: 5) }
        #expect(throws: SystemError(call: "x", number: 5)) { try thread.join().get() }
    }

    @Test func aPinnedWorkerRunsOnItsCPU() throws {
        var allowed = [UInt8](repeating: 0, count: 1024)
        let looked = cl_allowed_cpus(&allowed, 1024)
        #expect(looked > 0)
        let cpu = try #require(allowed.firstIndex(of: 1))
        let thread = try WorkerThread(name: "t") {
            try Affinity.pinThisThread(toCPU: cpu)
            return Int(cl_current_cpu())
        }
        #expect(try thread.join().get() == cpu)
    }

    @Test func aCPUThatIsNotThereIsAnError() throws {
        let thread = try WorkerThread(name: "t") { try Affinity.pinThisThread(toCPU: 8000) }
        #expect(throws: SystemError.self) { try thread.join().get() }
    }

    @Test func aMonitorWakesWhoWaits() throws {
        let monitor = Monitor(0)
        let thread = try WorkerThread(name: "t") { monitor.wait { $0 == 3 ? $0 : nil } }
        for value in 1...3 { monitor.change { $0 = value } }
        #expect(try thread.join().get() == 3)
    }

    @Test func aMonitorsPatienceEnds() {
        let monitor = Monitor(0)
        let start = Clock.monotonicNanoseconds
        let outcome: Int? = monitor.wait(untilMonotonic: start + 5_000_000) { _ in nil }
        #expect(outcome == nil)
        #expect(Clock.monotonicNanoseconds >= start + 5_000_000)
    }

    @Test func countersSitOnLinesOfTheirOwn() {
        let counters = SharedCounters(count: 3)
        counters.cell(1).store(7)
        counters.cell(2).store(5)
        #expect(counters.value(0) == 0)
        #expect(counters.total == 12)
    }
}

@Suite struct NetworkNamespaceTests {
    /// Needs no capability: nothing changes.
    @Test func enteringWhereOneIsAlreadyIsFree() throws {
        let here = try NetworkNamespace.current()
        #expect(try here.perform { try NetworkNamespace.current().identity } == here.identity)
    }

    /// Somebody reads there at the same time, or has a moment ago.
    @Test(.enabled(if: KernelAccess.isGranted)) func aReadersSysfsKeepsNobodyFromWriting() throws {
        let namespace = try NetworkNamespace.makePrivate(name: "sysfs")
        let path = "/sys/class/net/lo/tx_queue_len"
        let isRead = Monitor(false)
        let isWritten = Monitor(false)
        let reader = try WorkerThread(name: "reader") {
            try namespace.performWithSysfs {
                isRead.change { $0 = true }
                _ = isWritten.wait { $0 ? true : nil }
                return (try? TextFile.write("7", to: path)) == nil
            }
        }
        defer { isWritten.change { $0 = true } }
        _ = isRead.wait(untilMonotonic: Clock.monotonicNanoseconds + 5_000_000_000) { $0 ? true : nil }
        let text = try namespace.performWithSysfs(isWritable: true) { () -> String? in
            try TextFile.write("1234", to: path)
            return TextFile.read(path)
        }
        #expect(text == "1234\n")
        isWritten.change { $0 = true }
        // The reader's own view is read-only all the same.
        #expect(try reader.join().get())
    }

    @Test func aNamespaceThatIsNotThereIsAnError() {
        #expect(throws: SystemError.self) { try NetworkNamespace.open("no-such-namespace") }
        #expect(throws: SystemError.self) { try NetworkNamespace.open("/no/such/path") }
        #expect(throws: SystemError.self) { try NetworkNamespace.open("999999999") }
    }

    @Test func aFileThatIsNoNetworkNamespaceIsAnError() {
        for path in ["/etc/passwd", "/proc/self/ns/mnt", "/proc/self/ns/user"] {
            #expect(throws: SystemError(call: "open \(path)", number: ErrorNumber.invalid)) { try NetworkNamespace.open(path) }
        }
    }

    /// Where `/sys` is the namespace's own already, the kernel mounts no second one over it (EBUSY).
    @Test(.enabled(if: geteuid() == 0)) func aSysfsOfOnesOwnNamespaceIsThereAlready() throws {
        let index = try NetworkNamespace.current().performWithSysfs { TextFile.read("/sys/class/net/lo/ifindex") }
        #expect(index == "1\n")
    }

    @Test func sightingsHoldNothingOpen() throws {
        func descriptors() -> Int { Folder.entries("/proc/self/fd").count }
        let before = descriptors()
        let sightings = NamespaceSighting.all()
        #expect(descriptors() <= before + 1 && sightings.first?.kind == .own)
        #expect(sightings.first?.identity == (try NetworkNamespace.current().identity))
    }

    @Test func namespacesAreNamedByProcessAndPath() throws {
        let here = try NetworkNamespace.current()
        #expect(try NetworkNamespace.open("\(ProcessFacts.identifier)").identity == here.identity)
        #expect(try NetworkNamespace.open("/proc/self/ns/net").identity == here.identity)
    }
}
