import Results

extension ResultDifference {
    /// Of plans, placements and conditions, in their order. What differs from run to run without a meaning is left out: time, names and numbers of private
    /// interfaces, reasons.
    public static func between(_ base: RunResult, _ new: RunResult) -> [ResultDifference] {
        between(
            leaves([("plan", base.plan), ("placement", base.placement), ("conditions", base.conditions)]),
            leaves([("plan", new.plan), ("placement", new.placement), ("conditions", new.conditions)]), base.conditions, new.conditions)
    }

    /// Of plans and conditions.
    static func between(_ base: ComparableGrid, _ new: ComparableGrid) -> [ResultDifference] {
        between(
            leaves([("plan", base.plan), ("conditions", base.conditions)]), leaves([("plan", new.plan), ("conditions", new.conditions)]),
            base.conditions, new.conditions)
    }

    private static func between(
        _ before: [(path: String, text: String)], _ after: [(path: String, text: String)], _ base: Conditions, _ new: Conditions
    ) -> [ResultDifference] {
        var paths = before.map(\.path)
        paths += after.map(\.path).filter { !Set(before.map(\.path)).contains($0) }
        let (old, now) = (
            Dictionary(before.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 }),
            Dictionary(after.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
        )
        // What results of one side didn't keep yet is no difference.
        let groups = [
            ("conditions.system.", base.system == nil || new.system == nil),
            ("conditions.transmitLink.settings.", base.transmitLink.settings == nil || new.transmitLink.settings == nil),
            ("conditions.receiveLink.settings.", base.receiveLink.settings == nil || new.receiveLink.settings == nil)
        ]
        paths.removeAll { path in groups.contains { $0.1 && path.hasPrefix($0.0) } }
        return paths.compactMap { path in
            let (left, right) = (old[path] ?? "none", now[path] ?? "none")
            return left == right ? nil : ResultDifference(path: path, base: left, new: right)
        }
    }

    private static func leaves(_ parts: [(name: String, part: Any)]) -> [(path: String, text: String)] {
        var found: [(String, String)] = []
        for (name, part) in parts { collect(part, name, &found) }
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
            "plan.run.label", "plan.run.intervalNanoseconds", "plan.transmit.engineReason", "placement.reason", "conditions.startedAt",
            "conditions.system.stealRatioSinceBoot"
        ]
        return ignored.contains(path)
            || path.hasPrefix("conditions.") && [".index", ".peerIndex", ".address", ".name", ".namespace"].contains { path.hasSuffix($0) }
    }
}
