import Foundation
import Testing

/// `--listen`: a page that a real Prometheus scrapes while a run goes on.
@Suite(.serialized) struct ListenTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The port of a process's first listening TCP socket, as the kernel lists them.
    private static func port(of process: Int32) async throws -> Int {
        try await eventually("a listening socket of process \(process)", every: .milliseconds(20)) { () -> Int? in
            let sockets = Set(
                ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")) ?? []).compactMap {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)"))?.wholeMatch(
                        of: /socket:\[(\d+)\]/
                    ).map { String($0.1) }
                })
            for table in ["tcp", "tcp6"] {
                let lines = (try? String(contentsOfFile: "/proc/\(process)/net/\(table)", encoding: .utf8))?.split(separator: "\n") ?? []
                for line in lines.dropFirst() {
                    let words = line.split(separator: " ")
                    // 0A is TCP_LISTEN, the tenth word the socket's inode (proc_pid_net(5)).
                    if words.count > 9, words[3] == "0A", sockets.contains(String(words[9])),
                        let port = Int(words[1].suffix(4), radix: 16)
                    {
                        return port
                    }
                }
            }
            return nil
        }
    }

    @Test func aRealPrometheusScrapesIt() async throws {
        let scrape = try folder.file(
            "ask.py",
            """
            import json, sys, time, urllib.parse, urllib.request
            def ask(query):
                url = f"http://127.0.0.1:{sys.argv[1]}/api/v1/query?query=" + urllib.parse.quote(query)
                try:
                    with urllib.request.urlopen(url, timeout=5) as answer:
                        return [(sample["metric"], float(sample["value"][1])) for sample in json.load(answer)["data"]["result"]]
                except OSError:
                    return []
            end = time.monotonic() + 40
            wanted = {
                "up": 'up{job="vethmark"} == 1', "sent": "vethmark_run_sent_frames > 0", "grows": "changes(vethmark_run_sent_frames[30s]) > 1",
                "rate": "vethmark_run_transmit_rate_frames_per_second > 500", "info": 'vethmark_run_info{engine="null",receiver="null"} == 1',
                "active": "vethmark_run_active == 1", "trial": 'vethmark_ledger_frames{row="sent"} > 0'}
            seen = {}
            while time.monotonic() < end and len(seen) < len(wanted):
                for name, query in wanted.items():
                    if name not in seen and (answer := ask(query)):
                        seen[name] = answer
                time.sleep(0.1)
            print(" ".join(sorted(seen)))
            """)
        let (heard, path) = (Heard(), folder.path)
        let run = try await Program.vethmark(
            [
                "run", "--engine", "null", "-b", "1kpps", "-t", "1s", "--interval", "100ms", "--warmup", "0", "--repeats", "60",
                "--no-save",
                "--listen", "0"
            ], in: folder.path
        ) { process in
            let port = try await Self.port(of: process.value)
            try """
            global: {scrape_interval: 200ms, scrape_timeout: 200ms}
            scrape_configs: [{job_name: vethmark, static_configs: [{targets: ['127.0.0.1:\(port)']}]}]
            """.write(toFile: path + "/prometheus.yml", atomically: true, encoding: .utf8)
            let server = try await Program.run(
                Prometheus.server,
                [
                    "--config.file", path + "/prometheus.yml", "--storage.tsdb.path", path + "/data", "--web.listen-address", "127.0.0.1:0",
                    "--log.level", "warn"
                ]
            ) { prometheus in
                let page = try await Self.port(of: prometheus.value)
                await heard.note(try await Program.run("/usr/bin/python3", [scrape, "\(page)"]).output)
                kill(prometheus.value, SIGTERM)
            }
            #expect(server.exitCode == 0, "\(server.errors)")
            kill(process.value, SIGINT)
        }
        // It ended in order; on a busy machine its figures are worth nothing.
        #expect(run.ranToItsEnd, "\(run.status): \(run.errors)")
        #expect(await heard.text == "active grows info rate sent trial up\n")
        #expect(run.errors.firstMatch(of: /metrics are at http:\/\/127\.0\.0\.1:\d+\/metrics\n/) != nil, "\(run.errors)")
    }

    private actor Heard {
        private(set) var text = ""
        func note(_ text: String) { self.text = text }
    }

    /// The page and the file tell the same, by the parser of Prometheus' own client.
    @Test func thePageIsTheFilesText() async throws {
        let (heard, file) = (Heard(), folder.path + "/run.prom")
        let script = try folder.file(
            "compare.py",
            """
            import sys, urllib.request
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics", timeout=5) as answer:
                assert answer.headers["content-type"].startswith("application/openmetrics-text"), answer.headers
                page = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
            file = {family.name: family for family in text_string_to_metric_families(open(sys.argv[2]).read())}
            print(sorted(page) == sorted(file), page["vethmark_run_info"].samples[0].labels == file["vethmark_run_info"].samples[0].labels)
            """)
        let run = try await Program.vethmark(
            [
                "run", "--engine", "null", "-b", "1kpps", "-t", "60s", "--interval", "500ms", "--warmup", "0", "--no-save", "-q",
                "--listen", "localhost:0", "--openmetrics", file
            ], in: folder.path
        ) { process in
            let port = try await Self.port(of: process.value)
            // Both have told of the phase that lasts.
            try await eventually("a file that tells of it") {
                (try? String(contentsOfFile: file, encoding: .utf8))?.contains("phase=\"running\"} 1") == true
            }
            let python = try await Program.run("/usr/bin/python3", [script, "\(port)", file])
            await heard.note(python.output + python.errors)
            kill(process.value, SIGINT)
        }
        #expect(await heard.text == "True True\n")
        #expect(!run.errors.contains("metrics are at"), "\(run.errors)")
    }

    @Test(arguments: [
        (["--listen", "here"], Int32(64), "--listen 'here' is no port and no address"),
        (["--listen", ":9464"], 64, "is no port and no address"),
        (["--listen", "9464", "--dry-run"], 64, "--listen has nothing to tell of a --dry-run"),
        (
            ["--listen", "192.0.2.1:9464"], 1,
            "metrics can't be served at 192.0.2.1:9464: Cannot assign requested address; name a port that is free"
        )
    ])
    func whatCantBeServedIsSaidBeforeAnythingIsSent(_ flags: [String], _ code: Int32, _ words: String) async throws {
        let run = try await Program.vethmark(["run", "--engine", "null", "-n", "10", "--warmup", "0", "--no-save"] + flags, in: folder.path)
        #expect(run.exitCode == code && run.errors.contains(words) && run.output.isEmpty, "\(run.errors)")
    }

    /// Nothing but this machine is listened to unless an address says so.
    @Test func aPortAloneIsForThisMachine() async throws {
        let run = try await Program.vethmark(
            ["run", "--engine", "null", "-b", "1kpps", "-t", "60s", "--warmup", "0", "--no-save", "-q", "--listen", "0"], in: folder.path
        ) { process in
            let port = try await Self.port(of: process.value)
            let table = try String(contentsOfFile: "/proc/\(process.value)/net/tcp", encoding: .utf8)
            // 127.0.0.1, as the kernel writes it on a little-endian machine.
            #expect(table.contains("0100007F:\(String(format: "%04X", port)) 00000000:0000 0A"), "\(table)")
            kill(process.value, SIGINT)
        }
        // It ended in order; on a busy machine its figures are worth nothing.
        #expect(run.ranToItsEnd, "\(run.status): \(run.errors)")
    }
}
