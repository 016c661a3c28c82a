import Traffic

extension SettingKind where Value == Encapsulation {
    /// `none` takes back what a profile, or the section around a stream, has said.
    package static let encapsulation = SettingKind(.word, "none, \(Encapsulation.allowed)") { input throws(SettingProblem) in
        let word = try input.text().lowercased()
        if word == "none" { return nil }
        guard let value = Encapsulation(word) else { throw input.problem() }
        return value
    }
}
