import Trials

/// The tables of `docs/profiles.md`, made from the table of keys so that they can't differ from it.
public enum ProfileReference {
    /// One table for each section, in Markdown.
    ///
    /// - Parameter plan: A plan that nobody asked anything of: what it has is written as the defaults.
    public static func markdown(defaults plan: TrialPlan) -> String {
        ProfileReader.sections.map { section in
            let keys = ProfileKey.all.filter { $0.field.section == section }
            let rows = keys.map { key in
                let cells = [
                    "`\(key.field.key)`", "`\(key.field.flag)`", key.meaning, key.allowed, key.standard(plan),
                    key.examples.map { "`\($0)`" }.joined(separator: " ")
                ]
                return "| " + cells.joined(separator: " | ") + " |"
            }
            return """
                ### `\(section)`

                | key | flag | meaning | must be | default | as in |
                | --- | --- | --- | --- | --- | --- |
                \(rows.joined(separator: "\n"))

                """
        }
        .joined(separator: "\n")
    }
}
