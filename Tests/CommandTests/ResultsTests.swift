import Foundation
import Subprocess
import Testing

/// `vethmark results`: what is listed, shown and removed, and where results go.
@Suite(.serialized) struct ResultsTests {
    private static let null = ["run", "--engine", "null", "-n", "500", "--warmup", "0", "-q"]

    private func list(_ arguments: [String], in folder: TemporaryFolder) async throws -> [[String: Any]] {
        let run = try await Program.vethmark(
            ["results", "list", "--json"] + arguments, in: folder.path, environment: ["XDG_STATE_HOME": folder.path + "/state"])
        let object = try run.json()
        #expect(object["schema"] as? String == "vethmark.results/1")
        return try #require(object["results"] as? [[String: Any]])
    }

    private func exists(_ path: String, _ folder: TemporaryFolder) -> Bool {
        FileManager.default.fileExists(atPath: folder.path + "/" + path)
    }

    @Test func resultsAreListedAndShown() async throws {
        let folder = try TemporaryFolder()
        for name in ["results/a", "results/b"] {
            #expect(try await Program.vethmark(Self.null + ["-o", name], in: folder.path).exitCode == 0)
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/results/foreign", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder.path + "/results/half", withIntermediateDirectories: true)
        _ = try folder.file("results/foreign/result.json", "{\"tests\": 3}")
        _ = try folder.file("results/half/result.json", "{\"schema\": \"vethmark.result/1\",")
        let results = try await list([], in: folder)
        #expect(Set(results.compactMap { $0["path"] as? String }) == ["results/a", "results/b", "results/half"])
        let half = try #require(results.first { $0["path"] as? String == "results/half" })
        #expect(half["error"] as? String == "results/half/result.json is no whole JSON object" && half["kind"] == nil)
        let run = try #require(results.first { $0["path"] as? String == "results/a" })
        #expect(run["kind"] as? String == "run" && run["trusted"] as? Bool == true && (run["headline"] as? String)?.contains("pps") == true)
        #expect(((run["figures"] as? [String: Any])?["rxPps"] as? Double ?? 0) > 0)

        let shown = try await Program.vethmark(["results", "show", "results/a"], in: folder.path)
        #expect(try shown.output == String(contentsOfFile: folder.path + "/results/a/report.txt", encoding: .utf8))
        let json = try await Program.vethmark(["results", "show", "results/a", "--json"], in: folder.path)
        #expect(try json.output == String(contentsOfFile: folder.path + "/results/a/result.json", encoding: .utf8))
        let brief = try await Program.vethmark(["results", "show", "results/a/result.json", "--brief"], in: folder.path)
        #expect(brief.output.split(separator: "\n").map(String.init) == [run["headline"] as? String ?? ""])
        let text = try await Program.vethmark(["results"], in: folder.path, environment: ["XDG_STATE_HOME": folder.path + "/state"])
        #expect(text.output.contains("  run  results/a\n    ") && text.output.contains("  ?    results/half\n    "), "\(text.output)")
        let nothing = try await Program.vethmark(["results", "list", "results/foreign"], in: folder.path)
        #expect(nothing.exitCode == 0 && nothing.output == "no results in results/foreign; `vethmark run` makes one\n")
        let wrong = try await Program.vethmark(["results", "list", "nowhere"], in: folder.path)
        #expect(
            wrong.exitCode == 1
                && wrong.errors == "vethmark: there is no folder nowhere; name a folder of results, or leave it out for results/\n")
    }

    /// Every kind is read back as it was written.
    @Test(.enabled(if: Requirement.root)) func everyKindIsShownAsItWas() async throws {
        let folder = try TemporaryFolder()
        let made = try await ResultKinds.made()
        for name in ResultKinds.names {
            let shown = try await Program.vethmark(["results", "show", name], in: made.path)
            #expect(shown.exitCode == 0, "\(name): \(shown.errors)")
            #expect(try shown.output == String(contentsOfFile: "\(made.path)/\(name)/report.txt", encoding: .utf8), "\(name)")
            let json = try await Program.vethmark(["results", "show", name, "--json"], in: made.path)
            #expect(try json.output == String(contentsOfFile: "\(made.path)/\(name)/result.json", encoding: .utf8), "\(name)")
            #expect(try await !Program.vethmark(["results", "show", name, "--brief"], in: made.path).output.isEmpty)
        }
        let kinds = try await list([made.path], in: folder).compactMap { $0["kind"] as? String }
        #expect(Set(kinds) == Set(ResultKinds.names))
    }

    @Test func onlyOursIsRemoved() async throws {
        let folder = try TemporaryFolder()
        for name in ["results/a", "results/b", "results/c"] {
            #expect(try await Program.vethmark(Self.null + ["-o", name], in: folder.path).exitCode == 0)
        }
        // Older ones by what they say of themselves.
        for (name, date) in [("a", "2026-01-01T00:00:00Z"), ("b", "2026-01-02T00:00:00Z")] {
            let path = folder.path + "/results/\(name)/result.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing(/"startedAt" : "[^"]*"/, with: "\"startedAt\" : \"\(date)\"").write(
                toFile: path, atomically: true, encoding: .utf8)
        }
        _ = try folder.file("results/b/notes.txt", "mine")
        try FileManager.default.createDirectory(atPath: folder.path + "/results/foreign", withIntermediateDirectories: true)
        _ = try folder.file("results/foreign/result.json", "{\"tests\": 3}")
        try FileManager.default.createDirectory(atPath: folder.path + "/elsewhere", withIntermediateDirectories: true)
        _ = try await Program.vethmark(Self.null + ["-o", "elsewhere/d"], in: folder.path)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/results/link", withDestinationPath: folder.path + "/elsewhere/d")

        let state = ["XDG_STATE_HOME": folder.path + "/state"]
        func prune(_ arguments: String...) async throws -> Finished {
            try await Program.vethmark(["results", "prune"] + arguments, in: folder.path, environment: state)
        }
        #expect(try await prune().exitCode == 64)
        #expect(try await prune("--keep", "-1").exitCode == 64)
        #expect(try await prune("--older-than", "soon").exitCode == 64)
        let dry = try await prune("--keep", "1", "--dry-run")
        #expect(dry.output == "would remove results/a\nwould remove the result in results/b, and leave notes.txt\n", "\(dry.output)")
        #expect(exists("results/a/result.json", folder))
        #expect(try await prune("--older-than", "36500d").output == "nothing to remove\n")
        let done = try await prune("--keep", "1", "--older-than", "1s")
        #expect(
            done.exitCode == 0 && done.output == "removed results/a\nremoved the result in results/b, and left notes.txt\n",
            "\(done.output)")
        #expect(!exists("results/a", folder) && exists("results/b/notes.txt", folder) && !exists("results/b/result.json", folder))
        #expect(exists("results/c/result.json", folder) && exists("results/foreign/result.json", folder))
        #expect(exists("elsewhere/d/result.json", folder) && exists("results/link", folder))
    }

    /// A run that is at work saves as it goes; nobody takes its folder away.
    @Test func whatIsAtWorkStays() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.vethmark(
            ["run", "--engine", "null", "-t", "300ms", "--warmup", "0", "--repeats", "5", "-q", "-o", "results/a"], in: folder.path
        ) { _ in
            try await eventually("a result") { FileManager.default.fileExists(atPath: folder.path + "/results/a/result.json") }
            let prune = try await Program.vethmark(["results", "prune", "results", "--keep", "0"], in: folder.path)
            #expect(prune.exitCode == 1 && prune.output == "kept results/a: it is still at work, or can't be read\n", "\(prune.output)")
        }
        #expect(run.exitCode == 0 || run.exitCode == 3)
        #expect(exists("results/a/result.json", folder))
        #expect(try await Program.vethmark(["results", "prune", "results", "--keep", "0"], in: folder.path).output == "removed results/a\n")
    }

    /// Below the current folder, or where that can't be written, in the user's state folder.
    @Test(.enabled(if: Requirement.root)) func aFolderOfOthersIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let locked = folder.path + "/locked"
        try FileManager.default.createDirectory(atPath: locked, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: locked)
        let state = ["XDG_STATE_HOME": folder.path + "/state", "HOME": folder.path]
        let run = try await Program.vethmark(Self.null, in: locked, environment: state, asUser: 65534)
        #expect(run.exitCode == 0 && run.errors.contains("saved in \(folder.path)/state/vethmark/20"), "\(run.errors)")
        let listed = try await Program.vethmark(["results", "list", "--json"], in: locked, environment: state, asUser: 65534).json()
        #expect((listed["results"] as? [Any])?.count == 1)
        // A folder that was named is meant.
        let named = try await Program.vethmark(Self.null + ["-o", "here"], in: locked, environment: state, asUser: 65534)
        #expect(named.exitCode == 1 && named.errors.contains("could not be saved in here: Permission denied"), "\(named.errors)")
        let own = try await Program.vethmark(Self.null, in: folder.path, environment: state, asUser: 65534)
        #expect(own.errors.hasPrefix("saved in results/20"), "\(own.errors)")
    }
}

/// A result of each kind, by the real program, small.
enum ResultKinds {
    static let names = ["run", "sweep", "tune", "bakeoff", "search", "rfc2544", "rfc9004", "capture", "replay", "compare"]

    private static let load = "-t 30ms --warmup 0 -q"

    /// Made once for all tests: each in a folder named by its kind.
    static func made() async throws -> TemporaryFolder { try await making.value }

    private static let making = Task {
        let folder = try TemporaryFolder()
        try await make(in: folder.path)
        return folder
    }

    private static func make(in folder: String) async throws {
        let commands = [
            "render imix -n 50 -w frames.pcap", "run -b 20kpps --shape poisson --repeats 2 --max-loss 100% \(load) -o first",
            "rerun first -s 128 -q -o run", "sweep --vary mtu=1500,9000,100 -s 512 -b 5kpps --rounds 6 \(load) -o sweep",
            "tune -q -b 20kpps -o tune \(ShortTune.words.joined(separator: " "))",
            "bakeoff --rounds 1 -b 5kpps \(load) -o bakeoff",
            "search --goal ndr --goal ndr@p99<10ms --max-rate 20kpps --width 50% \(load) -o search",
            "rfc2544 --max-rate 20kpps --width 50% --sizes 64 --rounds 1 \(load) -o rfc2544",
            "rfc9004 --max-rate 20kpps --width 50% --sizes 64 --rounds 1 \(load) -o rfc9004",
            "capture -n 2000 -q -o capture -- tcpdump -i {if} -w {file}", "replay frames.pcap --original -q -o replay"
        ]
        for command in commands {
            let run = try await Program.vethmark(command.split(separator: " ").map(String.init), in: folder)
            guard run.exitCode == 0 || run.exitCode == 3 else { throw ToolFailed(command: command, finished: run) }
        }
        let compare = [
            "compare", "--ab", "-b 20kpps -t 30ms --warmup 0", "-s 128 -b 20kpps -t 30ms --warmup 0", "--rounds", "6", "-q", "-o", "compare"
        ]
        let run = try await Program.vethmark(compare, in: folder)
        guard run.exitCode == 0 || run.exitCode == 3 else { throw ToolFailed(command: "compare", finished: run) }
    }
}
