import ArgumentParser
import Kernel
import Links
import Reports
import Trials

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Give back what a killed run left changed on borrowed interfaces.",
        discussion: """
            A run gives back what it changed, however it is ended; but for SIGKILL and a crash. For those it writes down what it changes, in \
            /run/vethmark (root) or $XDG_RUNTIME_DIR/vethmark. Every run looks there at its start, and this command does nothing else. It leaves alone \
            what a run that lives still holds, interfaces that are gone, strangers that took their names, and what somebody has changed since.
            """)

    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.") var json = false

    func run() throws {
        let outcome = try Self.restore()
        try Terminal.print(json ? JSONReport.text(Result(outcome)) : Self.text(outcome), terminator: "")
        if !outcome.failed.isEmpty { throw ExitCode(Exit.failed) }
    }

    private struct Result: Encodable {
        let schema = "vethmark.restore/1"
        let restored: [LoanRestoration.Item]
        let left: [LoanRestoration.Item]
        let failed: [LoanRestoration.Item]

        init(_ outcome: LoanRestoration) {
            restored = outcome.restored
            left = outcome.left
            failed = outcome.failed
        }
    }

    /// No signal ends it half-way.
    private static func restore() throws -> LoanRestoration {
        let signals = try Exit.failure { try Interrupts() }
        return withExtendedLifetime(signals) { LoanRestoration.run() }
    }

    private static func text(_ outcome: LoanRestoration) -> String {
        guard !outcome.isEmpty else { return "nothing to give back\n" }
        let lines =
            outcome.restored.map { "given back: \($0.text)" }
            + outcome.left.map { "left alone, changed since: \($0.text)" }
            + outcome.failed.map { "not given back: \($0.text): \($0.reason ?? "")" }
        return lines.map { $0.visible + "\n" }.joined()
    }

    /// At the start of whatever changes interfaces: one line for what a killed run left, none if there was nothing.
    static func clearUp() {
        let outcome = LoanRestoration.run()
        var parts: [String] = []
        if !outcome.restored.isEmpty {
            parts.append("gave back what a killed run left changed: " + outcome.restored.map(\.text).joined(separator: ", "))
        }
        if !outcome.failed.isEmpty {
            parts.append(
                "could not give back what a killed run left changed: "
                    + outcome.failed.map { "\($0.text) (\($0.reason ?? ""))" }.joined(separator: ", ") + "; `vethmark restore` tries again")
        }
        if !parts.isEmpty { Exit.say("vethmark: " + parts.joined(separator: "; ").visible) }
    }
}
