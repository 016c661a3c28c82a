import CBPF
import Foundation
import Testing

/// All that a run could leave behind: what links are like, namespaces, programs in the kernel, processes, what is written down as borrowed.
struct FaultSurroundings: Equatable {
    /// `ip -d link`, `ethtool -k`, threaded NAPI and RPS of both ends; of an end that is gone, that it is.
    var links: String
    var namespaces: [String]
    var journals: [String]
    /// Programs of vethmark's that no process holds.
    var programs: Set<UInt32>
    /// Of this very vethmark.
    var processes: Set<Int32>

    init(_ bed: TestBed) async throws {
        links = try await Program.tool(
            "bash", "-c",
            """
            for end in \(bed.near):\(bed.txName) \(bed.far):\(bed.rxName); do
                namespace=${end%:*} link=${end#*:}
                ip -n $namespace -d link show $link 2>&1
                ip netns exec $namespace sh -c \
                    "ethtool -k $link; cd /sys/class/net/$link && grep . threaded queues/rx-*/rps_cpus" 2>&1
            done
            true
            """
        ).output
        namespaces = Self.names(in: "/run/netns").filter { $0.hasPrefix(bed.near.dropLast()) || $0.contains("vethmark") }
        journals = Self.names(in: "/run/vethmark").filter { name in
            let text = (try? String(contentsOfFile: "/run/vethmark/" + name, encoding: .utf8)) ?? ""
            return text.contains(bed.near) || text.contains(bed.far)
        }
        processes = Self.processes()
        programs = Self.programs()
        // A program is taken down a moment after whoever held it.
        for _ in 0..<50 where !programs.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            programs = Self.programs()
        }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func processes() -> Set<Int32> {
        let mine = Program.vethmarkPath
        return Set(
            names(in: "/proc").compactMap { Int32($0) }.filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe")) == mine
            })
    }

    /// Others on this machine may be running a vethmark of their own: their programs are held by it.
    private static func programs() -> Set<UInt32> {
        let found = named("vethmark_")
        return found.isEmpty ? [] : found.subtracting(held())
    }

    private static func named(_ prefix: String) -> Set<UInt32> {
        var found: Set<UInt32> = []
        var identifier: UInt32 = 0
        while bpf_prog_get_next_id(identifier, &identifier) == 0 {
            let descriptor = bpf_prog_get_fd_by_id(identifier)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var information = bpf_prog_info()
            var size = UInt32(MemoryLayout<bpf_prog_info>.size)
            guard bpf_obj_get_info_by_fd(descriptor, &information, &size) == 0 else { continue }
            let name = withUnsafeBytes(of: information.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(prefix) { found.insert(identifier) }
        }
        return found
    }

    private static func held() -> Set<UInt32> {
        var held: Set<UInt32> = []
        for process in names(in: "/proc").compactMap({ Int32($0) }) {
            for file in names(in: "/proc/\(process)/fdinfo") {
                guard let text = try? String(contentsOfFile: "/proc/\(process)/fdinfo/\(file)", encoding: .utf8) else { continue }
                for line in text.split(separator: "\n") where line.hasPrefix("prog_id:") {
                    if let identifier = UInt32(line.dropFirst("prog_id:".count).trimmingCharacters(in: .whitespaces)) {
                        held.insert(identifier)
                    }
                }
            }
        }
        return held
    }
}

/// What a run said of itself.
struct FaultOutcome: CustomStringConvertible {
    let exitCode: Int32?
    let trusted: Bool
    /// A code that voids ends with an exclamation mark.
    let codes: Set<String>
    let trials: [[String: Any]]
    let ledger: [String: Int]
    let summary: [String: Any]
    private let errors: String

    init(_ finished: Finished) throws {
        let result = try #require(try? finished.json(), "no result: \(finished.status) \(finished.output.prefix(300)) \(finished.errors)")
        exitCode = finished.exitCode
        trusted = result["trusted"] as? Bool ?? false
        let warnings = result["warnings"] as? [[String: Any]] ?? []
        codes = Set(warnings.compactMap { one in (one["code"] as? String).map { $0 + (one["voidsResult"] as? Bool == true ? "!" : "") } })
        trials = result["trials"] as? [[String: Any]] ?? []
        ledger = try finished.ledger()
        summary = result["summary"] as? [String: Any] ?? [:]
        errors = finished.errors
    }

    var residual: Int? { ledger["residual"] }
    func row(_ name: String) -> Int { ledger[name] ?? -1 }
    var endedBecause: String? { trials.first?["endedBecause"] as? String }

    func latency(_ key: String) -> Any? { (trials.first?["latency"] as? [String: Any])?[key] }
    func rate(_ key: String) -> Double { ((trials.first?["rates"] as? [String: Any])?[key] as? NSNumber)?.doubleValue ?? .nan }

    var description: String { "exit \(exitCode ?? -1), trusted \(trusted), \(codes.sorted()), \(ledger) \(errors)" }
}
