import Foundation
import Testing

/// `vethmark export` over results of every kind, read by the tools that it is for.
@Suite(.serialized, .enabled(if: Requirement.root)) struct ExportCommandTests {
    private static let formats = [
        "csv", "markdown", "benchstat", "github-action-benchmark", "github-action-benchmark-smaller", "bencher", "openmetrics", "otava"
    ]

    private func export(_ arguments: String...) async throws -> Finished {
        try await Program.vethmark(["export"] + arguments, in: ResultKinds.made().path)
    }

    @Test func everyKindGoesIntoEveryFormat() async throws {
        for name in ResultKinds.names {
            for format in Self.formats {
                let run = try await export(name, "--as", format)
                // A search has no figure of which less is better, and what a tool loses none of which more is.
                let lacks =
                    format == "github-action-benchmark" && name == "capture"
                    || format == "github-action-benchmark-smaller" && ["search"].contains(name)
                    || format == "github-action-benchmark-smaller" && name == "rfc9004" && run.exitCode != 0
                #expect(
                    run.exitCode == (lacks ? 64 : 0) && !(lacks ? run.errors : run.output).isEmpty, "\(name) as \(format): \(run.errors)")
            }
        }
        #expect(
            try await export("run", "--as", "csv").output
                == String(contentsOfFile: ResultKinds.made().path + "/run/trials.csv", encoding: .utf8))
        #expect(
            try await export("sweep", "--as", "csv").output
                == String(contentsOfFile: ResultKinds.made().path + "/sweep/cells.csv", encoding: .utf8))
        let sweep = try await export("sweep", "--as", "benchstat").output
        #expect(sweep.contains("BenchmarkVethmark/mtu=1500 1 ") && sweep.contains("BenchmarkVethmark/mtu=9000 1 "))
    }

    /// The parser of Prometheus' own client, and promtool.
    @Test func openMetricsAreRead() async throws {
        let folder = try TemporaryFolder()
        let script = try folder.file(
            "parse.py",
            """
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            for path in sys.argv[1:]:
                families = {f.name: f for f in text_string_to_metric_families(open(path).read())}
                print(path.rsplit("/", 1)[1], families["vethmark_trusted"].type, len(families) > 3)
            """)
        var files: [String] = []
        for name in ResultKinds.names { files.append(try folder.file(name, try await export(name, "--as", "openmetrics").output)) }
        let python = try await Program.run("/usr/bin/python3", [script] + files)
        #expect(python.output == ResultKinds.names.map { "\($0) gauge True\n" }.joined(), "\(python.output)\(python.errors)")
        for file in files {
            #expect(try await Prometheus.objections(to: file) == "", "\(file)")
        }
    }

    @Test func severalResultsAndWrongWordsAreToldApart() async throws {
        let several = try await export("first", "run", "--as", "otava")
        #expect(several.output.split(separator: "\n").count == 3)
        let refused = try await export("first", "run", "--as", "csv")
        #expect(
            refused.exitCode == 64
                && refused.errors == "vethmark: csv takes one result, and 2 are named; name one, or use benchstat or otava\n")
        #expect(try await export("first").exitCode == 64)
        let word = try await export("first", "--as", "xml")
        #expect(word.exitCode == 64 && word.errors.contains("must be csv, markdown, "), "\(word.errors)")
        let missing = try await export("nowhere", "--as", "csv")
        #expect(missing.exitCode == 1 && missing.errors.hasPrefix("vethmark: there is no result nowhere; "), "\(missing.errors)")
        let full = try await Program.run(
            "bash", ["-c", "\(Program.vethmarkPath) export \(ResultKinds.made().path)/run --as csv > /dev/full"])
        #expect(full.exitCode == 1 && full.errors.contains("No space left on device"))
    }
}
