import Plans
import YAML

/// The `replay` of a profile: a capture file in place of frames of one's own.
extension ProfileReader {
    mutating func readReplay(_ value: YAMLNode) {
        guard !SettingInput(value).isNothing else { return }
        guard let mapping = mapping(value, "replay", as: "file: frames.pcap") else { return }
        var request = ReplayRequest()
        let rows = ReplaySection.shared
        for (key, value) in mapping {
            guard let name = name(of: key, in: "replay") else { continue }
            let input = SettingInput(value)
            switch name {
            case rows.file.field.key: request.file = read(rows.file, input)
            case rows.loop.field.key: request.loop = read(rows.loop, input)
            case rows.perLoop.field.key: request.perLoop = read(rows.perLoop, input)
            case rows.original.field.key: request.original = read(rows.original, input)
            case rows.speed.field.key: request.speed = read(rows.speed, input)
            case rows.stamp.field.key: request.stamp = read(rows.stamp, input)
            default:
                let keys = SettingTable.rows(of: ReplaySection.self).map(\.field.key)
                refuseUnknown(name, key, among: keys, path: "replay.\(name.onOneLine)")
            }
        }
        profile.replay = request
    }
}
