import Trials
import Yams

/// Walks the nodes of a profile, and gathers what is wrong with them instead of stopping there.
struct ProfileReader {
    private(set) var profile: Profile
    private(set) var problems: [ProfileProblem] = []

    /// In the order in which profiles are best read.
    static let sections = ["link", "frame", "load", "transmit", "receive", "run"]
    static let topLevel = ["schema", "description"] + sections
    static let topLevelText = topLevel.joined(separator: ", ")

    init(file: String) {
        profile = Profile(file: file, description: nil, draft: PlanDraft(), places: [:])
    }

    mutating func read(_ root: Node) {
        guard let mapping = root.mapping else {
            let found = ProfileValue(node: root).problem().found
            refuse(root, field: nil, "a profile must be a mapping with \(Self.topLevelText), but this is \(found)")
            return
        }
        for (key, value) in mapping {
            guard let name = name(of: key, in: nil) else { continue }
            switch name {
            case "schema": readSchema(ProfileValue(node: value))
            case "description": readDescription(ProfileValue(node: value))
            default: readSection(name, key, value)
            }
        }
    }

    private mutating func refuse(_ node: Node, field: String?, _ message: String) {
        problems.append(
            ProfileProblem(file: profile.file, place: SourcePlace(node.mark), field: field, message: message))
    }

    private mutating func refuse(_ problem: ValueProblem, field: String, allowed: String) {
        problems.append(
            ProfileProblem(
                file: profile.file, place: problem.place, field: field, message: problem.message(allowed: allowed)))
    }

    /// A key is a plain word.
    private mutating func name(of key: Node, in section: String?) -> String? {
        guard let name = key.scalar?.string, !ProfileValue(node: key).isNull else {
            let found = ProfileValue(node: key).problem().found
            refuse(key, field: section, "has a key that is \(found) but must be a word")
            return nil
        }
        return name
    }

    private mutating func readSchema(_ value: ProfileValue) {
        guard value.node.scalar?.string != Profile.currentSchema else { return }
        refuse(value.problem(), field: "schema", allowed: Profile.currentSchema)
    }

    private mutating func readDescription(_ value: ProfileValue) {
        do throws(ValueProblem) {
            profile.description = try value.text()
        } catch {
            refuse(error, field: "description", allowed: "a text")
        }
    }

    private mutating func readSection(_ section: String, _ key: Node, _ value: Node) {
        guard let keys = ProfileKey.bySection[section] else {
            refuseUnknown(section, key, among: Self.topLevel, path: section.printable)
            return
        }
        // A heading whose keys are all commented out says nothing, which is fine.
        guard !ProfileValue(node: value).isNull else { return }
        guard let mapping = value.mapping else {
            let found = ProfileValue(node: value).problem().found
            refuse(value, field: section, "is \(found) but must be a mapping, as in \(section): {\(example(keys))}")
            return
        }
        for (key, value) in mapping {
            guard let name = name(of: key, in: section) else { continue }
            if let profileKey = keys[name] {
                read(profileKey, ProfileValue(node: value))
            } else {
                let names = ProfileKey.all.map(\.field).filter { $0.section == section }.map(\.key)
                refuseUnknown(name, key, among: names, path: "\(section).\(name.printable)")
            }
        }
    }

    private func example(_ keys: [String: ProfileKey]) -> String {
        keys.values.map { "\($0.field.key): \($0.examples[0])" }.min() ?? ""
    }

    private mutating func read(_ key: ProfileKey, _ value: ProfileValue) {
        profile.places[key.field] = SourcePlace(value.node.mark)
        do throws(ValueProblem) {
            try key.read(value, &profile.draft)
        } catch {
            refuse(error, field: key.field.path, allowed: key.allowed)
        }
    }

    /// The nearest key of the same mapping, or the same key's place elsewhere.
    private mutating func refuseUnknown(_ name: String, _ key: Node, among names: [String], path: String) {
        let hint: String
        if let nearest = Spelling.suggestion(for: name, among: names) {
            hint = "did you mean '\(nearest)'?"
        } else if let elsewhere = PlanField.allCases.first(where: { $0.key == name }) {
            hint = "'\(name)' belongs under '\(elsewhere.section):'"
        } else {
            hint = "allowed are \(names.joined(separator: ", "))"
        }
        refuse(key, field: path, "is not a key that profiles have; \(hint)")
    }
}
