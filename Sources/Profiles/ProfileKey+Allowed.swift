import Frames

/// What several keys allow in the same words.
extension ProfileKey {
    static let boolean = "true or false"
    static let macAddress = "a MAC address, as in 02:00:00:00:00:01"
    static let interface = "an interface, as in veth0 or veth0@NETNS"

    static let sizes =
        "one or more sizes from \(EthernetWire.minimumFrameBytes) to \(EthernetWire.maximumFrameBytes), "
        + "as in 64, [64, 512, 1518], 64:7,1518:1 or imix"
    static let modifier =
        "a list of FIELD=inc:COUNT, FIELD=inc:COUNT:STEP or FIELD=random:COUNT, with a FIELD of "
        + FieldModifier.Field.allCases.map(\.rawValue).joined(separator: ", ")

    static func range<Bound>(_ range: ClosedRange<Bound>) -> String { "\(range.lowerBound) to \(range.upperBound)" }

    static func names<Name: RawRepresentable & CaseIterable>(_: Name.Type) -> String where Name.RawValue == String {
        let names = Name.allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + names.suffix(1).joined()
    }
}
