import Foundation
import Testing

/// `vethmark rerun`: the plan of a result, and nothing of its command line.
@Suite(.serialized) struct RerunTests {
    private static let short = ["-t", "50ms", "--warmup", "0", "-q"]

    private func result(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func aRunIsRepeatedFromItsResult() async throws {
        let folder = try TemporaryFolder()
        let flags = ["-s", "68,512", "--vlan", "7", "--seed", "17", "--engine", "null", "--name", "first", "-n", "1000"]
        #expect(try await Program.vethmark(["run"] + flags + ["--warmup", "0", "-q", "-o", "a"], in: folder.path).exitCode == 0)
        // Its words are not what counts.
        var saved = try result(folder.path + "/a/result.json")
        saved["command"] = ["vethmark", "run", "-s", "9000"]
        try JSONSerialization.data(withJSONObject: saved).write(to: URL(fileURLWithPath: folder.path + "/a/result.json"))
        let again = try await Program.vethmark(["rerun", "a", "-q", "-o", "b", "--json"], in: folder.path)
        #expect(again.exitCode == 0, "\(again.errors)")
        let now = try again.json()
        #expect(
            NSDictionary(dictionary: try #require(now["plan"] as? [String: Any]))
                == NSDictionary(dictionary: try #require(saved["plan"] as? [String: Any])))
        let before = try #require(now["rerunOf"] as? [String: Any])
        #expect(before["source"] as? String == "a" && (before["differences"] as? [Any])?.isEmpty == true, "\(before)")
        #expect(before["startedAt"] as? String == (saved["conditions"] as? [String: Any])?["startedAt"] as? String)
        #expect((now["command"] as? [String])?.dropFirst().first == "rerun")
        // A repetition can be repeated.
        let text = try await Program.vethmark(["rerun", "b/result.json", "-q", "--no-save"], in: folder.path).output
        #expect(text.contains("Differences from b/result.json\n  none in plan, placement and conditions\n"), "\(text)")
    }

    @Test func flagsAndConditionsAreDifferences() async throws {
        let folder = try TemporaryFolder()
        #expect(
            try await Program.vethmark(["run", "--engine", "null", "-n", "500", "--warmup", "0", "-q", "-o", "a"], in: folder.path).exitCode
                == 0)
        let path = folder.path + "/a/result.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var saved = try result(path)
        var conditions = try #require(saved["conditions"] as? [String: Any])
        conditions["kernelRelease"] = "6.1.0-older"
        saved["conditions"] = conditions
        try JSONSerialization.data(withJSONObject: saved).write(to: URL(fileURLWithPath: path))
        let again = try await Program.vethmark(["rerun", "a", "-s", "128", "-P", "2", "-q", "--no-save", "--json"], in: folder.path).json()
        let differences = try #require((again["rerunOf"] as? [String: Any])?["differences"] as? [[String: String]])
        func difference(_ path: String) -> [String]? {
            differences.first { $0["path"] == path }.map { [$0["base"] ?? "", $0["new"] ?? ""] }
        }
        #expect(difference("plan.frame.sizes") == ["64", "128"] && difference("plan.transmit.workers") == ["1", "2"], "\(differences)")
        #expect(difference("conditions.kernelRelease")?.first == "6.1.0-older")
        // What follows from a flag follows anew.
        #expect(difference("plan.receive.workers") == ["1", "2"] || text.contains("\"receiver\" : \"null\""))
    }

    /// A plan out of a file was checked by nobody.
    @Test func aPlanThatCantBeHadIsRefused() async throws {
        let folder = try TemporaryFolder()
        #expect(
            try await Program.vethmark(["run", "--engine", "null", "-n", "500", "--warmup", "0", "-q", "-o", "a"], in: folder.path).exitCode
                == 0)
        var saved = try result(folder.path + "/a/result.json")
        var plan = try #require(saved["plan"] as? [String: Any])
        var transmit = try #require(plan["transmit"] as? [String: Any])
        transmit["workers"] = 100_000
        plan["transmit"] = transmit
        saved["plan"] = plan
        try JSONSerialization.data(withJSONObject: saved).write(to: URL(fileURLWithPath: folder.path + "/edited.json"))
        let run = try await Program.vethmark(["rerun", "edited.json", "-q", "--no-save"], in: folder.path)
        #expect(run.exitCode == 64)
        #expect(
            run.errors.hasPrefix("vethmark: the plan of edited.json can't be had here: --threads is 100000 but must be 1 to "),
            "\(run.errors)")
        #expect(try await Program.vethmark(["rerun", "edited.json", "-P", "1", "-q", "--no-save"], in: folder.path).exitCode == 0)
    }

    @Test func whatIsNoRunIsRefused() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("broken.json", "{\"schema\": \"vethmark.result/1\", \"plan\"")
        _ = try folder.file("foreign.json", "{\"a\": 1}")
        _ = try folder.file("later.json", "{\"schema\": \"vethmark.result/9\"}")
        for (path, words) in [
            ("broken.json", "broken.json is no whole JSON object; "), ("foreign.json", "foreign.json is no result of vethmark; "),
            ("later.json", "later.json is a vethmark.result/9, which this vethmark can't read; "),
            ("nowhere", "there is no result nowhere; ")
        ] {
            let run = try await Program.vethmark(["rerun", path], in: folder.path)
            #expect(
                run.exitCode == 64 && run.errors.hasPrefix("vethmark: " + words) && run.errors.split(separator: "\n").count == 1,
                "\(run.errors)")
        }
    }

    @Test(.enabled(if: Requirement.root)) func otherKindsSayWhatToDo() async throws {
        let folder = try TemporaryFolder()
        _ = try await Program.vethmark(
            ["sweep", "--vary", "size=64,128", "-b", "5kpps", "--rounds", "1", "-o", "s"] + Self.short, in: folder.path)
        let sweep = try await Program.vethmark(["rerun", "s"], in: folder.path)
        #expect(sweep.exitCode == 64)
        #expect(
            sweep.errors
                == "vethmark: s is a sweep, and only a run has one plan to run again; repeat it with: vethmark sweep --vary size=64,128 -b 5kpps "
                + "--rounds 1 -o s -t 50ms --warmup 0 -q\n", "\(sweep.errors)")
        _ = try await Program.vethmark(
            ["compare", "--ab", "-s 64 -b 5kpps", "-s 128 -b 5kpps", "--rounds", "1", "-q", "-o", "c"], in: folder.path)
        let compare = try await Program.vethmark(["rerun", "c"], in: folder.path)
        #expect(compare.errors.hasSuffix("; name one of the runs beside it, base.json or new.json\n"), "\(compare.errors)")
        #expect(try await Program.vethmark(["rerun", "c/base.json", "--dry-run"], in: folder.path).exitCode == 0)
    }
}
