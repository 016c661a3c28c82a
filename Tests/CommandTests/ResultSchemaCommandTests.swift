import Foundation
import Testing

/// The schemas against what the program writes, by Python's jsonschema.
@Suite(.serialized, .enabled(if: Requirement.root)) struct ResultSchemaCommandTests {
    private static let script = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for path in sys.argv[2:]:
            for number, text in enumerate(open(path) if path.endswith(".ndjson") else [open(path).read()]):
                errors = [f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(json.loads(text))]
                if errors: print(path, number, errors[:5])
        print("checked", len(sys.argv) - 2)
        """

    private func check(_ kind: [String], _ files: [String], in folder: TemporaryFolder) async throws -> String {
        let schema = try await Program.vethmark(["results", "schema"] + kind)
        #expect(schema.exitCode == 0, "\(schema.errors)")
        let schemaFile = try folder.file("schema.json", schema.output), script = try folder.file("validate.py", Self.script)
        let python = try await Program.run("/usr/bin/python3", [script, schemaFile] + files)
        return python.output + python.errors
    }

    private func object(_ path: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
    }

    @Test func everyKindIsAsItsSchemaSays() async throws {
        let folder = try TemporaryFolder()
        let made = try await ResultKinds.made()
        for name in ResultKinds.names {
            let file = "\(made.path)/\(name)/result.json"
            #expect(try await check([name, "--strict"], [file], in: folder) == "checked 1\n")
        }
        let files =
            ResultKinds.names.map { "\(made.path)/\($0)/result.json" } + [
                "\(made.path)/first/result.json", "\(made.path)/compare/base.json"
            ]
        #expect(try await check(["--strict"], files, in: folder) == "checked \(files.count)\n")
        let list = try await Program.vethmark(["results", "list", made.path, "--json"])
        #expect(try await check(["list", "--strict"], [folder.file("list.json", list.output)], in: folder) == "checked 1\n")
    }

    @Test func everyLineOfAStreamIsAsItsSchemaSays() async throws {
        let folder = try TemporaryFolder()
        let commands = [
            ["run", "-b", "20kpps", "--receiver", "none", "-t", "150ms", "--interval", "50ms", "--repeats", "2"],
            ["sweep", "--vary", "size=64,128", "-b", "5kpps", "-t", "30ms", "--rounds", "1"],
            ["search", "--max-rate", "20kpps", "--width", "50%", "-t", "30ms"]
        ]
        for command in commands {
            let run = try await Program.vethmark(command + ["--warmup", "0", "-q", "--no-save", "--json-stream"])
            let file = try folder.file("lines.ndjson", run.output)
            #expect(run.output.split(separator: "\n").count > 4)
            #expect(try await check(["stream", "--strict"], [file], in: folder) == "checked 1\n", "\(command)")
        }
    }

    /// A wrong type, a missing key, a word that isn't one and a key too many are found.
    @Test func whatIsWrongIsRefused() async throws {
        let folder = try TemporaryFolder()
        let made = try await ResultKinds.made()
        let whole = try String(contentsOfFile: made.path + "/run/result.json", encoding: .utf8)
        let wrong: [(String, String)] = [
            (#""endedBecause" : "duration""#, #""endedBecause" : "boredom""#), (#""trusted" : "#, #""trusted_" : "#),
            (#""cpuModel" : ""#, #""cpuModel" : 3, "x" : ""#), (#""schema" : "vethmark.result/1""#, #""schema" : "vethmark.result/2""#),
            (#""residual" : 0"#, #""residual" : "none""#)
        ]
        for (index, (from, to)) in wrong.enumerated() {
            #expect(whole.contains(from), "\(from)")
            let file = try folder.file("wrong.json", whole.replacing(from, with: to))
            let answer = try await check(["run", "--strict"], [file], in: folder)
            #expect(answer.contains("wrong.json 0 ["), "\(index): \(answer)")
        }
    }

    /// A result of before later keys were kept is one by the schema, and is read.
    @Test func olderResultsAreRead() async throws {
        let folder = try TemporaryFolder()
        let made = try await ResultKinds.made()
        var old = try object(made.path + "/first/result.json")
        for key in ["command", "gates", "rerunOf"] { old[key] = nil }
        var conditions = try #require(old["conditions"] as? [String: Any])
        conditions["system"] = nil
        for end in ["transmitLink", "receiveLink"] {
            var link = try #require(conditions[end] as? [String: Any])
            link["settings"] = nil
            conditions[end] = link
        }
        old["conditions"] = conditions
        var plan = try #require(old["plan"] as? [String: Any])
        var load = try #require(plan["load"] as? [String: Any])
        (load["shape"], load["course"]) = (nil, nil)
        plan["load"] = load
        old["plan"] = plan
        let trials = try #require(old["trials"] as? [[String: Any]]).map { trial in
            var trial = trial
            for key in ["pacing", "sizes", "warmupFrames"] { trial[key] = nil }
            var ledger = trial["ledger"] as? [String: Any] ?? [:]
            (ledger["altered"], ledger["inFlightAtEnd"]) = (nil, nil)
            trial["ledger"] = ledger
            return trial
        }
        old["trials"] = trials
        let file = folder.path + "/old.json"
        try JSONSerialization.data(withJSONObject: old).write(to: URL(fileURLWithPath: file))
        #expect(try await check(["run", "--strict"], [file], in: folder) == "checked 1\n")
        #expect(try await Program.vethmark(["results", "show", file]).exitCode == 0)
        #expect(try await Program.vethmark(["rerun", file, "--dry-run"]).exitCode == 0)
        let compare = try await Program.vethmark(["compare", file, made.path + "/first", "--json"])
        #expect(try compare.json()["differences"].map { !"\($0)".contains("conditions.system") } == true)
    }

    @Test func anUnknownKindIsRefused() async throws {
        let run = try await Program.vethmark(["results", "schema", "nothing"])
        #expect(run.exitCode == 64 && run.errors.contains("must be run, sweep, ") && run.errors.split(separator: "\n").count == 1)
    }
}
