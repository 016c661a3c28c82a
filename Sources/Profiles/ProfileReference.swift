import Plans

/// The tables of `docs/profiles.md`, made from the table of settings so that they can't differ from it.
public enum ProfileReference {
    /// One table for each section, in Markdown.
    ///
    /// - Parameter plan: A plan that nobody asked anything of: what it has is written as the defaults.
    public static func markdown(defaults plan: TrialPlan) -> String {
        let sections = SettingTable.sections.map { table($0.name, SettingTable.rows(of: $0).map { line($0, plan) }) }
        return (sections + [sweep(plan), replay(plan), capture(plan)]).joined(separator: "\n")
    }

    private static func table(_ name: String, _ lines: [String]) -> String {
        """
        ### `\(name)`

        | key | flag | meaning | must be | default | in a profile | as a flag |
        | --- | --- | --- | --- | --- | --- | --- |
        \(lines.joined(separator: "\n"))

        """
    }

    private static func sweep(_ plan: TrialPlan) -> String {
        let own = [
            "| `vary` | `--vary` | Settings, each with the values that it takes in turn. | a mapping of settings by the names of their options, each with a list | none | `{mtu: [1500, 9000]}` | `--vary mtu=1500,9000` |",
            "| `cases` |  | Cells by their names, each with what differs from the plan. | a mapping of names, each with a mapping of settings | none | `{jumbo: {mtu: 9000, size: 9018}}` |  |"
        ]
        return table(SweepSection.name, own + SettingTable.rows(of: SweepSection.self).map { line($0, plan) })
    }

    private static func replay(_ plan: TrialPlan) -> String {
        // The file is the command's argument, and has no option.
        let lines = SettingTable.rows(of: ReplaySection.self).map {
            line($0, plan).replacing("`--file`", with: "").replacing("`--file frames.pcap`", with: "`frames.pcap`")
        }
        return table(ReplaySection.name, lines)
    }

    private static func capture(_ plan: TrialPlan) -> String {
        let rows = CaptureSection.shared
        let tools = [
            "`\(rows.tools.field.key)`", "`--compare`, or one behind `--`", rows.tools.meaning, rows.tools.allowed,
            rows.tools.standard(plan),
            "`\(rows.tools.examples[0])`", "`--compare 'tcpdump -i {if} -w {file}'`"
        ]
        return table(CaptureSection.name, ["| \(tools.joined(separator: " | ")) |", line(rows.rounds, plan)])
    }

    private static func line(_ row: any SettingRow, _ plan: TrialPlan) -> String {
        var flags: [String] = []
        for example in row.examples.map(row.flagged(_:)) where !flags.contains(example) { flags.append(example) }
        let cells = [
            "`\(row.field.key)`", "`\(row.flag.long)`", row.meaning, row.allowed, row.standard(plan),
            row.examples.map { "`\($0)`" }.joined(separator: " "), flags.map { "`\($0)`" }.joined(separator: " ")
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}

extension SettingRow {
    /// The option with a profile's value behind it, as a shell takes it.
    func flagged(_ example: String) -> String {
        if unit == .truth {
            let isTrue = ["true", "yes", "on"].contains(example)
            return isTrue ? flag.long : flag.long.replacing("--", with: "--no-", maxReplacements: 1)
        }
        // Brackets, their blanks and quotes are YAML's; a shell has quotes of its own.
        let isList = example.hasPrefix("[")
        var plain = example.filter { $0 != "\"" && !(isList && "[] ".contains($0)) }
        if plain.contains(" ") { plain = "'\(plain)'" }
        return "\(flag.short.map { "-\($0)" } ?? flag.long) " + (flag.word.map { "\($0)=\(plain)" } ?? plain)
    }
}
