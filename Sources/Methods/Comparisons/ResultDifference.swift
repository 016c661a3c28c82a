import Results

/// What two results don't have in common, besides what was measured.
public struct ResultDifference: Codable, Equatable, Sendable {
    /// As the result file has it: `plan.link.mtuBytes`.
    public let path: String
    /// `none` where there is nothing.
    public let base: String
    public let new: String

    /// Of plans, placements and conditions, in their order. What differs from run to run without a meaning is left out: time, names and numbers of private
    /// interfaces, reasons.
    static func between(_ base: RunResult, _ new: RunResult) -> [ResultDifference] {
        let (before, after) = (leaves(base), leaves(new))
        var paths = before.map(\.path)
        paths += after.map(\.path).filter { !Set(before.map(\.path)).contains($0) }
        let (old, now) = (
            Dictionary(before.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 }),
            Dictionary(after.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
        )
        return paths.compactMap { path in
            let (left, right) = (old[path] ?? "none", now[path] ?? "none")
            return left == right ? nil : ResultDifference(path: path, base: left, new: right)
        }
    }

    private static func leaves(_ result: RunResult) -> [(path: String, text: String)] {
        var found: [(String, String)] = []
        for (name, part) in [("plan", result.plan), ("placement", result.placement), ("conditions", result.conditions)] as [(String, Any)] {
            collect(part, name, &found)
        }
        return found
    }

    private static func collect(_ value: Any, _ path: String, _ found: inout [(String, String)]) {
        guard !isIgnored(path) else { return }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: if let child = mirror.children.first { collect(child.value, path, &found) }
        case .struct where !(value is any CustomStringConvertible):
            for child in mirror.children { collect(child.value, path + "." + (child.label ?? ""), &found) }
        case .dictionary:
            // Features and mitigations, by name.
            let entries = mirror.children.map { Array(Mirror(reflecting: $0.value).children) }
            for entry in entries.sorted(by: { "\($0[0].value)" < "\($1[0].value)" }) {
                collect(entry[1].value, "\(path).\(entry[0].value)", &found)
            }
        default: found.append((path, "\(value)"))
        }
    }

    private static func isIgnored(_ path: String) -> Bool {
        let ignored: Set<String> = [
            "plan.run.label", "plan.run.intervalNanoseconds", "plan.transmit.engineReason", "placement.reason", "conditions.startedAt"
        ]
        return ignored.contains(path)
            || path.hasPrefix("conditions.") && [".index", ".peerIndex", ".address", ".name", ".namespace"].contains { path.hasSuffix($0) }
    }
}
