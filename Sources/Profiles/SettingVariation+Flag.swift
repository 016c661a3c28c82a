import Plans

extension SettingVariation {
    /// Reads what stands behind `--vary`, once for each time it was given: `mtu=1500,9000`, or where values hold commas themselves,
    /// `size=64;64,594,1518` or `size=64,[64,594,1518]`. A setting that is named again gets more values.
    ///
    /// - Throws: all that is wrong, in the words of the settings.
    public static func parse(_ texts: [String]) throws(ProfileError) -> [SettingVariation] {
        var variations: [SettingVariation] = []
        var problems: [ProfileProblem] = []
        for text in texts {
            do throws(ProfileError) {
                let new = try variation(text)
                if let position = variations.firstIndex(where: { $0.overlaps(new) }) {
                    guard variations[position].fields == new.fields else {
                        throw problem(
                            "varies \(new.name) beside \(variations[position].name), which is a part of it", "leave out one of them")
                    }
                    for value in new.values { variations[position].add(value.draft, written: value.text) }
                } else {
                    variations.append(new)
                }
            } catch {
                problems += error.problems
            }
        }
        for variation in variations {
            let repeated = variation.values.enumerated().first { place, value in
                variation.values[..<place].contains { $0.draft == value.draft }
            }
            if let repeated {
                problems += problem("names \(variation.name) \(repeated.element.text) twice", "leave it out once").problems
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems) }
        return variations
    }

    /// The draft that asks for one value of a setting.
    ///
    /// - Parameter text: as a variation's value writes it.
    /// - Throws: what is wrong, in the words of the setting.
    public static func draft(_ name: String, _ text: String) throws(ProfileError) -> PlanDraft {
        guard let variation = SettingVariation(name) else {
            throw problem("names '\(name.onOneLine)', which is no setting", "names are those of the options of `vethmark run`")
        }
        var draft = PlanDraft()
        for field in variation.fields { try draft.set(field, toFlag: text) }
        return draft
    }

    private static func variation(_ text: String) throws(ProfileError) -> SettingVariation {
        guard let equals = text.firstIndex(of: "=") else {
            throw problem("is '\(text.onOneLine)' but must be SETTING=VALUE,VALUE,…", "write it as in mtu=1500,9000")
        }
        let name = text[..<equals].lowercased()
        guard var variation = SettingVariation(name) else {
            let hint = Spelling.suggestion(for: name, among: names).map { "did you mean '\($0)'?" }
            throw problem(
                "names '\(name.onOneLine)', which is no setting that trials of a sweep can differ in",
                hint ?? "names are those of the options of `vethmark run`, or paths as in link.mtu")
        }
        let values = parts(text[text.index(after: equals)...])
        guard values.allSatisfy({ !$0.isEmpty }) else {
            throw problem("has an empty value for \(variation.name)", "write it as in \(variation.name)=VALUE,VALUE")
        }
        for value in values {
            var draft = PlanDraft()
            for field in variation.fields { try draft.set(field, toFlag: value) }
            variation.add(draft, written: value)
        }
        return variation
    }

    /// Between semicolons, or else between commas that stand outside of brackets.
    static func parts(_ list: Substring) -> [String] {
        let separator: Character = list.contains(";") ? ";" : ","
        var parts = [""]
        var depth = 0
        for character in list {
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            if character == separator, depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map { part in String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }

    private static func problem(_ message: String, _ remedy: String) -> ProfileError {
        ProfileError([ProfileProblem(file: nil, field: "--vary", message: message, remedy: remedy)])
    }
}
