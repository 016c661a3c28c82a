import Trials

/// What `vethmark probe` found, for people.
public enum ProbeReport {
    /// Ends with a line break.
    public static func text(_ result: ProbeResult, style: TextStyle) -> String {
        let width = result.items.map(\.name.count).max() ?? 0
        let lines = result.items.flatMap { item in
            let name = item.name + String(repeating: " ", count: width - item.name.count)
            let answer = item.available ? style.good("yes") : style.bad("no ")
            let line = "\(name)  \(answer)  \(item.detail)"
            guard let remedy = item.remedy else { return [line] }
            return [line, String(repeating: " ", count: width + 7) + style.faint("→ " + remedy)]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
