import Traffic

extension SettingKind where Value == [FrameFault] {
    /// Each once; `none` takes back what a profile, or the section around a stream, has said.
    package static let faults = SettingKind(
        .word, "none, or one or more of " + FrameFault.allCases.map(\.rawValue).joined(separator: ", "), takesList: true,
        text: { $0.isEmpty ? "none" : $0.map(\.rawValue).joined(separator: ",") }
    ) { input throws(SettingProblem) in
        if case .text(let word) = input.content, word.lowercased() == "none" { return [] }
        var asked: Set<FrameFault> = []
        for element in try input.elements() {
            if let fault = try SettingKind<FrameFault>.name.parse(element) { asked.insert(fault) }
        }
        return FrameFault.allCases.filter(asked.contains)
    }
}
