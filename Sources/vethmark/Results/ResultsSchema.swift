import ArgumentParser
import Reports

struct ResultsSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The JSON Schema of results (draft 2020-12).",
        discussion: "A key that a result lacks was not measured, or not asked for; nothing is null. docs/results.md has the same as tables."
    )

    @Argument(
        help: ArgumentHelp(
            "Which: \(ResultSchema.Subject.names.joined(separator: ", ")) (default: every kind of result).", valueName: "kind"),
        completion: .list(ResultSchema.Subject.names), transform: { try ResultsSchema.subject($0) })
    var kind: ResultSchema.Subject?
    @Flag(help: "Refuse keys that aren't described; results of later versions may have more.") var strict = false

    func run() throws { try Terminal.print(ResultSchema(isStrict: strict).text(kind), terminator: "") }

    private static func subject(_ text: String) throws -> ResultSchema.Subject {
        guard let subject = ResultSchema.Subject(name: text) else {
            throw ValidationError("is '\(text)' but must be \(ResultSchema.Subject.names.joined(separator: ", "))")
        }
        return subject
    }
}
