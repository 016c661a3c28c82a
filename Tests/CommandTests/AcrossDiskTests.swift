import Foundation
import Subprocess
import Testing

/// `vethmark across` where there is no room on a disk: for the result, or for what is borrowed.
@Suite(.enabled(if: Requirement.root), .serialized) struct AcrossDiskTests {
    private let quick = ["-b", "2kpps", "--mtu", "1400", "-q", "--json"]

    /// What can't be written.
    enum Place: String, CaseIterable, Sendable {
        /// Rank 0's folder of `-o`.
        case result
        /// What a rank writes down of the interface that it borrows.
        case journal

        var folder: String { self == .result ? "/mnt/vethmark-results" : "/run/vethmark" }
    }

    struct Case: Sendable, CustomStringConvertible {
        let place: Place
        let rank: Int
        let phase: AcrossPhase
        var description: String { "\(place) of rank \(rank), \(phase)" }
    }

    /// In a mount namespace of its own, as `ip netns exec` makes one: small file systems where results and journals go, and at the end what lies in them.
    private static func shell(fills place: Place? = nil) -> String {
        """
        mount -t tmpfs none /mnt && mkdir -p /mnt/vethmark-results /run/vethmark
        mount -t tmpfs -o size=512k none /mnt/vethmark-results && mount -t tmpfs -o size=16k,mode=700 none /run/vethmark
        \(place.map { "dd if=/dev/zero of=\($0.folder)/ballast bs=4k status=none 2>/dev/null" } ?? ":")
        "$@"; code=$?
        echo "left: $(cd /mnt/vethmark-results && find . -mindepth 1 | sort | tr '\\n' ' '), $(cd /run/vethmark && find . -type f | sort | tr '\\n' ' ')" >&2
        exit $code
        """
    }

    /// Until nothing fits any more.
    private static func fill(_ place: Place, of process: ProcessIdentifier) async throws {
        let file = "/proc/\(process.value)/root\(place.folder)/ballast"
        let dd = try await Program.run("dd", ["if=/dev/zero", "of=\(file)", "bs=4k", "status=none"])
        #expect(dd.errors.contains("No space left on device"), "\(dd.errors)")
    }

    /// Whatever can't be written down, and whenever: both ranks end as if there were room, but for the sentence and exit code 1 of a result that couldn't be
    /// saved; it is printed, nothing half-written lies anywhere, and the settings are given back.
    @Test(arguments: AcrossPhase.allCases) func nothingFits(_ phase: AcrossPhase) async throws {
        let cases = [Case(place: .result, rank: 0, phase: phase)] + [0, 1].map { Case(place: .journal, rank: $0, phase: phase) }
        // Each mostly waits.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in cases { group.addTask { try await look(at: one) } }
            try await group.waitForAll()
        }
    }

    private func words(_ phase: AcrossPhase) -> [String] {
        switch phase {
        case .warmUp: ["--warmup", "2", "-t", "300ms"]
        case .window: ["--warmup", "0", "-t", "2"]
        case .before, .drain: phase.words
        }
    }

    private func look(at one: Case) async throws {
        try await AcrossBed.with { bed in
            // Most of the frames are on the way when the window ends.
            if one.phase == .drain { try await bed.slowDown() }
            let before = try await bed.links()
            let shells = [0, 1].map { rank in Self.shell(fills: one.phase == .before && one.rank == rank ? one.place : nil) }
            let ranks = try await bed.run(quick + words(one.phase) + ["-o", Place.result.folder + "/r"], shells: shells) { zero, rank1 in
                guard one.phase != .before else { return }
                try await bed.wait(for: one.phase)
                try await Self.fill(one.place, of: one.rank == 0 ? zero : rank1)
            }
            let result = try #require(try? ranks.zero.json(), "\(one)\n\(ranks)")
            let codes = Set((result["warnings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String })
            #expect(ranks.one.exitCode == 0, "\(one)\n\(ranks)")
            let path = Place.result.folder + "/r"
            if one.place == .result {
                #expect(ranks.zero.exitCode == 1, "\(one)\n\(ranks)")
                let sentence =
                    "vethmark: the run could not be saved in \(path): No space left on device; choose another folder with -o, or use --no-save\n"
                #expect(ranks.zero.errors.contains(sentence), "\(one)\n\(ranks)")
                #expect(ranks.zero.errors.contains("left: ./ballast , ./lock \n"), "\(one)\n\(ranks)")
            } else {
                #expect(ranks.zero.exitCode == 0, "\(one)\n\(ranks)")
                #expect(ranks.zero.errors.contains("left: ./r ./r/report.txt ./r/result.json ./r/trials.csv , "), "\(one)\n\(ranks)")
                let rank = one.rank == 0 ? ranks.zero : ranks.one
                #expect(rank.errors.contains(", ./ballast ./lock \n"), "\(one)\n\(ranks)")
                // Once it is written down nothing more has to be.
                #expect(codes.contains("no-journal") == (one.phase == .before), "\(one) \(codes)")
                if one.phase == .before, one.rank == 1 {
                    let named = "vethmark: what was borrowed could not be written down (write /run/vethmark/"
                    #expect(ranks.one.errors.contains(named) && ranks.one.errors.contains("; make room in /run"), "\(one)\n\(ranks)")
                }
            }
            let ledger = try ranks.zero.ledger()
            #expect(ledger["residual"] == 0 && ledger["received"] == ledger["sent"], "\(one) \(ledger)")
            #expect(try await bed.links() == before, "\(one)")
        }
    }

    /// What was saved of the first trial stays whole, and the sentence says that it is the first one's.
    @Test func earlierTrialsStayAsTheyWereSaved() async throws {
        try await AcrossBed.with { bed in
            let folder = Place.result.folder + "/r"
            let show = Self.shell().replacing(
                "exit $code", with: "jq -c '[.trials | length]' \(folder)/result.json >&2; wc -l <\(folder)/trials.csv >&2; exit $code")
            let words = quick + ["--warmup", "0", "-t", "1s", "--repeats", "2", "-o", folder]
            let ranks = try await bed.run(words, shells: [show, nil]) { zero, _ in
                try await bed.waitForFrames(2_600)
                try await Self.fill(.result, of: zero)
            }
            #expect(ranks.zero.exitCode == 1 && ranks.one.exitCode == 0, "\(ranks)")
            let sentence =
                "\(folder): No space left on device, and what is there has only its earlier trials; choose another folder with -o"
            #expect(ranks.zero.errors.contains(sentence), "\(ranks)")
            #expect(
                ranks.zero.errors.contains("left: ./ballast ./r ./r/report.txt ./r/result.json ./r/trials.csv , ./lock \n[1]\n2\n"),
                "\(ranks)")
            #expect((try ranks.zero.json()["trials"] as? [Any])?.count == 2)
        }
    }

    /// A terminal that takes nothing, on either side.
    @Test func outputThatNobodyTakesIsOneSentence() async throws {
        try await AcrossBed.with { bed in
            let ranks = try await bed.run(
                quick + ["--warmup", "0", "-t", "300ms", "--no-save"], shells: ["\"$@\" >/dev/full", "\"$@\" 2>/dev/full"])
            #expect(ranks.zero.exitCode == 1 && ranks.one.exitCode == 0, "\(ranks)")
            let sentence = "vethmark: standard output can't be written: No space left on device; make room, or send it elsewhere\n"
            #expect(ranks.zero.errors == sentence, "\(ranks)")
        }
    }
}
