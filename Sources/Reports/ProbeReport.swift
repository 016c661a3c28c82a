import Results

/// What `vethmark probe` found, for people.
public enum ProbeReport {
    /// Ends with a line break.
    public static func text(_ result: ProbeResult, style: TextStyle) -> String {
        let width = result.items.map(\.name.count).max() ?? 0
        let lines = result.items.flatMap { item in
            let name = item.name + String(repeating: " ", count: width - item.name.count)
            let answer = item.available ? style.good("yes") : style.bad("no ")
            let lines = style.wrapped("\(name)  \(answer)  \(item.detail)", indent: width + 7)
            guard let remedy = item.remedy else { return lines }
            return lines + style.wrapped(String(repeating: " ", count: width + 7) + style.faint("→ " + remedy), indent: width + 9)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
