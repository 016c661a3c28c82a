import Foundation
import Testing

/// `--live` in a terminal of its own: however it ends, the terminal is as it was.
@Suite(.serialized) struct LiveScreenCommandTests {
    private static let entering = "\u{1B}[?1049h"
    private static let leaving = "\u{1B}[?1049l"
    private static let quick = ["-b", "5kpps", "--warmup", "0", "--no-save"]

    /// What a program did in a terminal.
    private struct Seen: Decodable {
        let code: Int32?
        let output: String
        let marks: [Int]
        let problems: [String]

        /// Everything behind the last way back.
        var after: Substring { output.range(of: leaving, options: .backwards).map { output[$0.upperBound...] } ?? output[...] }

        /// Whether the cursor is seen, lines go on, and the screen is the first one, at the end of so many characters.
        func isClean(at end: Int? = nil) -> Bool {
            let text = String(output.prefix(end ?? output.count))
            func isLast(_ on: String, behind off: String) -> Bool {
                guard let last = text.range(of: off, options: .backwards) else { return true }
                return text[last.upperBound...].contains(on)
            }
            return isLast("\u{1B}[?1049l", behind: "\u{1B}[?1049h") && isLast("\u{1B}[?25h", behind: "\u{1B}[?25l")
                && isLast("\u{1B}[?7h", behind: "\u{1B}[?7l")
        }
    }

    /// - Parameter steps: JSON for `terminal-run.py`.
    private func terminal(
        _ arguments: [String], columns: Int = 80, rows: Int = 24, _ steps: String, environment: [String: String] = [:],
        path: String = Program.vethmarkPath
    ) async throws -> Seen {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("terminal-run.py").path
        let surroundings = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": ""].merging(environment) { $1 }
        let run = try await Program.run(
            "python3", [script, "\(columns)", "\(rows)", steps, path] + arguments, environment: surroundings)
        let seen = try JSONDecoder().decode(Seen.self, from: Data(run.output.utf8))
        #expect(seen.problems.isEmpty, "\(seen) \(run.errors)")
        return seen
    }

    /// Other load on the machine makes a result that can't be trusted.
    private func isMeasured(_ seen: Seen) -> Bool { seen.code == 0 || seen.code == 3 }

    @Test func itEndsWithItsReportOnTheFirstScreen() async throws {
        let seen = try await terminal(["run", "--live", "-t", "1500ms", "--verbose"] + Self.quick, #"[["await", "in flight"]]"#)
        #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
        #expect(seen.output.components(separatedBy: Self.entering).count == 2)
        let screen = seen.output.prefix { _ in true }.split(separator: Self.leaving)[0]
        for word in ["vethmark run", "running", "tx ", "rx ", "missing", "ledger", "latency", "worker", "cpu 0"] {
            #expect(screen.contains(word), "\(word): \(seen)")
        }
        #expect(seen.after.contains("residual") && !screen.contains("residual"), "\(seen)")
        // The log waited.
        #expect(seen.after.contains("debug vethmark.trial:"), "\(seen)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aSignalGivesTheTerminalBack(_ signal: Int32) async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "30"] + Self.quick, #"[["await", "running"], ["sleep", 0.3], ["signal", \#(signal)]]"#)
        #expect(isMeasured(seen) && seen.isClean() && seen.after.contains("interrupted"), "\(seen)")
    }

    /// A second one ends it without a report.
    @Test func anEndAtOnceGivesItBackToo() async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "30", "--repeats", "3"] + Self.quick,
            #"[["await", "running"], ["signal", 2], ["signal", 15], ["signal", 2], ["signal", 15]]"#)
        #expect(seen.isClean() && seen.code != nil, "\(seen)")
    }

    /// Faults of the program's own can't be waited for. Swift's own handler, which comes behind ours, takes a signal that was only sent for a fault that will
    /// come again.
    @Test(arguments: [SIGSEGV, SIGILL, SIGBUS]) func aCrashGivesItBack(_ signal: Int32) async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "30"] + Self.quick, #"[["await", "running"], ["signal", \#(signal)]]"#,
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        #expect(seen.code == -signal && seen.isClean(), "\(seen)")
    }

    @Test func controlZGivesItBackAndGoingOnDrawsAnew() async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "60"] + Self.quick,
            """
            [["await", "running"], ["signal", \(SIGTSTP)], ["stopped"], ["mark"], ["signal", \(SIGCONT)], ["await", "[?1049h"], ["await", "vethmark run"],
             ["signal", \(SIGTSTP)], ["stopped"], ["mark"], ["signal", \(SIGCONT)], ["await", "vethmark run"], ["signal", \(SIGINT)]]
            """)
        #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
        #expect(seen.marks.count == 2 && seen.marks.allSatisfy { seen.isClean(at: $0) }, "\(seen)")
        #expect(seen.output.components(separatedBy: Self.entering).count == 4, "\(seen)")
    }

    /// Whoever stops it so leaves no time for anything; the screen is made anew behind it.
    @Test func aStopWithoutAWordIsMended() async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "60"] + Self.quick,
            """
            [["await", "running"], ["signal", \(SIGSTOP)], ["stopped"], ["mark"], ["signal", \(SIGCONT)], ["await", "[?1049h"], ["await", "tx "],
             ["signal", \(SIGINT)]]
            """
        )
        #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
    }

    @Test func itFollowsTheWindow() async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "60"] + Self.quick, columns: 120, rows: 40,
            #"[["await", "softirq"], ["mark"], ["resize", 40, 10], ["sleep", 0.1], ["mark"], ["sleep", 0.6], ["mark"], ["signal", \#(SIGINT)]]"#
        )
        #expect(isMeasured(seen) && seen.isClean() && seen.marks.count == 3, "\(seen)")
        let late = seen.output.prefix(seen.marks[2]).dropFirst(seen.marks[1])
        // Places beyond the tenth line are of another window.
        #expect(!late.contains(/\u{1B}\[(1[1-9]|[2-9]\d);1H/) && late.contains("\u{1B}[1;1H"), "\(seen)")
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 10), (10, 3), (1, 1)]) func noWindowIsTooSmall(_ columns: Int, _ rows: Int) async throws {
        let seen = try await terminal(["run", "--live", "-t", "600ms"] + Self.quick, columns: columns, rows: rows, "[]")
        #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
    }

    @Test func noColourAndNoSignsWhereNoneAreWanted() async throws {
        let seen = try await terminal(
            ["run", "--live", "-t", "800ms", "--brief"] + Self.quick, "[]", environment: ["LC_ALL": "C", "NO_COLOR": "1"])
        #expect(isMeasured(seen) && seen.output.utf8.allSatisfy { $0 < 0x80 }, "\(seen)")
        #expect(!seen.output.contains(/\u{1B}\[[0-9;]*m/), "\(seen)")
        let coloured = try await terminal(["run", "--live", "-t", "800ms", "--brief"] + Self.quick, "[]")
        #expect(coloured.output.contains(/\u{1B}\[[0-9;]*m/) && coloured.output.contains("█"))
    }

    @Test func aDumbTerminalGetsLines() async throws {
        let seen = try await terminal(["run", "--live", "-t", "600ms", "--brief"] + Self.quick, "[]", environment: ["TERM": "dumb"])
        #expect(isMeasured(seen) && !seen.output.contains("[?1049"), "\(seen)")
    }

    /// Standard output goes its own way.
    @Test func theScreenIsStandardErrors() async throws {
        let folder = try TemporaryFolder()
        for flag in ["--json", "--json-stream"] {
            let seen = try await terminal(
                ["-c", "exec \(Program.vethmarkPath) run --live -t 800ms \(flag) \(Self.quick.joined(separator: " ")) > out"].map {
                    $0.replacing("> out", with: "> \(folder.path)/out")
                }, "[]", path: "/bin/sh")
            #expect(isMeasured(seen) && seen.isClean() && seen.output.contains(Self.entering), "\(seen)")
            let text = try String(contentsOfFile: folder.path + "/out", encoding: .utf8)
            #expect(!text.contains("\u{1B}") && !seen.output.contains("schema") && text.contains("schema"))
            let last = try #require(text.split(separator: "\n").last)
            if flag == "--json-stream" { _ = try JSONSerialization.jsonObject(with: Data(last.utf8)) }
        }
        // On one terminal its lines come behind the screen.
        let both = try await terminal(["run", "--live", "-t", "800ms", "--json-stream"] + Self.quick, "[]")
        #expect(isMeasured(both) && both.isClean() && both.after.contains(#""event":"end""#), "\(both)")
    }

    @Test func withoutATerminalThereAreLines() async throws {
        let live = try await Program.vethmark(["run", "--live", "-t", "1200ms"] + Self.quick)
        #expect(live.exitCode == 0 || live.exitCode == 3, "\(live)")
        #expect(!(live.output + live.errors).contains("\u{1B}") && live.errors.contains("1.0 s  tx "), "\(live)")
    }

    @Test(arguments: [
        ["run"], ["rerun", "x"], ["sweep", "--vary", "mtu=1500"], ["replay", "x"], ["search"], ["rfc2544"], ["rfc9004"]
    ]) func quietContradictsIt(_ command: [String]) async throws {
        let run = try await Program.vethmark(command + ["--live", "-q"])
        #expect(run.exitCode == 64 && run.errors.contains("--live and --quiet contradict each other; leave out one of them"), "\(run)")
    }

    @Test func aSweepShowsItsCells() async throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "sweep", "--live", "--vary", "size=64,128", "-t", "300ms", "--rounds", "2", "-o", folder.path + "/s", "-b", "5kpps", "--warmup",
            "0"
        ]
        let seen = try await terminal(arguments, columns: 120, rows: 30, #"[["await", "cell 2/2"]]"#)
        #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
        let screen = seen.output.split(separator: Self.leaving)[0]
        for word in ["vethmark sweep", "calibration", "round 1/2", "round 2/2", "> size 64", "> size 128", "median rx"] {
            #expect(screen.contains(word), "\(word): \(seen)")
        }
        let stopped = try await terminal(
            arguments.map { $0 == "300ms" ? "20" : $0 == folder.path + "/s" ? folder.path + "/t" : $0 },
            #"[["await", "running"], ["signal", 2], ["sleep", 0.5], ["signal", 2]]"#)
        #expect(stopped.isClean() && stopped.after.contains("go on with: vethmark sweep --resume"), "\(stopped)")
    }

    @Test func methodsAndReplaysDrawAsWell() async throws {
        let folder = try TemporaryFolder()
        let made = try await Program.vethmark(["render", "-n", "2000", "-w", folder.path + "/f.pcap"])
        if made.exitCode == 0 {
            let seen = try await terminal(
                ["replay", folder.path + "/f.pcap", "--live", "-b", "2kpps", "--no-save"],
                #"[["await", "vethmark replay"], ["await", "sent "]]"#)
            #expect(isMeasured(seen) && seen.isClean(), "\(seen)")
        } else {
            Issue.record("\(made)")
        }
        let search = try await terminal(
            ["search", "--live", "--goal", "ndr", "--max-rate", "2kpps", "--min-rate", "1kpps", "--no-save"],
            #"[["await", "vethmark search"], ["await", "running"], ["signal", 2]]"#)
        #expect(search.isClean(), "\(search)")
    }
}
