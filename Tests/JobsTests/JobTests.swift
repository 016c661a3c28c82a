import Foundation
import Jobs
import TestSupport
import Testing
import Yams

/// What each engine makes of a job, words that are hostile to all of them included: played by what the engine does with the text, or by the engine.
@Suite(.serialized) struct JobTests {
    private let bench: Bench
    /// Where names of hosts come from.
    private let host: String

    init() throws {
        bench = try Bench()
        host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    private func job(
        _ arguments: [String], _ division: FleetJob.Division, work: FleetJob.Work = .sweep, hosts: [String] = [], folder: String = "fleet"
    ) -> FleetJob {
        FleetJob(
            name: "mtu", program: bench.program, work: work, arguments: arguments, division: division, folder: folder, hosts: hosts)
    }

    /// A folder's name can't be empty, nor begin with a dash, and has 255 bytes at most.
    private func folder(_ generator: inout SeededGenerator) -> String { "f" + HostileWords.some(&generator)[0] }

    // MARK: Slurm

    @Test func slurmsScriptGivesVethmarkItsWords() async throws {
        var generator = SeededGenerator()
        try bench.write("srun", "#!/bin/sh\nwhile [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"\n")
        let path = ["PATH": "\(bench.folder):/usr/bin:/bin"]
        for _ in 0..<30 {
            let (words, folder) = (HostileWords.some(&generator), folder(&generator))
            let cases: [(FleetJob, [String])] = [
                (job(words, .shares(3), folder: folder), ["sweep"] + words + ["--shard", "auto", "-o", folder]),
                (job(words, .hosts(2), folder: folder), ["sweep"] + words + ["--per-host", "-o", folder]),
                (job(words, .hosts(2), work: .run, folder: folder), ["run"] + words + ["-o", "\(folder)/run-\(host)"])
            ]
            for (job, expected) in cases {
                let script = try bench.write("job", SlurmScript(job).text)
                let ended = try await Tool.run(script, [], path)
                #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended.errors)")
                #expect(try bench.heard() == [expected])
            }
        }
    }

    @Test func slurmsDirectivesStandBeforeAnyWordOfTheUser() {
        let script = SlurmScript(job(["\n#SBATCH --array=0-999\n"], .shares(4))).text
        let directives = script.split(separator: "\n").prefix { $0.hasPrefix("#") }
        #expect(
            directives == [
                "#!/bin/bash", "#SBATCH --job-name=mtu", "#SBATCH --array=0-3", "#SBATCH --ntasks=1", "#SBATCH --exclusive",
                "#SBATCH --requeue",
                "#SBATCH --open-mode=append"
            ])
        #expect(SlurmScript(job([], .hosts(2))).text.contains("#SBATCH --nodes=2\n#SBATCH --ntasks-per-node=1\n"))
    }

    /// What is finished is success for the engine, whatever its figures are worth; everything else isn't.
    @Test(arguments: [(0, 0), (3, 0), (1, 1), (64, 1), (130, 1)]) func exitCodesTellTheEngineWhatToDo(_ code: Int, _ expected: Int32)
        async throws
    {
        let script = try bench.write("job", SlurmScript(job([], .shares(1))).text)
        #expect(try await Tool.run(script, [], ["EXIT_CODE": "\(code)"]).exitCode == expected)
    }

    // MARK: GNU parallel

    /// The real one, on this machine and on hosts that a stand-in for ssh plays.
    @Test func parallelGivesVethmarkItsWords() async throws {
        var generator = SeededGenerator()
        let ssh = try bench.write(
            "ssh",
            "#!/bin/bash\nwhile [[ $1 == -* ]]; do case $1 in -[lpo]) shift 2 ;; *) shift ;; esac; done\nshift\n[ \"$1\" != -- ] || shift\nexec bash -c \"$*\"\n"
        )
        let environment = ["PARALLEL_SSH": ssh, "SHELL": "/bin/bash", "HOME": bench.folder]
        for _ in 0..<3 {
            let (words, folder) = (HostileWords.some(&generator), folder(&generator))
            let share = ["sweep"] + words + ["--shard", "auto/3", "-o", folder]
            let whole = ["sweep"] + words + ["--per-host", "-o", folder]
            let cases: [(FleetJob, [[String]])] = [
                (job(words, .shares(3), folder: folder), [share, share, share]),
                (job(words, .shares(3), hosts: ["n1", "n2"], folder: folder), [share, share, share]),
                (job(words, .hosts(2), hosts: ["n1", "n2"], folder: folder), [whole, whole]),
                (
                    job(words, .hosts(2), work: .run, hosts: ["n1", "n2"], folder: folder),
                    Array(repeating: ["run"] + words + ["-o", "\(folder)/run-\(host)"], count: 2)
                )
            ]
            for (job, expected) in cases {
                let line = ParallelLine(job)
                let typed = try await Tool.run("/bin/bash", ["-c", line.text], environment, in: bench.folder)
                #expect(typed.exitCode == 0, "\(line.text)\(typed.errors)")
                #expect(try bench.heard() == expected, "\(line.text)")
                let given = try await Tool.run(line.words[0], Array(line.words.dropFirst()), environment, in: bench.folder)
                #expect(given.exitCode == 0, "\(given.errors)")
                #expect(try bench.heard() == expected, "\(line.text)")
            }
        }
    }

    // MARK: Ansible

    private func tasks(_ playbook: Playbook) throws -> [Node] {
        let play = try #require(try compose(yaml: playbook.text)?.sequence?.first?.mapping)
        return Array(try #require(play["tasks"]?.sequence))
    }

    @Test func playbooksGiveVethmarkItsWords() async throws {
        var generator = SeededGenerator()
        for _ in 0..<30 {
            let (words, folder) = (HostileWords.some(&generator), folder(&generator))
            let here = bench.folder + "/" + folder.replacingOccurrences(of: "/", with: "_")
            let cases: [(FleetJob, [String])] = [
                (
                    job(words, .shares(2), hosts: ["n1", "n2"], folder: folder),
                    ["sweep"] + words + ["--shard", "2/2", "--host", "n2", "-o", folder]
                ),
                (
                    job(words, .hosts(2), hosts: ["n1", "n2"], folder: folder),
                    ["sweep"] + words + ["--per-host", "--host", "n2", "-o", folder]
                ),
                (job(words, .hosts(2), work: .run, hosts: ["n1", "n2"], folder: folder), ["run"] + words + ["-o", "\(folder)/run-n2"])
            ]
            for (job, expected) in cases {
                let playbook = Playbook(job, collectingIn: here)
                let tasks = try tasks(playbook)
                let commands = tasks.compactMap { $0.mapping?["ansible.builtin.shell"]?.mapping?["cmd"]?.string }
                #expect(commands.count == 4)
                for command in commands { #expect(command.firstMatch(of: /\{[{%#]/) == nil, "\(command)") }
                // As the play's environment says for the second host.
                let ended = try await Tool.run("/bin/sh", ["-c", commands[0]], ["VETHMARK_HOST": "n2", "VETHMARK_SHARD": "2/2"])
                #expect(ended.exitCode == 0, "\(ended.errors)")
                #expect(try bench.heard() == [expected])
                // What was packed there is unpacked here, in a folder of any name.
                try await Tool.run("/bin/mkdir", ["-p", folder, "place"], in: bench.folder).check()
                try await Tool.run("/usr/bin/touch", [folder + "/a"], in: bench.folder).check()
                let packing = ["ARCHIVE": bench.folder + "/place/archive.tar"]
                try await Tool.run("/bin/sh", ["-c", commands[1]], packing, in: bench.folder).check()
                let unpacked = try await Tool.run("/bin/sh", ["-c", commands[2]], ["PLACE": bench.folder + "/place"], in: bench.folder)
                #expect(unpacked.exitCode == 0 && FileManager.default.fileExists(atPath: here + "/a"), "\(unpacked.errors)")
                try FileManager.default.removeItem(atPath: here)
            }
        }
    }

    @Test func aHostKeepsItsShareWhenThePlayIsLimited() throws {
        let playbook = Playbook(job([], .shares(3), hosts: ["n1", "n2", "n3"]), collectingIn: "/fleet")
        let environment = try #require(try tasks(playbook)[0].mapping?["environment"]?.mapping)
        #expect(environment["VETHMARK_SHARD"]?.string == "{{ ['n1', 'n2', 'n3'].index(inventory_hostname) + 1 }}/3")
        #expect(environment["VETHMARK_HOST"]?.string == "{{ inventory_hostname }}")
    }

    // MARK: Kubernetes

    private static let pod = IndexedJob.Pod(
        image: "registry.lab/vethmark:1", claim: "results", capabilities: ["NET_RAW"], cpus: 3, memoryMebibytes: 768)

    /// What a kubelet makes of a container's words (third_party/forked/golang/expansion: `$$` is a dollar, a name it knows its value, else nothing changes).
    private func expanded(_ word: String, _ variables: [String: String]) -> String {
        word.replacing(/\$\$|\$\(([^)]*)\)/) { match in
            match.output.1.map { variables[String($0)] ?? String(match.output.0) } ?? "$"
        }
    }

    @Test func manifestsGiveVethmarkItsWords() throws {
        var generator = SeededGenerator()
        for _ in 0..<100 {
            let (words, folder) = (HostileWords.some(&generator), folder(&generator))
            let cases: [(FleetJob, [String])] = [
                (job(words, .shares(2), folder: folder), ["sweep"] + words + ["--shard", "auto/2", "--host", "node-1", "-o", folder]),
                (job(words, .hosts(2), folder: folder), ["sweep"] + words + ["--per-host", "--host", "node-1", "-o", folder]),
                (job(words, .hosts(2), work: .run, folder: folder), ["run"] + words + ["-o", "\(folder)/run-node-1"])
            ]
            for (job, expected) in cases {
                let documents = Array(try compose_all(yaml: IndexedJob(job, Self.pod).text))
                #expect(documents.map { $0["kind"]?.string } == ["Service", "Job", "Job"])
                let arguments = try documents.dropFirst().map { document in
                    let containers = try #require(document["spec"]?["template"]?["spec"]?["containers"]?.sequence)
                    return try #require(containers[0]["args"]?.sequence).compactMap(\.string).map { expanded($0, ["NODE_NAME": "node-1"]) }
                }
                #expect(arguments == [expected, Array(job.endings[0].dropFirst())])
            }
        }
    }

    @Test func podsHaveWhatTheyNeedAndNoMore() throws {
        let documents = Array(try compose_all(yaml: IndexedJob(job([], .shares(4)), Self.pod).text))
        let spec = try #require(documents[1]["spec"])
        #expect(spec["completions"]?.int == 4 && spec["parallelism"]?.int == 4 && spec["completionMode"]?.string == "Indexed")
        #expect(spec["template"]?["spec"]?["subdomain"]?.string == "mtu" && documents[0]["spec"]?["clusterIP"]?.string == "None")
        let container = try #require(spec["template"]?["spec"]?["containers"]?.sequence?[0])
        let context = try #require(container["securityContext"])
        #expect(
            context["capabilities"]?["add"]?.array().map(\.string) == ["NET_RAW"]
                && context["capabilities"]?["drop"]?.array().map(\.string) == ["ALL"])
        #expect(context["allowPrivilegeEscalation"]?.bool == false && context["readOnlyRootFilesystem"]?.bool == true)
        #expect(container["resources"]?["limits"]?["cpu"]?.string == "3" && container["image"]?.string == "registry.lab/vethmark:1")
        // Kubernetes refuses SYS_ADMIN without it.
        var privileged = Self.pod
        privileged.capabilities = ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"]
        let manifest = Array(try compose_all(yaml: IndexedJob(job([], .shares(4)), privileged).text))
        let admin = manifest[1]["spec"]?["template"]?["spec"]?["containers"]?.sequence?[0]["securityContext"]
        #expect(admin?["allowPrivilegeEscalation"]?.bool == true)
        // Whoever merges sends nothing.
        let merging = manifest[2]["spec"]?["template"]?["spec"]?["containers"]?.sequence?[0]["securityContext"]
        #expect(merging?["capabilities"]?["add"]?.array().isEmpty == true && manifest[2]["spec"]?["suspend"]?.bool == true)
    }

    // MARK: the end

    @Test func whatAllHaveSavedIsMerged() {
        #expect(job([], .shares(2), folder: "a b/").endings == [["vethmark", "results", "merge", "a b/", "-o", "a b-merged"]])
        #expect(job([], .hosts(2)).endings.map { $0[1] } == ["results", "compare"])
        #expect(job([], .hosts(2), work: .run).endings == [["vethmark", "results", "list", "fleet"]])
    }
}

extension Tool.Finished {
    fileprivate struct Failed: Error { let errors: String }

    fileprivate func check() throws { if exitCode != 0 { throw Failed(errors: errors) } }
}
