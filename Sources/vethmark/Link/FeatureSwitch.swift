import ArgumentParser

/// `NAME=on` or `NAME=off`.
struct FeatureSwitch: Equatable, Sendable {
    var name: String
    var isOn: Bool
}

@Sendable func parsedFeature(_ text: String) throws -> FeatureSwitch {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, ["on", "off"].contains(parts[1]) else {
        throw ValidationError("'\(text)' is no switch for a feature; write NAME=on or NAME=off")
    }
    return FeatureSwitch(name: String(parts[0]), isOn: parts[1] == "on")
}
