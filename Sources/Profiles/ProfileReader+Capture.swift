import Plans
import YAML

/// The `capture` of a profile: who listens to its load.
extension ProfileReader {
    mutating func readCapture(_ value: YAMLNode) {
        guard !SettingInput(value).isNothing else { return }
        guard let mapping = mapping(value, CaptureSection.name, as: "tools: [\"tcpdump -i {if} -w {file}\"]") else { return }
        var request = CaptureRequest()
        let rows = CaptureSection.shared
        for (key, value) in mapping {
            guard let name = name(of: key, in: CaptureSection.name) else { continue }
            switch name {
            case rows.tools.field.key: request.tools = read(rows.tools, SettingInput(value))
            case rows.rounds.field.key: request.rounds = read(rows.rounds, SettingInput(value))
            default:
                let keys = SettingTable.rows(of: CaptureSection.self).map(\.field.key)
                refuseUnknown(name, key, among: keys, path: "\(CaptureSection.name).\(name.onOneLine)")
            }
        }
        profile.capture = request
    }
}
