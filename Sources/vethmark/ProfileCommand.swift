import ArgumentParser
import Methods
import Metrics
import Plans
import Profiles
import Reports

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Profiles: list and show what there is, check your own, print their JSON Schema.",
        discussion: "A profile is a YAML file that says what to send, how fast and over which link; docs/profiles.md has all its keys.",
        subcommands: [ProfileList.self, ProfileShow.self, ProfileCheck.self, ProfileSchemaCommand.self], defaultSubcommand: ProfileList.self
    )
}

struct ProfileList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The profiles that can be run by name.")

    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.") var json = false

    private struct Listing: Encodable {
        struct Entry: Encodable {
            var name: String
            var file: String
            /// Nil where the profile says nothing, or is wrong.
            var description: String?
            /// `replay` where it names a capture file, `capture` where it names tools, `sweep` where `vethmark sweep NAME` needs no flags; nil where it is wrong.
            var kind: String?
            /// What is wrong with it.
            var error: String?
        }

        let schema = "vethmark.profiles/1"
        var profiles: [Entry]
    }

    func run() throws {
        let library = ProfileLibrary.standard
        let entries = library.names.compactMap { name -> Listing.Entry? in
            guard let file = try? library.resolve(name) else { return nil }
            do throws(ProfileError) {
                let profile = try ProfileLoader.load(path: file)
                let isSweep = (profile.sweep?.cellCount ?? 0) > 0
                let kind = profile.replay != nil ? "replay" : profile.capture != nil ? "capture" : isSweep ? "sweep" : "run"
                return Listing.Entry(name: name, file: file, description: profile.description, kind: kind)
            } catch {
                return Listing.Entry(name: name, file: file, error: error.problems[0].sentence)
            }
        }
        guard !json else { return try Terminal.print(JSONReport.text(Listing(profiles: entries)), terminator: "") }
        guard !entries.isEmpty else {
            return try Terminal.print(
                "no profiles in \(library.places); `vethmark run FILE.yaml` takes any file")
        }
        let width = entries.map(\.name.count).max() ?? 0
        for entry in entries {
            let name = entry.name + String(repeating: " ", count: width - entry.name.count)
            let words = entry.error.map { "wrong: \($0)" } ?? entry.description ?? ""
            try Terminal.print("\(name)  \(entry.kind == nil || entry.kind == "run" ? "" : "\(entry.kind ?? ""): ")\(words)".visible)
        }
    }
}

struct ProfileShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "The text of a profile, to read or to start from.")

    @Argument(help: "The profile's name, or a file.", completion: Completion.profile) var profile: String

    func run() throws {
        let text = try profileSentences { () throws(ProfileError) in try ProfileLibrary.standard.text(profile) }
        try Terminal.print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }
}

struct ProfileCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say all that is wrong with profiles, each with file, line and field.",
        discussion: "Every file is read and made into a plan for this machine, as `run` would. Exit code 64 if one is wrong.")

    @Argument(help: "Files, or names of profiles.", completion: Completion.profile) var profiles: [String]

    func run() throws {
        var wrong = 0
        for profile in profiles {
            do throws(ProfileError) {
                let loaded = try ProfileLibrary.standard.load(profile)
                _ = try loaded.plan()
                let cells = try sweepWords(loaded)
                try? Terminal.print("\(profile): well\(cells)".visible)
            } catch {
                wrong += 1
                for problem in error.problems { Exit.say("vethmark: \(problem.sentence)") }
            }
        }
        if wrong > 0 { throw ExitCode(Exit.usage) }
    }

    /// What its sweep comes to, behind a comma.
    ///
    /// - Throws: a problem if no cell of it is possible.
    private func sweepWords(_ profile: Profile) throws(ProfileError) -> String {
        guard let sweep = profile.sweep, sweep.cellCount > 0 else { return "" }
        let design: SweepDesign
        do throws(PlanError) {
            design = try sweep.design(base: profile.draft.forTurns)
        } catch {
            throw ProfileError([
                ProfileProblem(file: profile.file, field: "sweep", message: "has no cell that can be: \(error.flag) \(error.predicate)")
            ])
        }
        let impossible = design.cells.filter { $0.plan == nil }.count
        return ", a sweep of \(FigureText.count(design.cells.count, "cell"))" + (impossible > 0 ? ", \(impossible) of which can't be" : "")
    }
}

struct ProfileSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The JSON Schema of profiles (draft 2020-12), for editors and validators.")

    func run() throws { try Terminal.print(ProfileSchema.text, terminator: "") }
}

/// What is wrong with a profile, as `run` says it.
private func profileSentences<Output>(_ body: () throws(ProfileError) -> Output) throws -> Output {
    try Exit.usage {
        do throws(ProfileError) {
            return try body()
        } catch {
            throw ProfileSentences(error: error)
        }
    }
}
