import Control
import Foundation
import Glibc
import Kernel
import TestSupport

/// What many ranks cost: meshes on played time, and real connections that have nothing to say. One JSON object a line.
///
///     swift run -c release vethmark-bench-scale mesh pairs 10000 1 20 20    pattern, ranks, rounds (0: all), faults, seeds
///     swift run -c release vethmark-bench-scale connections 1000              to one listener, over a Unix socket
@main
struct Scale {
    struct Usage: Error, CustomStringConvertible {
        let description = "say: mesh pairs|all-to-one|one-to-all RANKS ROUNDS FAULTS SEEDS, or: connections COUNT"
    }

    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let numbers = words.compactMap { Int($0) }
        if words.count == 6, words[0] == "mesh", let pattern = MeshPattern(rawValue: words[1]), numbers.count == 4 {
            try mesh(pattern, ranks: numbers[0], rounds: numbers[1], faults: numbers[2], seeds: numbers[3])
        } else if words.count == 2, words[0] == "connections", numbers.count == 1 {
            try connections(numbers[0])
        } else {
            throw Usage()
        }
    }

    private struct MeshFigures: Encodable {
        var pattern: MeshPattern
        var ranks: Int
        var rounds: Int?
        var faults: Int
        var seeds: Int
        var violations: [String] = []
        /// Over all seeds.
        var events = 0
        var messages = 0
        var beats = 0
        var notices = 0
        var held = 0
        var missed = 0
        var mostEventsWaiting = 0
        var longestPlayedSeconds = 0.0
        var slowestNoticeSeconds = 0.0
        var wallSeconds = 0.0
        var peakMebibytes = 0
    }

    private static func mesh(_ pattern: MeshPattern, ranks: Int, rounds: Int, faults: Int, seeds: Int) throws {
        let asked = rounds > 0 ? rounds : nil
        var figures = MeshFigures(pattern: pattern, ranks: ranks, rounds: asked, faults: faults, seeds: seeds)
        let begin = Clock.monotonicNanoseconds
        for seed in 0..<seeds {
            guard var simulation = MeshSimulation(.init(pattern, ranks: ranks, rounds: asked, faults: faults, seed: UInt64(seed))) else {
                throw Usage()
            }
            simulation.run()
            let tally = simulation.tally
            figures.violations += simulation.violations
            figures.events += tally.events
            figures.messages += tally.messages
            figures.beats += tally.beats
            figures.notices += tally.notices
            figures.held += tally.held
            figures.missed += tally.missed
            figures.mostEventsWaiting = max(figures.mostEventsWaiting, tally.mostEvents)
            figures.longestPlayedSeconds = max(figures.longestPlayedSeconds, Double(tally.endNanoseconds) / 1e9)
            figures.slowestNoticeSeconds = max(figures.slowestNoticeSeconds, Double(tally.slowestNoticeNanoseconds) / 1e9)
        }
        figures.wallSeconds = Double(Clock.monotonicNanoseconds - begin) / 1e9
        figures.peakMebibytes = usage().ru_maxrss / 1_024
        try print(figures)
        if !figures.violations.isEmpty { exit(1) }
    }

    private struct ConnectionFigures: Encodable {
        var connections: Int
        var connectMillisecondsEach: Double
        /// Both ends are in this process: halve it for one.
        var cpuMicrosecondsASecondEach: Double
        var kibibytesEach: Double
    }

    private static func connections(_ count: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scale-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let address = ControlAddress.unix(path: folder.appendingPathComponent("s").path)
        let secret = try ControlSecret("only for this bench")
        func hello(_ rank: Int) -> ControlHello { ControlHello(rank: rank, ranks: count + 1, version: "bench") }
        let before = usage().ru_maxrss
        let listener = try ControlListener(at: address, secret: secret, hello: hello(0))
        let begin = Clock.monotonicNanoseconds
        var ends: [NIOControlChannel] = []
        for rank in 1...max(count, 1) {
            let deadline = Clock.monotonicNanoseconds + 30_000_000_000
            ends.append(try NIOControlChannel.connect(to: address, secret: secret, hello: hello(rank), untilMonotonic: deadline))
            ends.append(try listener.accept(untilMonotonic: deadline))
        }
        let connected = Clock.monotonicNanoseconds
        let cpu = cpuSeconds()
        Clock.sleep(nanoseconds: 10_000_000_000)
        let seconds = Double(Clock.monotonicNanoseconds - connected) / 1e9
        try print(
            ConnectionFigures(
                connections: count, connectMillisecondsEach: Double(connected - begin) / 1e6 / Double(count),
                cpuMicrosecondsASecondEach: (cpuSeconds() - cpu) * 1e6 / seconds / Double(count),
                kibibytesEach: Double(usage().ru_maxrss - before) / Double(count)))
        listener.close()
        withExtendedLifetime(ends) {}
    }

    private static func usage() -> rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    private static func cpuSeconds() -> Double {
        let usage = usage()
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static func print(_ figures: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        Swift.print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }
}
