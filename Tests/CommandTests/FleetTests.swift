import Foundation
import Subprocess
import TestSupport
import Testing

/// A sweep that several processes share, as an engine would start them, and what becomes of it.
@Suite(.serialized, .enabled(if: Requirement.root)) struct FleetTests {
    /// Six cells at a rate that leaves the machine room.
    private static let grid = [
        "sweep", "--vary", "mtu=1500,3000,9000", "--vary", "size=64,512", "--rounds", "2", "-b", "5kpps", "-t", "20ms", "--warmup", "0",
        "-q"
    ]
    /// Without a link, and in no time.
    private static let quick = [
        "sweep", "--engine", "null", "--vary", "threads=1,2", "--rounds", "6", "-n", "1000", "--warmup", "0", "-q"
    ]

    private func vethmark(_ arguments: [String], in folder: TemporaryFolder, _ environment: [String: String] = [:]) async throws -> Finished
    {
        try await Program.vethmark(arguments, in: folder.path, environment: environment)
    }

    private func cells(_ result: [String: Any]) throws -> [[String: Any]] { try #require(result["cells"] as? [[String: Any]]) }

    private func settings(_ result: [String: Any]) throws -> [[String: String]] {
        try cells(result).compactMap { $0["settings"] as? [String: String] }
    }

    private func rounds(_ result: [String: Any]) throws -> [[Int]] {
        try cells(result).map { ($0["trials"] as? [[String: Any]] ?? []).compactMap { $0["round"] as? Int } }
    }

    private func turns(_ path: String) throws -> [String: Data] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/trials")) ?? []
        return try Dictionary(
            uniqueKeysWithValues: names.filter { $0.hasSuffix(".json") }.map {
                ($0, try Data(contentsOf: URL(fileURLWithPath: "\(path)/trials/\($0)")))
            })
    }

    @Test func shardsMakeTheWholeGridWhateverTheirOrder() async throws {
        let folder = try TemporaryFolder()
        let whole = try await vethmark(Self.grid + ["-o", "whole", "--json"], in: folder)
        #expect(whole.exitCode == 0 || whole.exitCode == 3, "\(whole.errors)")
        for index in 0..<3 {
            let array = ["SLURM_ARRAY_TASK_ID": "\(index)", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "0"]
            let shard = try await vethmark(Self.grid + ["--shard", "auto", "-o", "fleet", "--json"], in: folder, array)
            #expect(shard.exitCode == 0 || shard.exitCode == 3, "\(shard.errors)")
            let result = try shard.json()
            let own = try #require(result["shard"] as? [String: Any])
            #expect(own["index"] as? Int == index + 1 && own["count"] as? Int == 3 && (own["cells"] as? [Int])?.count == 2)
            #expect(try rounds(result) == [[0, 1], [0, 1]] && result["order"] as? [[Int]] == [[0, 1], [1, 0]])
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/fleet").sorted()
        #expect(names == ["shard-001-of-003", "shard-002-of-003", "shard-003-of-003"])
        let merged = try await vethmark(["results", "merge", "fleet", "--json", "-o", "merged"], in: folder)
        #expect(merged.exitCode == 0 || merged.exitCode == 3, "\(merged.errors)")
        let result = try merged.json()
        #expect(try settings(result) == settings(whole.json()) && rounds(result) == Array(repeating: [0, 1], count: 6))
        #expect((result["warnings"] as? [[String: Any]])?.isEmpty == true, "\(merged.errors)")
        let hosts = try #require(result["hosts"] as? [[String: Any]])
        #expect(hosts.count == 1 && hosts[0]["shards"] as? [Int] == [1, 2, 3] && hosts[0]["cells"] as? [Int] == Array(0..<6))
        // Byte for byte, saved or printed.
        let parts = names.map { "fleet/\($0)" }
        var texts: Set<String> = []
        for order in [parts, parts.reversed(), [parts[1], parts[2], parts[0]]] {
            texts.insert(try await vethmark(["results", "merge"] + order + ["--no-save", "--json"], in: folder).output)
        }
        #expect(texts.count == 1)
        #expect(try String(contentsOfFile: folder.path + "/merged/result.json", encoding: .utf8) == merged.output)
        // Within a round of one shard, cells have their turns by pairs; those of two have not.
        let compared = try await vethmark(["compare", "whole", "--by", "mtu=1500,9000", "--allow-untrusted", "--json"], in: folder)
        #expect(try compared.json()["design"] as? String == "paired" && cells(compared.json()).count == 2, "\(compared.errors)")
        let apart = try await vethmark(["compare", "merged", "--by", "mtu=1500,9000", "--allow-untrusted", "--json"], in: folder)
        #expect(try apart.json()["design"] as? String == "unpaired", "\(apart.errors)")
        let text = try await vethmark(["compare", "whole", "--by", "mtu=1500,9000", "--allow-untrusted"], in: folder)
        #expect(
            text.output.contains("size 64") || text.output.contains("size  ") && !text.output.contains("The plan itself"), "\(text.output)")
        let three = try await vethmark(["compare", "whole", "--by", "mtu"], in: folder)
        #expect(three.exitCode == 64 && three.errors.contains("mtu has 3 values: 1500; 3000; 9000; name two of them"), "\(three.errors)")
    }

    /// An engine kills a task, and starts it again.
    @Test func aKilledShardGoesOn() async throws {
        var generator = SeededGenerator()
        let folder = try TemporaryFolder()
        let shard = Self.grid + ["--shard", "2/3", "-o", "fleet"]
        let path = folder.path + "/fleet/shard-002-of-003"
        for attempt in 0..<3 {
            let wanted = try turns(path).count + Int.random(in: 1...2, using: &generator)
            let before = try turns(path)
            _ = try await Program.vethmark(shard, in: folder.path) { process in
                while (try? turns(path).count) ?? 0 < wanted { try await Task.sleep(for: .milliseconds(2)) }
                kill(process.value, SIGKILL)
            }
            let after = try turns(path)
            #expect(before.allSatisfy { after[$0.key] == $0.value }, "attempt \(attempt)")
            if after.count == 6 { break }
        }
        let gaps = try await vethmark(["results", "merge", path, "--no-save", "--json"], in: folder)
        #expect(gaps.exitCode == 3 && gaps.errors.contains("missing: shards 1, 3 of 3, with 4 cells"), "\(gaps.errors)")
        let before = try turns(path)
        let resumed = try await vethmark(shard, in: folder)
        #expect(resumed.exitCode == 0 || resumed.exitCode == 3, "\(resumed.errors)")
        let after = try turns(path)
        #expect(after.count == 6 && before.allSatisfy { after[$0.key] == $0.value })
        // What is finished is not measured once more.
        let again = try await vethmark(shard + ["--json"], in: folder)
        #expect(
            again.exitCode == resumed.exitCode
                && again.errors == "nothing is left to measure: what is in fleet/shard-002-of-003 is finished\n")
        #expect(try turns(path) == after && rounds(again.json()) == [[0, 1], [0, 1]])
        // But can go on for longer.
        let longer = try await vethmark(shard + ["--rounds", "3", "--json"], in: folder)
        #expect(try turns(path).count == 9 && rounds(longer.json()) == [[0, 1, 2], [0, 1, 2]], "\(longer.errors)")
    }

    @Test func hostsAreComparedByNameAndKernel() async throws {
        let folder = try TemporaryFolder()
        for host in ["n1", "n2"] {
            let run = try await vethmark(Self.quick + ["--per-host", "--host", host, "-o", "fleet/"], in: folder)
            #expect(run.exitCode == 0 && run.errors.contains("saved in fleet/host-\(host)\n"), "\(run.errors)")
        }
        // Under another kernel it is another host's.
        let page = folder.path + "/fleet/host-n2/sweep.json"
        let text = try String(contentsOfFile: page, encoding: .utf8)
        let kernel = try #require(try kernelRelease(text))
        try text.replacing(kernel, with: "5.10-test").write(toFile: page, atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: folder.path + "/fleet/host-n2/trials/round-006-cell-0001.json")
        let anew = try await vethmark(Self.quick + ["--per-host", "--host", "n2", "-o", "fleet"], in: folder)
        #expect(anew.exitCode == 0 && anew.errors.contains("saved in fleet/host-n2-2\n"), "\(anew.errors)")
        // The merged result may lie among its parts.
        let merged = try await vethmark(["results", "merge", "fleet", "-o", "fleet", "--json", "--report", "m.html"], in: folder)
        #expect(try String(contentsOfFile: folder.path + "/m.html", encoding: .utf8).contains("n2 (5.10-test)"))
        #expect(merged.exitCode == 3 && merged.errors.contains("missing: 1 turn of n2 (5.10-test)"), "\(merged.errors)")
        let result = try merged.json()
        let vary = try #require(result["vary"] as? [[String: Any]])
        #expect(
            vary.map { $0["setting"] as? String } == ["host", "threads"]
                && vary[0]["values"] as? [String] == ["n1", "n2 (5.10-test)", "n2 (\(kernel))"])
        #expect(try await vethmark(["results", "merge", "fleet", "--no-save", "--json"], in: folder).output == merged.output)
        let shown = try await vethmark(["results", "show", "fleet"], in: folder)
        #expect(
            shown.exitCode == 0 && shown.output.contains("Hosts\n") && shown.output.contains("5.10-test"), "\(shown.output)\(shown.errors)")
        let compared = try await vethmark(["compare", "fleet", "--by", "host=n1,n2 (\(kernel))", "--allow-untrusted", "--json"], in: folder)
        #expect(try cells(compared.json()).count == 2 && compared.json()["design"] as? String == "unpaired", "\(compared.errors)")
        let kernels = try await vethmark(
            ["compare", "fleet", "--by", "kernel", "--allow-untrusted", "--report", "r.html", "--markdown"], in: folder)
        #expect(
            kernels.exitCode == 0 && kernels.output.contains("| threads | base | new | verdict |"), "\(kernels.output)\(kernels.errors)")
        let models = try await vethmark(["compare", "fleet", "--by", "cpu-model"], in: folder)
        #expect(models.exitCode == 64 && models.errors.contains("cpu-model has one value only"), "\(models.errors)")
    }

    private func kernelRelease(_ page: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(page.utf8)) as? [String: Any]
        return (object?["machine"] as? [String: Any])?["kernelRelease"] as? String
    }

    /// A shard that began under another kernel is begun anew beside it, and counts once.
    @Test func aShardOnAnotherMachineIsBegunAnew() async throws {
        let folder = try TemporaryFolder()
        let shard = Self.quick + ["--shard", "1/2", "--host", "n9", "-o", "fleet"]
        _ = try await vethmark(shard, in: folder)
        let path = folder.path + "/fleet/shard-001-of-002"
        let text = try String(contentsOfFile: path + "/sweep.json", encoding: .utf8)
        try text.replacing(try #require(try kernelRelease(text)), with: "5.10-test").write(
            toFile: path + "/sweep.json", atomically: true, encoding: .utf8)
        let done = try await vethmark(shard, in: folder)
        #expect(done.errors == "nothing is left to measure: what is in fleet/shard-001-of-002 is finished\n")
        try FileManager.default.removeItem(atPath: path + "/trials/round-006-cell-0001.json")
        let anew = try await vethmark(shard, in: folder)
        #expect(anew.exitCode == 0 && anew.errors.contains("saved in fleet/shard-001-of-002-n9\n"), "\(anew.errors)")
        _ = try await vethmark(Self.quick + ["--shard", "2/2", "--host", "n9", "-o", "fleet"], in: folder)
        let merged = try await vethmark(["results", "merge", "fleet", "--no-save", "--json"], in: folder)
        #expect(merged.exitCode == 0 && merged.errors.contains("had more than once: 5 turns of shard 1/2 on n9"), "\(merged.errors)")
        #expect(try rounds(merged.json()) == Array(repeating: Array(0..<6), count: 2))
    }

    @Test func whoIsAtWorkIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let shard = Self.grid + ["--rounds", "50", "--shard", "1/6", "-o", "fleet"]
        _ = try await Program.vethmark(shard, in: folder.path) { process in
            while (try? turns(folder.path + "/fleet/shard-001-of-006").count) ?? 0 < 2 { try await Task.sleep(for: .milliseconds(5)) }
            let second = try await Program.vethmark(shard, in: folder.path)
            #expect(
                second.exitCode == 64 && second.errors.contains("the sweep in fleet/shard-001-of-006 is still at work"), "\(second.errors)")
            let merged = try await Program.vethmark(["results", "merge", "fleet", "--no-save"], in: folder.path)
            #expect(merged.exitCode == 3 && merged.errors.contains("missing: shards 2, 3, 4, 5, 6 of 6"), "\(merged.errors)")
            kill(process.value, SIGINT)
        }
        let more = try await vethmark(Self.quick + ["--shard", "3/3", "-o", "fleet"], in: folder)
        #expect(
            more.exitCode == 0 && more.errors.contains("there are more shards than cells, of which there are 2 cells"), "\(more.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/fleet/shard-003-of-003"))
    }

    @Test(arguments: [
        (["--shard", "0/3"], "--shard is '0/3' but must be a share, as in 3/16, or auto, or auto/16; shards count from 1, up to 10000"),
        (["--shard", "1/3"], "--shard needs the folder that all hosts save in; name it with -o"),
        (["--per-host"], "--per-host needs the folder that all hosts save in; name it with -o"),
        (
            ["--shard", "1/3", "--per-host", "-o", "f"],
            "--per-host measures all cells on this host, and --shard some of them; leave out one of them"
        ),
        (["--shard", "1/3", "--resume", "f"], "--shard goes on by itself where it stopped; leave out --resume"),
        (["--host", "a", "-o", "f"], "--host belongs to --shard or --per-host; leave it out"),
        (
            ["--per-host", "--host", "a/b", "-o", "f"],
            "--host is 'a/b' but must be a name of at most 64 letters, digits, dots, dashes and underscores; write it as in n1.lab"
        )
    ])
    func wrongUsageIsToldInALine(_ arguments: [String], _ sentence: String) async throws {
        let run = try await Program.vethmark(Self.quick + arguments)
        #expect(run.exitCode == 64 && run.errors == "vethmark: \(sentence)\n", "\(run.errors)")
    }

    @Test func whatCanNotBeMergedIsToldInALine() async throws {
        let folder = try TemporaryFolder()
        _ = try await vethmark(Self.quick + ["-o", "alone"], in: folder)
        _ = try await vethmark(Self.quick + ["--shard", "1/2", "-o", "two"], in: folder)
        _ = try await vethmark(Self.quick + ["--shard", "2/3", "--vary", "size=64,65", "-o", "three"], in: folder)
        let nowhere = try await vethmark(Self.quick + ["--shard", "auto", "-o", "f"], in: folder, ["JOB_COMPLETION_INDEX": "2"])
        #expect(
            nowhere.exitCode == 64
                && nowhere.errors
                    == "vethmark: --shard is auto, and JOB_COMPLETION_INDEX tells which shard this is, but nothing of how many; write how many there are, as in --shard auto/16\n",
            "\(nowhere.errors)")
        for (folders, words) in [
            (["alone"], "alone is a sweep of one machine"), (["nowhere"], "there is no folder nowhere"),
            (["two", "three"], "there are shards of 2 and of 3"), (["two/shard-001-of-002/trials"], "is no part of a sweep, and holds none")
        ] {
            let run = try await vethmark(["results", "merge"] + folders + ["--no-save"], in: folder)
            #expect(run.exitCode != 0 && run.errors.hasPrefix("vethmark: ") && run.errors.contains(words), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        let other = try await vethmark(Self.quick + ["--shard", "1/2", "-s", "128", "-o", "two"], in: folder)
        #expect(
            other.exitCode == 64 && other.errors.contains("what is in two/shard-001-of-002 is a part of another sweep"), "\(other.errors)")
        let dry = try await vethmark(Self.quick + ["--shard", "1/2", "--dry-run"], in: folder)
        #expect(dry.exitCode == 0 && dry.output.contains("1 cell and a calibration trial"), "\(dry.output)\(dry.errors)")
    }
}
