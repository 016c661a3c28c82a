import Foundation
import Testing

/// `vethmark profile`, every ready-made profile as it runs, and the JSON Schema under a validator that isn't ours.
@Suite(.enabled(if: Requirement.root), .serialized) struct ProfileCommandTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("profiles").path

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    /// With a bound of its own for frames, a profile's count is a test's. The one whose frames lie in a file `ReplayTests` sends.
    @Test func everyProfileRuns() async throws {
        try await atOnce(Self.names.filter { $0 != "replay" }, width: 3) { name in
            let run = try await Program.vethmark([
                "run", "\(Self.folder)/\(name).yaml", "--json", "--no-save", "-q", "-t", "300ms", "--warmup", "50ms", "--repeats", "1"
            ])
            // Exit code 3 is for the figures of a machine that others use; the book closes all the same.
            #expect(run.exitCode == 0 || run.exitCode == 3, "\(name): \(run.errors)")
            let ledger = try run.ledger()
            #expect(ledger["residual"] == 0 && (ledger["received"] ?? 0) > 0, "\(name): \(ledger)")
        }
    }

    @Test func allAreListedAndShownAndWell() async throws {
        let list = try await Program.vethmark(["profile"], in: Self.folder + "/..")
        let lines = list.output.split(separator: "\n")
        #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.names && Self.names.count >= 20, "\(list.output)")
        let json = try await Program.vethmark(["profile", "list", "-J"], in: Self.folder + "/..").json()
        let entries = try #require(json["profiles"] as? [[String: String]])
        #expect(
            entries.map { $0["name"] } == Self.names && entries.allSatisfy { ($0["description"] ?? "").count > 10 && $0["error"] == nil })
        let check = try await Program.vethmark(["profile", "check"] + Self.names, in: Self.folder + "/..")
        // Behind a comma it tells of a sweep.
        let wells = check.output.split(separator: "\n").map { String($0.prefix { $0 != "," }) }
        #expect(check.exitCode == 0 && Self.names.map { "\($0): well" } == wells, "\(check.output)\(check.errors)")
        let shown = try await Program.vethmark(["profile", "show", "poisson"], in: Self.folder + "/..")
        #expect(try shown.output == String(contentsOfFile: Self.folder + "/poisson.yaml", encoding: .utf8))
    }

    @Test func checkTellsAllThatIsWrong() async throws {
        let folder = try TemporaryFolder()
        let wrong = try folder.file("wrong.yaml", "frame:\n  size: big\nload:\n  shap: poisson\n")
        let odd = try folder.file("odd.yaml", "load:\n  shape: poisson\n")
        let well = try folder.file("well.yaml", "load:\n  rate: 1kpps\n  shape: poisson\n")
        let check = try await Program.vethmark(["profile", "check", wrong, odd, well, "nosuch"])
        #expect(check.exitCode == 64 && check.output == "\(well): well\n", "\(check.output)")
        let lines = check.errors.split(separator: "\n")
        #expect(lines.count == 4 && lines.allSatisfy { $0.hasPrefix("vethmark: ") }, "\(check.errors)")
        for words in ["\(wrong):2:9: frame.size", "did you mean 'shape'?", "\(odd):2:10: load.shape is poisson", "no profile 'nosuch'"] {
            #expect(check.errors.contains(words), "\(words): \(check.errors)")
        }
        #expect(try await Program.vethmark(["profile", "show", "nosuch"]).exitCode == 64)
    }

    /// Python's jsonschema takes every profile of ours, and refuses what the loader would.
    @Test func theSchemaHoldsForAllProfiles() async throws {
        let folder = try TemporaryFolder()
        let schema = try await Program.vethmark(["profile", "schema"])
        #expect(schema.exitCode == 0)
        let schemaFile = try folder.file("schema.json", schema.output)
        let script = try folder.file(
            "validate.py",
            """
            import glob, json, sys, jsonschema, yaml
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for path in sorted(glob.glob(sys.argv[2] + "/*.yaml")):
                errors = [f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(yaml.safe_load(open(path)))]
                print(path.rsplit("/", 1)[1], errors or "well")
            for text in sys.argv[3:]:
                print("refused" if list(validator.iter_errors(yaml.safe_load(text))) else "taken", text)
            """)
        let wrong = [
            "lod: {}", "load: {rat: 1kpps}", "transmit: {threads: 0}", "transmit: {threads: two}", "link: {mtu: 70000}", "link: {gro: 3}",
            "transmit: {engine: fast}", "frame: 3", "schema: vethmark.profile/2", "frame: {dscp: 64}", "load: {rate: [1, 2]}", "3",
            "sweep: {vary: {mtuu: [1]}}",
            "sweep: {rounds: 0}", "sweep: {vary: {mtu: [1, big]}}", "replay: {fil: a.pcap}", "replay: {loop: -1}", "replay: {stamp: 3}"
        ]
        let right = [
            "load:", "load: {rate: 1kpps, shape: 'bursts:8'}", "frame: {size: [64, 128]}", "frame: {size: 64}", "frame: {size: imix}",
            "transmit: {cpus: [0, 2]}", "transmit: {cpus: auto}", "link: {gro: off}", "load: {time: 2}",
            "frame: {vlans: '7,8'}", "frame: {vlans: [7, 8]}",
            "sweep: {vary: {mtu: [1500, 9000], link.gro: [on, off]}, precision: 2%, cases: {a: , b: {size: [64, 128]}}}",
            "replay: {file: a.pcap, loop: 3, per-loop: [ip.src=+1], speed: 0.5, stamp: true}"
        ]
        let python = try await Program.run("/usr/bin/python3", [script, schemaFile, Self.folder] + wrong + right)
        let lines = python.output.split(separator: "\n").map(String.init)
        #expect(
            lines == Self.names.sorted { $0 + ".yaml" < $1 + ".yaml" }.map { $0 + ".yaml well" } + wrong.map { "refused \($0)" }
                + right.map { "taken \($0)" }, "\(python.output)\(python.errors)")
    }
}
