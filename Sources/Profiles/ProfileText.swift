import Plans

/// A draft as a profile.
public enum ProfileText {
    /// What was asked for, and nothing else; read again it is the same draft. Ends with a line break.
    ///
    /// - Parameter description: stands in front; one line.
    public static func text(_ draft: PlanDraft, description: String) -> String {
        var lines = ["schema: \(Profile.currentSchema)", "description: \(quoted(description))"]
        for section in SettingTable.sections {
            let values = SettingTable.rows(of: section).compactMap { row in row.text(in: draft).map { "  \(row.field.key): \(scalar($0))" }
            }
            if !values.isEmpty { lines += ["", "\(section.name):"] + values }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Words and numbers stand for themselves; what YAML may take for something else doesn't.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text != "null"
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
        return isPlain ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
