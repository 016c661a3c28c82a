import ArgumentParser

/// How much of a run is printed.
struct BriefOption: ParsableArguments {
    @Flag(help: "Print a line for each trial, and the answer.")
    var brief = false

    /// - Throws: `ValidationError`.
    func check(_ output: OutputOptions) throws {
        guard brief else { return }
        guard !output.json, !output.jsonStream else {
            throw ValidationError("--brief and --json exclude each other; the JSON always holds everything")
        }
        guard !output.verbose else { throw ValidationError("--brief and --verbose exclude each other; choose one") }
        guard !output.dryRun else { throw ValidationError("--brief has no trial to tell of with --dry-run; leave out one of them") }
    }
}
