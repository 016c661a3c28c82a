import Foundation
import Subprocess
import Testing

/// `vethmark deploy`: what it refuses, what it prints, and whom it calls. What is printed is given to each engine by scripts/test-fleet and in JobsTests.
@Suite struct DeployTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func deploy(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Finished {
        try await Program.vethmark(["deploy"] + arguments, in: folder.path, environment: environment)
    }

    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    /// A program of this name, alone on PATH with the shell's.
    private func standIn(_ name: String, _ text: String) throws -> [String: String] {
        let path = try folder.file(name, "#!/bin/bash\n" + text)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return ["PATH": folder.path + ":/usr/bin:/bin"]
    }

    @Test(arguments: [
        ("--engine slurm --tasks 4 -o fleet sweep --vary mtu=1500,9000 --vary size=64,128", "#SBATCH --array=0-3"),
        ("--engine slurm --tasks 2 --per-host -o fleet sweep mtu", "srun --cpu-bind=none"),
        ("--engine slurm --tasks 2 -o fleet run imix -b 20kpps", "vethmark run imix -b 20kpps -o fleet/run-"),
        ("--engine parallel --tasks 2 -o fleet sweep --vary mtu=1500,9000", "::: $(seq 2)\n"),
        ("--engine parallel --hosts n1,n2 -o fleet sweep --vary mtu=1500,9000", "parallel -N0 -j1 -S n1,n2 --workdir . "),
        ("--engine ansible --hosts n1,n2 -o fleet run", "ansible.builtin.fetch"),
        ("--engine kubernetes --tasks 2 --claim results -o fleet run --engine null", "add: []"),
        ("--engine kubernetes --tasks 2 --claim results -o fleet run --tx a --rx b -b 5kpps", "add: [NET_RAW]"),
        ("--engine kubernetes --tasks 2 --claim results -o fleet run", "add: [NET_ADMIN, NET_RAW, SYS_ADMIN]")
    ])
    func itIsPrintedAndNothingIsDone(_ line: String, _ part: String) async throws {
        let printed = try await deploy(words(line))
        #expect(printed.exitCode == 0 && printed.output.contains(part), "\(printed.output)\(printed.errors)")
        #expect(printed.errors.contains("when all have ended: "), "\(printed.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(arguments: [
        ("--engine slurm --tasks 2 -o fleet sweep --vary mtu=70000", "--mtu is 70000"),
        ("--engine slurm --tasks 2 -o fleet sweep", "--vary is missing"),
        ("--engine slurm --tasks 2 -o fleet sweep --vary nonsense=1,2", "nonsense"),
        ("--engine slurm --tasks 2 -o fleet sweep --rounds 0 mtu", "--rounds"),
        ("--engine slurm --tasks 2 -o fleet run --sise 64", "did you mean --size?"),
        ("--engine slurm --tasks 2 -o fleet run -t 0", "has to end by itself"),
        ("--engine slurm --tasks 3 -o fleet sweep --vary mtu=1500,9000", "--tasks is 3, but the sweep has 2 cells"),
        ("--engine parallel --hosts a,b,c -o fleet sweep --vary mtu=1500,9000", "--hosts names 3, but the sweep has 2 cells"),
        ("--engine slurm --tasks 2 -o fleet sweep mtu --shard auto", "--shard"),
        ("--engine slurm --tasks 2 -o fleet sweep mtu --json", "--json"),
        ("--engine slurm --tasks 2 -o fleet run -o there", "-o has no place in a job"),
        ("--engine slurm --tasks 2 -o fleet run --openmetrics a.prom", "--openmetrics has no place"),
        ("--engine slurm --tasks 2 -o fleet tune", "'tune' can't be deployed"),
        ("--engine slurm --tasks 2 -o fleet --jobs 3 run", "--jobs is no option"),
        ("--engine pbs --tasks 2 -o fleet run", "slurm, parallel, ansible or kubernetes"),
        ("--engine slurm -o fleet sweep mtu", "--tasks is missing"),
        ("--engine slurm --tasks 0 -o fleet sweep mtu", "--tasks is '0'"), ("--engine slurm --tasks 2 sweep mtu", "--output"),
        ("--engine slurm --tasks 2 -o -x sweep mtu", "-o"), ("--engine slurm --hosts n1 -o fleet sweep mtu", "--hosts has no place"),
        ("--engine ansible --tasks 2 -o fleet sweep mtu", "--hosts is missing"),
        ("--engine parallel --tasks 2 -o fleet run", "--hosts is missing"),
        ("--engine ansible --hosts n1,n1 -o fleet sweep mtu", "each once"),
        ("--engine ansible --hosts $(id) -o fleet sweep mtu", "names of hosts"),
        ("--engine ansible --hosts n1,n2 --tasks 3 -o fleet sweep mtu", "--hosts names 2"),
        ("--engine kubernetes --tasks 2 -o fleet sweep mtu", "--claim is missing"),
        ("--engine slurm --tasks 2 --claim a -o fleet run", "--claim belongs"),
        ("--engine slurm --tasks 2 --image a -o fleet run", "--image belongs"),
        ("--engine kubernetes --tasks 2 --claim a --program b -o fleet run", "--program has no place"),
        ("--engine kubernetes --tasks 2 --claim a -o /fleet run", "lies on the claim"),
        ("--engine slurm --tasks 2 --name A_b -o fleet run", "small letters"),
        ("--engine slurm --tasks 2 --per-host -o fleet run", "leave it out")
    ])
    func whatCannotBeIsRefusedHere(_ line: String, _ part: String) async throws {
        let environment = try standIn("sbatch", "touch '\(folder.path)/called'\n")
        let refused = try await deploy(["--submit"] + words(line), environment)
        #expect(refused.exitCode == 64 && refused.output.isEmpty && refused.errors.contains(part), "\(refused.errors)")
        #expect(
            refused.errors.hasPrefix("vethmark: ") && refused.errors.filter(\.isNewline).count == 1 && refused.errors.contains(";"),
            "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/called"))
    }

    @Test func aControlCharacterIsRefused() async throws {
        let refused = try await deploy(words("--engine slurm --tasks 2 -o fleet run --name") + ["a\r\nb"])
        #expect(refused.exitCode == 64 && refused.errors.contains("control character"), "\(refused.errors)")
        let folder = try await deploy(words("--engine slurm --tasks 2 -o") + ["a\r\nb", "run"])
        #expect(folder.exitCode == 64 && folder.errors.contains("must be the name of a folder"), "\(folder.errors)")
    }

    @Test(arguments: [
        ("sbatch", "--engine slurm --tasks 2", ""), ("ansible-playbook", "--engine ansible --hosts n1,n2", "-i n1,n2, /dev/stdin"),
        ("kubectl", "--engine kubernetes --tasks 2 --claim results", "apply -f -")
    ])
    func submittingGivesTheJobToTheEnginesOwnCommand(_ name: String, _ options: String, _ arguments: String) async throws {
        let line = words(options) + words("-o fleet sweep --vary mtu=1500,9000")
        let printed = try await deploy(line)
        let environment = try standIn(
            name,
            "echo \"$*\" >'\(folder.path)/words'\ncat \(name == "kubectl" || name == "sbatch" ? "" : "/dev/stdin")\necho said >&2\nexit 7\n"
        )
        let submitted = try await deploy(["--submit"] + line, environment)
        #expect(
            submitted.exitCode == 7 && submitted.output == printed.output && submitted.errors == printed.errors + "said\n",
            "\(submitted.errors)")
        #expect(try String(contentsOfFile: folder.path + "/words", encoding: .utf8) == arguments + "\n")
    }

    /// The real one, on this machine: two shares of a sweep without a link.
    @Test func parallelIsSubmittedTo() async throws {
        let line = words(
            "--engine parallel --tasks 2 --submit -o fleet --program \(Program.vethmarkPath) sweep --engine null --vary threads=1,2")
        let environment = ["HOME": folder.path, "SHELL": "/bin/bash"]
        let submitted = try await deploy(line + words("-n 1000 --warmup 0 --rounds 1 -q"), environment)
        #expect(submitted.exitCode == 0, "\(submitted.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/fleet").sorted()
        #expect(names == ["shard-001-of-002", "shard-002-of-002"])
        let ending = try #require(submitted.errors.firstMatch(of: /when all have ended: vethmark (.*)\n/))
        let merged = try await Program.vethmark(words(String(ending.1)), in: folder.path)
        #expect(merged.ranToItsEnd && FileManager.default.fileExists(atPath: folder.path + "/fleet-merged/result.json"), "\(merged.errors)")
    }

    /// As a shell has it: nothing ignored, nothing blocked.
    @Test func theEnginesCommandStartsAsAShellWouldStartIt() async throws {
        let environment = try standIn("sbatch", "grep -E '^Sig(Blk|Ign):' /proc/self/status\nls /proc/self/fd | wc -l\n")
        let submitted = try await deploy(words("--engine slurm --tasks 2 --submit -o fleet run"), environment)
        let expected = try await Program.run("bash", ["-c", "grep -E '^Sig(Blk|Ign):' /proc/self/status"])
        #expect(submitted.output.hasPrefix(expected.output), "\(submitted.output)\(submitted.errors)")
        // Standard streams and the folder that ls reads.
        #expect(submitted.output.hasSuffix("\n4\n"), "\(submitted.output)")
    }

    @Test func anEngineThatIsAbsentIsTold() async throws {
        let absent = try await deploy(words("--engine slurm --tasks 2 --submit -o fleet run"), ["PATH": folder.path])
        // Root's own places are looked into as well.
        let elsewhere = ["/usr/local/sbin", "/usr/sbin", "/sbin"].contains { FileManager.default.isExecutableFile(atPath: $0 + "/sbatch") }
        #expect(
            elsewhere
                || absent.exitCode == 1
                    && absent.errors.contains("there is no sbatch here to submit to; install it (Debian: slurm-client)"),
            "\(absent.errors)")
        #expect(absent.output.isEmpty)
    }

    @Test func aProfileThatIsAFileHasToBeThere() async throws {
        _ = try folder.file("mine.yaml", "frame: {size: 128}\n")
        let printed = try await deploy(words("--engine slurm --tasks 2 -o fleet run ./mine.yaml"))
        #expect(
            printed.exitCode == 0 && printed.errors.hasPrefix("./mine.yaml has to be a file on every host as well\n"), "\(printed.errors)")
        #expect(try await deploy(words("--engine slurm --tasks 2 -o fleet run ./none.yaml")).exitCode == 64)
    }

    @Test func cellsThatCannotBeAreTold() async throws {
        let printed = try await deploy(words("--engine slurm --tasks 2 -o fleet sweep --vary mtu=70000,1500"))
        #expect(
            printed.exitCode == 0 && printed.errors.hasPrefix("1 of 2 cells can't be had and are left out: --mtu is 70000"),
            "\(printed.errors)")
    }

    @Test func helpOfTheCommandBehindItIsShown() async throws {
        let help = try await deploy(words("--engine slurm --tasks 2 -o fleet sweep --help"))
        #expect(help.exitCode == 0 && help.output.contains("USAGE: vethmark sweep"), "\(help.errors)")
    }
}
