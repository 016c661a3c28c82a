import Traffic

extension SettingKind where Value == FieldModifier {
    /// `modifier`, with a hint where only a field's name is wrong.
    static let fieldRule = SettingKind(modifier.unit, modifier.allowed) { input throws(SettingProblem) in
        let text = try input.text()
        if let rule = FieldModifier(text) { return rule }
        for part in text.split(separator: "+") {
            let name = part.prefix { $0 != "=" }.lowercased()
            guard part.contains("="), !name.hasPrefix("bytes"), FieldModifier("\(name)=1") == nil else { continue }
            let near = Spelling.suggestion(for: name, among: FieldModifier.fieldNames).map { "did you mean '\($0)'?" }
            throw input.problem(hint: near ?? "docs/traffic.md lists the fields")
        }
        throw input.problem()
    }
}
